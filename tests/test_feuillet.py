"""A file that somebody sends, read with a bound: the same refusals whatever is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.finances.donnees_essentielles import reprise
from generator.finances.feuillet import MAX_OCTETS, LectureError, octets
from generator.finances.importation import importer
from generator.load import load
from tests.dossier_kit import DATA

RECORDS, _ = load(DATA)


def _refus(folder: Path) -> dict[Path, str]:
    big = folder / "gros.csv"
    with big.open("wb") as stream:
        stream.truncate(MAX_OCTETS + 1)
    return {
        folder: "ce n’est pas un fichier",
        folder / "rien.csv": "le fichier n’existe pas",
        folder / ("x" * 300): "le nom est trop long",
        big: "il dépasse 20 Mio",
    }


def test_the_largest_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "grand.csv"
    path.write_bytes(b"a" * MAX_OCTETS)
    assert len(octets(path)) == MAX_OCTETS


def test_every_reader_refuses_for_the_same_reason(tmp_path: Path) -> None:
    for path, words in _refus(tmp_path).items():
        with pytest.raises(LectureError, match=words):
            octets(path)
        (imported,) = importer(path, "f", None, None, RECORDS, tmp_path).diagnostics
        (seeded,) = reprise.lire(path, "f", RECORDS).diagnostics
        assert (imported.code, imported.message) == ("IMP001", f"tableau illisible : {words}")
        assert (seeded.code, seeded.message) == ("SCD010", f"fichier illisible : {words}")
