"""How far a draft has changed since it was read: each level is recognised, the unknown is the gravest."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import convenant
from generator.cli.socle import USAGE
from generator.cli.viser import NIVEAUX
from generator.conformite import Passage
from generator.model.types import Record
from generator.plan import Choix
from generator.service import Options as Production
from generator.service import Workspace
from generator.service.visas import Relectures, Visas
from generator.visa import NOMS, Journal, Lecture, Lu, Niveau, Visa, lire_journal, lire_texte, mesurer, niveau
from generator.visa.journal import DOSSIER, NOM, NomNiveau, en_texte, en_yaml, fichier_du_texte
from tests.dossier_kit import DATA, TEMPLATES
from tests.finances_kit import Muet

NUMERO, LE = "2024-587", dt.date(2024, 11, 26)
ACTE = "actes/faimah-avenant-annexe-06"
FAIMAH = f"data/deliberations/{NUMERO}/actes/faimah.yaml"
PARTIES = ("FAIMAH", "Éric D’HAENENS", "Monsieur Éric D’HAENENS", "784 000 001 00012")
APRES = ("FAIMAH 62", "Anne PETIT", "Madame Anne PETIT", "784 000 001 00020")


@pytest.mark.parametrize(
    ("avant", "apres", "expected"),
    [
        ("le 31\u00a0mars", "le 31 mars", Niveau.TYPOGRAPHIE),
        ("« l’acte »", "“l'acte”", Niveau.TYPOGRAPHIE),
        ("La structure remet un bilan.", "La structure adresse un bilan.", Niveau.REDACTION),
        ("La structure remet un bilan.", "La structure remet un bilan détaillé.", Niveau.REDACTION),
        ("représentée par Monsieur Éric D’HAENENS,", "représentée par Madame Anne PETIT,", Niveau.PARTIE),
        ("SIRET 784 000 001 00012", "SIRET 784 000 001 00020", Niveau.PARTIE),
        ("au plus tard le 31 mars 2025", "au plus tard le 30 avril 2025", Niveau.DATE),
        ("le 31/03/2025", "le 01/04/2025", Niveau.DATE),
        ("soit 45\u00a0000,00\u00a0€, à", "soit 47\u00a0500,00\u00a0€, à", Niveau.MONTANT),
        ("(quarante-cinq mille euros)", "(quarante-sept mille cinq cents euros)", Niveau.MONTANT),
        ("(un million d’euros)", "(deux millions d’euros et dix centimes)", Niveau.MONTANT),
        ("712\u00a0000,00", "712\u00a0001,00", Niveau.MONTANT),
        ("FAIMAH, le 31 mars 2025, 10,00 €", "FAIMAH 62, le 1er avril 2025, 20,00 €", Niveau.MONTANT),
        # What nothing recognises.
        ("pour 100 places", "pour 110 places", Niveau.AUTRE),
        ("au taux de 40 %", "au taux de 50 %", Niveau.AUTRE),
        ("La structure remet un bilan.", "La structure ne remet pas un bilan.", Niveau.AUTRE),
        ("La structure remet un bilan.", "La structure peut remettre un bilan.", Niveau.AUTRE),
        ("La structure remet un bilan.", "La structure remet un bilan. Elle le publie.", Niveau.AUTRE),
        ("avec Monsieur Durand", "avec Monsieur Petit", Niveau.AUTRE),
        ("dans six mois", "dans huit mois", Niveau.AUTRE),
        ("le Département verse", "la Région verse", Niveau.AUTRE),
        ("article 4", "article 5", Niveau.AUTRE),
        ("45 000 €", "45 000", Niveau.AUTRE),
        ("le 31 mars 2025", "le 31 mars", Niveau.DATE),
        ("soit 45 000 €", "soit le solde", Niveau.AUTRE),
        # Shares, ranks, rhythms, alternatives and undertakings are words, and yet not wording.
        ("le tiers de la somme", "la moitié de la somme", Niveau.AUTRE),
        ("le double de la somme", "le quart de la somme", Niveau.AUTRE),
        ("la dizaine de places", "la douzaine de places", Niveau.AUTRE),
        ("chaque trimestre", "chaque semestre", Niveau.AUTRE),
        ("une réunion mensuelle", "une réunion annuelle", Niveau.AUTRE),
        ("le premier versement", "le second versement", Niveau.AUTRE),
        ("le bilan et le compte", "le bilan ou le compte", Niveau.AUTRE),
        ("par tacite reconduction", "par expresse reconduction", Niveau.AUTRE),
        ("versée en totalité", "versée en partie", Niveau.AUTRE),
        ("La structure s’engage à cela.", "La structure s’efforce à cela.", Niveau.AUTRE),
    ],
)
def test_levels(avant: str, apres: str, expected: Niveau) -> None:
    assert niveau(avant, apres, PARTIES, APRES) is expected
    assert niveau(apres, avant, APRES, PARTIES) is expected
    assert niveau(avant, avant, PARTIES, PARTIES) is Niveau.AUCUN


def lecture(*lines: str, forme: str = "a") -> Lecture:
    return Lecture(tuple(Passage("corps", "", x) for x in lines), PARTIES, forme)


def test_a_document_has_the_level_of_its_gravest_change() -> None:
    before = lecture("Un bilan est remis.", "Le 31 mars 2025.", "Fin de la convention.")
    level, found = mesurer(
        before, lecture("Un bilan est adressé.", "Le 30 avril 2025.", "Fin de la convention.")
    )
    assert level is Niveau.DATE and [m.niveau for m in found] == [Niveau.DATE, Niveau.REDACTION]
    assert mesurer(before, before) == (Niveau.AUCUN, ())
    assert mesurer(before, lecture(*(p.texte for p in before.passages), forme="b")) == (
        Niveau.TYPOGRAPHIE,
        (),
    )
    assert mesurer(before, lecture("Un bilan est remis.", "Le 31 mars 2025."))[0] is Niveau.AUTRE
    assert mesurer(before, lecture("Neuf.", *(p.texte for p in before.passages)))[0] is Niveau.AUTRE


@given(
    st.text(alphabet="abé 01 €,.«»’-\u00a0", max_size=30),
    st.text(alphabet="abé 01 €,.«»’-\u00a0", max_size=30),
)
@settings(max_examples=200, deadline=None)
def test_whatever_changes_its_figures_is_never_wording(avant: str, apres: str) -> None:
    level = niveau(avant, apres, (), ())
    figures = ["".join(c for c in x if c.isdigit()) for x in (avant, apres)]
    assert figures[0] == figures[1] or level >= Niveau.DATE
    assert (level is Niveau.AUCUN) == (avant == apres)


def test_a_reading_needs_a_name() -> None:
    done = CliRunner().invoke(convenant, ["viser", NUMERO, "--jusqua", "date", "--par", " "])
    assert done.exit_code == USAGE and "le texte est vide" in done.stderr


def test_the_scale_is_the_same_everywhere() -> None:
    assert NIVEAUX == NOMS == NomNiveau.__args__  # type: ignore[attr-defined]


# --- the log ---------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda t: t.strip())


@given(st.lists(st.tuples(TEXT, TEXT)), st.lists(TEXT))
@settings(max_examples=50, deadline=None)
def test_what_was_read_comes_back(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], names: list[str]
) -> None:
    read = Lecture(tuple(Passage("corps", a, b) for a, b in lines), tuple(names), "f" * 64)
    folder = tmp_path_factory.mktemp("v")
    from generator.files import ecrire, empreinte

    text = en_texte(read)
    ecrire(fichier_du_texte(folder, empreinte(text)), text)
    lu = Lu(document="d", sha256="0" * 64, forme="f" * 64, texte=empreinte(text))
    assert lire_texte(folder, lu) == read
    fichier_du_texte(folder, lu.texte).write_bytes(text + b"corps\t\tajout\n")
    assert lire_texte(folder, lu) is None


@given(TEXT, TEXT)
@settings(max_examples=30, deadline=None)
def test_the_log_comes_back(tmp_path_factory: pytest.TempPathFactory, par: str, name: str) -> None:
    digest = "0" * 64
    lu = Lu(document=name, sha256=digest, forme=digest, texte=digest)
    journal = Journal(visas=(Visa(par=par, le=LE, jusqua="redaction", documents=(lu,)),))
    folder = tmp_path_factory.mktemp("j")
    (folder / DOSSIER).mkdir()
    (folder / DOSSIER / NOM).write_bytes(en_yaml(journal))
    again, found = lire_journal(folder)
    assert found == [] and again is not None and again.visas == journal.visas
    assert isinstance(again.visas[0], Record) and again.visas[0].niveau is Niveau.REDACTION


# --- the whole -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of which one structure’s documents are built and read."""
    folder = tmp_path_factory.mktemp("lu")
    shutil.copytree(DATA, folder / "data")
    shutil.copytree(TEMPLATES, folder / "templates")
    work = atelier(folder)
    assert work.generer(NUMERO, Production(choix=Choix(structures=("faimah",)), pdf=False), Muet()).reussie
    done = Relectures(work).viser(NUMERO, "Anne PETIT", "redaction", LE, Choix(), Muet())
    assert done.diagnostics == [] and done.vises == 6
    return folder


