"""Pairs of drafts for the comparison: our documents edited as people edit them, at random or on purpose."""

from __future__ import annotations

import copy
import io
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph

from generator.service import Options, Workspace
from tests.finances_kit import Muet

ROOT = Path(__file__).resolve().parent.parent
Edit = Callable[[Document, random.Random], bool]
MOTS = [
    "maximum",
    "trimestriel",
    "l’organisme",
    "partenaires",
    "annuel",
    "5 %",
    "12 500,00\u00a0€",
    "1er mars 2025",
]


def paragraphes(d: Document) -> list[Paragraph]:
    """Every paragraph of the body that has text, those of the tables too."""
    return [Paragraph(p, d) for p in d.element.body.iter(qn("w:p")) if Paragraph(p, d).text.strip()]


def directs(d: Document) -> list[Paragraph]:
    """The paragraphs of the body itself that have text."""
    return [p for p in d.paragraphs if p.text.strip()]


def _texte(d: Document, rng: random.Random) -> Any:
    runs = [r for p in paragraphes(d) for r in p.runs if len(r.text.split()) > 2]
    return rng.choice(runs) if runs else None


def mot(d: Document, rng: random.Random) -> bool:
    """A word replaced."""
    run = _texte(d, rng)
    words = run.text.split(" ")
    words[rng.randrange(len(words))] = rng.choice(MOTS)
    run.text = " ".join(words)
    return True


def chiffre(d: Document, rng: random.Random) -> bool:
    """A figure replaced."""
    runs = [r for p in paragraphes(d) for r in p.runs if re.search(r"\d", r.text)]
    if not runs:
        return False
    run = rng.choice(runs)
    run.text = re.sub(r"\d+", lambda m: str(int(m[0]) + 7), run.text, count=1)
    return True


def phrase_ajoutee(d: Document, rng: random.Random) -> bool:
    """A sentence at the end of a paragraph."""
    _texte(d, rng).text += " Le bilan est remis avant le 31 mars 2026."
    return True


def mots_retires(d: Document, rng: random.Random) -> bool:
    """Some words taken away."""
    run = _texte(d, rng)
    words = run.text.split(" ")
    k = rng.randrange(len(words))
    run.text = " ".join(words[:k] + words[k + 3 :])
    return True


def paragraphe_ajoute(d: Document, rng: random.Random) -> bool:
    """A paragraph more."""
    p = rng.choice(paragraphes(d))
    new = copy.deepcopy(p._p)
    for r in new.findall(qn("w:r"))[1:]:
        new.remove(r)
    p._p.addnext(new)
    Paragraph(new, d).text = f"Un point d’étape n° {rng.randrange(99)} se tient chaque trimestre."
    return True


def paragraphe_retire(d: Document, rng: random.Random) -> bool:
    """A paragraph less, anywhere but alone in its cell."""
    some = [
        p
        for p in paragraphes(d)
        if p._p.getparent().tag == qn("w:body") or p._p.getprevious().tag == qn("w:p")
    ]
    some = [p for p in some if p._p.find(qn("w:pPr") + "/" + qn("w:sectPr")) is None]
    p = rng.choice(some)._p
    p.getparent().remove(p)
    return True


def paragraphe_deplace(d: Document, rng: random.Random) -> bool:
    """A paragraph moved elsewhere in the body."""
    some = [p for p in directs(d) if p._p.find(qn("w:pPr") + "/" + qn("w:sectPr")) is None]
    a, b = rng.sample(some, 2)
    b._p.addnext(a._p)
    return True


def scission(d: Document, rng: random.Random) -> bool:
    """A paragraph cut in two."""
    some = [p for p in directs(d) if len(p.runs) == 1 and len(p.text.split()) > 8]
    if not some:
        return False
    p = rng.choice(some)
    words = p.text.split(" ")
    new = copy.deepcopy(p._p)
    p._p.addnext(new)
    p.text, Paragraph(new, d).text = " ".join(words[:4]), " ".join(words[4:])
    return True


