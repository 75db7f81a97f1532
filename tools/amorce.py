"""Start a Word template from a few lines of text: ``python tools/amorce.py x.txt templates/clauses/x.docx``.

A developer's tool: it saves an hour of clicking when a template is born. Afterwards the .docx is
edited in Word and is the only original, hence an existing file is never replaced without ``--force``.

One paragraph per line, blank lines ignored. The first line is ``@root`` (keeps the letterhead and
the footers) or ``@clause`` (a plain page, to be included in a root).

==============================  ============================================================
``# text``                      the title; ``##``, ``###``, ``####``: headings 1 to 3
``[Visa] text``                 a paragraph in that style (id or name in base.docx)
``- text``, ``-- text``         bullets, first and second level
``{%p … %}``                    a Jinja tag alone in its paragraph, which vanishes at rendering
``text``                        style Corps (CorpsSuite just after a table)
``**bold**``, ``_italic_``      inline
``{tab}``, ``{br}``             a tabulation, a line break
``{keep} …``                    keep with the next paragraph (as what ends with a colon always is)
``---page---``                  the next paragraph starts a page
``{field:NUMPAGES:{{ n }}}``    a Word field and the text it shows until it is computed
``{link:URL|text}``             a hyperlink made of a field, without any relationship
==============================  ============================================================

Tables::

    |= style=TableauDonnees widths=8.6,4,4 align=l,c,r alt=What the table says
    |! head | head | head           header row, repeated on every page
    |% {%tr for x in xs %}          a row that holds one Jinja tag
    | a | b // - bullet | c         a row; `//` between spaces starts another paragraph of the cell
    |+ text                         one more paragraph in the last cell of the row above
    |s … or |t …                    subtotal row, total row
    |l …                            a row that may run over a page
    |k …                            a row kept with what follows, and with the two paragraphs above
                                    the table (signatures: `[Signataire] name` leaves room to sign)
    | a | < | c                     `<`: the cell on its left takes this place too
    |=end

Widths are in centimetres. Spaces that French wants unbreakable become U+00A0 and straight
apostrophes become ’, outside Jinja tags.
"""

from __future__ import annotations

import argparse
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from amorce_package import read_package, styles_of, with_body, write_package
from amorce_table import KEPT, Table, read_table, table_xml
from amorce_text import MarkupError, Styles, lone_tag, paragraph_xml, runs, tag_xml

BASE = Path(__file__).resolve().parent.parent / "templates" / "base.docx"

PREFIXES = (
    ("#### ", "Titre3"),
    ("### ", "Titre2"),
    ("## ", "Titre1"),
    ("# ", "Titre"),
    ("-- ", "Puce2"),
    ("- ", "Puce"),
)
STYLED = re.compile(r"\[(?P<style>[\w -]+)\]\s*(?P<text>.*)$")
KEEP, PAGE = "{keep}", "---page---"


@dataclass(slots=True)
class _Body:
    """The body being written, and what the next paragraph must know of what came before."""

    styles: Styles
    out: list[str] = field(default_factory=list)
    page: bool = False
    after_table: bool = False

    def empty(self, style: str, line: int) -> None:
        """A paragraph without text where Word needs one: between tables, or to start a page."""
        self.out.append(paragraph_xml(self.styles.paragraph(style, line), "", page=self.page))
        self.page = self.after_table = False

    def paragraph(self, text: str, line: int) -> None:
        # What ends with a colon announces the next paragraph and stays with it.
        keep = text.startswith(KEEP) or text.endswith(":")
        style, text = _style(text.removeprefix(KEEP).lstrip())
        if not text:
            raise MarkupError(line, "paragraphe sans texte")
        if style == "Corps" and self.after_table:
            style = "CorpsSuite"
        content = runs(text, line)
        self.out.append(paragraph_xml(self.styles.paragraph(style, line), content, keep=keep, page=self.page))
        self.page = self.after_table = False

    def hold(self, count: int) -> None:
        """Keep the last paragraphs with what follows: signatures are never alone on a page."""
        for index in range(len(self.out) - 1, max(len(self.out) - 1 - count, -1), -1):
            if "{%p " in self.out[index] or self.out[index].startswith("<w:tbl>"):
                return
            if "<w:keepNext/>" not in self.out[index]:
                self.out[index] = re.sub(r"(<w:pStyle [^>]*>)", r"\1<w:keepNext/>", self.out[index], count=1)

    def tag(self, statement: str, line: int) -> None:
        word = statement.split()[0]
        # Tags vanish: two tables that only a tag separates would become one. A loop comes back to
        # its first table, an included file may start with one, and a page break must not be lost.
        if (self.after_table and word in ("endfor", "include")) or (self.page and word == "include"):
            self.empty("Espace", line)
        self.out.append(tag_xml(self.styles, statement, line))

    def table(self, table: Table) -> None:
        if self.after_table or self.page:
            self.empty("Espace", table.line)
        if any(row.kind == KEPT for row in table.rows):
            self.hold(2)
        self.out.append(table_xml(self.styles, table))
        self.after_table = True


