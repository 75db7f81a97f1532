"""The proof of a redline: all accepted it is the new document, all refused it is the old one."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from generator.comparaison.canonique import canoniser
from generator.comparaison.paquet import DOCUMENT, Element, Paquet, W
from generator.comparaison.suivi import Sens, marque_sortante, presentes, resoudre

_SUIVIES: Final = ("header", "footer", "footnotes", "endnotes", "comments")
_APERCU: Final = 90  # characters of a passage in a message


@dataclass(frozen=True, slots=True)
class Ecart:
    """A story (« corps », « note de fin 2 ») that does not come back: in which way, and where."""

    partie: str
    sens: Sens
    attendu: str
    obtenu: str


def ecarts(marque: Paquet, ancien: Paquet, nouveau: Paquet) -> list[Ecart]:
    """What keeps `marque` from being a faithful redline of `ancien` → `nouveau`; empty when it is one."""
    found = []
    for sens, cible in ((Sens.ACCEPTER, nouveau), (Sens.REFUSER, ancien)):
        found += differences(canoniser(resolu(marque, sens)), canoniser(cible), sens)
        found += _fusions(marque, sens)
    return found


def resolu(paquet: Paquet, sens: Sens) -> Paquet:
    """A copy of the document with every tracked change accepted, or refused."""
    out = paquet.copie()
    for nom in parties_suivies(paquet):
        racine = copy.deepcopy(paquet.arbre(nom))
        resoudre(racine, sens)
        out.remplacer(nom, racine)
    return out


def parties_suivies(paquet: Paquet) -> list[str]:
    """The parts where Word tracks changes, whatever their names: text, margins, notes, comments."""
    autres = {x.cible for x in paquet.liens(DOCUMENT).values() if x.sorte in _SUIVIES and not x.externe}
    return [DOCUMENT, *sorted(nom for nom in autres if nom in paquet.contenus)]


def revisions(paquet: Paquet) -> int:
    """How many tracked changes the document holds, all parts together."""
    return sum(presentes(paquet.arbre(nom)) for nom in parties_suivies(paquet))


def cellules_suivies(paquet: Paquet) -> bool:
    """True when lone cells are marked as inserted or deleted: LibreOffice does not know these marks."""
    marks = (f"{W}cellIns", f"{W}cellDel", f"{W}cellMerge")
    return any(next(paquet.arbre(nom).iter(*marks), None) is not None for nom in parties_suivies(paquet))


def differences(obtenus: Mapping[str, Element], attendus: Mapping[str, Element], sens: Sens) -> list[Ecart]:
    """The stories that differ between two canonical forms; an empty story is no story."""
    found = []
    for nom in dict.fromkeys([*attendus, *obtenus]):
        a, b = attendus.get(nom), obtenus.get(nom)
        left, right = _lignes(a), _lignes(b)
        if left == right:
            continue
        k = next((i for i, (x, y) in enumerate(zip(left, right, strict=False)) if x != y), None)
        k = min(len(left), len(right)) if k is None else k
        found.append(Ecart(nom, sens, _montre(left, k), _montre(right, k)))
    return found


def _lignes(racine: Element | None) -> list[str]:
    """The canonical XML of a story, a line for each element: fit for comparing and for showing."""
    if racine is None:
        return []
    xml = etree.tostring(racine, method="c14n2").decode()
    return [x for x in re.split(r"(?<=>)(?=<)", re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", xml)) if x]


def _montre(lignes: list[str], at: int) -> str:
    """The passage around a line, as text when there is some."""
    around = lignes[max(0, at - 1) : at + 3]
    text = " ".join(re.sub(r"<[^>]*>", "", x) for x in around).strip()
    return (text or " ".join(around))[:_APERCU]


def _fusions(marque: Paquet, sens: Sens) -> list[Ecart]:
    """Paragraphs that would be joined with text left in them under another style than the one that stays:
    Word keeps the properties of the last, LibreOffice those of the first."""
    sort = tuple(f"{W}{t}" for t in (("del", "moveFrom") if sens is Sens.ACCEPTER else ("ins", "moveTo")))
    found = []
    for nom in parties_suivies(marque):
        for p in marque.arbre(nom).iter(f"{W}p"):
            if not marque_sortante(p, sort):
                continue
            garde = [r for r in p.iter(f"{W}r") if _dehors(r, sort, p)]
            reste = p.getnext()
            while reste is not None and reste.tag == f"{W}p" and marque_sortante(reste, sort):
                reste = reste.getnext()
            if garde and (reste is None or reste.tag != f"{W}p" or _style(p, sens) != _style(reste, sens)):
                text = "".join(t.text or "" for r in garde for t in r.iter(f"{W}t", f"{W}delText"))
                found.append(Ecart("paragraphes réunis", sens, text[:_APERCU], ""))
    return found


def _dehors(r: Element, sort: tuple[str, ...], p: Element) -> bool:
    """True when the run stays, once the changes of `sort` are gone."""
    e = r.getparent()
    while e is not None and e is not p:
        if e.tag in sort:
            return False
        e = e.getparent()
    return True


def _style(p: Element, sens: Sens) -> str:
    """The style of the paragraph, after its own change is accepted or refused."""
    pr = p.find(f"{W}pPr")
    if pr is not None and sens is Sens.REFUSER and (avant := pr.find(f"{W}pPrChange/{W}pPr")) is not None:
        pr = avant
    e = pr.find(f"{W}pStyle") if pr is not None else None
    return str(e.get(f"{W}val")) if e is not None else ""
