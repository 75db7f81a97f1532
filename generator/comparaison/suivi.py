"""Tracked changes of a tree: find them, accept them all, refuse them all.

The semantics are those of ISO/IEC 29500-1, 17.13.5: an inserted or deleted paragraph mark joins its
paragraph to the next one, which gives its properties; an inserted or deleted row takes its content along.
"""

from __future__ import annotations

import copy
from enum import StrEnum
from typing import Final

from generator.comparaison.paquet import Element, W


class Sens(StrEnum):
    """What becomes of tracked changes."""

    ACCEPTER = "accepter"
    REFUSER = "refuser"


_AJOUTS: Final = (f"{W}ins", f"{W}moveTo")
_RETRAITS: Final = (f"{W}del", f"{W}moveFrom")
_BORNES: Final = tuple(
    f"{W}{nom}{bout}"
    for nom in ("moveFromRange", "moveToRange", "customXmlInsRange", "customXmlDelRange",
                "customXmlMoveFromRange", "customXmlMoveToRange")
    for bout in ("Start", "End")
)  # fmt: skip
_PROPRIETES: Final = tuple(
    f"{W}{nom}Change" for nom in ("rPr", "pPr", "sectPr", "tblPr", "tblPrEx", "trPr", "tcPr", "tblGrid")
)
_CELLULES: Final = (f"{W}cellIns", f"{W}cellDel", f"{W}cellMerge", f"{W}numberingChange")
TOUTES: Final = (*_AJOUTS, *_RETRAITS, *_BORNES, *_PROPRIETES, *_CELLULES)

# What a property change leaves alone: it does not record these children (17.13.5.29 and following).
_GARDES: Final = {
    f"{W}pPr": (f"{W}rPr", f"{W}sectPr"),
    f"{W}sectPr": (f"{W}headerReference", f"{W}footerReference"),
    f"{W}rPr": (f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo"),
    f"{W}trPr": (f"{W}ins", f"{W}del"),
    f"{W}tcPr": (f"{W}cellIns", f"{W}cellDel", f"{W}cellMerge"),
}


def presentes(racine: Element) -> int:
    """How many tracked changes the tree holds."""
    return sum(1 for _ in racine.iter(*TOUTES))


def resoudre(racine: Element, sens: Sens) -> None:
    """Accept or refuse every tracked change of the tree, in place."""
    entre, sort = (_AJOUTS, _RETRAITS) if sens is Sens.ACCEPTER else (_RETRAITS, _AJOUTS)
    _lignes(racine, sort)
    _cellules(racine, sens)
    for e in list(racine.iter(*sort)):
        if not _marque(e) and e.getparent() is not None:
            _retirer(e)
    for e in list(racine.iter(*entre)):
        if not _marque(e):
            _deplier(e)
    _paragraphes(racine, sort)
    for e in list(racine.iter(*_AJOUTS, *_RETRAITS, *_BORNES)):
        _retirer(e)
    _formes(racine, sens)
    for e in racine.iter(f"{W}delText", f"{W}delInstrText"):
        e.tag = f"{W}t" if e.tag == f"{W}delText" else f"{W}instrText"


def _marque(e: Element) -> bool:
    """True for the mark of a paragraph or of a row, which holds no content."""
    return e.getparent() is not None and e.getparent().tag in (f"{W}rPr", f"{W}trPr")


def _lignes(racine: Element, sort: tuple[str, ...]) -> None:
    for tr in list(racine.iter(f"{W}tr")):
        pr = tr.find(f"{W}trPr")
        if pr is not None and any(pr.find(t) is not None for t in sort):
            table = tr.getparent()
            _retirer(tr)
            if table.tag == f"{W}tbl" and next(table.iter(f"{W}tr"), None) is None:
                _retirer(table)


def _cellules(racine: Element, sens: Sens) -> None:
    sort = f"{W}cellDel" if sens is Sens.ACCEPTER else f"{W}cellIns"
    for mark in list(racine.iter(sort)):
        tc = mark.getparent().getparent()
        if tc is not None and tc.getparent() is not None:
            _retirer(tc)
    for mark in list(racine.iter(*_CELLULES)):
        _retirer(mark)


def _paragraphes(racine: Element, sort: tuple[str, ...]) -> None:
    """Join to the next one every paragraph whose mark goes; an emptied one simply goes."""
    for p in [p for p in racine.iter(f"{W}p") if marque_sortante(p, sort)]:
        suivant = p.getnext()
        while suivant is not None and suivant.tag in (f"{W}bookmarkStart", f"{W}bookmarkEnd", *_BORNES):
            suivant = suivant.getnext()
        reste = [e for e in p if e.tag != f"{W}pPr"]
        if suivant is not None and suivant.tag == f"{W}p":
            at = 1 if len(suivant) and suivant[0].tag == f"{W}pPr" else 0
            suivant[at:at] = reste
            _retirer(p)
        elif not reste and not _dernier(p):
            _retirer(p)
        # Else nothing to join to: the mark stays, as the end of a cell or before a table.


def marque_sortante(p: Element, sort: tuple[str, ...]) -> bool:
    """True when the paragraph mark is one of those that go."""
    return any(p.find(f"{W}pPr/{W}rPr/{t}") is not None for t in sort)


def _dernier(p: Element) -> bool:
    """True for the last block of a cell, a box or a note: it must end with a paragraph."""
    suivant = p.getnext()
    return suivant is None or suivant.tag == f"{W}sectPr"


def _formes(racine: Element, sens: Sens) -> None:
    """Property changes: dropped, or put back."""
    for change in list(racine.iter(*_PROPRIETES)):
        pr = change.getparent()
        if pr is None:
            continue
        pr.remove(change)
        if sens is Sens.ACCEPTER:
            continue
        gardes = _GARDES.get(pr.tag, ())
        anciens = next(iter(change), None)
        for e in [e for e in pr if e.tag not in gardes]:
            pr.remove(e)
        neufs = [copy.deepcopy(e) for e in (anciens if anciens is not None else [])]
        neufs = [e for e in neufs if e.tag not in gardes]
        if pr.tag == f"{W}sectPr":
            pr.extend(neufs)  # its references come first
        else:
            pr[0:0] = neufs


def _retirer(e: Element) -> None:
    e.getparent().remove(e)


def _deplier(e: Element) -> None:
    """Put the content of an element in its place."""
    parent = e.getparent()
    at = parent.index(e)
    parent[at : at + 1] = list(e)