def _style(text: str) -> tuple[str, str]:
    """Style name and text of a line of markup."""
    for prefix, style in PREFIXES:
        if text.startswith(prefix):
            return style, text.removeprefix(prefix).strip()
    match = STYLED.match(text)
    return (match["style"], match["text"]) if match else ("Corps", text)


def _lines(markup: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(markup.splitlines(), 1):
        if line.strip():
            yield number, line.strip()


def grow(markup: str, base: Mapping[str, bytes]) -> dict[str, bytes]:
    """Parts of the .docx that `markup` describes, on the styles and the page of the parts of `base`.

    Raises MarkupError, with the line, for anything that the markup does not allow.
    """
    lines = _lines(markup)
    first, kind = next(lines, (1, ""))
    if kind not in ("@root", "@clause"):
        raise MarkupError(first, "la première ligne est @root ou @clause")
    body, last = _Body(styles_of(base)), first
    for last, text in lines:
        statement = lone_tag(text)
        if text == PAGE:
            body.page = True
        elif text.startswith("|="):
            body.table(read_table(text, last, lines))
        elif text.startswith("|"):
            raise MarkupError(last, "ligne de tableau hors d’un tableau (ouvrir par |=)")
        elif statement is not None:
            body.tag(statement, last)
        else:
            body.paragraph(text, last)
    if body.page or not body.out:
        raise MarkupError(last, "il manque un paragraphe à la fin")
    if body.after_table:
        body.empty("Vide", last)
    return with_body(base, "".join(body.out), plain=kind == "@clause")


def write(markup: str, base: Path, out: Path, *, force: bool = False) -> None:
    """Write `out`, a template grown from the file `base`. The same markup gives the same bytes.

    Raises MarkupError; FileExistsError when `out` exists (unless `force`: Word users own that file);
    OSError or zipfile.BadZipFile when `base` cannot be read or `out` cannot be written.
    """
    if out.exists() and not force:
        raise FileExistsError(out)
    write_package(out, grow(markup, read_package(base)))


def main(arguments: list[str] | None = None) -> int:
    """Command line: exit code 0 when written, 1 when refused."""
    parser = argparse.ArgumentParser(description="Ébauche un modèle Word à partir d’un texte balisé.")
    parser.add_argument("source", type=Path, help="texte balisé (UTF-8)")
    parser.add_argument("sortie", type=Path, help="fichier .docx à écrire")
    parser.add_argument("--base", type=Path, default=BASE, help="modèle de base (templates/base.docx)")
    parser.add_argument("--force", action="store_true", help="remplacer un fichier existant")
    options = parser.parse_args(arguments)
    source, out = options.source, options.sortie
    try:
        write(source.read_text(encoding="utf-8"), options.base, out, force=options.force)
    except MarkupError as error:
        message = f"{source}:{error.line}: {error.message}"
    except FileExistsError:
        message = f"{out} existe déjà : --force pour le remplacer."
    except UnicodeDecodeError:
        message = f"{source} n’est pas un texte UTF-8."
    except zipfile.BadZipFile:
        message = f"{options.base} n’est pas un fichier Word."
    except OSError as error:
        message = f"{error.filename or out} : lecture ou écriture impossible ({error.strerror})."
    else:
        return 0
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
