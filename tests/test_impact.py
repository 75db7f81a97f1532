"""What a change would touch, told before building, is what a build then finds changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import docx
import pytest

from generator.plan import Choix
from generator.service import Options, Workspace
from generator.service.impact import Impact
from tests.dossier_kit import DATA, TEMPLATES, convenant
from tests.finances_kit import Muet

NUMERO = "2024-587"


@pytest.fixture(scope="module")
def projet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("impact")
    shutil.copytree(DATA, folder / "data")
    shutil.copytree(TEMPLATES, folder / "templates")
    return folder


def atelier(folder: Path) -> Workspace:
    return Workspace(folder / "data", folder / "templates", folder / "output", folder / "cache")


def touched(folder: Path, *names: str) -> set[str]:
    bilan = Impact(atelier(folder)).mesurer([folder / n for n in names], Muet())
    assert bilan.diagnostics == []
    return {t.document.ident for t in bilan.touches if t.ouvrage == NUMERO}


def test_every_document_that_changes_was_announced(projet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(projet, folder)
    clause, fiche = "templates/clauses/reste-inchange.docx", "data/structures/faimah.yaml"
    work = atelier(folder)
    options = Options(choix=Choix(structures=("faimah", "ccas-de-courtefosse")), pdf=False)
    work.generer(NUMERO, options, Muet())
    before = {p: p.read_bytes() for p in (folder / "output").rglob("*.docx")}
    announced = touched(folder, clause) | touched(folder, fiche)
    word = docx.Document(str(folder / clause))
    next(p for p in word.paragraphs if p.text.strip()).add_run(" Sauf accord contraire.")
    word.save(str(folder / clause))
    path = folder / fiche
    path.write_text(path.read_text("utf-8").replace("prenom: Éric", "prenom: Ulric", 1), "utf-8")
    atelier(folder).generer(NUMERO, options, Muet())
    root = folder / "output" / NUMERO
    changed = {
        p.relative_to(root).with_suffix("").as_posix() for p, data in before.items() if p.read_bytes() != data
    }
    assert changed and changed <= announced
    assert announced < {d.relative_to(root).with_suffix("").as_posix() for d in before} | announced


def test_a_structure_touches_its_own_documents(projet: Path) -> None:
    found = touched(projet, "data/structures/faimah.yaml")
    assert {x for x in found if x.startswith("actes/")} == {
        "actes/faimah-avenant-annexe-06",
        "actes/faimah-convention-actions-innovantes",
        "actes/faimah-convention-faj-collectif",
    }


def test_a_folder_is_all_that_it_holds(projet: Path) -> None:
    one, whole = touched(projet, "data/structures/faimah.yaml"), touched(projet, "data/structures")
    assert one < whole
    assert touched(projet, "templates/documents/rapport.docx") == {"01-rapport"}


def test_command(projet: Path) -> None:
    done = convenant("impact", "templates/documents/fiche.docx", "--liste", cwd=projet)
    assert done.returncode == 0 and "fiche : " in done.stdout and "fiches-2026/" in done.stdout
    base = convenant("impact", "templates/base.docx", cwd=projet)
    assert "0 document touché" in base.stdout and "aligner" in base.stdout
    wrong = convenant("impact", "nul.docx", "README.md", cwd=projet)
    assert wrong.returncode == 1 and wrong.stderr.count("erreur[CHX005]") == 2 and wrong.stdout == ""


def test_a_document_held_back_is_still_counted(projet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(projet, folder)
    path = folder / f"data/deliberations/{NUMERO}/actes/faimah.yaml"
    path.write_text(path.read_text("utf-8").replace("montant: 57 750,00", "montant: 57 751,00", 1), "utf-8")
    bilan = Impact(atelier(folder)).mesurer([folder / "data/structures/faimah.yaml"], Muet())
    held = {t.document.ident for t in bilan.touches if t.bloque}
    assert "actes/faimah-avenant-annexe-06" in held
