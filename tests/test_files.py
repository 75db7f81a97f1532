"""Files are written whole or not at all; the manifest is trusted only when it is sound."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from generator import manifest
from generator.files import cause, ecrire, empreinte
from generator.manifest import Entree, Fichier, Manifeste
from tests.dossier_kit import ROOT


def test_new_content_replaces_old_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "sous" / "acte.docx"
    ecrire(path, b"un")
    ecrire(path, b"deux")
    assert path.read_bytes() == b"deux"
    assert [p.name for p in path.parent.iterdir()] == ["acte.docx"]


def test_same_content_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "acte.docx"
    ecrire(path, b"un")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    ecrire(path, b"un")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_no_room_keeps_the_old_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: the system refuses in the middle."""
    path = tmp_path / "acte.docx"
    path.write_bytes(b"ancien")
    code = (
        "import resource, signal, sys; from pathlib import Path; from generator.files import ecrire, cause\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))\n"
        "try: ecrire(Path(sys.argv[1]), b'x' * 100000)\n"
        "except OSError as e: print(cause(e)); sys.exit(3)\n"
    )
    run = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert done.stdout.strip() == "le fichier dépasse la taille permise"
    assert path.read_bytes() == b"ancien"
    assert [p.name for p in tmp_path.iterdir()] == ["acte.docx"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)  # this process keeps its own


@pytest.mark.parametrize(
    ("number", "said"),
    [(28, "le disque est plein"), (13, "l’accès est refusé"), (30, "le support est en lecture seule")],
)
def test_causes_are_french(number: int, said: str) -> None:
    assert cause(OSError(number, "message in English")) == said


def entry(ident: str = "actes/a") -> Entree:
    docx = Fichier(f"{ident}.docx", empreinte(b"contenu"))
    return Entree(ident, "Titre", "avenant", "a", True, "f" * 64, docx, "e" * 64, 3, None)


def test_manifest_reads_back_what_was_written(tmp_path: Path) -> None:
    new = Manifeste("2024-587", {"moteur": "1"}, {"data/x.yaml": "a"}, {}, (entry(),), ("b",), entry("d"))
    ecrire(tmp_path / manifest.NOM, manifest.ecrire(new))
    assert manifest.lire(tmp_path) == new
    assert new.fichiers() == {"actes/a.docx", "d.docx"}


@pytest.mark.parametrize("spoil", ["{", "[]", '{"format": 0}', '{"format": 2, "documents": [{}]}', "null"])
def test_a_manifest_that_is_not_ours_is_ignored(tmp_path: Path, spoil: str) -> None:
    (tmp_path / manifest.NOM).write_text(spoil, "utf-8")
    assert manifest.lire(tmp_path) is None


def test_a_file_changed_by_hand_is_not_intact(tmp_path: Path) -> None:
    e = entry()
    ecrire(tmp_path / "actes/a.docx", b"contenu")
    assert manifest.intact(tmp_path, e.docx)
    (tmp_path / "actes/a.docx").write_bytes(b"retouche")
    assert not manifest.intact(tmp_path, e.docx)
    assert not manifest.intact(tmp_path, None)


def test_manifest_holds_no_path_of_a_machine_and_no_date() -> None:
    raw = json.loads(manifest.ecrire(Manifeste("2024-587", documents=(entry(),))))
    assert set(raw) == {
        "format",
        "ouvrage",
        "versions",
        "entrees",
        "gabarits",
        "documents",
        "bloques",
        "dossier",
        "jeux",
        "ensemble",
    }