def fusion(d: Document, rng: random.Random) -> bool:
    """Two paragraphs made one."""
    some = [p for p in directs(d) if p._p.getnext() is not None and p._p.getnext().tag == qn("w:p")]
    p = rng.choice(some)
    other = p._p.getnext()
    if other.find(qn("w:pPr") + "/" + qn("w:sectPr")) is not None:
        return False
    p._p.extend([e for e in other if e.tag != qn("w:pPr")])
    other.getparent().remove(other)
    return True


def ligne_ajoutee(d: Document, rng: random.Random) -> bool:
    """A row more in a table."""
    if not d.tables:
        return False
    tr = rng.choice(rng.choice(d.tables).rows)._tr
    new = copy.deepcopy(tr)
    for t in new.iter(qn("w:t")):
        t.text = f"{rng.randrange(100)},00\u00a0€"
    tr.addnext(new)
    return True


def ligne_retiree(d: Document, rng: random.Random) -> bool:
    """A row less."""
    some = [t for t in d.tables if len(t.rows) > 2]
    if not some:
        return False
    tr = rng.choice(rng.choice(some).rows)._tr
    tr.getparent().remove(tr)
    return True


def tableau_retire(d: Document, rng: random.Random) -> bool:
    """A whole table less."""
    if not d.tables:
        return False
    tbl = rng.choice(d.tables)._tbl
    tbl.getparent().remove(tbl)
    return True


def tableau_ajoute(d: Document, rng: random.Random) -> bool:
    """A table more, after a paragraph."""
    p = rng.choice(directs(d))
    t = d.add_table(2, 3)
    for i, c in enumerate(t._cells):
        c.text = f"case {i}"
    p._p.addnext(t._tbl)
    t._tbl.addnext(parse_xml(f"<w:p {nsdecls('w')}/>"))
    return True


def gras(d: Document, rng: random.Random) -> bool:
    """A run set in bold, or no longer."""
    run = _texte(d, rng)
    run.bold = not run.bold
    return True


def alignement(d: Document, rng: random.Random) -> bool:
    """A paragraph aligned otherwise."""
    p = rng.choice(paragraphes(d))
    p.alignment = 1 if p.alignment != 1 else 2  # type: ignore[assignment]
    return True


def style(d: Document, rng: random.Random) -> bool:
    """A paragraph in the style of another one."""
    a, b = rng.sample(directs(d), 2)
    a.style = b.style
    return True


def pied(d: Document, rng: random.Random) -> bool:
    """A word of a footer."""
    f = rng.choice(list(d.sections)).footer
    runs = [r for p in f.paragraphs for r in p.runs if r.text.strip()]
    if not runs:
        return False
    rng.choice(runs).text = f"Version {rng.randrange(100)}"
    return True


def entete(d: Document, rng: random.Random) -> bool:
    """A paragraph more in a header."""
    rng.choice(list(d.sections)).header.add_paragraph(f"Projet n° {rng.randrange(100)}")
    return True


def marges(d: Document, rng: random.Random) -> bool:
    """The margins of a section."""
    rng.choice(list(d.sections)).left_margin = Cm(rng.choice([2, 3, 4]))
    return True


EDITS: list[Edit] = [
    mot, chiffre, phrase_ajoutee, mots_retires, paragraphe_ajoute, paragraphe_retire, paragraphe_deplace,
    scission, fusion, ligne_ajoutee, ligne_retiree, tableau_retire, tableau_ajoute, gras, alignement, style,
    pied, entete, marges,
]  # fmt: skip


def produire(projet: Path, sortie: Path, numero: str = "2024-587") -> Path:
    """The .docx of a deliberation, from the records and templates of a folder; where they are."""
    atelier = Workspace(projet / "data", projet / "templates", sortie)
    done = atelier.generer(numero, Options(pdf=False), Muet())
    assert done.reussie, [d.message for d in done.diagnostics]
    return sortie / numero


