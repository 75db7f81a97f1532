"""What is kept from one run to the next changes nothing but the time that a run takes."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import source
from generator.load import load
from generator.load.typage import en_json, relu, type_record
from generator.memoire import Memoire
from generator.model import Structure
from generator.source import cache
from tests.dossier_kit import DATA

NOM, AUTRE = b"n" * 32, b"m" * 32


def project(folder: Path, voie: str = "1 rue de l’Exemple") -> Path:
    """Three structures, one of them faulty, in a data folder."""
    text = (DATA / "structures/ccas-de-quernehem.yaml").read_text("utf-8")
    (folder / "data/structures").mkdir(parents=True)
    (folder / "data/structures/ccas-de-quernehem.yaml").write_text(text, "utf-8")
    other = text.replace("id: ccas-de-quernehem", "id: autre") + f"# {voie}\n"
    (folder / "data/structures/autre.yaml").write_text(other, "utf-8")
    (folder / "data/structures/fautive.yaml").write_text(text.replace("siret:", "sirett:"), "utf-8")
    return folder / "data"


def everything(data: Path, folder: Path | None) -> Any:
    """All that a load gives, as values that can be compared; and how many files were read anew."""
    records, found = load(data, folder)
    sources = {
        key: (s.text, s.sha256, s.value, dict(s.spans), dict(s.key_spans))
        for key, s in records.sources.items()
    }
    typed = [(type(r), repr(r), r.origine, r.model_fields_set) for r in records.fiches]
    return (sources, typed, found, records.fautifs), records.relues


# --- the same values with and without ------------------------------------------------------------


def test_every_record_of_the_project_comes_back_the_same(tmp_path: Path) -> None:
    plain, _ = everything(DATA, None)
    first, missed = everything(DATA, tmp_path)
    again, missed_again = everything(DATA, tmp_path)
    assert plain == first == again
    assert missed == len(plain[0]) and missed_again == 0


def test_only_what_changed_is_read_anew(tmp_path: Path) -> None:
    data = project(tmp_path)
    load(data, tmp_path / "cache")
    assert load(data, tmp_path / "cache")[0].relues == 1  # the faulty one is never kept
    path = data / "structures/autre.yaml"
    before = path.stat()
    path.write_text(path.read_text("utf-8").replace("forme: ccas", "forme: cias"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # same date, same size: other bytes
    records, _ = load(data, tmp_path / "cache")
    assert records.relues == 2
    assert records.structures["autre"].forme == "cias"


def test_a_renamed_file_is_known_by_its_bytes_and_told_under_its_new_name(tmp_path: Path) -> None:
    data = project(tmp_path)
    load(data, tmp_path / "cache")
    (data / "structures/autre.yaml").rename(data / "structures/nouveau.yaml")
    records, found = load(data, tmp_path / "cache")
    assert records.relues == 1
    wrong = [d for d in found if d.code == "REC004"]
    assert [d.span.file.endswith("nouveau.yaml") and d.span.line > 0 for d in wrong] == [True]


def test_the_same_bytes_are_another_record_in_another_folder(tmp_path: Path) -> None:
    data = project(tmp_path)
    load(data, tmp_path / "cache")
    (data / "budget").mkdir()
    (data / "structures/autre.yaml").rename(data / "budget/autre.yaml")
    records, found = load(data, tmp_path / "cache")
    assert not records.budgets
    assert {d.code for d in found if d.span.file.endswith("budget/autre.yaml")} >= {"REC002"}


lignes = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(nom=lignes, court=st.none() | lignes, rue=lignes, fictif=st.sampled_from(["true", "non", None]))
def test_a_record_read_again_is_the_same(nom: str, court: str | None, rue: str, fictif: str | None) -> None:
    """The short way back, without the functions that read texts, gives what the long way gave."""
    text = (DATA / "structures/ccas-de-quernehem.yaml").read_text("utf-8")
    text = re.sub(r"(?m)^(nom|nom_court|fictif):.*\n", "", text)
    text = re.sub(r"(?m)^  voie:.*$", lambda _: f"  voie: {json.dumps(rue, ensure_ascii=False)}", text)
    text += f"nom: {json.dumps(nom, ensure_ascii=False)}\n"
    text += f"nom_court: {json.dumps(court, ensure_ascii=False)}\n" if court else ""
    text += f"fictif: {fictif}\n" if fictif else ""
    src, found = source.parse(text, "a.yaml")
    assert src is not None and not found
    record, more = type_record(src, Structure)
    assert record is not None and not more
    again = relu(en_json(record), Structure, "b.yaml")
    assert again is not None and again.origine == "b.yaml"
    assert again == record.model_copy(update={"origine": "b.yaml"})
    assert again.model_fields_set == record.model_fields_set


# --- whatever happens to the file -----------------------------------------------------------------


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _garbage(path: Path) -> None:
    path.write_bytes(b"\x00\xff" * 4096)


def _text(path: Path) -> None:
    path.write_text("ceci n’est pas une base", "utf-8")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _other_tables(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE entree (cle TEXT, valeur TEXT)")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("spoil", [_cut, _garbage, _text, _empty, _other_tables, _folder])
def test_a_spoilt_file_is_as_if_it_were_not_there(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    data, folder = project(tmp_path), tmp_path / "cache"
    plain, _ = everything(data, None)
    load(data, folder)
    spoil(folder / cache.NAME)
    assert everything(data, folder)[0] == plain
    assert everything(data, folder)[0] == plain
    if spoil is not _folder:  # made anew, it serves again
        assert load(data, folder)[0].relues == 1


def test_a_damaged_row_is_read_again_and_mended(tmp_path: Path) -> None:
    data, folder = project(tmp_path), tmp_path / "cache"
    plain, _ = everything(data, None)
    load(data, folder)
    with sqlite3.connect(folder / cache.NAME) as base:
        rows = base.execute("SELECT nom, contenu FROM entree").fetchall()
        for nom, contenu in rows:
            base.execute(
                "UPDATE entree SET contenu = ? WHERE nom = ?", (contenu.replace(b"ccas", b"cias"), nom)
            )
    base.close()
    assert everything(data, folder) == (plain, 3)
    assert everything(data, folder) == (plain, 1)


def test_rows_that_changed_places_are_refused(tmp_path: Path) -> None:
    with Memoire(tmp_path / "m", 10**6) as memory:
        memory.garder(NOM, b"un")
        memory.garder(AUTRE, b"deux")
    with sqlite3.connect(tmp_path / "m") as base:
        base.execute(
            "UPDATE entree SET (contenu, sceau) = (SELECT contenu, sceau FROM entree WHERE nom = ?) "
            "WHERE nom = ?",
            (AUTRE, NOM),
        )
    base.close()
    with Memoire(tmp_path / "m", 10**6) as memory:
        assert memory.lire(NOM) is None
        assert memory.lire(AUTRE) == b"deux"


def test_another_version_of_the_program_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folder = project(tmp_path), tmp_path / "cache"
    load(data, folder)
    monkeypatch.setattr(cache, "version", lambda: "une autre")
    assert load(data, folder)[0].relues == 3
    monkeypatch.setattr(cache, "version", lambda: "")  # sources that cannot be read: nothing is kept
    assert load(data, folder)[0].relues == 3
    assert load(data, folder)[0].relues == 3


def test_a_place_that_cannot_be_used_costs_nothing(tmp_path: Path) -> None:
    data = project(tmp_path)
    plain, _ = everything(data, None)
    (tmp_path / "fichier").write_text("", "utf-8")
    for folder in (tmp_path / "fichier/sous", Path("/proc/convenant"), Path("/dev/full")):
        assert everything(data, folder)[0] == plain


def test_a_read_only_base_is_read_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folder = project(tmp_path), tmp_path / "cache"
    load(data, folder)
    real = sqlite3.connect
    # Rights do not stop root, who may run the tests: SQLite is told to open it as the system would.
    monkeypatch.setattr(sqlite3, "connect", lambda p, **kw: real(f"file:{p}?mode=ro", uri=True, **kw))
    assert load(data, folder)[0].relues == 1
    path = data / "structures/autre.yaml"
    path.write_text(path.read_text("utf-8") + "# neuf\n", "utf-8")
    before = (folder / cache.NAME).read_bytes()
    records, _ = load(data, folder)
    assert records.relues == 2 and "autre" in records.structures
    assert (folder / cache.NAME).read_bytes() == before


def test_a_full_disk_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folder = project(tmp_path), tmp_path / "cache"
    plain, _ = everything(data, None)
    real = sqlite3.connect

    def small(path: Path, **options: float) -> sqlite3.Connection:
        base = real(path, **options)
        base.execute("PRAGMA max_page_count = 4")  # SQLITE_FULL, as on a full disk
        return base

    monkeypatch.setattr(sqlite3, "connect", small)
    assert everything(data, folder)[0] == plain
    monkeypatch.undo()
    assert everything(data, folder)[0] == plain
    assert load(data, folder)[0].relues == 1


# --- two runs at once, and size -------------------------------------------------------------------


def _fill(path: str, first: int) -> int:
    """Keep a hundred entries and read all those that are there, in a process of its own."""
    wrong = 0
    for rank in range(first, first + 100):
        with Memoire(Path(path), 10**8) as memory:
            memory.garder(rank.to_bytes(32), b"%d" % rank * 100)
            for other in range(200):
                found = memory.lire(other.to_bytes(32))
                wrong += found is not None and found != b"%d" % other * 100
    return wrong


def test_two_runs_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "m")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.starmap(_fill, [(path, 0), (path, 100)]) == [0, 0]
    with Memoire(Path(path), 10**8) as memory:
        kept = sum(memory.lire(rank.to_bytes(32)) is not None for rank in range(200))
    assert kept == 200


def test_the_oldest_entries_go_first(tmp_path: Path) -> None:
    limit, size = 200_000, 10_000
    for rank in range(60):
        with Memoire(tmp_path / "m", limit) as memory:
            memory.garder(rank.to_bytes(32), bytes([rank]) * size)
            memory.lire((0).to_bytes(32))  # the first one serves at every run
    assert (tmp_path / "m").stat().st_size <= limit + 3 * size
    with Memoire(tmp_path / "m", limit) as memory:
        left = [rank for rank in range(60) if memory.lire(rank.to_bytes(32))]
    assert left[0] == 0 and left[-1] == 59
    assert left[1:] == list(range(left[1], 60)) and len(left) >= 8


def test_an_entry_too_large_for_the_limit_is_left_out(tmp_path: Path) -> None:
    with Memoire(tmp_path / "m", 1000) as memory:
        memory.garder(NOM, b"x" * 501)
        memory.garder(AUTRE, b"x" * 100)
    with Memoire(tmp_path / "m", 1000) as memory:
        assert memory.lire(NOM) is None
        assert memory.lire(AUTRE) == b"x" * 100


def test_the_folder_is_the_users_own(tmp_path: Path) -> None:
    with Memoire(tmp_path / "prive/m", 1000) as memory:
        memory.garder(NOM, b"x")
    assert (tmp_path / "prive").stat().st_mode & 0o077 == 0
