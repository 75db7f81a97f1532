"""An act that came back edited by hand is found out, and an act of ours is in the terms of its modele."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pypdf
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.comparaison import Sens
from generator.conformite import Sorte, lire
from generator.conformite.blancs import dans_les_termes
from generator.conformite.references import retenir
from generator.convert import find_soffice
from generator.plan import Choix
from generator.service import Options as Production
from generator.service import Workspace
from generator.service.conformite import Bilan, Conformite, Options
from tests.dossier_kit import DATA, TEMPLATES
from tests.finances_kit import Muet

NUMERO, LE = "2024-587", dt.date(2024, 12, 20)
ACTE = "actes/faimah-avenant-annexe-06"


@pytest.fixture(scope="module")
def atelier(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The project with its acts built, without PDF."""
    out = Workspace(DATA, TEMPLATES, tmp_path_factory.mktemp("sortie"), tmp_path_factory.mktemp("cache"))
    kinds = Choix(documents=("avenant", "convention", "lettre-notification"))
    assert out.generer(NUMERO, Production(choix=kinds, pdf=False), Muet()).reussie
    return out


@pytest.fixture
def renvoye(atelier: Workspace, tmp_path: Path) -> Callable[[Callable[[Document], object]], Bilan]:
    """Edit the act as a person does in Word, and examine the file that comes back."""

    def run(edit: Callable[[Document], object], name: str = "retour.docx") -> Bilan:
        word = docx.Document(str(atelier.sortie / NUMERO / f"{ACTE}.docx"))
        edit(word)
        word.save(str(tmp_path / name))
        options = Options(LE, vers=tmp_path / "certificat", pdf=False)
        return Conformite(atelier).examiner(NUMERO, [tmp_path / name], options, Muet())

    return run


def paragraphs(word: Document) -> list:
    cells = [p for t in word.tables for row in t.rows for c in row.cells for p in c.paragraphs]
    return [*word.paragraphs, *cells]


def replace(word: Document, old: str, new: str) -> None:
    """Replace a text in the first paragraph or cell that holds it, in one run."""
    for p in paragraphs(word):
        if old in p.text:
            text = p.text.replace(old, new, 1)
            for run in p.runs:
                run.text = ""
            p.runs[0].text = text
            return
    raise AssertionError(old)


def test_every_act_is_in_the_terms_of_its_modele(atelier: Workspace, tmp_path: Path) -> None:
    bilan = Conformite(atelier).examiner(NUMERO, [], Options(LE, vers=tmp_path, pdf=False), Muet())
    assert bilan.conforme and bilan.diagnostics == []
    assert len(bilan.resultats) == 21
    assert {r.modele for r in bilan.resultats} == {
        *(f"annexe {n}" for n in (5, 6, 7, 8, 9)),
        "annexe 10, voté avec ses valeurs",
        "modèle type du 12\u00a0juin 2023",
    }
    by_ident = {r.ident: r for r in bilan.resultats}
    options = by_ident["actes/ccas-de-lievin-convention-coaching-familial"].options
    assert any("engagement républicain" in o for o in options)
    assert by_ident[ACTE].options == ()


def test_nothing_edited_is_conforme(renvoye: Callable[..., Bilan]) -> None:
    bilan = renvoye(lambda word: None)
    (r,) = bilan.resultats
    assert bilan.conforme and r.ident == ACTE and len(r.sha256) == 64


@pytest.mark.parametrize(
    ("old", "new", "sorte", "code"),
    [
        ("31 mars 2025", "30 avril 2025", Sorte.TEXTE, "CFM006"),
        ("438\u00a0825,00\u00a0€", "448\u00a0825,00\u00a0€", Sorte.VALEUR, "CFM005"),
        ("26\u00a0février 2024", "27\u00a0février 2024", Sorte.VALEUR, "CFM005"),
        ("Éric D’HAENENS", "Anne PETIT", Sorte.VALEUR, "CFM005"),
        ("fait partie intégrante", "ne fait pas partie intégrante", Sorte.TEXTE, "CFM006"),
        ("Avance\u00a0: 60\u00a0%", "Avance\u00a0: 80\u00a0%", Sorte.TEXTE, "CFM006"),
    ],
)
def test_edited_words_are_found_named_and_sorted(
    renvoye: Callable[..., Bilan], old: str, new: str, sorte: Sorte, code: str
) -> None:
    bilan = renvoye(lambda word: replace(word, old, new))
    (r,) = bilan.resultats
    (e,) = r.ecarts
    (d,) = bilan.diagnostics
    assert not bilan.conforme and (e.sorte, d.code) == (sorte, code)
    assert old in e.attendu and new in e.trouve and e.ou
    assert d.span.file.endswith("retour.docx")
    assert r.sha256


