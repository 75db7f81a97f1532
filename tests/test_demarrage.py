"""The command starts at once: what a command does not need is not imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "yaml", "lxml", "docx", "docxtpl", "jinja2", "pikepdf", "pypdf", "pypdfium2", "pydantic",
    "reportlab", "rich", "num2words", "schwifty", "stdnum", "sqlite3", "multiprocessing", "asyncio",
    "openpyxl", "xlsxwriter", "ruamel", "python_redlines", "platformdirs", "generator.service",
    "generator.render", "generator.load", "generator.model",
)  # fmt: skip
"""None of these is needed to say what the commands are."""
_RUN = """
import sys
sys.argv = ["convenant", *sys.argv[1:]]
from generator.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("IMPORTED", *sys.modules)
"""


@pytest.mark.parametrize("args", [["--help"], ["generer", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *args], capture_output=True, encoding="utf-8", check=True
    )
    imported = set(done.stdout.rpartition("IMPORTED ")[2].split())
    assert "click" in imported
    assert sorted(imported.intersection(HEAVY)) == []