@pytest.fixture
def projet(lu: Path, tmp_path: Path) -> Path:
    shutil.copytree(lu, tmp_path / "p")
    return tmp_path / "p"


def atelier(folder: Path) -> Workspace:
    return Workspace(folder / "data", folder / "templates", folder / "output", folder / "cache")


def etat(folder: Path) -> Visas:
    return Relectures(atelier(folder)).etat(NUMERO, Muet())


def test_nothing_has_changed(projet: Path) -> None:
    done = etat(projet)
    assert done.diagnostics == [] and {x.niveau for x in done.lignes} == {Niveau.AUCUN}
    assert len(done.lignes) == 6 and ACTE not in done.jamais and "01-rapport" in done.jamais


def test_what_exceeds_the_visa_is_listed_with_its_passages(projet: Path) -> None:
    path = projet / FAIMAH
    path.write_text(
        path.read_text("utf-8").replace('signee_le: "2024-02-26"', 'signee_le: "2024-02-27"'), "utf-8"
    )
    done = etat(projet)
    over = {x.document: x.niveau for x in done.lignes if x.depasse}
    assert over == {ACTE: Niveau.DATE}
    (d,) = done.diagnostics
    assert (d.code, d.span.file, d.is_error) == ("VIS003", ACTE, False)
    assert (
        "« date »" in d.message
        and "Anne PETIT" in d.message
        and any("27\u00a0février" in n.text for n in d.notes)
    )


