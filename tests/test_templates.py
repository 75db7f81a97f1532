"""The Word templates: a sentence is written once, in one file."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.dossier_kit import TEMPLATES, text

_WORDS = 8


def test_no_sentence_stands_twice() -> None:
    """A clause that two documents need is a file that both include."""
    where: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TEMPLATES.rglob("*.docx")):
        if path.name == "base.docx":
            continue  # its body is a specimen of the styles
        for line in text(path):
            for sentence in re.split(r"(?<=[.;:])\s|¶|\|", line):
                words = re.findall(r"\w+", re.sub(r"\{[{%].*?[%}]\}", " ", sentence))
                if len(words) >= _WORDS:
                    where[" ".join(words).lower()].append(path.relative_to(TEMPLATES).as_posix())
    assert len(where) > 100
    assert {s: files for s, files in where.items() if len(files) > 1} == {}
