"""The commands of the vote, one after the other, as a user runs them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.dossier_kit import DATA, TEMPLATES, convenant

NUMERO = "2024-587"
FAIMAH = f"data/deliberations/{NUMERO}/actes/faimah.yaml"


@pytest.fixture(scope="module")
def projet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vote")
    shutil.copytree(DATA, folder / "data")
    shutil.copytree(TEMPLATES, folder / "templates")
    return folder


def test_from_the_draft_to_the_erratum(projet: Path) -> None:
    built = convenant("generer", NUMERO, "--structure", "faimah", "--sans-pdf", cwd=projet)
    assert built.returncode == 0, built.stderr
    read = convenant(
        "viser", NUMERO, "--jusqua", "redaction", "--par", "Anne PETIT", "--le", "26/11/2024", cwd=projet
    )
    assert (read.returncode, read.stdout.split(" (")[0]) == (0, "Documents visés : 6")
    sealed = convenant("sceller", NUMERO, "--par", "Sabine DESPIERRE", "--le", "2024-12-09", cwd=projet)
    assert sealed.returncode == 0 and "Modèles scellés : 5, actes : 21" in sealed.stdout

    acte = f"output/{NUMERO}/actes/faimah-avenant-annexe-06.docx"
    proof = convenant(
        "conformite", NUMERO, acte, "--le", "2024-12-20", "--vers", "c", "--sans-pdf", cwd=projet
    )
    assert proof.returncode == 0 and "Actes conformes : 1 sur 1" in proof.stdout
    assert (projet / "c/certificat-conformite.docx").is_file()

    path = projet / FAIMAH
    path.write_text(
        path.read_text("utf-8").replace('signee_le: "2024-02-26"', 'signee_le: "2024-02-27"'), "utf-8"
    )
    proof = convenant("conformite", NUMERO, acte, "--vers", "c", "--sans-pdf", cwd=projet)
    assert proof.returncode == 1 and proof.stderr.count("erreur[CFM005]") == 2
    assert "« 27 février 2024 » est devenu « 26 février 2024 »" in proof.stderr
    state = convenant("viser", NUMERO, "--etat", cwd=projet)
    assert state.returncode == 1 and "À relire : 1, visés : 5, jamais lus : 48" in state.stdout
    assert "avertissement[VIS003] changement de niveau « date »" in state.stderr
    checked = convenant("verifier", NUMERO, cwd=projet)
    assert checked.returncode == 1 and "erreur[SCE005]" in checked.stderr

    name = "faimah-avenant-annexe-06"
    done = convenant(
        "sceller", NUMERO, "--par", "X", "--erratum", name, "--motif", "Date fausse.", cwd=projet
    )
    assert done.returncode == 0 and "Erratum inscrit" in done.stdout
    assert convenant("verifier", NUMERO, cwd=projet).returncode == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["viser", NUMERO], "il faut --par et --jusqua, ou --etat."),
        (["viser", NUMERO, "--par", "A", "--jusqua", "tout"], "valeurs possibles"),
        (["sceller", NUMERO], "--par"),
        (["sceller", NUMERO, "--par", "A", "--erratum", "x"], "--erratum et --motif vont ensemble."),
        (["impact"], "FICHIER…"),
    ],
)
def test_wrong_usage(projet: Path, args: list[str], said: str) -> None:
    done = convenant(*args, cwd=projet)
    assert done.returncode == 2 and said in done.stderr


@pytest.mark.parametrize(
    "command", [["conformite", "nul"], ["viser", "nul", "--etat"], ["sceller", "nul", "--par", "A"]]
)
def test_unknown_deliberation(projet: Path, command: list[str]) -> None:
    done = convenant(*command, cwd=projet)
    assert done.returncode == 1 and "erreur[CHX002]" in done.stderr
