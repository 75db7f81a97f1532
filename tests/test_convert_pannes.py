"""The real LibreOffice that hangs, dies, takes too much memory, or loses the program that started it."""

from __future__ import annotations

import datetime
import io
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.convert import Conversion, convert, find_soffice
from generator.convert.office import Office, memory
from generator.convert.pool import BATCH, _batches

JOUR = datetime.date(2024, 9, 16)
ROOT = Path(__file__).resolve().parent.parent
MEGA = 1024 * 1024


def word(text: str, picture: bytes = b"") -> bytes:
    """A Word file of one paragraph, with a picture if given."""
    document = docx.Document()
    document.add_paragraph(text)
    if picture:
        document.add_picture(io.BytesIO(picture), width=914_400)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def black(side: int) -> bytes:
    """A PNG of a few kilobytes that fills three bytes a pixel once opened."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(bytes(3 * side + 1)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="session")
def soffice() -> Path:
    found = find_soffice()
    assert found, "LibreOffice is needed: apt-get install libreoffice-writer-nogui"
    return found


@pytest.fixture()
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The temporary folder of the test, which must be empty in the end."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def offices(top: psutil.Process, folder: Path, *names: str) -> list[psutil.Process]:
    """The processes of LibreOffice of these names that `top` started on profiles in `folder`."""
    found = []
    for process in top.children(recursive=True):
        try:
            if process.name() in names and folder.as_uri() in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_for(top: psutil.Process, folder: Path, *names: str) -> list[psutil.Process]:
    """Those processes, once one of each name is there."""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        found = offices(top, folder, *names)
        if {process.name() for process in found} == set(names):
            return found
        time.sleep(0.005)
    raise AssertionError(f"LibreOffice did not start: {names}")


@pytest.mark.parametrize(
    ("name", "signum"),
    [("soffice.bin", signal.SIGSTOP), ("soffice.bin", signal.SIGKILL), ("oosplash", signal.SIGKILL)],
)
def test_a_worker_that_fails_is_replaced_and_no_document_is_lost(
    name: str, signum: signal.Signals, soffice: Path, room: Path
) -> None:
    items = {f"acte {n}": word(f"Article {n}") for n in range(6)}

    def work() -> list[Conversion]:
        return list(convert(items, soffice=soffice, jour=JOUR, jobs=2, timeout=6))

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(work)
        victim = wait_for(psutil.Process(), room, name)[0]
        family = offices(psutil.Process(), room, "soffice.bin", "oosplash")
        victim.send_signal(signum)
        found = done.result()
    assert {c.key: c.error for c in found} == dict.fromkeys(items, "")
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert offices(psutil.Process(), room, "soffice.bin", "oosplash") == []


def test_a_document_that_eats_memory_is_named_and_the_rest_is_unharmed(soffice: Path, room: Path) -> None:
    items = {"avant": word("Article 1"), "bombe": word("Plan", black(14_000)), "après": word("Article 2")}
    found = {c.key: c for c in convert(items, soffice=soffice, jour=JOUR, jobs=1, memoire=350 * MEGA)}
    assert found["bombe"].error == (
        "LibreOffice n’a pas pu convertir « bombe » : plus de 350 Mo de mémoire demandés."
    )
    assert found["avant"].pages == found["après"].pages == 1


def test_memory_is_that_of_the_whole_family(soffice: Path, room: Path) -> None:
    with Office(soffice) as office:
        process = office.start(["--version"], office.room / "profil")
        assert process is not None
        held = memory(process)
        office.end(process)
        assert memory(process) == 0
    assert held > 0


def test_a_document_nested_too_deep_is_refused_not_fatal(tmp_path: Path) -> None:
    whole = io.BytesIO()
    document = docx.Document()
    box = document.element.body
    tag = box.tag.replace("}body", "}sdtContent")
    for _ in range(300):
        inner = box.makeelement(tag, {})
        box.insert(0, inner)
        box = inner
    document.save(whole)
    (only,) = convert({"abîme": whole.getvalue()}, soffice=tmp_path / "absent", jour=JOUR)
    assert only.error == "« abîme » n’est pas converti : le fichier n’est pas un document Word lisible."


PROGRAM = """
import datetime, pathlib, sys
sys.path.insert(0, sys.argv[1])
from generator.convert import convert
docx = pathlib.Path(sys.argv[2]).read_bytes()
items = {str(n): docx for n in range(24)}
try:
    for c in convert(items, soffice=pathlib.Path(sys.argv[3]), jour=datetime.date(2024, 9, 16)):
        pass
except KeyboardInterrupt:
    print("interrompu")
"""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL])
def test_no_libreoffice_survives_the_program(signum: signal.Signals, soffice: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    (tmp_path / "a.docx").write_bytes(word("Article 1"))
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(ROOT), str(tmp_path / "a.docx"), str(soffice)],
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    family = wait_for(psutil.Process(process.pid), folder, "soffice.bin", "oosplash")
    process.send_signal(signum)
    said = process.communicate(timeout=30)[0]
    assert said == (b"interrompu\n" if signum == signal.SIGINT else b"")
    limit = time.monotonic() + 10
    while (any(map(running, family)) or list(folder.iterdir())) and time.monotonic() < limit:
        time.sleep(0.02)
    assert not any(map(running, family))
    assert list(folder.iterdir()) == []


def running(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE  # dead, and its adoptive parent has not seen it yet
    except psutil.NoSuchProcess:
        return False


def test_a_new_profile_costs_no_second_start_and_no_drawing_tests(soffice: Path, room: Path) -> None:
    with Office(soffice) as office:
        profile, out = office.room / "profil", office.room / "out"
        path = office.room / "a.docx"
        path.write_bytes(word("Article 1"))
        process = office.start(["--convert-to", "pdf", "--outdir", str(out), str(path)], profile)
        assert process is not None
        process.wait(60)
        office.end(process)
        assert (out / "a.pdf").exists()
        settings = (profile / "user" / "registrymodifications.xcu").read_text("utf-8")
        assert "OfficeRestartInProgress" not in settings
        assert not (profile / "user" / "GraphicsRenderTests.log").exists()


@given(st.dictionaries(st.text(min_size=1), st.integers(28_000, 10**6)), st.integers(1, 5))
def test_batches_hold_every_document_once_and_end_together(weights: dict[str, int], jobs: int) -> None:
    batches = _batches(weights, jobs)
    assert sorted(key for batch in batches for key in batch) == sorted(weights)
    loads = [sum(weights[key] for key in batch) for batch in batches]
    if len(weights) > jobs:
        assert len(batches) % jobs == 0
        assert max(loads) - min(loads) <= max(weights.values())
    for batch in batches:
        assert [weights[key] for key in batch] == sorted((weights[key] for key in batch), reverse=True)


def test_a_long_list_is_cut_so_that_libreoffice_starts_afresh() -> None:
    batches = _batches({str(n): 30_000 for n in range(4 * BATCH)}, 2)
    assert len(batches) == 4
    batches = _batches({str(n): 30_000 for n in range(4 * BATCH + 1)}, 2)
    assert len(batches) == 6
    assert max(map(len, batches)) <= BATCH
