"""What an independent validator says of a PDF."""

from __future__ import annotations

import subprocess
from pathlib import Path

import page
from page import ValidationProfile

PROFILES = (ValidationProfile.PDF_A_2B, ValidationProfile.PDF_UA_1)


def defauts(path: Path) -> list[str]:
    """Everything against PDF/A-2b, PDF/UA-1 or the syntax; empty for a conformant file."""
    found = [
        f"{f.rule_id} : {f.message}"
        for p in PROFILES
        for f in page.validate_pdf(str(path), profile=p).failures
    ]
    checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True)
    return found + ([checked.stdout + checked.stderr] if checked.returncode else [])
