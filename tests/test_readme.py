"""README says what is true: its example is what the program prints, its paths exist."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.dossier_kit import DATA, ROOT, TEMPLATES, convenant

README = (ROOT / "README.md").read_text("utf-8")


def test_the_error_shown_is_the_one_printed(tmp_path: Path) -> None:
    shown = re.search(r"^```text\n(data/.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert shown
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data/deliberations/2024-587/deliberation.yaml"
    text = path.read_text("utf-8")
    assert text.count("montant: 567 150,00") == 1
    path.write_text(text.replace("montant: 567 150,00", "montant: 567 150,01"), "utf-8")
    done = convenant("--gabarits", str(TEMPLATES), "verifier", "2024-587", cwd=tmp_path)
    assert done.returncode == 1
    for line in shown[1].splitlines():
        assert line.strip() == "…" or line in done.stderr.splitlines(), line


def test_the_paths_named_exist() -> None:
    for name in re.findall(
        r"\]\(([^)#:]+)\)|`((?:data|templates|generator|schema|tests|tools|docs)/[\w./-]*)`", README
    ):
        assert (ROOT / (name[0] or name[1])).exists(), name
