"""What the proofreader opens, and what it says of what it cannot open: never a traceback."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from generator.relecture import relire
from generator.relecture.lecture import lire
from generator.relecture.texte import Zone
from tests.relecture_kit import acte, codes, lu, pdf, word
from tests.test_cli import Run

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = "word/document.xml"
ACTE = acte("Article 1 – Objet", "Article 2 – Coût\nLe coût est de 1 000 € + 500 €, soit 1 500 €.")


def refait(data: bytes, edit: Callable[[dict[str, bytes]], None]) -> bytes:
    """A .docx whose parts are changed by `edit`."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        parties = {n: z.read(n) for n in z.namelist()}
    edit(parties)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for nom, contenu in parties.items():
            z.writestr(nom, contenu)
    return out.getvalue()


def corps(xml: str) -> bytes:
    """A .docx whose body is this XML."""

    def edit(parties: dict[str, bytes]) -> None:
        parties[DOCUMENT] = (
            f'<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<w:body>{xml}</w:body></w:document>"
        ).encode()

    return refait(word("x"), edit)


def p(texte: str, pr: str = "") -> str:
    return f"<w:p>{pr}<w:r><w:t>{texte}</w:t></w:r></w:p>"


def lignes(tmp_path: Path, data: bytes, nom: str = "a.docx") -> list[tuple[str, str]]:
    """(place, text) of each line read."""
    chemin = tmp_path / nom
    chemin.write_bytes(data)
    texte, found = lire(chemin, nom)
    assert texte is not None and not found, found
    return [(ligne.lieu.replace("\u00a0", " "), ligne.texte) for ligne in texte.lignes]


# --- Word files ----------------------------------------------------------------------------------


def test_paragraphs_tables_and_nested_tables(tmp_path: Path) -> None:
    dedans = f"<w:tbl><w:tr><w:tc>{p('fond')}</w:tc></w:tr></w:tbl>"
    cellule = '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("large") + "</w:tc>"
    premier = f"<w:tr><w:tc>{p('a')}</w:tc><w:tc>{p('b')}{dedans}</w:tc></w:tr>"
    table = f"<w:tbl>{premier}<w:tr>{cellule}</w:tr></w:tbl>"
    assert lignes(tmp_path, corps(p("un") + table + p("deux"))) == [
        ("paragraphe 1", "un"),
        ("tableau 1, ligne 1, colonne 1", "a"),
        ("tableau 1, ligne 1, colonne 2", "b"),
        ("tableau 1, ligne 1, colonne 2, tableau, ligne 1, colonne 1", "fond"),
        ("tableau 1, ligne 2, colonne 1", "large"),
        ("paragraphe 2", "deux"),
    ]


def test_what_the_page_does_not_show_is_left_out(tmp_path: Path) -> None:
    cache = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>caché</w:t></w:r><w:r><w:t>vu</w:t></w:r></w:p>"
    parti = "<w:del><w:r><w:delText>parti</w:delText></w:r></w:del>"
    efface = f"<w:p>{parti}<w:moveFrom><w:r><w:t>ôté</w:t></w:r></w:moveFrom></w:p>"
    double = (
        "<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>une</w:t></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:t>deux</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
    )
    champ = (
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3</w:t><w:tab/><w:t>fin</w:t></w:r></w:p>"
    )
    assert [t for _, t in lignes(tmp_path, corps(cache + efface + double + champ))] == ["vu", "une", "3\tfin"]


def test_revisions_are_told(tmp_path: Path) -> None:
    found = lu(tmp_path, corps("<w:p><w:ins><w:r><w:t>ajouté</w:t></w:r></w:ins></w:p>"), "a.docx")
    assert codes(found) == ["RLB005"]
    assert codes(lu(tmp_path, corps(p("rien")), "a.docx")) == []


