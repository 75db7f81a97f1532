"""Helpers of the tests on records: the base project, and the fixtures that spoil it.

The format of a fixture is described in tests/records/README.md.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from generator.checks import verifier
from generator.diagnostics import Diagnostic, Severity
from generator.load import Records, load

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
FIXTURES = Path(__file__).resolve().parent / "records"
BASE = FIXTURES / "base"
DELIBERATION = "deliberations/2030-001"
EXTRAIT = "deliberations/2031-05-12"

_MARK = re.compile(r"\s*# (?:error|avertissement|information): ([A-Z0-9, ]+)$")
_DOUCES = {
    Severity.AVERTISSEMENT: re.compile(r"# avertissement: ([A-Z0-9, ]+)$", re.MULTILINE),
    Severity.INFO: re.compile(r"# information: ([A-Z0-9, ]+)$", re.MULTILINE),
}
_CODE = re.compile(r'"([A-Z]{3}[0-9]{3})"')

Place = tuple[str, int, str]
"""File inside the data folder, line (0 for the file as a whole), code."""


@dataclass(slots=True)
class Hunk:
    """Lines to find, once, and the lines to put there, each with the codes that it deserves."""

    old: list[str] = field(default_factory=list)
    new: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Edit:
    """What a fixture does to one file."""

    file: str
    state: str = ""
    whole: list[str] = field(default_factory=list)
    hunks: list[Hunk] = field(default_factory=list)

    def apply(self, folder: Path) -> list[Place]:
        """Spoil the file; return what must be found in it."""
        path = folder / self.file
        expected = [(self.file, 0, code) for code in self.whole]
        if self.state == "absent":
            path.unlink()
            return expected
        lines: list[tuple[str, str]] = []
        if self.state != "nouveau":
            lines = [(line, "") for line in path.read_text(encoding="utf-8").splitlines()]
        for hunk in self.hunks:
            text = [line for line, _ in lines]
            n = len(hunk.old)
            starts = [k for k in range(len(text) - n + 1) if text[k : k + n] == hunk.old]
            assert len(starts) == 1 or not n, f"{self.file}: {len(starts)} fois {hunk.old}"
            lines[starts[0] : starts[0] + n] = hunk.new
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{line}\n" for line, _ in lines), encoding="utf-8")
        return expected + [
            (self.file, number, code.strip())
            for number, (_, codes) in enumerate(lines, 1)
            for code in codes.split(",")
            if code.strip()
        ]


def parse_fixture(text: str) -> list[Edit]:
    """The edits of a fixture; what stands before the first « === » is its comment."""
    edits: list[Edit] = []
    for line in text.splitlines():
        if head := re.fullmatch(r"=== (\S+)(?: \((absent|nouveau)\))?", line):
            edits.append(Edit(head[1], head[2] or "", [], [Hunk()]))
        elif edits and line.startswith("! "):
            edits[-1].whole.append(line[2:])
        elif edits and line == "@@":
            edits[-1].hunks.append(Hunk())
        elif edits and line[:1] in {" ", "-", "+"}:
            mark = _MARK.search(line)
            content, codes = (line[1 : mark.start()], mark[1]) if mark else (line[1:], "")
            if line[0] != "+":
                edits[-1].hunks[-1].old.append(content)
            if line[0] != "-":
                edits[-1].hunks[-1].new.append((content, codes))
        elif edits and line:
            raise AssertionError(f"ligne incomprise : {line!r}")
    return edits


def gravites(fixture: Path) -> dict[str, Severity]:
    """The codes that a fixture marks as warnings or as information; the others are errors."""
    text = fixture.read_text(encoding="utf-8")
    return {
        code.strip(): severity
        for severity, mark in _DOUCES.items()
        for found in mark.findall(text)
        for code in found.split(",")
    }


def project(tmp: Path) -> Path:
    """A copy of the base project."""
    return Path(shutil.copytree(BASE, tmp / "data"))


def spoil(folder: Path, fixture: Path) -> list[Place]:
    """Apply a fixture to a copy of the base; return what must be found, sorted."""
    edits = parse_fixture(fixture.read_text(encoding="utf-8"))
    return sorted(place for edit in edits for place in edit.apply(folder))


def examine(folder: Path) -> tuple[Records, list[Diagnostic]]:
    """Load the folder and apply every rule."""
    records, found = load(folder)
    return records, verifier(records, found)


def places(records: Records, found: list[Diagnostic]) -> list[Place]:
    """Where the diagnostics stand, sorted."""
    prefix = f"{records.racine}/"
    return sorted((d.span.file.removeprefix(prefix), d.span.line, d.code) for d in found)


def fixtures() -> list[Path]:
    """Every fixture."""
    return sorted(FIXTURES.glob("*.diff"))


def codes(*paths: Path) -> set[str]:
    """Every code that stands between quotes in Python sources."""
    files = [f for p in paths for f in (p.rglob("*.py") if p.is_dir() else [p])]
    return {code for f in files for code in _CODE.findall(f.read_text(encoding="utf-8"))}
