"""Our own documents, proofread: nothing to say of them, and the least fault put in them is found.

The whole dossier of 2024-587, in Word and in PDF, is proofread by tests/test_dossier.py.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from lxml import etree

from generator.relecture import relire
from tests.dossier_kit import DATA, convenant
from tests.relecture_kit import lu

pytestmark = pytest.mark.xdist_group("relecture")
NUMERO = "2024-587"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
N = "\u00a0"

FAUTES = {
    "annexe-04-repartition-financiere": [
        (f"38{N}487,55", f"38{N}487,56", "RLM004"),
        (f"567{N}150,00", f"567{N}151,00", "RLM004"),
        ("dix-huit euros", "dix-neuf euros", "RLM006"),
    ],
    "01-rapport": [(f"203{N}067,73", f"203{N}067,74", "RLM005")],
    "02-deliberation": [
        (f"Article{N}3", f"Article{N}2", "RLA001"),
        (f"Article{N}5", f"Article{N}7", "RLA002"),
        (f"8{N}juillet 2024", f"8{N}juillet 2025", "RLD005"),
    ],
    "annexe-10-avenant-pas-de-calais-actif": [
        (f"418{N}076,74", f"418{N}076,75", "RLM001"),
        (f"articles{N}4 et 12", f"articles{N}3 et 12", "RLA004"),
        (f"145{N}437,50", f"145{N}437,60", "RLM003"),
        (f"186{N}200{N}093{N}00083", f"186{N}200{N}093{N}00084", "RLI003"),
        ("signée le 14", "signée le 34", "RLD001"),
        ("2024-01213 conclue", "2024-01231 conclue", "RLI001"),
        (f"annexe{N}2{N}: «", f"annexe{N}3{N}: «", "RLA008"),
    ],
    "actes/plie-des-deux-terrils-avenant-annexe-09": [
        (f"392{N}000,00", f"393{N}000,00", "RLM001"),
        ("(280)", "(281)", "RLM007"),
        (f"60{N}%", f"70{N}%", "RLM008"),
        (f"(annexe{N}2)", f"(annexe{N}3)", "RLA007"),
    ],
    "actes/ccas-de-lievin-convention-coaching-familial": [
        ("10 rue de l’Exemple", "XXXX", "RLB001"),
        ("Coaching familial", "None", "RLB004"),
        (f"Article{N}12 –", f"Article{N}12 : –", "RLT001"),
    ],
}


def annonces(fichiers: Iterable[Path]) -> list[str]:
    """What is said of files; left out: the modeles counted as blank, and the number of pages that an act
    made without its PDF does not have yet."""
    return [
        f"{chemin.name} {d.code} {d.message}"
        for chemin in fichiers
        for d in relire(chemin).diagnostics
        if not (d.code == "RLB002" and "-modele-" in chemin.stem)
        and "comprend\u00a0…\u00a0pages" not in d.message
    ]


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Word files of the deliberation."""
    sortie = tmp_path_factory.mktemp("sortie")
    fait = convenant("generer", NUMERO, "--sans-pdf", "--sortie", str(sortie))
    assert fait.returncode == 0, fait.stderr
    return sortie / NUMERO


def test_nothing_to_say_of_the_fiches(tmp_path: Path) -> None:
    fait = convenant("fiches", "2026", "--sortie", str(tmp_path))
    assert fait.returncode == 0, fait.stderr
    fichiers = [f for f in tmp_path.rglob("*") if f.suffix in (".docx", ".pdf")]
    assert len(fichiers) >= 24
    assert annonces(fichiers) == []


@pytest.mark.parametrize("millesime", ["2024", "2025"])
def test_nothing_to_say_of_the_older_fiches(millesime: str, tmp_path: Path) -> None:
    convenant("fiches", millesime, "--sans-pdf", "--sortie", str(tmp_path))
    fichiers = list(tmp_path.rglob("*.docx"))
    assert fichiers
    assert annonces(fichiers) == []


@pytest.mark.parametrize(
    "numero", sorted(d.name for d in (DATA / "deliberations").iterdir() if d.name != NUMERO)
)
def test_nothing_to_say_of_the_other_deliberations(numero: str, tmp_path: Path) -> None:
    convenant("generer", numero, "--sans-pdf", "--sortie", str(tmp_path))
    fichiers = list(tmp_path.rglob("*.docx"))
    assert fichiers
    assert annonces(fichiers) == []


def test_nothing_to_say_of_the_consolidated_conventions(tmp_path: Path) -> None:
    convenant("consolider", "--sans-pdf", "--sortie", str(tmp_path))
    fichiers = list(tmp_path.rglob("*.docx"))
    assert len(fichiers) > 20
    assert annonces(fichiers) == []


def gate(data: bytes, old: str, new: str) -> bytes:
    """A .docx in which the first `old` of its text is `new`, however Word cut it into runs."""
    out = io.BytesIO()
    done = 0
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                root = etree.fromstring(content)
                for paragraph in root.iter(f"{W}p"):
                    pieces = list(paragraph.iter(f"{W}t"))
                    text = "".join(t.text or "" for t in pieces)
                    if old in text and not done:
                        done = 1
                        pieces[0].text = text.replace(old, new, 1)
                        for t in pieces[1:]:
                            t.text = ""
                content = etree.tostring(root)
            target.writestr(name, content)
    assert done, old
    return out.getvalue()


@pytest.mark.parametrize(
    ("document", "old", "new", "code"),
    [(d, *faute) for d, fautes in FAUTES.items() for faute in fautes],
    ids=lambda x: x.replace(N, " ") if isinstance(x, str) else "",
)
def test_the_least_fault_is_found(
    document: str, old: str, new: str, code: str, dossier: Path, tmp_path: Path
) -> None:
    data = (dossier / f"{document}.docx").read_bytes()
    faux, juste = lu(tmp_path, gate(data, old, new), "faux.docx"), lu(tmp_path, data, "juste.docx")
    assert code in {
        d.code for d in faux.diagnostics if d.message not in {j.message for j in juste.diagnostics}
    }