def test_the_value_is_traced_to_its_record(renvoye: Callable[..., Bilan]) -> None:
    bilan = renvoye(lambda word: replace(word, "26\u00a0février 2024", "27\u00a0février 2024"))
    spans = [n.span for d in bilan.diagnostics for n in d.notes if n.span]
    assert [s.file.rpartition("/")[2] for s in spans] == ["faimah.yaml"]
    assert spans[0].line > 1


def drop(word: Document) -> None:
    p = next(p for p in word.paragraphs if "fait partie intégrante" in p.text)
    p._p.getparent().remove(p._p)


def add(word: Document) -> None:
    p = next(p for p in word.paragraphs if "fait partie intégrante" in p.text)
    p.insert_paragraph_before("La structure est dispensée de tout bilan.")


def add_row(word: Document) -> None:
    word.tables[-1].add_row().cells[0].text = "Divers"


def header(word: Document) -> None:
    word.sections[0].header.paragraphs[0].add_run(" (projet)")


def footer(word: Document) -> None:
    word.sections[0].first_page_footer.paragraphs[0].runs[0].text = "Délibération n° 2024-999 "


def strike(word: Document) -> None:
    p = next(p for p in word.paragraphs if "fait partie intégrante" in p.text)
    for run in p.runs:
        run.font.strike = True


def hide(word: Document) -> None:
    p = next(p for p in word.paragraphs if "fait partie intégrante" in p.text)
    for run in p.runs:
        run.font.hidden = True


def styled(sorte: WD_STYLE_TYPE, mark: str) -> Callable[[Document], None]:
    """The clause in a style whose base strikes or hides; nothing is written on its runs."""

    def edit(word: Document) -> None:
        base = word.styles.add_style("Rature", sorte)
        setattr(base.font, mark, True)
        style = word.styles.add_style("Rature fine", sorte)
        style.base_style, base.base_style = base, style  # a cycle, as a damaged file holds
        p = next(p for p in word.paragraphs if "fait partie intégrante" in p.text)
        for x in p.runs if sorte is WD_STYLE_TYPE.CHARACTER else [p]:
            x.style = style

    return edit


