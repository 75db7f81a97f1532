"""The demonstration of signature, played by its script with real servers; what it holds for accepted."""

from __future__ import annotations

import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest

from tests.dossier_kit import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import demo_signature

REEL = {**os.environ, "CONVENANT_REGISTRE": "postgresql://nulle-part.invalid/registre"}
"""The register of a real project: the demonstration must not touch it."""


def jouer(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools/demo_signature.py"), "--dossier", str(folder), *args]
    return subprocess.run(command, env=REEL, capture_output=True, text=True, encoding="utf-8", timeout=300)


def test_two_acts_from_the_records_to_accepted(tmp_path: Path) -> None:
    done = jouer(tmp_path / "demo", "--actes", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.replace("\u00a0", " ")
    assert "Actes acceptés : 2 sur 2" in said and "un octet changé : refusé" in said
    assert said.count("2 messages dans le serveur") == 2, "the second run sends nothing"
    assert done.stderr == ""
    kept = sorted((tmp_path / "demo/output/2024-587/signature/retours").iterdir())
    assert len(kept) == 2
    for path in kept:
        with pikepdf.open(path) as pdf:
            assert all("/V" in field for field in pdf.Root.AcroForm.Fields)
    left = [
        p for p in (tmp_path / "demo").rglob("*") if p.suffix in (".p12", ".pem") and "racine" not in p.name
    ]
    assert [p.name for p in left] == ["autorite.pem"], "no key is left"
    journal = (tmp_path / "demo/journal.txt").read_text("utf-8")
    assert journal.count("erreur[RET") >= 1 and "mot de passe" not in journal.lower()


def test_an_act_that_is_not_signed_by_both_is_not_accepted() -> None:
    rows = [
        {"acte": "actes/a", "etape": "signé des deux parties"},
        {"acte": "actes/b", "etape": "envoyé"},
        {"acte": "actes/c", "etape": None},
    ]
    assert demo_signature.manquants(["actes/a", "actes/b", "actes/c", "actes/d"], rows) == [
        "actes/b",
        "actes/c",
        "actes/d",
    ]
    assert demo_signature.manquants(["actes/a"], rows) == []


def test_an_act_sent_twice_stops_the_demonstration() -> None:
    message = EmailMessage()
    message.set_content("x")
    for name in ("a.pdf", "lettre-a.pdf"):
        message.add_attachment(name.encode(), "application", "pdf", filename=name)
    assert demo_signature.lire_courrier([message.as_bytes()]) == {"a.pdf": b"a.pdf"}
    with pytest.raises(demo_signature.Arret, match="deux fois"):
        demo_signature.lire_courrier([message.as_bytes()] * 2)


def test_a_folder_that_is_not_a_demonstration_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("à garder", "utf-8")
    done = jouer(tmp_path, "--actes", "1")
    assert done.returncode == 1 and "autre chose" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]


def test_a_command_that_fails_stops_the_demonstration(tmp_path: Path) -> None:
    with pytest.raises(demo_signature.Arret, match="rendu 1 au lieu de 0"):
        demo_signature.Scene(tmp_path, {}).convenant("suivi", "1999-1")