def test_a_new_signatory_is_a_party(projet: Path) -> None:
    path = projet / "data/structures/faimah.yaml"
    text = path.read_text("utf-8")
    assert "prenom: Éric" in text
    path.write_text(text.replace("prenom: Éric", "prenom: Ulric", 1), "utf-8")
    levels = {x.document: x.niveau for x in etat(projet).lignes}
    assert levels[ACTE] is Niveau.PARTIE


def test_wording_within_the_visa_is_let_through(projet: Path) -> None:
    path = projet / "templates/documents/avenant.docx"
    word = docx.Document(str(path))
    for p in word.paragraphs:
        if "fait partie intégrante" in p.text:
            for run in p.runs:
                run.text = run.text.replace("fait partie intégrante", "fait partie indissociable")
    word.save(str(path))
    done = etat(projet)
    levels = {x.document: x.niveau for x in done.lignes}
    assert levels[ACTE] is Niveau.REDACTION and done.diagnostics == []


def test_the_last_visa_of_a_reader_counts_and_readers_are_apart(projet: Path) -> None:
    path = projet / FAIMAH
    path.write_text(
        path.read_text("utf-8").replace('signee_le: "2024-02-26"', 'signee_le: "2024-02-27"'), "utf-8"
    )
    work = atelier(projet)
    work.generer(NUMERO, Production(choix=Choix(structures=("faimah",)), pdf=False), Muet())
    Relectures(work).viser(NUMERO, "Luc NOËL", "aucun", LE, Choix(), Muet())
    assert [(x.visa.par, x.depasse) for x in etat(projet).lignes if x.document == ACTE] == [
        ("Anne PETIT", True),
        ("Luc NOËL", False),
    ]
    Relectures(work).viser(NUMERO, "Anne PETIT", "date", LE, Choix(), Muet())
    assert etat(projet).diagnostics == []


def test_a_text_that_was_touched_and_a_log_that_cannot_be_read_are_told(projet: Path) -> None:
    folder = projet / "data/deliberations" / NUMERO / DOSSIER
    for path in (folder / "textes").iterdir():
        path.write_text("autre", "utf-8")
    done = etat(projet)
    assert [d.code for d in done.diagnostics].count("VIS001") == 6 and all(x.depasse for x in done.lignes)
    (folder / NOM).write_text("visas: [", "utf-8")
    assert {d.code for d in etat(projet).diagnostics} == {"YML002"}


def test_nothing_to_read_gives_no_visa(tmp_path: Path) -> None:
    work = Workspace(DATA, TEMPLATES, tmp_path)
    done = Relectures(work).viser(NUMERO, "A", "aucun", LE, Choix(), Muet())
    assert [d.code for d in done.diagnostics] == ["VIS002"] and done.fichier is None
    wrong = Relectures(work).viser(NUMERO, "A", "aucun", LE, Choix(structures=("nul",)), Muet())
    assert [d.code for d in wrong.diagnostics] == ["CHX001"]
    assert [d.code for d in Relectures(work).etat("nul", Muet()).diagnostics] == ["CHX002"]