def test_margins_notes_and_text_boxes(tmp_path: Path) -> None:
    contenu = f"<w:pict><w:txbxContent>{p('en boîte')}</w:txbxContent></w:pict>"
    boite = f"<w:p><w:r><w:t>avec</w:t></w:r><w:r>{contenu}</w:r></w:p>"
    note = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="7">{p("une note")}</w:footnote></w:footnotes>'
    tete = f'<w:hdr xmlns:w="{W}">{p("en haut XXXX")}</w:hdr>'

    def edit(parties: dict[str, bytes]) -> None:
        parties["word/footnotes.xml"], parties["word/header9.xml"] = note.encode(), tete.encode()

    data = refait(corps(boite), edit)
    assert lignes(tmp_path, data) == [
        ("paragraphe 1", "avec"),
        ("zone de texte, paragraphe 1", "en boîte"),
        ("en-tête", "en haut XXXX"),
        ("note de bas de page 7", "une note"),
    ]
    found = lu(tmp_path, data, "a.docx")
    assert codes(found) == ["RLB001"] and found.texte is not None
    assert found.texte.lieu(found.diagnostics[0].span) == "en-tête"
    assert [ligne.zone for ligne in found.texte.lignes].count(Zone.MARGE) == 1


def test_bullets_of_word_are_seen(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Le coût est de 95 857 €, décliné comme suit :")
    document.add_paragraph("pour le premier : 89 000 €", "List Bullet")
    document.add_paragraph("pour le second : 6 875 €", "List Bullet")
    out = io.BytesIO()
    document.save(out)
    assert codes(lu(tmp_path, out.getvalue(), "a.docx")) == ["RLM001"]


def test_articles_that_word_numbers_are_not_judged(tmp_path: Path) -> None:
    def edit(parties: dict[str, bytes]) -> None:
        parties["word/numbering.xml"] = (
            f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
            '<w:numFmt w:val="decimal"/><w:lvlText w:val="Article %1"/></w:lvl></w:abstractNum></w:numbering>'
        ).encode()

    assert codes(lu(tmp_path, refait(word("Article 1 – a", "Article 4 – b"), edit), "a.docx")) == []
    assert codes(lu(tmp_path, word("Article 1 – a", "Article 4 – b"), "a.docx")) == ["RLA002", "RLA002"]


def test_strict_open_xml_is_read(tmp_path: Path) -> None:
    def edit(parties: dict[str, bytes]) -> None:
        parties[DOCUMENT] = parties[DOCUMENT].replace(
            W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
        )

    assert lignes(tmp_path, refait(word("texte strict"), edit)) == [("paragraphe 1", "texte strict")]


# --- PDF and text --------------------------------------------------------------------------------


def test_pages_and_running_heads_of_a_pdf(tmp_path: Path) -> None:
    tete = "Convention n° 2025-00001"
    data = pdf([tete, "Corps de la page une"], [tete, "et de la page deux"], pied="Page {page} sur {pages}")
    chemin = tmp_path / "a.pdf"
    chemin.write_bytes(data)
    texte, _ = lire(chemin, "a.pdf")
    assert texte is not None and texte.pages == 2
    assert texte.flux == "Corps de la page une\net de la page deux"
    assert [x.page for x in texte.lignes] == [1, 1, 1, 2, 2, 2]


def test_columns_of_a_pdf_are_apart(tmp_path: Path) -> None:
    assert lignes(tmp_path, pdf([("a", "2 706", "567 150,00")]), "a.pdf") == [
        ("page 1", "a\t2 706\t567 150,00")
    ]


def test_signs_that_a_pdf_keeps_are_letters_again(tmp_path: Path) -> None:
    assert lignes(tmp_path, pdf(["l’article modi\ufb01\u00e9"]), "a.pdf") == [("page 1", "l’article modifié")]


def test_lines_and_pages_of_a_text(tmp_path: Path) -> None:
    data = "un  deux\r\n\r\nà\u00a0b\f\uf0b7 trois\n".encode("utf-8-sig")
    assert lignes(tmp_path, data, "a.txt") == [
        ("page 1, ligne 1", "un deux"),
        ("page 1, ligne 3", "à\u00a0b"),
        ("page 2, ligne 3", "• trois"),
    ]
    assert lignes(tmp_path, "é€".encode("cp1252"), "b.txt") == [("ligne 1", "é€")]
    assert lignes(tmp_path, "é€".encode("utf-16"), "c.txt") == [("ligne 1", "é€")]


def test_three_hundred_pages(tmp_path: Path) -> None:
    found = lu(tmp_path, pdf(*[[f"ligne {n} de la page", "autre"] for n in range(320)]), "a.pdf")
    assert found.texte is not None and found.texte.pages == 320 and found.diagnostics == ()


# --- what cannot be read -------------------------------------------------------------------------


def _image() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.rect(50, 50, 200, 200, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _protege() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(["secret"]))) as source:
        source.save(out, encryption=pikepdf.Encryption(user="mot", owner="passe"))
    return out.getvalue()


