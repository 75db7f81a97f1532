"""The canonical form of a document: what a reader sees and what Word keeps, without its accidents.

Two documents are the same when their canonical forms are: same stories (body, headers, footers, notes,
comments), same text, same structure, same properties. Left out: revision ids, numbers of relationships,
of lists and of notes, the way runs are cut, proofing marks; and what no tracked change can carry: bookmarks,
the frames of content controls (their content counts).
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from generator.comparaison.paquet import DOCUMENT, Element, Lien, Paquet, R, W

_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_ACCIDENTS: Final = tuple(
    f"{W}{nom}"
    for nom in ("proofErr", "lastRenderedPageBreak", "noProof", "permStart", "permEnd", "bookmarkStart",
                "bookmarkEnd", "commentRangeStart", "commentRangeEnd",
                "annotationRef", "footnoteRef", "endnoteRef")
)  # fmt: skip
_NOTES: Final = {
    "footnoteReference": "footnotes",
    "endnoteReference": "endnotes",
    "commentReference": "comments",
}
_SANS_ORDRE: Final = tuple(
    f"{W}{nom}"
    for nom in ("rPr", "pPr", "tblPr", "trPr", "tcPr", "sectPr", "numPr", "ind", "tcBorders", "pBdr")
)
_VRAI: Final = ("1", "true", "on")


def canoniser(paquet: Paquet) -> dict[str, Element]:
    """The stories of a document in canonical form, by name: « corps », « en-tête 1 (default) »…

    The package is read, never changed. Raises DocxIllisibleError when a part named is missing.
    """
    listes = Listes(paquet)
    corps = copy.deepcopy(paquet.arbre(DOCUMENT))
    out = {"corps": corps}
    liens = paquet.liens(DOCUMENT)
    herite: dict[tuple[str, str], str] = {}
    for rang, sect in enumerate(corps.iter(f"{W}sectPr"), 1):
        for ref in list(sect):
            sorte = _MARGES.get(ref.tag)
            if sorte is not None:
                sect.remove(ref)
                if lien := liens.get(ref.get(f"{R}id", "")):
                    herite[sorte, ref.get(f"{W}type", "default")] = lien.cible
        for (sorte, genre), cible in sorted(herite.items()):
            story = _partie(paquet, cible, listes)
            if montre(story):
                out[f"{sorte} de la section {rang} ({_GENRES.get(genre, genre)})"] = story
    _notes(paquet, corps, out, listes)
    _nettoyer(corps, paquet, DOCUMENT, listes)
    return out


def montre(racine: Element) -> bool:
    """True when there is something to see: a header of empty paragraphs is no header."""
    return any(t.text for t in racine.iter(f"{W}t")) or next(racine.iter(*_VISIBLES), None) is not None


_VISIBLES: Final = tuple(
    f"{W}{n}" for n in ("drawing", "pict", "object", "tbl", "fldChar", "fldSimple", "sym")
)
_MARGES: Final = {f"{W}headerReference": "en-tête", f"{W}footerReference": "pied de page"}
_GENRES: Final = {"default": "toutes les pages", "first": "première page", "even": "pages paires"}
_TITRES: Final = {"footnotes": "note de bas de page", "endnotes": "note de fin", "comments": "commentaire"}


def _notes(paquet: Paquet, corps: Element, out: dict[str, Element], listes: Listes) -> None:
    """One story per note and per comment, in the order of the text that refers to it."""
    for ref, sorte in _NOTES.items():
        partie = paquet.par_sorte(DOCUMENT, sorte)
        found = {}
        if partie is not None:
            found = {e.get(f"{W}id"): e for e in paquet.arbre(partie) if e.get(f"{W}type") is None}
        for rang, e in enumerate(corps.iter(f"{W}{ref}"), 1):
            note = found.get(e.get(f"{W}id"))
            e.set(f"{W}id", str(rang))
            if note is None or partie is None:
                continue
            story = copy.deepcopy(note)
            for name in list(story.attrib):
                if name not in (f"{W}author", f"{W}initials"):
                    del story.attrib[name]
            _nettoyer(story, paquet, partie, listes)
            out[f"{_TITRES[sorte]} {rang}"] = story


def _partie(paquet: Paquet, nom: str, listes: Listes) -> Element:
    racine = copy.deepcopy(paquet.arbre(nom))
    _nettoyer(racine, paquet, nom, listes)
    return racine


class Listes:
    """Lists named by what they look like, then by their order of appearance."""

    def __init__(self, paquet: Paquet) -> None:
        self.paquet = paquet
        self.par_num: dict[str, str] = {}
        self.vus: dict[str, str] = {}
        self.rangs: dict[str, int] = {}
        partie = paquet.par_sorte(DOCUMENT, "numbering")
        if partie is None:
            return
        racine = paquet.arbre(partie)
        formes = {e.get(f"{W}abstractNumId"): e for e in racine.iter(f"{W}abstractNum")}
        for num in racine.iter(f"{W}num"):
            lien = num.find(f"{W}abstractNumId")
            forme = formes.get(lien.get(f"{W}val")) if lien is not None else None
            parts = [*(forme if forme is not None else []), *(e for e in num if e is not lien)]
            skipped = (f"{W}nsid", f"{W}tmpl", f"{W}multiLevelType")
            text = "".join(texte_canonique(e) for e in parts if e.tag not in skipped)
            self.par_num[num.get(f"{W}numId", "")] = hashlib.sha256(text.encode()).hexdigest()[:12]

    def tous(self) -> dict[str, str]:
        """Name of every list that the package defines, by its number: those of the text first."""
        for e in self.paquet.arbre(DOCUMENT).iter(f"{W}numId"):
            self.nom(e.get(f"{W}val", "0"))
        return {num: self.nom(num) for num in self.par_num}

    def nom(self, num: str) -> str:
        """« 0 » for no list; else the digest of its look and its rank among those that look so."""
        if num == "0":
            return num
        if num not in self.vus:
            forme = self.par_num.get(num, "?")
            self.rangs[forme] = self.rangs.get(forme, 0) + 1
            self.vus[num] = f"{forme}.{self.rangs[forme]}"
        return self.vus[num]


def _nettoyer(racine: Element, paquet: Paquet, partie: str, listes: Listes) -> None:
    liens = paquet.liens(partie)
    pieces: dict[str, str] = {}
    nettoyer(racine, lambda ident: _cible(paquet, liens, ident, pieces), listes.nom)


def nettoyer(racine: Element, cible: Callable[[str], str], liste: Callable[[str], str]) -> None:
    """Take the accidents away, in place; `cible` and `liste` name what relationships and lists stand for."""
    for fallback in list(racine.iter(f"{_MC}Fallback")):
        fallback.getparent().remove(fallback)
    for e in list(racine.iter(*_ACCIDENTS)):
        e.getparent().remove(e)
    for sdt in list(racine.iter(f"{W}sdt")):
        _sans_controle(sdt)
    for e in racine.iter():
        if not isinstance(e.tag, str):
            continue
        for name, value in list(e.attrib.items()):
            if name.startswith(R):
                e.set(name, cible(value))
            elif _accident(name):
                del e.attrib[name]
        if e.tag == f"{W}numId" and e.get(f"{W}val"):
            e.set(f"{W}val", liste(e.get(f"{W}val")))
        if e.get(f"{W}val") in _VRAI and len(e.attrib) == 1:
            del e.attrib[f"{W}val"]
    for e in list(racine.iter("{*}docPr", "{*}cNvPr")):
        e.attrib.pop("id", None)
    _liens_vides(racine)
    _runs(racine)
    for e in list(racine.iter(f"{W}rPr", f"{W}pPr", f"{W}tblPr", f"{W}trPr", f"{W}tcPr")):
        if not len(e) and e.getparent() is not None:
            e.getparent().remove(e)
    for p in racine.iter(f"{W}pPr"):  # its rPr may just have been emptied
        if not len(p) and p.getparent() is not None:
            p.getparent().remove(p)
    for e in racine.iter(*_SANS_ORDRE):
        e[:] = sorted(e, key=lambda x: str(x.tag))


def _sans_controle(sdt: Element) -> None:
    """The content of a content control in the place of the control."""
    contenu = sdt.find(f"{W}sdtContent")
    parent = sdt.getparent()
    at = parent.index(sdt)
    parent[at : at + 1] = list(contenu) if contenu is not None else []


def _accident(name: str) -> bool:
    base = name.rpartition("}")[2]
    if base.startswith("rsid") or base in ("paraId", "textId", "durableId", "anchorId", "editId"):
        return True
    return name in (f"{_XML}space", f"{_MC}Ignorable")


def _cible(paquet: Paquet, liens: dict[str, Lien], ident: str, pieces: dict[str, str]) -> str:
    """What a relationship points to, whatever its number: an address, or the digest of a part."""
    lien = liens.get(ident)
    if lien is None:
        return "?"
    if lien.externe:
        return lien.cible
    if lien.cible not in pieces:
        pieces[lien.cible] = hashlib.sha256(paquet.contenus.get(lien.cible, b"")).hexdigest()[:16]
    return pieces[lien.cible]


def _runs(racine: Element) -> None:
    """One text per run of the same look: runs are joined, texts inside them too."""
    for t in racine.iter(f"{W}t"):
        if t.text is None:
            t.text = ""
    for r in list(racine.iter(f"{W}r")):
        if not any(e.tag != f"{W}rPr" for e in r) and r.getparent() is not None:
            r.getparent().remove(r)
    look: Callable[[Element], str] = lambda r: texte_canonique(r.find(f"{W}rPr"))  # noqa: E731
    for r in list(racine.iter(f"{W}r")):
        before = r.getprevious()
        if before is None or before.tag != f"{W}r" or look(before) != look(r):
            _textes(r)
            continue
        before.extend([e for e in r if e.tag != f"{W}rPr"])
        r.getparent().remove(r)
        _textes(before)
    for r in list(racine.iter(f"{W}r")):
        for t in list(r.iter(f"{W}t")):
            if not t.text:
                t.getparent().remove(t)
        if not any(e.tag != f"{W}rPr" for e in r) and r.getparent() is not None:
            r.getparent().remove(r)


def _liens_vides(racine: Element) -> None:
    """An address or a field without text shows nothing."""
    for e in list(racine.iter(f"{W}hyperlink", f"{W}fldSimple", f"{W}smartTag")):
        if next(e.iter(f"{W}r"), None) is None and e.getparent() is not None:
            e.getparent().remove(e)


def _textes(r: Element) -> None:
    for t in list(r.findall(f"{W}t")):
        before = t.getprevious()
        if before is not None and before.tag == f"{W}t":
            before.text += t.text or ""
            r.remove(t)


def texte_canonique(e: Element | None) -> str:
    """The element as canonical XML, its properties in one order; « » for none."""
    if e is None:
        return ""
    e = copy.deepcopy(e)
    e.tail = None
    for pr in [e, *e.iter(*_SANS_ORDRE)]:
        if pr.tag in _SANS_ORDRE:
            pr[:] = sorted(pr, key=lambda x: str(x.tag))
    if e.tag in _SANS_ORDRE and not len(e) and not e.attrib:
        return ""
    return str(etree.tostring(e, method="c14n2").decode())
