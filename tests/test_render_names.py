"""Styles are matched by name: templates saved by LibreOffice, or by a Word in another language."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from generator.convert import find_soffice
from generator.render import Engine

from .dossier_kit import TEMPLATES
from .render_files import JOUR, engine, render, rewrite, text, write

RENAMED = ["clauses/signatures.docx", "clauses/blocs.docx", "clauses/annexe-technique.docx"]
GERMAN = {"Titre1": "berschrift1", "Titre2": "berschrift2", "Titre": "Titel", "Citation": "Zitat"}


@pytest.fixture(scope="module")
def resaved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates of the repository, some of them opened and saved by LibreOffice."""
    folder = tmp_path_factory.mktemp("libreoffice") / "templates"
    shutil.copytree(TEMPLATES, folder)
    office = find_soffice()
    assert office
    out = folder.parent / "out"
    profile = f"-env:UserInstallation={(folder.parent / 'profil').as_uri()}"
    for kind in ("clauses", "documents"):
        names = [n for n in (*RENAMED, "documents/rapport.docx") if n.startswith(kind)]
        sources = [str(folder / n) for n in names]
        command = [str(office), profile, "--headless", "--convert-to", "docx", "--outdir", str(out / kind)]
        subprocess.run([*command, *sources], check=True, capture_output=True, timeout=120)
        for name in names:
            assert (folder / name).read_bytes() != (out / name).read_bytes()
            shutil.copy(out / name, folder / name)
    return folder


def test_templates_saved_by_libreoffice_are_accepted(resaved: Path) -> None:
    assert [d for d in Engine(resaved).lint() if d.is_error] == []


def _host(folder: Path, line: str) -> None:
    """A document of one line over the base of the repository, nothing in its heads and feet."""
    document = docx.Document(str(TEMPLATES / "base.docx"))
    for element in list(document.element.body)[:-1]:
        document.element.body.remove(element)
    document.add_paragraph(line, style="Balise")
    for part in document.part.package.iter_parts():
        if re.search(r"/(header|footer)\d*\.xml$", str(part.partname)):
            for t in part.element.iter(qn("w:t")):
                t.text = ""
    (folder / "documents").mkdir(exist_ok=True)
    document.save(str(folder / "documents/d.docx"))


def test_a_clause_saved_by_libreoffice_takes_the_styles_of_the_base(resaved: Path, tmp_path: Path) -> None:
    """Its headings and bullets are those of the document, which Word saved; its list numbers are gone."""
    blocks = [{"sorte": s, "texte": f"un {s}", "numero": "1."} for s in ("titre", "puce", "texte")]
    made = []
    for source in (resaved, TEMPLATES):
        folder = tmp_path / source.parent.name
        shutil.copytree(source / "clauses", folder / "clauses")
        shutil.copy(TEMPLATES / "base.docx", folder / "base.docx")
        _host(folder, "{%p include 'clauses/blocs.docx' %}")
        out = folder / "out.docx"
        out.write_bytes(render(folder, {"blocs": blocks}))
        paragraphs = docx.Document(str(out)).paragraphs
        made.append([(p.text, p._p.style, p._p.pPr is not None and p._p.pPr.numPr) for p in paragraphs])
    assert made[0] == made[1]
    assert "Puce" in [style for _, style, _ in made[0]]


def _translate(names: dict[str, str]) -> Callable[[str, bytes], bytes]:
    """What a Word in another language does: other identifiers, the same names."""

    def change(member: str, content: bytes) -> bytes:
        if not (member.startswith("word/") and member.endswith(".xml")):
            return content
        text = content.decode()
        for old, new in names.items():
            text = re.sub(rf'(w:(?:styleId|val))="{old}"', rf'\1="{new}"', text)
        return text.encode()

    return change


def test_templates_saved_by_a_word_in_another_language(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    for name in ("documents/fiche.docx", "clauses/blocs.docx", "clauses/annexe-technique.docx"):
        before = (folder / name).read_bytes()
        rewrite(folder / name, _translate(GERMAN))
        assert (folder / name).read_bytes() != before
    assert [d for d in Engine(folder).lint() if d.is_error] == []


def test_two_styles_that_exchange_identifiers(tmp_path: Path) -> None:
    """The name decides, whatever the identifiers suggest."""

    def swap(member: str, content: bytes) -> bytes:
        if not (member.startswith("word/") and member.endswith(".xml")):
            return content
        swapped = (
            content.replace(b'"Quote"', b'"tmp"')
            .replace(b'"Title"', b'"Quote"')
            .replace(b'"tmp"', b'"Title"')
        )
        return re.sub(
            rb'(<w:name w:val=)"(Quote|Title)"',
            lambda m: m[1] + {b"Quote": b'"Title"', b"Title": b'"Quote"'}[m[2]],
            swapped,
        )

    def edit(document: docx.document.Document) -> None:
        document.paragraphs[0].style = "Quote"
        document.paragraphs[1].style = "Title"

    write(tmp_path, "clauses/c.docx", "citation", "titre", edit=edit)
    write(tmp_path, "documents/d.docx", "{%p include 'clauses/c.docx' %}")
    expected = render(tmp_path, {})
    rewrite(tmp_path / "clauses/c.docx", swap)
    assert render(tmp_path, {}) == expected
    assert engine(tmp_path).lint() == []


def test_an_unknown_style_under_a_known_identifier_is_refused(tmp_path: Path) -> None:
    """`Titre1` of a foreign file is not the base's when its name is another."""

    def edit(document: docx.document.Document) -> None:
        document.styles.add_style("Maison", 1).element.set(qn("w:styleId"), "Heading1")
        document.paragraphs[0].style = "Maison"

    def rename(member: str, content: bytes) -> bytes:
        if member != "word/styles.xml":
            return content
        return re.sub(
            rb'w:styleId="Heading1"(?=[^>]*>\s*<w:name w:val="heading 1")', b'w:styleId="Autre1"', content
        )

    path = write(tmp_path, "clauses/c.docx", "x", edit=edit)
    rewrite(path, rename)
    [one] = engine(tmp_path).lint_one("clauses/c.docx")
    assert one.code == "TPL005" and "Heading1-autre" in one.message


def test_files_of_the_base_are_left_as_they_are() -> None:
    made = Engine(TEMPLATES)
    for name in made.names():
        read = made._loader.file(name)
        with_base = {m.name: m.packed for m in read.members}
        alone = Engine(TEMPLATES, base="absent.docx")._loader.file(name)
        assert with_base == {m.name: m.packed for m in alone.members}, name


def test_a_base_saved_again_changes_what_depends_on_it(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    made = Engine(folder)
    context = {"blocs": [{"sorte": "titre", "texte": "t", "numero": "1."}]}
    before = made.render("clauses/blocs.docx", context, titre="t", jour=JOUR, nominatif=True)
    rewrite(folder / "base.docx", _translate(GERMAN))
    after = made.render("clauses/blocs.docx", context, titre="t", jour=JOUR, nominatif=True)
    assert before != after and text(before) == text(after)
    assert b"berschrift" in b"".join(m.unpack() for m in made._loader.file("clauses/blocs.docx").members)