def _mixte() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(["du texte"]))) as a, pikepdf.open(io.BytesIO(_image())) as b:
        for _ in range(2):
            a.pages.extend(b.pages)
        a.save(out)
    return out.getvalue()


def _zip(**parties: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for nom, contenu in parties.items():
            z.writestr(nom.replace("__", "/"), contenu)
    return out.getvalue()


def _chiffre() -> bytes:
    data = bytearray(word("x"))
    for signature, decalage in (
        (b"PK\x03\x04", 6),
        (b"PK\x01\x02", 8),
    ):  # the flag « encrypted » of each member
        debut = data.find(signature)
        while debut >= 0:
            data[debut + decalage] |= 1
            debut = data.find(signature, debut + 4)
    return bytes(data)


def _entites(tmp: str) -> bytes:
    def edit(parties: dict[str, bytes]) -> None:
        parties[DOCUMENT] = (
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{tmp}/secret.txt">]>'
            f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'
        ).encode()

    return refait(word("x"), edit)


def _bombe() -> bytes:
    def edit(parties: dict[str, bytes]) -> None:
        parties["word/header1.xml"] = b" " * (300 * 1024 * 1024)

    return refait(word("x"), edit)


def _menteur() -> bytes:
    """A part that unpacks to much more than it says."""
    data = bytearray(refait(word("x"), lambda q: q.update({"word/header1.xml": b" " * 5_000_000})))
    for signature, decalage in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        debut = data.find(signature)
        while debut >= 0:
            nom = data[debut + (30 if decalage == 22 else 46) :]
            if nom.startswith(b"word/header1.xml"):
                data[debut + decalage : debut + decalage + 4] = (100).to_bytes(4, "little")
            debut = data.find(signature, debut + 4)
    return bytes(data)


def _profond() -> bytes:
    return corps("<w:tbl><w:tr><w:tc>" * 80 + p("fond") + "</w:tc></w:tr></w:tbl>" * 80)


ILLISIBLES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "vide": ("a.docx", lambda: b"", "RLU003"),
    "blanc": ("a.txt", lambda: b" \n\n", "RLU003"),
    "sans texte": ("a.docx", lambda: corps("<w:p/>"), "RLU003"),
    "doc": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "RLU002"),
    "doc protégé nommé docx": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "RLU002"),
    "rtf": ("a.rtf", lambda: b"{\\rtf1 x}", "RLU002"),
    "odt": ("a.odt", lambda: _zip(mimetype=b"application/vnd.oasis.opendocument.text"), "RLU002"),
    "image": ("a.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "RLU002"),
    "binaire": ("a.bin", lambda: bytes(range(256)), "RLU002"),
    "xlsx nommé docx": ("a.docx", lambda: _zip(xl__workbook_xml=b"<x/>"), "RLU004"),
    "pas un zip": ("a.docx", lambda: b"bonjour", "RLU004"),
    "zip tronqué": ("a.docx", lambda: word("x" * 5000)[:-200], "RLU004"),
    "sans document": ("a.docx", lambda: refait(word("x"), lambda q: q.pop(DOCUMENT)), "RLU004"),
    "xml endommagé": (
        "a.docx",
        lambda: refait(word("x"), lambda q: q.update({DOCUMENT: b"<w:document"})),
        "RLU004",
    ),
    "autre xml": (
        "a.docx",
        lambda: refait(word("x"), lambda q: q.update({DOCUMENT: b"<a><b/></a>"})),
        "RLU004",
    ),
    "taille fausse": ("a.docx", _menteur, "RLU004"),
    "mot de passe du zip": ("a.docx", _chiffre, "RLU005"),
    "bombe": ("a.docx", _bombe, "RLU005"),
    "entités": ("a.docx", lambda: _entites("/tmp"), "RLU005"),
    "pdf endommagé": ("a.pdf", lambda: pdf(["x"])[:300], "RLU006"),
    "pas un pdf": ("a.pdf", lambda: b"bonjour", "RLU006"),
    "pdf protégé": ("a.pdf", _protege, "RLU007"),
    "scan": ("a.pdf", _image, "RLU008"),
}


