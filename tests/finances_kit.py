"""Helpers of the tests on finance: a project in a folder, its workbook, LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

from generator.convert import find_soffice
from generator.service import Workspace
from generator.service.finances import Finances, Livraison

ROOT = Path(__file__).resolve().parent.parent
NUMERO = "2024-587"
RECALCUL = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""
"""LibreOffice keeps the values of a workbook unless it is told to compute them again on opening."""


class Muet:
    """Shows nothing."""

    def debut(self, etape: str, total: int) -> None:
        """A stage begins."""

    def pas(self, detail: str) -> None:
        """A step is done."""

    def fin(self) -> None:
        """The stage is over."""


def projet(folder: Path) -> Finances:
    """The finance side of a copy of the records of the repository."""
    shutil.copytree(ROOT / "data", folder / "data")
    return Finances(Workspace(folder / "data", ROOT / "templates", folder / "output"))


def livrer(folder: Path, numero: str = NUMERO) -> tuple[Finances, Livraison]:
    """The workbook of a deliberation, written."""
    service = projet(folder)
    return service, service.classeur(numero, Muet())


def fiches(service: Finances) -> dict[str, bytes]:
    """Every record, as bytes."""
    root = service.atelier.donnees
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*.yaml"))}


def refaire(classeur: bytes, edit: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with each of its parts passed through `edit`, by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(classeur)) as read, zipfile.ZipFile(out, "w") as write:
        for entry in read.infolist():
            write.writestr(entry, edit(entry.filename, read.read(entry)), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def convertir(source: Path, forme: str, folder: Path) -> Path:
    """The file as LibreOffice writes it, recomputed."""
    soffice = find_soffice()
    assert soffice is not None
    profile = folder / "profil"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCUL, "utf-8")
    run = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", forme]
    subprocess.run([*run, "--outdir", folder, source], check=True, capture_output=True, timeout=120)
    return folder / f"{source.stem}.{forme.partition(':')[0]}"
