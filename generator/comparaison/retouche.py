"""What is put right in the marks of the engine: whole words and figures, the old before the new."""

from __future__ import annotations

import copy

from generator.comparaison.equivalence import parties_suivies
from generator.comparaison.ligne import Marqueur, atomes, contenu, references, remplir
from generator.comparaison.paquet import Element, Paquet, W
from generator.comparaison.suivi import Sens, resoudre

_DEPLACES = tuple(f"{W}{n}" for n in ("moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart"))


def retoucher(paquet: Paquet, m: Marqueur) -> None:
    """Mark again, word by word, the paragraphs that changed inside; then number all the marks."""
    for nom in parties_suivies(paquet):
        racine = paquet.arbre(nom)
        for p in list(racine.iter(f"{W}p")):
            if _touche(p):
                _refaire(p, m)
        # Word writes what moved as plain text inside w:moveFrom; deleted text is for w:del.
        for t in racine.iter(f"{W}delText"):
            if any(x.tag == f"{W}moveFrom" for x in t.iterancestors()):
                t.tag = f"{W}t"
        numeroter(racine)


def _touche(p: Element) -> bool:
    """True when some text of the paragraph comes or goes, and some stays: neither moved, nor with notes."""
    if any(e.tag in _DEPLACES for e in p.iter()) or references(p):
        return False
    if p.find(f".//{W}txbxContent") is not None:
        return False
    marks = [e for e in p.iter(f"{W}ins", f"{W}del", f"{W}rPrChange") if e.getparent().tag != f"{W}rPr"]
    end = p.find(f"{W}pPr/{W}rPr")
    whole = end is not None and any(end.find(f"{W}{t}") is not None for t in ("ins", "del"))
    return bool(marks) and not whole


def _refaire(p: Element, m: Marqueur) -> None:
    versions = []
    for sens in (Sens.REFUSER, Sens.ACCEPTER):
        version = copy.deepcopy(p)
        ppr = version.find(f"{W}pPr")
        if ppr is not None:
            version.remove(ppr)
        resoudre(version, sens)
        versions.append(atomes(version))
    remplir(p, contenu(versions[0], versions[1], m), reperes=True)


def numeroter(racine: Element) -> None:
    """Give every mark of a part a number of its own, in the order of the text."""
    paires: dict[str, str] = {}
    rang = 0
    for e in racine.iter():
        if not isinstance(e.tag, str) or e.get(f"{W}id") is None:
            continue
        nom = e.tag.removeprefix(W)
        if nom.endswith(("RangeStart", "RangeEnd")) and nom.startswith("move"):
            cle = nom[:8] + e.get(f"{W}id", "")
            if nom.endswith("Start"):
                rang += 1
                paires[cle] = str(rang)
            e.set(f"{W}id", paires.get(cle, str(rang)))
        elif nom in ("ins", "del", "moveFrom", "moveTo") or nom.endswith("Change"):
            rang += 1
            e.set(f"{W}id", str(rang))
