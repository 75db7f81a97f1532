"""What leaves for good: an archive that anyone can check, a published version without bank details."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from generator import manifest
from generator.envoi.archive import SOMMES, empaqueter
from generator.envoi.coordonnees import ibans, masque
from generator.pdfium import textes
from generator.registre.base import Registre, fichier
from generator.registre.evenements import ORIGINE
from generator.service.diffusion import coordonnees
from tests.dossier_kit import DATA, TEMPLATES, convenant
from tests.envoi_kit import NUMERO, projet

IBAN = "FR733000600001FICTIF0010110"
ETRANGER = "DE89370400440532013000"


# --- bank details --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"au compte {IBAN}, ouvert",
        "FR73 3000 6000 01FI CTIF 0010 110",
        "FR73\u00a03000\u00a06000\u00a001FI\u00a0CTIF\u00a00010\u00a0110",
        "IBAN : FR73 3000 6000\n01FI CTIF 0010 110\nBIC",
        "FR73-3000-6000-01FI-CTIF-0010-110.",
        "fr73 3000 6000 01fi ctif 0010 110",
        "FR73 3000 6000 01FI CTIF 0010 110AGRIFRPP",
        "FR 73 3000 6000 01FI CTIF 0010 110",
        f"IBAN{IBAN}",
        f"compte1{IBAN}",
        "XFR73 3000 6000 01FI CTIF 0010 110",
        f"AB12{IBAN}",
    ],
)
def test_an_iban_is_found_however_it_is_written(text: str) -> None:
    assert list(ibans(text)) == [IBAN]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FR73 3000 6000 01FI CTIF 0010 111",  # a wrong key
        "délibération n° 2024-587, article L.3131-1, opération C02-446A05",
        "SIRET 00016902900048, convention n° 2024-00096",
        "un montant de 150 150,00 €",
        "XFR7330006000",
    ],
)
def test_what_is_no_iban_is_left(text: str) -> None:
    assert list(ibans(text)) == []


def test_no_text_of_the_documents_is_taken_for_an_iban() -> None:
    """All but the accounts that the conventions do write."""
    for path in (Path(__file__).parent / "golden").rglob("*.txt"):
        text = path.read_text("utf-8")
        written = re.sub(r"\s", "", text)
        assert all(x.startswith("FR") and f"IBAN:{x}" in written for x in ibans(text)), path.name


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([IBAN, ETRANGER]))
def test_an_iban_is_found_in_any_text(before: str, after: str, iban: str) -> None:
    assert iban in list(ibans(f"{before} : {iban} ; {after}"))


def test_what_is_said_of_an_iban_cannot_be_used() -> None:
    assert masque(IBAN) == "FR73\u00a0…\u00a0110"


def pdf(*pages: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in pages:
        for n, line in enumerate(page.split("\n")):
            canvas.drawString(72, 700 - 20 * n, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_each_page_that_holds_bank_details_is_told() -> None:
    found = coordonnees(pdf("rien", "compte FR73 3000 6000\n01FI CTIF 0010 110"), "x.pdf")
    assert [(d.code, d.span.file) for d in found] == [("ENV008", "x.pdf")]
    assert "page 2" in found[0].message and "3000" not in found[0].message
    across = coordonnees(pdf("compte FR73 3000 6000", "01FI CTIF 0010 110"), "x.pdf")
    assert [d.code for d in across] == ["ENV008"] and "d’une page à l’autre" in across[0].message
    assert coordonnees(pdf("rien", "rien"), "x.pdf") == []
    assert [d.code for d in coordonnees(b"%PDF-1.7 abc", "x.pdf")] == ["ENV008"]


def test_the_published_version_has_no_bank_details(tmp_path: Path) -> None:
    """A deliberation whose conventions name an account, built both ways by the real LibreOffice."""
    numero, act = "2023-09-18", "actes/ccas-d-escalmont-convention-frais-de-deplacement.pdf"
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "templates").symlink_to(TEMPLATES)
    folder, env = tmp_path / "output" / numero, {"CONVENANT_CACHE": str(tmp_path / "cache")}
    convenant("generer", numero, "--structure", "ccas-d-escalmont", cwd=tmp_path, **env)
    whole = (folder / act).read_bytes()
    assert [d.code for d in coordonnees(whole, act)] == ["ENV008"]
    assert (folder / act).stat().st_mode & 0o777 == 0o600
    published = folder / "publication"
    (published / "actes").mkdir(parents=True)
    for withdrawn in ("actes/acte-retire.pdf", "ancien.pdf"):  # of an act that is no longer in the dossier
        (published / withdrawn).write_bytes(pdf("retiré"))
    done = convenant("publier", numero, cwd=tmp_path, **env)
    assert done.returncode == 0, done.stderr
    bare = (published / act).read_bytes()
    assert coordonnees(bare, act) == [] and "IBAN" not in "".join(textes(bare))
    assert (folder / act).read_bytes() == whole  # the act itself is what it was
    names = {p.relative_to(published).as_posix() for p in published.rglob("*") if p.is_file()}
    assert {act, f"dossier-{numero}.pdf"} <= names
    assert not names & {"actes/acte-retire.pdf", "ancien.pdf"}
    assert all(n.endswith(".pdf") for n in names) and not any("lettre" in n for n in names)
    assert all(coordonnees((published / n).read_bytes(), n) == [] for n in names)


# --- archive -------------------------------------------------------------------------------------


def test_the_same_files_give_the_same_package() -> None:
    files = {"b/é.txt": b"deux", "a.txt": b"un"}
    made = empaqueter(files, "archive", dt.date(2024, 12, 9))
    assert made == empaqueter(dict(reversed(files.items())), "archive", dt.date(2024, 12, 9))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.namelist() == ["archive/SHA256SUMS", "archive/a.txt", "archive/b/é.txt"]
        assert {e.date_time for e in package.infolist()} == {(2024, 12, 9, 0, 0, 0)}
        assert {e.external_attr >> 16 for e in package.infolist()} == {0o100600}


def archive(folder: Path) -> Path:
    done = convenant("archiver", NUMERO, cwd=folder)
    assert done.returncode == 0, done.stderr
    path = folder / "output" / NUMERO / f"archive-{NUMERO}.zip"
    assert path.stat().st_mode & 0o777 == 0o600
    return path


def test_an_archive_that_anyone_can_check(tmp_path: Path) -> None:
    folder = projet(tmp_path / "projet", 2)
    path = archive(folder)
    first = path.read_bytes()
    path.unlink()
    assert archive(folder).read_bytes() == first
    with zipfile.ZipFile(path) as package:
        package.extractall(tmp_path / "vu")
    root = tmp_path / "vu" / f"archive-{NUMERO}"
    subprocess.run(["sha256sum", "-c", "--quiet", "--strict", SOMMES], cwd=root, check=True)
    listed = {line.split("  ", 1)[1] for line in (root / SOMMES).read_text("utf-8").splitlines()}
    present = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
    assert listed == present - {SOMMES}
    assert {"LISEZMOI.txt", "documents/manifest.json", "preuves/controle.html"} <= present
    lines = [json.loads(x) for x in (root / "registre/registre.jsonl").read_text("utf-8").splitlines()]
    assert [x["etape"] for x in lines] == ["préparé"] * 2
    assert [x["precedent"] for x in lines] == [ORIGINE, lines[0]["empreinte"]]
    (root / "LISEZMOI.txt").write_text("autre", "utf-8")
    spoilt = subprocess.run(
        ["sha256sum", "-c", "--quiet", SOMMES], cwd=root, capture_output=True, check=False
    )
    assert spoilt.returncode == 1


def test_no_archive_of_what_has_changed(tmp_path: Path) -> None:
    folder = projet(tmp_path, 1)
    out = folder / "output" / NUMERO
    made = manifest.lire(out)
    assert made is not None and made.documents[0].pdf is not None
    (out / made.documents[0].pdf.chemin).write_bytes(b"%PDF autre")
    run = convenant("archiver", NUMERO, cwd=folder)
    assert run.returncode == 1 and "erreur[ENV010]" in run.stderr
    assert not (out / f"archive-{NUMERO}.zip").exists()


def test_no_archive_with_a_broken_register(tmp_path: Path) -> None:
    folder = projet(tmp_path, 1)
    path = folder / "output" / NUMERO / "registre.sqlite3"
    archive(folder).unlink()
    with sqlite3.connect(path) as base:
        base.execute("DROP TRIGGER convenant_maj")
        base.execute("UPDATE convenant_registre SET par = 'x'")
    base.close()
    with Registre(fichier(path), NUMERO) as registre:
        assert len(registre.lire()) == 1
    run = convenant("archiver", NUMERO, cwd=folder)
    assert run.returncode == 1 and "erreur[REG001]" in run.stderr
    assert not (folder / "output" / NUMERO / f"archive-{NUMERO}.zip").exists()
