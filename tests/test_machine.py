"""LibreOffice is asked its version once for each installation, and again as soon as it is another one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from generator.convert import OfficeError, machine, version


def installation(folder: Path, answer: str) -> Path:
    """What looks like LibreOffice: a program that counts how often it was started, and its neighbour."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\necho x >> {folder}/starts\necho LibreOffice {answer}\n", "utf-8")
    program.chmod(0o755)
    (folder / "soffice.bin").write_bytes(answer.encode())
    return program


def starts(folder: Path) -> int:
    path = folder / "starts"
    return len(path.read_text("utf-8").split()) if path.exists() else 0


def test_asked_once_then_again_when_the_installation_changes(tmp_path: Path) -> None:
    place, cache = tmp_path / "lo", tmp_path / "cache"
    program = installation(place, "7.4.7.2")
    assert [version(program, cache) for _ in range(3)] == ["7.4.7.2"] * 3
    assert starts(place) == 1
    for new in ("24.2.1.1", "25.8.1.1"):  # the second one of the size and the date of the first
        installation(place, new)
        for path in (program, place / "soffice.bin"):
            os.utime(path, (0, 0))
        assert version(program, cache) == new


def test_kept_for_the_next_run(tmp_path: Path) -> None:
    place, cache = tmp_path / "lo", tmp_path / "cache"
    program = installation(place, "7.4.7.2")
    assert version(program, cache) == "7.4.7.2"
    clear = machine._answer.cache_clear  # as a new process would begin
    clear()
    assert version(program, cache) == "7.4.7.2"
    assert starts(place) == 1
    (cache / machine.NOM).write_bytes(b"x" * 5000)
    clear()
    assert version(program, cache) == "7.4.7.2"
    assert starts(place) == 2


def test_two_installations_are_not_mistaken_for_one_another(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first, second = (installation(tmp_path / v, v) for v in ("7.4.7.2", "24.2.1.1"))
    link = tmp_path / "soffice"
    for program, said in ((first, "7.4.7.2"), (second, "24.2.1.1")):
        link.unlink(missing_ok=True)
        link.symlink_to(program)
        assert version(link, cache) == said


def test_a_script_of_ones_own_is_asked_each_time(tmp_path: Path) -> None:
    """It may start any LibreOffice: nothing about it can be kept."""
    program = installation(tmp_path / "lo", "7.4.7.2")
    (tmp_path / "lo/soffice.bin").unlink()
    assert [version(program, tmp_path / "cache") for _ in range(2)] == ["7.4.7.2"] * 2
    assert starts(tmp_path / "lo") == 2
    assert not (tmp_path / "cache").exists()


def test_what_does_not_answer_is_not_kept(tmp_path: Path) -> None:
    program = installation(tmp_path / "lo", "7.4.7.2")
    kept = program.read_text("utf-8")
    program.write_text("#!/bin/sh\necho bonjour\n", "utf-8")
    with pytest.raises(OfficeError, match="ne donne pas sa version"):
        version(program, tmp_path / "cache")
    program.write_text(kept, "utf-8")
    assert version(program, tmp_path / "cache") == "7.4.7.2"
    shutil.rmtree(tmp_path / "lo")
    with pytest.raises(OfficeError):
        version(program, tmp_path / "cache")
