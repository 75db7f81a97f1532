"""`convenant comparer` as a reviewer uses it: two drafts of the dossier, git revisions, files; the report."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.comparaison import Genre, Morceau
from generator.comparaison.changements import Changement
from generator.comparaison.equivalence import ecarts
from generator.comparaison.genres import genre
from generator.comparaison.mots import aligner, mots
from generator.comparaison.paquet import ouvrir
from generator.comparaison.rapport import Entete, Ligne, en_html
from generator.service import Workspace
from generator.service.revue import Bilan, Reglages, Revue
from tests.comparaison_kit import modifier_projet, produire
from tests.comparaison_word_kit import TEXTE, docx, textes
from tests.finances_kit import Muet
from tests.test_cli import Run

ROOT = Path(__file__).resolve().parent.parent
ENTIER = bool(os.environ.get("CONVENANT_COMPARAISONS"))
"""All the documents of both drafts, for the full proof; else some twelve of them."""


@pytest.fixture(scope="module")
def projet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in git: the first commit as it is, « relu » after the edits."""
    folder = tmp_path_factory.mktemp("projet")
    for name in ("data", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("~$*", ".~lock*"))

    def git(*args: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@exemple.fr", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "avant")
    git("tag", "envoi")
    fiche = folder / "data/structures/faimah.yaml"
    text = fiche.read_text("utf-8")
    fiche.write_text(text.replace("nom: D’HAENENS", "nom: D’HAUTECOURT"), "utf-8")
    git("commit", "-qam", "un nom")
    git("tag", "relu")
    fiche.write_text(text, "utf-8")
    modifier_projet(folder)
    return folder


@pytest.fixture(scope="module")
def versions(projet: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The documents of both drafts: those of one structure and some of the deliberation, or all of them."""
    room = tmp_path_factory.mktemp("versions")
    a, b = produire(ROOT, room / "a"), produire(projet, room / "b")
    for path in [] if ENTIER else [*a.rglob("*.docx"), *b.rglob("*.docx")]:
        if not re.search(r"faimah|annexe-06|annexe-10|deliberation|rapport", path.name):
            path.unlink()
    return a, b


@pytest.fixture(scope="module")
def revue(versions: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Bilan, Path]:
    """The comparison of both drafts, and its folder."""
    vers = tmp_path_factory.mktemp("revue")
    atelier = Workspace(ROOT / "data", ROOT / "templates", vers)
    a, b = map(str, versions)
    return Revue(atelier).comparer(a, b, None, Reglages(vers, pdf=False), Muet()), vers


def changements(bilan: Bilan) -> list[Changement]:
    """Every change of the batch."""
    return [c for x in bilan.lignes for c in x.changements]


# --- two drafts of the dossier -------------------------------------------------------------------


def test_every_redline_of_two_drafts_is_proved(
    versions: tuple[Path, Path], revue: tuple[Bilan, Path]
) -> None:
    bilan, vers = revue
    assert bilan.complet and bilan.diagnostics == []
    changed = [x for x in bilan.lignes if x.etat == "modifié"]
    assert len(changed) > (40 if ENTIER else 7) and sum(bilan.marques.values()) == len(changed)
    assert bilan.identiques + len(bilan.lignes) == len(list(versions[1].rglob("*.docx")))
    for x in changed:
        a, b, marked = (ouvrir((folder / x.cle).read_bytes()) for folder in (*versions, vers))
        assert ecarts(marked, a, b) == [], x.cle
        assert x.changements, x.cle


def test_the_edits_are_all_found(revue: tuple[Bilan, Path]) -> None:
    bilan, _ = revue
    struck = {m.texte for c in changements(bilan) for m in c.morceaux if m.sorte == "retire"}
    added = {m.texte for c in changements(bilan) for m in c.morceaux if m.sorte == "ajoute"}
    assert {"40\u00a0%", "HAENENS", "19\u00a0mai 2022", "deux"} <= struck
    assert {"30\u00a0%", "HAUTECOURT", "19\u00a0juin 2022", "trois"} <= added
    assert any("gras" in c.note for c in changements(bilan))
    assert any(c.note == "paragraphe ajouté" for c in changements(bilan))
    assert any(c.note == "paragraphe supprimé" for c in changements(bilan))
    assert any(c.partie.startswith("pied de page") for c in changements(bilan))
    assert {g for c in changements(bilan) for g in c.genres} >= {*Genre} - {Genre.NUMEROTATION}


def test_the_report_is_one_page_that_needs_nothing(revue: tuple[Bilan, Path]) -> None:
    bilan, vers = revue
    assert bilan.rapport == vers / "rapport.html"
    page = bilan.rapport.read_text("utf-8")
    assert not re.search(r"<script|src=|@import|https?://|url\(", page)
    assert page.count('class="c ') == len(changements(bilan))
    for g in Genre:
        assert f'id="f-{g}"' in page and f"#f-{g}:checked~main .{g}" in page
    for link in re.findall(r'href="([^#"]+)"', page):
        assert (vers / link).is_file()
    anchors = re.findall(r'href="#([^"]+)"', page)
    assert len(anchors) == len(bilan.lignes) and all(f'id="{x}"' in page for x in anchors)
    assert "FAIMAH" in page and "\u202f" not in page
    assert not re.search(
        r" [:;?!»]|« ", re.sub(r"<style>.*?</style>|<(?:del|ins)>.*?</(?:del|ins)>", "", page)
    )


def test_a_second_run_writes_the_same_bytes(
    versions: tuple[Path, Path], revue: tuple[Bilan, Path], tmp_path: Path
) -> None:
    """And what no longer differs is no longer there; a file of the user stays."""
    _, vers = revue
    for name in ("a", "b"):
        (tmp_path / name / "actes").mkdir(parents=True)
    key = "actes/faimah-convention-faj-collectif.docx"
    for name, folder in zip(("a", "b"), versions, strict=True):
        shutil.copy(folder / key, tmp_path / name / key)
    out = tmp_path / "comparaison"
    out.mkdir()
    (out / "note.docx").write_bytes(b"la mienne")
    run = Run(tmp_path, "comparer", "a", "b", "--sans-pdf")
    run.french()
    assert run.code == 0 and "1 document modifié, 0 document sans changement." in run.out
    assert (out / key).read_bytes() == (vers / key).read_bytes()
    assert Run(tmp_path, "comparer", "a", "a", "--sans-pdf").code == 0
    assert not (out / key).exists() and (out / "note.docx").exists()


# --- revisions of the records and of the templates ------------------------------------------------


def test_git_revisions(projet: Path, tmp_path: Path) -> None:
    where = ["--dossier", "2024-587", "--sans-pdf", "--vers", str(tmp_path)]
    run = Run(projet, "comparer", "envoi", "relu", *where)
    run.french(signs=False)
    assert run.code == 0, run.err
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.docx")}
    assert "actes/faimah-convention-faj-collectif.docx" in found and len(found) < 12
    assert (
        subprocess.run(["git", "worktree", "list"], cwd=projet, capture_output=True).stdout.count(b"\n") == 1
    )


@pytest.mark.parametrize(
    ("args", "code", "mot"),
    [
        (["absente", "relu", "--dossier", "2024-587"], "CMP009", "«\u00a0absente\u00a0» n’existe pas"),
        (["--", "-x", "--dossier"], "CMP008", "ni un fichier ni un dossier"),
        (["envoi", "relu"], "CMP008", "ni un fichier ni un dossier"),
        (["data", "templates/documents/avenant.docx"], "CMP008", "deux fichiers"),
        (["data", "data"], "CMP008", "aucun document Word"),
    ],
)
def test_what_cannot_be_compared(args: list[str], code: str, mot: str, projet: Path, tmp_path: Path) -> None:
    vers = [] if "--" in args else ["--vers", str(tmp_path / "x")]
    run = Run(projet, "comparer", *vers, *args)
    run.french(signs=False)
    assert run.code == 1 and f"erreur[{code}]" in run.err and mot in run.err
    assert not (tmp_path / "x").exists()


def test_outside_git(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    run = Run(
        tmp_path, "comparer", "v1", "v2", "--dossier", "2024-587", GIT_CEILING_DIRECTORIES=str(tmp_path)
    )
    assert run.code == 1 and "erreur[CMP009]" in run.err and "dépôt git" in run.err


# --- two files -----------------------------------------------------------------------------------


def test_two_files_with_their_pdf(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx(textes(*TEXTE)))
    (tmp_path / "b.docx").write_bytes(docx(textes(*TEXTE).replace("45", "47")))
    args = ["comparer", "a.docx", "b.docx", "--auteur", "DPID", "--date", "09/12/2024", "--vers", "ici"]
    run = Run(tmp_path, *args)
    run.french()
    assert run.code == 0 and "Compte rendu\u00a0: ici/rapport.pdf" in run.out
    xml = zipfile.ZipFile(tmp_path / "ici/b.docx").read("word/document.xml").decode()
    assert 'w:author="DPID"' in xml and 'w:date="2024-12-09T00:00:00Z"' in xml
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "ici/rapport.pdf", "-"], capture_output=True
    ).stdout
    assert "47" in text.decode() and "Ce qui a changé" in text.decode()


def test_a_file_that_cannot_be_compared_stops_nothing(tmp_path: Path) -> None:
    for name, bad in (("a", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("b", b"rien")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "secret.docx").write_bytes(bad)
        (tmp_path / name / f"seul-{name}.docx").write_bytes(docx(textes(name)))
        (tmp_path / name / "acte.docx").write_bytes(docx(textes(*TEXTE, name)))
    run = Run(tmp_path, "comparer", "a", "b", "--sans-pdf")
    assert run.code == 1 and "a/secret.docx: erreur[CMP002]" in run.err
    assert "1 document ajouté, 1 document modifié, 1 document non comparé, 1 document supprimé" in run.out
    assert sorted(p.name for p in (tmp_path / "comparaison").glob("*.docx")) == ["acte.docx"]


def test_the_output_cannot_be_written(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.docx").write_bytes(docx(textes(*TEXTE, name)))
    (tmp_path / "plein").write_text("", "utf-8")
    run = Run(tmp_path, "comparer", "a.docx", "b.docx", "--vers", "plein", "--sans-pdf")
    assert run.code == 1 and "erreur[" in run.err and (tmp_path / "plein").is_file()


# --- words, kinds, page --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mot",
    [
        "45\u00a0000,00\u00a0€", "45 000 €", "1\u00a0234\u00a0567,89\u00a0€", "30\u00a0%",
        "31\u00a0mars 2025", "1er\u00a0janvier",
        "31/12/2024", "2024-00096", "C02-446A05", "6568/93446", "000\u00a0169\u00a0029\u00a000048",
        "1er", "Pas-de-Calais",
    ],
)  # fmt: skip
def test_a_figure_a_date_a_reference_is_one_word(mot: str) -> None:
    text = f"soit {mot}, pour l’année"
    assert mot in mots(text) and "".join(mots(text)) == text


@pytest.mark.parametrize("signe", ["", " ", "\n", "a b", "é\u0301", "€€", "1 2", "«\u00a0x\u00a0»"])
def test_words_lose_nothing(signe: str) -> None:
    assert "".join(mots(signe)) == signe
    assert [x for x in aligner(mots(signe), mots(signe)) if not x[0]] == []


@pytest.mark.parametrize(
    ("avant", "apres", "contexte", "attendu"),
    [
        ("45\u00a0000\u00a0€", "47\u00a0500\u00a0€", "soit ", Genre.MONTANT),
        ("quarante-cinq mille", "quarante-sept mille", "(", Genre.MONTANT),
        ("100", "110", "pour ", Genre.MONTANT),
        ("30\u00a0%", "40\u00a0%", "au taux de ", Genre.MONTANT),
        ("31\u00a0mars 2025", "30\u00a0avril 2025", "avant le ", Genre.DATE),
        ("2024", "2025", "au titre de l’année ", Genre.DATE),
        ("Éric D’HAENENS", "Anne PETIT", "représentée par ", Genre.NOM),
        ("plafond", "maximum", "constitue un ", Genre.REDACTION),
        ("Le", "Ce", "", Genre.REDACTION),
        (" ", "\u00a0", "n°", Genre.TYPOGRAPHIE),
        ("\"", "«", "", Genre.TYPOGRAPHIE),
        ("4", "5", "Article ", Genre.NUMEROTATION),
        ("2024-00096", "2024-00097", "convention n° ", Genre.MONTANT),
    ],
)  # fmt: skip
def test_kinds(avant: str, apres: str, contexte: str, attendu: Genre) -> None:
    assert genre(avant, apres, contexte) is attendu


def test_the_page_escapes_what_it_shows() -> None:
    hostile = '<script>alert(1)</script> & "x"'
    change = Changement("corps", hostile, (Genre.NOM,), (Morceau("ajoute", hostile),), hostile)
    page = en_html(
        Entete(hostile, hostile, 0),
        [Ligne(f"{hostile}.docx", hostile, hostile, "modifié", 'x".docx', (change,), ())],
    )
    assert "<script" not in page and page.count("&lt;script&gt;") > 5


def test_the_summary_agrees(revue: tuple[Bilan, Path]) -> None:
    from generator.comparaison.rapport import bilan_court

    line: Callable[[str], Ligne] = lambda etat: Ligne("x", "x", "", etat, "", (), ())  # noqa: E731
    assert bilan_court([], 1) == "1 document sans changement."
    two = bilan_court([line("modifié"), line("modifié"), line("non comparé"), line("non comparé")], 0)
    assert two == "2 documents modifiés, 2 documents non comparés, 0 document sans changement."