def octets(d: Document) -> bytes:
    """The document as a .docx."""
    out = io.BytesIO()
    d.save(out)
    return out.getvalue()


def ouvrir_docx(data: bytes) -> Document:
    """A .docx in memory, for python-docx."""
    return docx.Document(io.BytesIO(data))


def modifier(data: bytes, rng: random.Random, combien: int) -> tuple[bytes, list[str]]:
    """`data` after so many random edits, and their names."""
    d = ouvrir_docx(data)
    done: list[str] = []
    while len(done) < combien:
        edit = rng.choice(EDITS)
        if edit(d, rng):
            done.append(edit.__name__)
    return octets(d), done


def modifier_projet(folder: Path) -> None:
    """A second draft: fourteen kinds of edits in the records and in the Word templates of a project."""

    def fiche(name: str, *changes: tuple[str, str]) -> None:
        path = folder / "data" / name
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text, (name, old)
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def modele(name: str, change: Callable[[Document], None]) -> None:
        path = folder / "templates" / name
        d = docx.Document(str(path))
        change(d)
        d.save(str(path))

    # A name, an address, a date.
    fiche(
        "structures/faimah.yaml",
        ("nom: D’HAENENS", "nom: D’HAUTECOURT"),
        ("112 bis avenue du Chevalement", "114 rue du Chevalement"),
        ("2022-05-19", "2022-06-19"),
    )
    # Quantities, a date quoted in several places.
    fiche(
        "deliberations/2024-587/actes/faimah.yaml",
        ("quantite: 520", "quantite: 510"),
        ("quantite: 480", "quantite: 490"),
        ("2024-02-26", "2024-02-27"),
    )
    # Rates, and the amounts that come from them.
    fiche(
        "dispositifs/2024/accueil-brsa.yaml",
        ("taux: 40 %\n      condition: à la signature", "taux: 30 %\n      condition: à la signature"),
        ("taux: 40 %\n      condition: après remise", "taux: 50 %\n      condition: après remise"),
    )
    # A bullet less in a cell, and one more.
    fiche(
        "dispositifs/2024/accompagnement-equilibre.yaml",
        ("      - Formation aux situations complexes ;\n", ""),
        ("bénéficiaires confiés ;\n", "bénéficiaires confiés ;\n      - Pratique du travail en réseau ;\n"),
    )
    # Wording, a paragraph more, a paragraph less, bold, a space, a footer.
    modele("clauses/signatures.docx", lambda d: _remplacer(d, "deux exempl", "trois exempl"))
    modele("articles/litiges.docx", lambda d: _ajouter(d, "Les parties recherchent"))
    modele("articles/publicite.docx", lambda d: _retirer(d, "elle l’indique aux pers"))
    modele("clauses/reste-inchange.docx", _en_gras)
    modele("documents/lettre.docx", lambda d: _remplacer(d, "Objet\u00a0:", "Objet :"))
    modele("documents/avenant.docx", _pied)


def _paragraphe(d: Document, debut: str) -> Paragraph:
    return next(p for p in paragraphes(d) if debut in p.text)


def _remplacer(d: Document, old: str, new: str) -> None:
    run = next(r for p in paragraphes(d) for r in p.runs if old in r.text)
    run.text = run.text.replace(old, new)


def _ajouter(d: Document, apres: str) -> None:
    p = _paragraphe(d, apres)
    new = copy.deepcopy(p._p)
    p._p.addnext(new)
    Paragraph(
        new, d
    ).text = "La médiation suspend les délais de recours, dans les conditions que fixe la loi."


def _retirer(d: Document, debut: str) -> None:
    p = _paragraphe(d, debut)._p
    p.getparent().remove(p)


def _en_gras(d: Document) -> None:
    _paragraphe(d, "Le reste de l’article").runs[0].bold = True


def _pied(d: Document) -> None:
    for section in d.sections:
        for footer in (section.footer, section.first_page_footer):
            for run in (r for p in footer.paragraphs for r in p.runs if r.text == "Page\u00a0"):
                run.text = "Feuillet\u00a0"
