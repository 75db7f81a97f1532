"""What this machine puts into a PDF beside LibreOffice: its fonts."""

from __future__ import annotations

import shutil
import subprocess


def fonts() -> str:
    """What the system puts in place of the templates' font, with its version; "" when that is not known."""
    tool = shutil.which("fc-match")
    if tool is None:
        return ""
    command = [tool, "-f", "%{family} %{fontversion}", "Arial"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
