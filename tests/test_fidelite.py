"""No word of a Word document may be missing from its PDF."""

from __future__ import annotations

import datetime
import io
import shutil
from pathlib import Path

import docx
import pytest

from generator.convert import convert, find_soffice
from generator.convert.fidelite import perdus

JOUR = datetime.date(2024, 12, 9)


def word(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document = docx.Document()
    for p in paragraphs:
        document.add_paragraph(p)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


WHOLE = word(
    "Article 4 – Coût de l’opération : 712\u00a0000,00\u00a0€ (sept cent douze mille euros).",
    "Vu les articles L.3121-14-1 et L.262-1 du code, ‹ officiel › & « final » ; efficacité, ﬁn.",
    rows=(("Artois", "210", "57 750,00"), ("Total", "210", "57 750,00")),
)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    soffice = find_soffice()
    assert soffice
    (done,) = convert({"a": WHOLE}, soffice=soffice, jour=JOUR)
    assert done.pdf is not None, done.error
    return done.pdf


def test_a_faithful_pdf_has_lost_nothing(pdf: bytes) -> None:
    assert perdus(WHOLE, pdf) == ()


def test_a_lost_row_is_found_even_when_its_words_stand_elsewhere(pdf: bytes) -> None:
    longer = word(
        "Article 4 – Coût de l’opération : 712\u00a0000,00\u00a0€ (sept cent douze mille euros).",
        rows=(("Artois", "210", "57 750,00"), ("Artois", "210", "57 750,00"), ("Total", "210", "57 750,00")),
    )
    assert set(perdus(longer, pdf)) == {"Artois", "210", "57", "750", "00"}


def test_a_pdf_of_something_else_is_refused(pdf: bytes, tmp_path: Path) -> None:
    """A converter that gives back another document: here, a script that copies one file."""
    (tmp_path / "autre.pdf").write_bytes(pdf)
    script = tmp_path / "soffice"
    script.write_text(
        "#!/bin/bash\n"
        'out=; for a in "$@"; do [ "$prev" = --outdir ] && out=$a; prev=$a; done\nmkdir -p "$out"\n'
        'for a in "$@"; do case $a in *.docx) '
        f'cp {tmp_path}/autre.pdf "$out/$(basename "${{a%.docx}}").pdf";; esac; done\n'
    )
    script.chmod(0o755)
    assert shutil.which("bash")
    (done,) = convert({"acte": word("Le montant est de trois euros.")}, soffice=script, jour=JOUR)
    assert done.pdf is None
    assert "a perdu du texte" in done.error and "trois" in done.error
