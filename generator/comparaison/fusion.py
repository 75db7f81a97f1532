"""A whole redline made here, part by part: what the engine leaves aside or gets wrong.

The package is that of the new document; whatever the old one alone uses (pictures, lists, notes, styles,
headers) is brought in under free names.
"""

from __future__ import annotations

import copy
import datetime as dt

from lxml import etree  # type: ignore[import-untyped]

from generator.comparaison.apport import Apport
from generator.comparaison.blocs import fusionner
from generator.comparaison.ligne import Marqueur, changer, references
from generator.comparaison.paquet import DOCUMENT, Element, Paquet, R, W

_NOTES = ("footnotes", "endnotes", "comments")


def fondre(ancien: Paquet, nouveau: Paquet, auteur: str, date: dt.datetime) -> Paquet:
    """The new document with the tracked changes that lead to it from the old one."""
    m = Marqueur(auteur, date)
    out = Paquet(dict(nouveau.contenus))
    apport = Apport(ancien, out)
    vieux = copy.deepcopy(ancien.arbre(DOCUMENT))
    apport.adapter(vieux, DOCUMENT)
    racine = copy.deepcopy(nouveau.arbre(DOCUMENT))
    corps, avant = racine.find(f"{W}body"), vieux.find(f"{W}body")
    fin, fin_avant = corps.find(f"{W}sectPr"), avant.find(f"{W}sectPr")
    blocs = fusionner(list(avant), list(corps), m)
    _sections(blocs, avant, corps, m)
    corps[:] = blocs
    if fin is not None:
        corps.append(fin)
        changer(corps, "sectPr", fin_avant, m, gardes=("headerReference", "footerReference"))
    out.remplacer(DOCUMENT, racine)
    _marges(out, apport, vieux, nouveau, m)
    _notes(out, apport, racine, m)
    return out


def _sections(blocs: list[Element], avant: Element, corps: Element, m: Marqueur) -> None:
    """Page set-up of the sections that both documents have, taken in order."""
    a = avant.findall(f"{W}p/{W}pPr/{W}sectPr")
    b = [p for p in blocs if p.tag == f"{W}p" and p.find(f"{W}pPr/{W}sectPr") is not None and not _seul(p)]
    for vieux, p in zip(a, b, strict=False):
        changer(p.find(f"{W}pPr"), "sectPr", vieux, m, gardes=("headerReference", "footerReference"))


def _seul(p: Element) -> bool:
    """True for a paragraph of one of the two documents only."""
    return any(p.find(f"{W}pPr/{W}rPr/{W}{t}") is not None for t in ("ins", "del"))


def _marges(out: Paquet, apport: Apport, vieux: Element, nouveau: Paquet, m: Marqueur) -> None:
    """Headers and footers of the sections taken in order, each part once."""
    racine = out.arbre(DOCUMENT)
    a = [e for e in vieux.iter(f"{W}sectPr") if not _dans_un_change(e)]
    b = [e for e in racine.iter(f"{W}sectPr") if not _dans_un_change(e)]
    faits: set[str] = set()
    for avant, apres in zip(a, b, strict=False):
        for tag in ("headerReference", "footerReference"):
            va, vb = (_references(x, tag) for x in (avant, apres))
            for genre in dict.fromkeys([*va, *vb]):
                ancien = out.liens(DOCUMENT).get(va.get(genre, ""))
                neuf = out.liens(DOCUMENT).get(vb.get(genre, ""))
                if neuf is None and ancien is not None:
                    ref = etree.Element(f"{W}{tag}")
                    ref.set(f"{W}type", genre)
                    ref.set(f"{R}id", ancien.ident)
                    apres.insert(0, ref)
                    _fondre_partie(out, apport, ancien.cible, ancien.cible, m, vide="b")
                elif neuf is not None and neuf.cible not in faits:
                    faits.add(neuf.cible)
                    _fondre_partie(
                        out,
                        apport,
                        ancien.cible if ancien else neuf.cible,
                        neuf.cible,
                        m,
                        vide="" if ancien else "a",
                    )


def _dans_un_change(e: Element) -> bool:
    return e.getparent() is not None and e.getparent().tag == f"{W}sectPrChange"


def _references(sect: Element, tag: str) -> dict[str, str]:
    return {e.get(f"{W}type", "default"): e.get(f"{R}id", "") for e in sect.findall(f"{W}{tag}")}


def _fondre_partie(out: Paquet, apport: Apport, ancien: str, nouveau: str, m: Marqueur, vide: str) -> None:
    """Merge a margin of the old document into that of the new one; `vide`: the one that does not exist."""
    vieux, neuf = copy.deepcopy(out.arbre(ancien)), out.arbre(nouveau)
    if ancien != nouveau:
        apport.rapprocher(vieux, ancien, nouveau)
    rien = [etree.Element(f"{W}p")]
    a, b = (rien if vide == nom else list(x) for nom, x in (("a", vieux), ("b", neuf)))
    neuf[:] = fusionner(a, b, m)


def _notes(out: Paquet, apport: Apport, racine: Element, m: Marqueur) -> None:
    """The text of each note that both documents have; a note of one only comes and goes with its number."""
    for sorte in _NOTES:
        partie = out.par_sorte(DOCUMENT, sorte)
        if partie is None:
            continue
        arbre = out.arbre(partie)
        par_id = {e.get(f"{W}id"): e for e in arbre if e.get(f"{W}type") is None}
        for i, j in [(i, j) for s, i, j in m.notes if s == sorte and i != j]:
            vieux, neuf = par_id.get(i), par_id.get(j)
            if vieux is not None and neuf is not None:
                neuf[:] = fusionner(list(vieux), list(neuf), m)
        cites = {i for s, i in references(racine) if s == sorte}
        for ident, e in par_id.items():
            if ident not in cites and ident in apport.apportes.get(sorte, ()):
                arbre.remove(e)