@pytest.mark.parametrize("nom", ILLISIBLES)
def test_unreadable(nom: str, tmp_path: Path) -> None:
    fichier, fait, code = ILLISIBLES[nom]
    found = lu(tmp_path, fait(), fichier)
    assert codes(found) == [code], found.diagnostics
    (d,) = found.diagnostics
    assert found.texte is None and not found.propre and d.help and d.span.line == 0


def test_pages_that_are_images_are_told(tmp_path: Path) -> None:
    found = lu(tmp_path, _mixte(), "a.pdf")
    assert codes(found) == ["RLU009"] and found.propre and found.texte is not None
    assert "pages\u00a02 à 3" in found.diagnostics[0].message


def test_an_entity_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("le secret")
    found = lu(tmp_path, _entites(str(tmp_path)), "a.docx")
    assert codes(found) == ["RLU005"] and "secret" not in str(found.diagnostics)


def test_missing_and_folder(tmp_path: Path) -> None:
    for chemin in (tmp_path / "absent.docx", tmp_path, tmp_path / "a.docx" / "b"):
        assert codes(relire(chemin)) == ["RLU001"]
    assert codes(relire(Path("a\0b.docx"))) == ["RLU001"]


def test_tables_without_end(tmp_path: Path) -> None:
    assert lu(tmp_path, _profond(), "a.docx").diagnostics  # refused or read, never a traceback


# --- mutated files -------------------------------------------------------------------------------

MODELE = word(
    *ACTE.split("\n"),
    [("Structure", "Montant (€)"), ("Phare", "2 000,00"), ("Bassin", "3 000,00"), ("Total", "5 000,00")],
)
MUTATIONS = 500


