"""Copies of faulty templates, with the findings as Word comments."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from generator.annotation import annoter
from generator.convert import find_soffice
from generator.diagnostics import Diagnostic, Note, Span

from .contrat_kit import DOCUMENT, examine, run, spoiled
from .render_files import engine, paragraph, write


def comments(path: Path) -> list[tuple[str, str]]:
    """(text of the paragraph, text of the comment) for each comment of a document."""
    document = docx.Document(str(path))
    by_id = {c.comment_id: "\n".join(p.text for p in c.paragraphs) for c in document.comments}
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    found = []
    for start in document.element.iter(f"{w}commentRangeStart"):
        paragraph_element = next(start.iterancestors(f"{w}p"))
        text = "".join(t.text or "" for t in paragraph_element.iter(f"{w}t"))
        found.append((text, by_id[int(start.get(f"{w}id"))]))
    return found


def test_annotated_copies(tmp_path: Path) -> None:
    folder = tmp_path / "modeles"
    write(folder, "documents/bon.docx", "{{ cas }}")
    write(folder, DOCUMENT, "un", "{{ structure.sire }}", [["a", "XXXX"], ["b", "{{ cas"]],
          "", footer="{{ pied")  # fmt: skip
    write(folder, "clauses/vide.docx", "texte", "", "texte")
    before = (folder / DOCUMENT).read_bytes()
    made = engine(folder)
    out = tmp_path / "copies"
    written, wrong = annoter(made, examine(folder), out)
    assert (written, wrong) == ([out / "clauses/vide.docx", out / DOCUMENT], [])
    seen = comments(out / DOCUMENT)
    assert [text for text, _ in seen] == ["un", "XXXX", "{{ cas"]
    assert seen[0][1].startswith("erreur TPL011\nUne balise est incomplète") and "pied de page" in seen[0][1]
    assert seen[1][1].startswith(
        "erreur TPL009\nLe texte fixe du modèle contient «\u00a0XXXX\u00a0».\nÀ faire\u00a0: "
    )
    [(text, comment)] = comments(out / "clauses/vide.docx")
    assert text == "" and comment.startswith("avertissement TPL012")
    assert (folder / DOCUMENT).read_bytes() == before


def test_annotated_copies_open_in_libreoffice(tmp_path: Path) -> None:
    folder = spoiled(tmp_path, "clauses/signatures.docx", "structure.appellation", "structure.apellation")
    done = run(folder, "--annoter", str(tmp_path / "copies"))
    assert done.returncode == 1 and "1 copie annotée dans" in done.stdout
    copy = tmp_path / "copies/clauses/signatures.docx"
    [(text, comment)] = comments(copy)
    assert "structure.apellation" in text and "appellation" in comment
    office = find_soffice()
    assert office
    profile = f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}"
    command = [
        str(office),
        profile,
        "--headless",
        "--convert-to",
        "odt",
        "--outdir",
        str(tmp_path),
        str(copy),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(tmp_path / "signatures.odt") as odt:
        content = odt.read("content.xml").decode()
    assert content.count("<office:annotation ") == 1 and "TPL003" in content


def test_a_template_is_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "modeles"
    path = write(folder, DOCUMENT, "XXXX")
    before = path.read_bytes()
    found = engine(folder).lint()
    for target in (folder, folder / "documents", folder / "copies"):
        written, [refused] = annoter(engine(folder), found, target)
        assert (written, refused.code) == ([], "SOR001")
    assert path.read_bytes() == before and not (folder / "copies").exists()


def test_copies_that_cannot_be_made_are_said(tmp_path: Path) -> None:
    folder = tmp_path / "modeles"
    write(folder, DOCUMENT, "XXXX")
    (folder / "documents/casse.docx").write_bytes(b"PK\3\4 rien")
    (tmp_path / "plein").write_text("", "utf-8")
    made = engine(folder)
    written, [broken] = annoter(made, made.lint(), tmp_path / "copies")
    assert [p.name for p in written] == ["d.docx"] and broken.code == "TPL001"
    _, wrong = annoter(made, made.lint(), tmp_path / "plein")
    assert [d.code for d in wrong] == ["TPL001", "SOR001"]


@pytest.mark.parametrize("content", [[], [paragraph("")], [paragraph("<w:hyperlink/>")]])
def test_a_finding_without_a_place_goes_to_the_first_paragraph(tmp_path: Path, content: list[Any]) -> None:
    write(tmp_path, DOCUMENT, *content)
    found = [Diagnostic("TPL001", "rien à dire", Span(f"{tmp_path.name}/{DOCUMENT}"), notes=(Note("ici"),))]
    out = tmp_path.parent / f"{tmp_path.name}-copies"
    annoter(engine(tmp_path), found, out)
    assert [comment for _, comment in comments(out / DOCUMENT)] == ["erreur TPL001\nRien à dire.\nici"]