@pytest.mark.parametrize(
    ("edit", "sorte", "where"),
    [
        (drop, Sorte.RETRAIT, "Article"),
        (add, Sorte.AJOUT, "Article"),
        (add_row, Sorte.AJOUT, "tableau"),
        (header, Sorte.VALEUR, "en-tête"),
        (footer, Sorte.TEXTE, "pied de page"),
        (strike, Sorte.RETRAIT, "Article"),
        (hide, Sorte.RETRAIT, "Article"),
        *(
            pytest.param(styled(kind, mark), Sorte.RETRAIT, "Article", id=f"{kind.name}-{mark}")
            for kind in (WD_STYLE_TYPE.CHARACTER, WD_STYLE_TYPE.PARAGRAPH)
            for mark in ("strike", "double_strike", "hidden")
        ),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_what_comes_and_goes_is_found_everywhere(
    renvoye: Callable[..., Bilan], edit: Callable[[Document], None], sorte: Sorte, where: str
) -> None:
    bilan = renvoye(edit)
    (r,) = bilan.resultats
    assert sorte in {e.sorte for e in r.ecarts} and len(r.ecarts) <= 2
    assert any(where in e.ou for e in r.ecarts), [e.ou for e in r.ecarts]


def test_words_that_a_run_takes_out_of_a_striking_style_are_read(renvoye: Callable[..., Bilan]) -> None:
    def edit(word: Document) -> None:
        styled(WD_STYLE_TYPE.CHARACTER, "strike")(word)
        for run in (r for p in word.paragraphs for r in p.runs if r.style.name == "Rature fine"):
            run.font.strike = False

    assert renvoye(edit).conforme


def test_words_that_two_styles_strike_are_seen_and_read(renvoye: Callable[..., Bilan]) -> None:
    """Word toggles: what the style of the paragraph hides, the style of the words shows again."""

    def edit(word: Document) -> None:
        add(word)
        p = next(p for p in word.paragraphs if "dispensée de tout bilan" in p.text)
        for kind, x in ((WD_STYLE_TYPE.PARAGRAPH, p), (WD_STYLE_TYPE.CHARACTER, p.runs[0])):
            x.style = word.styles.add_style(f"Cache {kind.name}", kind)
            x.style.font.hidden = True

    (e,) = renvoye(edit).resultats[0].ecarts
    assert e.sorte is Sorte.AJOUT


def test_typing_habits_are_no_difference(renvoye: Callable[..., Bilan]) -> None:
    """A plain space for a non-breaking one, a straight apostrophe: what people do without thinking."""

    def edit(word: Document) -> None:
        replace(word, "26\u00a0février 2024", "26 février 2024")
        replace(word, "L’", "L'")

    assert renvoye(edit).conforme


def test_a_file_is_known_by_its_name_or_by_what_it_says(renvoye: Callable[..., Bilan]) -> None:
    assert renvoye(lambda w: None, "n’importe quoi (2).docx").resultats[0].ident == ACTE
    named = renvoye(lambda w: replace(w, "2024-00096", "2024-00097"), f"{ACTE.rpartition('/')[2]}.docx")
    assert named.resultats[0].ident == ACTE and not named.conforme


def test_a_file_that_is_no_act_is_said_to_be_none(atelier: Workspace, tmp_path: Path) -> None:
    word = docx.Document()
    word.add_paragraph("Bonjour.")
    word.save(str(tmp_path / "x.docx"))
    (tmp_path / "y.docx").write_bytes(b"rien")
    bilan = Conformite(atelier).examiner(
        NUMERO,
        [tmp_path / "x.docx", tmp_path / "y.docx", tmp_path / "z.docx"],
        Options(LE, pdf=False),
        Muet(),
    )
    assert [d.code for d in bilan.diagnostics] == ["CFM002", "CFM001", "CFM001"]
    assert not bilan.conforme and bilan.certificat is None


def tracked(word: Document) -> None:
    p = next(p for p in word.paragraphs if "fait partie intégrante" in p.text)
    ins = p._p.makeelement(docx.oxml.ns.qn("w:ins"), {docx.oxml.ns.qn("w:id"): "900"})
    run = p.add_run(" Fin.")
    run._r.getparent().replace(run._r, ins)
    ins.append(run._r)


@pytest.mark.parametrize(("sens", "codes"), [(None, ["CFM004"]), ("accepter", ["CFM006"]), ("refuser", [])])
def test_tracked_changes_are_never_guessed(
    atelier: Workspace, tmp_path: Path, sens: str | None, codes: list[str]
) -> None:
    word = docx.Document(str(atelier.sortie / NUMERO / f"{ACTE}.docx"))
    tracked(word)
    path = tmp_path / f"{ACTE.rpartition('/')[2]}.docx"
    word.save(str(path))
    options = Options(LE, Sens(sens) if sens else None, tmp_path / "c", pdf=False)
    bilan = Conformite(atelier).examiner(NUMERO, [path], options, Muet())
    assert [d.code for d in bilan.diagnostics] == codes
    assert bilan.conforme == (not codes)


def test_a_folder_must_hold_every_act(atelier: Workspace, tmp_path: Path) -> None:
    shutil.copy(atelier.sortie / NUMERO / f"{ACTE}.docx", tmp_path)
    bilan = Conformite(atelier).examiner(
        NUMERO, [tmp_path], Options(LE, vers=tmp_path / "c", pdf=False), Muet()
    )
    assert [d.code for d in bilan.diagnostics] == ["CFM003"] * 20
    assert not bilan.conforme and sum(r.conforme for r in bilan.resultats) == 1


def test_an_act_out_of_its_modele_is_found_without_any_file_changed(tmp_path: Path) -> None:
    """A clause printed for acts alone: what the modele never said."""
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    path = templates / "clauses" / "signatures.docx"
    word = docx.Document(str(path))
    word.paragraphs[0].insert_paragraph_before("{%p if structure.siret != 'XXXX' %}")
    word.paragraphs[1].insert_paragraph_before("La structure renonce à tout recours.")
    word.paragraphs[2].insert_paragraph_before("{%p endif %}")
    word.save(str(path))
    atelier = Workspace(DATA, templates, tmp_path / "sortie")
    made = atelier.generer(NUMERO, Production(choix=Choix(structures=("faimah",)), pdf=False), Muet())
    assert not [d for d in made.diagnostics if d.is_error]
    file = tmp_path / "sortie" / NUMERO / f"{ACTE}.docx"
    bilan = Conformite(atelier).examiner(NUMERO, [file], Options(LE, vers=tmp_path / "c", pdf=False), Muet())
    (r,) = bilan.resultats
    assert [e.sorte for e in r.ecarts] == [Sorte.MODELE]
    assert "renonce à tout recours" in r.ecarts[0].trouve


def test_what_libreoffice_saved_again_is_still_conforme(atelier: Workspace, tmp_path: Path) -> None:
    soffice = find_soffice()
    assert soffice is not None
    source = atelier.sortie / NUMERO / f"{ACTE}.docx"
    command = [str(soffice), f"-env:UserInstallation=file://{tmp_path}/profil", "--headless"]
    command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(tmp_path / "lo"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    bilan = Conformite(atelier).examiner(
        NUMERO, [tmp_path / "lo" / source.name], Options(LE, vers=tmp_path / "c", pdf=False), Muet()
    )
    assert bilan.diagnostics == [] and bilan.conforme


def test_the_certificate_holds_on_one_page_with_every_digest(atelier: Workspace, tmp_path: Path) -> None:
    bilan = Conformite(atelier).examiner(NUMERO, [], Options(LE, vers=tmp_path), Muet())
    assert bilan.pdf is not None and bilan.certificat is not None
    pages = pypdf.PdfReader(bilan.pdf).pages
    assert len(pages) == 1
    said = "".join(pages[0].extract_text().split())
    for r in bilan.resultats:
        assert r.sha256 in said
    assert "Tousconformes" not in said and "Toussontconformes" in said and "20décembre2024" in said
    again = Conformite(atelier).examiner(NUMERO, [], Options(LE, vers=tmp_path / "bis"), Muet())
    assert again.pdf is not None and again.pdf.read_bytes() == bilan.pdf.read_bytes()


def test_the_certificate_tells_what_differs(renvoye: Callable[..., Bilan]) -> None:
    bilan = renvoye(lambda word: replace(word, "438\u00a0825,00\u00a0€", "448\u00a0825,00\u00a0€"))
    assert bilan.certificat is not None
    said = "\n".join(p.texte for p in lire(bilan.certificat.read_bytes()))
    assert (
        "1\u00a0écart" in said
        and "448\u00a0825,00\u00a0€" in said
        and "0\u00a0acte conforme sur 1\u00a0acte" in said
    )


# --- the blanks ------------------------------------------------------------------------------------


@given(st.lists(st.text(alphabet="ab ,X", max_size=6), min_size=1, max_size=5), st.data())
@settings(max_examples=60, deadline=None)
def test_filled_blanks_agree_and_nothing_else(fixed: list[str], data: st.DataObject) -> None:
    fixed = [f.replace("XXXX", "") for f in fixed]
    modele = "XXXX".join(fixed)
    if modele.split("XXXX") != fixed:  # X beside a blank: another cut of the same text
        return
    fills = [data.draw(st.text(alphabet="ab, é", min_size=1, max_size=5)) for _ in fixed[1:]]
    filled = fixed[0] + "".join(x + f for x, f in zip(fills, fixed[1:], strict=True))
    assert dans_les_termes(modele, filled)
    assert not dans_les_termes(modele, "§" + filled) or fixed[0] == "" != modele
    assert not dans_les_termes(modele, filled + "§") or fixed[-1] == "" != modele


def test_an_empty_blank_is_not_filled() -> None:
    assert not dans_les_termes("signé le XXXX, à Arras", "signé le , à Arras")
    assert not dans_les_termes("du XXXX au XXXX", "du 1 au ")
    assert dans_les_termes("du XXXX au XXXX", "du 1 au 2 au 3")


def test_only_options_and_blank_lines_come_from_the_act() -> None:
    blank = {
        "etiquette": "ANNEXE 6",
        "compte": {"iban": "XXXX"},
        "financier": False,
        "l": [{"m": "XXXX €"}],
        "t": "x",
    }
    act = {"etiquette": "", "compte": None, "financier": True, "l": [{"m": "1 €"}, {"m": "2 €"}], "t": "y"}
    made, changed = retenir(blank, act)
    assert made == {
        "etiquette": "",
        "compte": None,
        "financier": False,
        "l": [{"m": "XXXX €"}, {"m": "XXXX €"}],
        "t": "x",
    }
    assert changed == ("coordonnées bancaires",)


def test_page_numbers_stand_for_themselves(atelier: Workspace) -> None:
    file = (atelier.sortie / NUMERO / f"{ACTE}.docx").read_bytes()
    before = [p.texte for p in lire(file) if "pied" in p.partie]
    assert any("[page]" in x and "[pages]" in x for x in before)
    word = docx.Document(io.BytesIO(file))
    for t in word.sections[0].footer._element.iter("{*}t"):
        if t.text == "1":
            t.text = "12"
    out = io.BytesIO()
    word.save(out)
    assert [p.texte for p in lire(out.getvalue()) if "pied" in p.partie] == before
