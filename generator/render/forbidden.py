"""What a template must not hold (TPL006): links to the outside, code, review marks; and, in an
included template, whatever would bring parts, numbers or sections of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from .errors import Finding, quote
from .package import Member
from .parts import NAMESPACES, Part, parse
from .places import INSTR, Element, owner, w

_LINKS: Final = {
    "hyperlink": ("un lien hypertexte", "écrire l’adresse en texte, ou par un champ HYPERLINK"),
    "image": ("une image liée", "insérer l’image dans le document"),
    "attachedTemplate": ("un modèle Word attaché", "Développeur > Modèle de document : choisir Normal"),
}
# Relations to a part of the file that Word would merge, run or fetch data for, external or not.
_IMPORTS: Final = {
    "aFChunk": ("un document importé", "copier son texte, et le coller en texte seul"),
    "attachedTemplate": _LINKS["attachedTemplate"],
    "subDocument": ("un sous-document", "copier son texte, et le coller en texte seul"),
    "mailMergeSource": ("une source de publipostage", "Publipostage > Document Word normal"),
}
_CODE = ("vbaProject", "vbaData", "word/embeddings/", "word/activeX/")
_REVISIONS = (
    "ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge", "numberingChange",
    "pPrChange", "rPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange", "tcPrChange",
    "tblGridChange",
)  # fmt: skip
_REVIEW: Final = {
    **dict.fromkeys(_REVISIONS, "du suivi des modifications"),
    **dict.fromkeys(("commentRangeStart", "commentReference"), "un commentaire"),
    "altChunk": "un document importé",
    "subDoc": "un sous-document",
    "object": "un objet OLE",
    "control": "un contrôle ActiveX",
    "dataBinding": "un contrôle de contenu lié à d’autres données",
}
_INCLUDED = {
    "drawing": "un dessin",
    "pict": "un dessin",
    "footnoteReference": "une note de bas de page",
    "endnoteReference": "une note de fin",
    "sectPr": "un saut de section",
    "bookmarkStart": "un signet",
}
# Fields that read a file or the network, run something, or change with the day of the conversion.
_FIELDS = frozenset((
    "INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "LINK", "DDE", "DDEAUTO", "IMPORT", "DATABASE", "RD",
    "EMBED", "MACROBUTTON", "DATE", "TIME", "SAVEDATE", "PRINTDATE", "CREATEDATE", "EDITTIME",
    "FILENAME", "USERNAME", "AUTHOR", "LASTSAVEDBY",
))  # fmt: skip


def check_members(contents: Mapping[str, Member]) -> list[Finding]:
    """External relationships, imports, macros and embedded objects, anywhere in the package.

    Raises PartError, also for a part with a DTD: those that are not rendered are copied as they are.
    """
    findings: list[Finding] = []
    for name, member in contents.items():
        if name.endswith((".xml", ".rels", ".vml")):
            _refuse_dtd(member.unpack())
        if any(mark in name for mark in _CODE):
            findings.append(Finding("TPL006", f"le fichier contient une macro ou un objet ({name})"))
        if not name.endswith(".rels"):
            continue
        for relation in parse(member.unpack()):
            kind = str(relation.get("Type", "")).rpartition("/")[2]
            if kind in _IMPORTS or relation.get("TargetMode") == "External":
                known = {**_LINKS, **_IMPORTS}
                what, help = known.get(kind, ("un lien vers l’extérieur", "supprimer ce lien"))
                notes = (f"cible de {name} : {relation.get('Target')}",)
                findings.append(Finding("TPL006", f"le fichier contient {what}", help=help, notes=notes))
    return findings


def _refuse_dtd(content: bytes) -> None:
    """Raise PartError for a document type declaration: it can name files and swell without end."""
    if b"<!DOCTYPE" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 hides it
        parse(content)


def check_part(part: Part) -> tuple[list[Finding], list[Finding]]:
    """(what forbids any use of the part, what forbids including it in another template)."""
    always = [_found(part, e, text) for text, e in _elements(part, _REVIEW)]
    always += [_found(part, e, f"un champ {name}, dont le contenu varie") for name, e in _fields(part)]
    body = part.tree.find(w("body"))
    last = body[-1] if body is not None and len(body) else None
    included = [_found(part, e, text) for text, e in _elements(part, _INCLUDED) if e is not last]
    included += [_found(part, e, "un lien vers une autre partie du fichier") for e in _linked(part, last)]
    included += [_found(part, e, f"une extension inconnue ({quote(e.prefix)})") for e in _foreign(part)]
    return always, included


def _found(part: Part, element: Element, what: str) -> Finding:
    return Finding("TPL006", f"le modèle contient {what}", part.places.get(owner(element)))


def _elements(part: Part, names: Mapping[str, str]) -> Iterator[tuple[str, Element]]:
    for element in part.tree.iter(*map(w, names)):
        yield names[etree.QName(element).localname], element


def _fields(part: Part) -> Iterator[tuple[str, Element]]:
    for element in part.tree.iter(INSTR, w("fldSimple")):
        code = element.text if element.tag == INSTR else element.get(w("instr"))
        words = (code or "").split()
        if words and words[0].upper() in _FIELDS:
            yield words[0].upper(), element


def _linked(part: Part, last: Element) -> Iterator[Element]:
    prefix = f"{{{NAMESPACES['r']}}}"
    for element in part.tree.iter(etree.Element):
        linked = any(name.startswith(prefix) for name in element.attrib)
        if linked and last not in (element, *element.iterancestors()):
            yield element


def _foreign(part: Part) -> Iterator[Element]:
    """Elements whose prefix is declared on the root of the part only, and not by the engine."""
    declared = part.tree.nsmap
    for element in part.tree.iter(etree.Element):
        prefix = element.prefix
        if declared.get(prefix) == element.nsmap.get(prefix) != NAMESPACES.get(prefix or ""):
            yield element
