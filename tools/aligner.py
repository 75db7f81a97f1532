"""Give every template the styles and the margins of base.docx: ``python tools/aligner.py``.

Each .docx carries its own copy of the styles, and the copy of the root template is the one that counts
when a document is made: after a change in ``templates/base.docx``, the others must follow.

Copied: styles, numbering, settings, font table and, where the template has them, the headers and the
footers of the first and of the other pages with their pictures. The body (``word/document.xml``), and
every part that base.docx does not know, keep their bytes. A second run changes nothing.

Parts are matched by their role (relationship type, kind of page), because Word renames them. A template
that uses a style or a list that the base lacks is refused: its text would change its look in silence.
``--verifier`` writes nothing and exits 1 when a template is behind.
"""

from __future__ import annotations

import argparse
import posixpath
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from amorce_package import DOCUMENT, DOCUMENT_RELS, REL, W, read_package, write_package
from lxml import etree  # type: ignore[import-untyped]

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SHARED = ("styles", "numbering", "settings", "fontTable")
RID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class AlignmentError(Exception):
    """A template cannot follow the base; the message is in French."""


def roles(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Role → name of the part that plays it: "styles", "header first", "footer default"…"""
    found, kinds = {}, {}
    for relation in etree.fromstring(parts[DOCUMENT_RELS]).findall(REL):
        name = posixpath.normpath(posixpath.join("/word", relation.get("Target", ""))).lstrip("/")
        kind = relation.get("Type", "").rpartition("/")[2]
        kinds[relation.get("Id")] = name
        if kind in SHARED and name in parts:
            found[kind] = name
    for section in etree.fromstring(parts[DOCUMENT]).iter(f"{{{W}}}sectPr"):
        for margin in ("header", "footer"):
            for reference in section.findall(f"{{{W}}}{margin}Reference"):
                found[f"{margin} {reference.get(f'{{{W}}}type')}"] = kinds[reference.get(RID)]
    return found


def align(parts: Mapping[str, bytes], base: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts of a template with the shared parts of `base`. Raises AlignmentError."""
    _refuse_strangers(parts, base)
    aligned, models = dict(parts), roles(base)
    for role, name in roles(parts).items():
        if role not in models:
            raise AlignmentError(f"« {name} » n’a pas son pareil dans le modèle de base")
        aligned[name] = base[models[role]]
        rels = _rels_of(models[role])
        if rels in base:
            aligned[_rels_of(name)] = base[rels]
            aligned |= {picture: base[picture] for picture in _targets(base, models[role])}
    if aligned.keys() - parts.keys():
        raise AlignmentError("un en-tête de page n’a plus son image : repartir de base.docx")
    return aligned


def _rels_of(name: str) -> str:
    folder, leaf = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{leaf}.rels")


def _targets(parts: Mapping[str, bytes], source: str) -> Iterator[str]:
    for relation in etree.fromstring(parts[_rels_of(source)]).findall(REL):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(source), relation.get("Target", "")))


def _refuse_strangers(parts: Mapping[str, bytes], base: Mapping[str, bytes]) -> None:
    """Raise AlignmentError for a style or a list of the body that the base does not define."""
    body = etree.fromstring(parts[DOCUMENT])
    for tags, part, element, key in (
        (("pStyle", "rStyle", "tblStyle"), "styles", "style", "styleId"),
        (("numId",), "numbering", "num", "numId"),
    ):
        defined = etree.fromstring(base[roles(base)[part]]).iterfind(f"{{{W}}}{element}")
        known = {each.get(f"{{{W}}}{key}") for each in defined} | {"0"}  # list 0 means no list
        used = {each.get(f"{{{W}}}val") for tag in tags for each in body.iter(f"{{{W}}}{tag}")}
        for stranger in sorted(used - known):
            what = "le style" if part == "styles" else "la liste"
            raise AlignmentError(f"{what} « {stranger} » n’existe pas dans le modèle de base")


def main(arguments: list[str] | None = None) -> int:
    """Command line: exit code 0 when all is aligned, 1 when a template is refused or behind."""
    parser = argparse.ArgumentParser(description="Aligne les modèles Word sur templates/base.docx.")
    parser.add_argument("dossier", nargs="?", type=Path, default=TEMPLATES, help="dossier des modèles")
    parser.add_argument("--verifier", action="store_true", help="ne rien écrire, seulement comparer")
    options = parser.parse_args(arguments)
    status, path = 0, options.dossier / "base.docx"
    try:
        base = read_package(path)
        for path in sorted(options.dossier.rglob("*.docx")):
            if path.name.startswith("~$"):  # Word's lock on an open file
                continue
            parts = read_package(path)
            try:
                aligned = align(parts, base)
            except AlignmentError as error:
                print(f"{path} : {error}.", file=sys.stderr)
                status = 1
                continue
            if aligned != parts:
                print(f"{path} : {'en retard sur le modèle de base' if options.verifier else 'aligné'}")
                if options.verifier:
                    status = 1
                else:
                    write_package(path, aligned)
    except (OSError, zipfile.BadZipFile) as error:
        print(f"{path} : lecture ou écriture impossible ({error}).", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