def _mutant(rng: random.Random) -> bytes:
    """A .docx spoilt in one of the ways that a disk, a mail or a malicious hand would."""
    sorte = rng.randrange(7)
    data = bytearray(MODELE)
    if sorte == 0:
        return bytes(data[: rng.randrange(len(data))])
    if sorte == 1:
        for _ in range(rng.choice((1, 5, 50, 500))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return bytes(data)
    if sorte == 2:
        debut = rng.randrange(len(data))
        del data[debut : debut + rng.choice((1, 10, 1000))]
        return bytes(data)

    def edit(parties: dict[str, bytes]) -> None:
        nom = rng.choice((DOCUMENT, DOCUMENT, "word/styles.xml", "word/numbering.xml"))
        if sorte == 3:
            parties.pop(rng.choice(list(parties)))
        elif sorte == 4:
            arbre = etree.fromstring(parties[nom])
            elements = list(arbre.iter(etree.Element))
            for _ in range(rng.randrange(1, 30)):
                a, b = rng.choice(elements), rng.choice(elements)
                if a is not b and a not in b.iterancestors() and b is not arbre and a is not arbre:
                    a.append(b) if b not in a.iterancestors() else None
            parties[nom] = etree.tostring(arbre)
        elif sorte == 5:
            texte = bytearray(parties[nom])
            for _ in range(rng.choice((1, 3, 30))):
                texte[rng.randrange(len(texte))] = rng.randrange(256)
            parties[nom] = bytes(texte)
        else:
            chiffres = re.compile(rb"\d+")
            parties[DOCUMENT] = chiffres.sub(
                lambda m: str(rng.choice((0, 7, 99, 10**30))).encode() if rng.random() < 0.3 else m[0],
                parties[DOCUMENT],
            )

    return refait(bytes(data), edit)


@pytest.mark.parametrize("lot", range(5))
def test_mutated_word_files_give_diagnostics(lot: int, tmp_path: Path) -> None:
    """500 of them; which ones depends on nothing but this file."""
    rng = random.Random(f"relecture-{lot}")
    lus = 0
    for _ in range(MUTATIONS // 5):
        found = lu(tmp_path, _mutant(rng), "mutant.docx")
        lus += found.texte is not None
        assert found.texte is not None or not found.propre
    assert 0 < lus < MUTATIONS // 5  # the mutations are neither harmless nor all fatal


def test_mutated_pdfs_give_diagnostics(tmp_path: Path) -> None:
    rng = random.Random("relecture-pdf")
    modele = pdf(ACTE.split("\n"), ["Annexe n° 2 – Accueil"])
    for _ in range(60):
        data = bytearray(modele[: rng.randrange(len(modele))] if rng.random() < 0.3 else modele)
        for _ in range(rng.choice((1, 20, 200))):
            if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
        lu(tmp_path, bytes(data), "mutant.pdf")


MOTS = [
    "Article 1",
    "Article 2 :",
    "article 12",
    "«",
    "»",
    "annexe 2 :",
    "Annexe n° 3 –",
    "(annexe 2)",
    "ANNEXE 4",
    "Entre",
    "d’une part",
    "12 500 €",
    "1 000,00",
    "50 %, soit",
    "comme suit :",
    "\n• ",
    "du 31 février 2024",
    "au 01/01/2023",
    "Vu la convention n° 2024-00123",
    "SIRET 123",
    "XXXX",
    "……",
    "Total",
    "\t",
    "\n",
    "places à",
    "\f",
    "soixante euros (",
    "Disponible Proposition Solde",
    "le lundi 9 décembre 2024",
    "{{",
    "délibération n° 2024-1 du",
    "(3)",
    "territoires :",
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mots=st.lists(st.one_of(st.sampled_from(MOTS), st.text(max_size=12)), max_size=60))
def test_any_text_is_read(mots: list[str], tmp_path: Path) -> None:
    found = lu(tmp_path, " ".join(mots).encode("utf-8", "replace"), "a.txt")
    for d in found.diagnostics:
        if found.texte is not None:
            found.texte.extrait(d.span)


# --- the command ---------------------------------------------------------------------------------


def test_the_command_groups_by_file(tmp_path: Path) -> None:
    (tmp_path / "juste.txt").write_text(ACTE, "utf-8")
    (tmp_path / "faux.docx").write_bytes(word("Le coût est de 1 000 € + 500 €, soit 1 600 €."))
    run = Run(tmp_path, "relire", "juste.txt", "faux.docx")
    run.french()
    assert run.code == 1 and run.err == ""
    out = run.out.replace("\u00a0", " ").splitlines()
    assert out[0] == "juste.txt : aucune anomalie"
    assert out[2] == "faux.docx : 1 erreur, 2 remarques"
    rang = next(n for n, ligne in enumerate(out) if "RLM001" in ligne)
    assert (
        out[rang] == "  paragraphe 1 : erreur[RLM001] 1 000 € + 500 € = 1 500 €, le total annoncé est 1 600 €"
    )
    texte, marque = out[rang + 1], out[rang + 2]
    assert texte[marque.index("^") : marque.rindex("^") + 1] == "1 600"
    assert out[-1] == "2 fichiers relus : 1 erreur, 2 remarques"
    assert Run(tmp_path, "relire", "juste.txt").code == 0


def test_the_command_in_json(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["rien"], ["Le total est de 1 000 € + 500 €, soit 1 600 €."]))
    run = Run(tmp_path, "relire", "--format", "json", "a.pdf", "absent.pdf")
    faute, absent = json.loads(run.out)
    assert run.code == 1
    assert (faute["code"], faute["gravite"], faute["fichier"], faute["page"]) == (
        "RLM001",
        "erreur",
        "a.pdf",
        2,
    )
    debut, fin = faute["debut"], faute["debut"] + faute["longueur"]
    assert faute["extrait"][debut:fin] == "1 600"
    assert (absent["code"], absent["page"], absent["extrait"]) == ("RLU001", None, "")
