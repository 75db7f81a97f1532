"""Two versions of a story in one: paragraphs and tables paired, the others struck out or added."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Final

from generator.comparaison.ligne import (
    Marqueur,
    changer,
    empreinte,
    entier,
    fondre,
    formes_paragraphe,
    marquer_paragraphe,
    references,
)
from generator.comparaison.mots import mots, ressemblance
from generator.comparaison.paquet import Element, W

_BLOCS: Final = (f"{W}p", f"{W}tbl", f"{W}sdt")
_SEUIL: Final = 0.4  # below, two paragraphs are two paragraphs, not one rewritten
_SEUIL_LIGNE: Final = 0.3
_PLAFOND: Final = 60_000  # pairs looked at in one gap: beyond, they are taken in order

Paires = list[tuple[int | None, int | None]]
Score = Callable[[int, int], float]


def fusionner(ancien: Sequence[Element], nouveau: Sequence[Element], m: Marqueur) -> list[Element]:
    """The blocks that hold both versions of a body, a cell, a header, a note, with their marks.

    The last paragraph of a container has no mark that can be inserted or deleted: when it comes or goes,
    the mark of the one before it is the one that is tracked, as Word does.
    """
    a, b = ([e for e in x if e.tag in _BLOCS] for x in (ancien, nouveau))
    paires = _apparier(a, b)
    _fermer(paires, a, b)
    out: list[Element] = []
    for i, j in paires:
        if i is None and j is not None:
            out.append(marque(b[j], "ins", m))
        elif j is None and i is not None:
            out.append(marque(a[i], "del", m))
        elif i is not None and j is not None:
            out.append(_fondre(a[i], b[j], m))
    _finir(out, paires, a, b, m)
    return out


def _apparier(a: Sequence[Element], b: Sequence[Element]) -> Paires:
    """Blocks that stay, equal ones first, then those that look alike; None for one that has no pair."""
    paires: Paires = []
    left, right = ([empreinte(e) for e in x] for x in (a, b))
    for op, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if op == "equal":
            paires += list(zip(range(i1, i2), range(j1, j2), strict=True))
        else:
            paires += _rapprocher(a, b, range(i1, i2), range(j1, j2))
    return paires


def _rapprocher(a: Sequence[Element], b: Sequence[Element], ra: range, rb: range) -> Paires:
    left, right = ([mots(_texte(x[k])) for k in r] for x, r in ((a, ra), (b, rb)))

    def score(i: int, j: int) -> float:
        return _score(a[ra[i]], b[rb[j]], left[i], right[j])

    choisis = meilleurs(len(ra), len(rb), score, _SEUIL)
    return etaler([(ra[i], rb[j]) for i, j in choisis], ra, rb)


def meilleurs(n: int, k: int, score: Score, seuil: float) -> list[tuple[int, int]]:
    """Pairs (i, j), in order on both sides, of the greatest total likeness; each above `seuil`."""
    if n * k > _PLAFOND:
        return [(i, i) for i in range(min(n, k)) if score(i, i) >= seuil]
    best = [[0.0] * (k + 1) for _ in range(n + 1)]
    choix: dict[tuple[int, int], bool] = {}
    for i in range(n - 1, -1, -1):
        for j in range(k - 1, -1, -1):
            s = score(i, j)
            pris = s + best[i + 1][j + 1] if s >= seuil else -1.0
            laisse = max(best[i + 1][j], best[i][j + 1])
            best[i][j] = max(pris, laisse)
            choix[i, j] = pris >= laisse and pris > 0
    out, i, j = [], 0, 0
    while i < n and j < k:
        if choix[i, j]:
            out.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return out


def etaler(choisis: Sequence[tuple[int, int]], ra: range, rb: range) -> Paires:
    """The pairs chosen with, between them, what has no pair: the old before the new."""
    out: Paires = []
    i, j = ra.start, rb.start
    for x, y in [*choisis, (ra.stop, rb.stop)]:
        out += [(k, None) for k in range(i, x)] + [(None, k) for k in range(j, y)]
        if x < ra.stop or y < rb.stop:
            out.append((x, y))
        i, j = x + 1, y + 1
    return out


def _score(a: Element, b: Element, left: Sequence[str], right: Sequence[str]) -> float:
    if a.tag != b.tag or _coupe(a) != _coupe(b):
        return 0.0
    return ressemblance(left, right)


def _coupe(e: Element) -> bool:
    """True for a paragraph that ends a section."""
    return e.tag == f"{W}p" and e.find(f"{W}pPr/{W}sectPr") is not None


def _texte(e: Element) -> str:
    return "".join(t.text or "" for t in e.iter(f"{W}t"))


def _fermer(paires: Paires, a: Sequence[Element], b: Sequence[Element]) -> None:
    """Make the last paragraphs of both versions one where the marks of paragraphs alone cannot do.

    When both end with blocks of their own, or when one ends with a table of its own and a paragraph.
    """
    fin = max((n for n, (i, j) in enumerate(paires) if i is not None and j is not None), default=-1)
    queue = paires[fin + 1 :]
    va, vb = any(i is not None for i, _ in queue), any(j is not None for _, j in queue)
    if not queue or not a or not b or a[-1].tag != f"{W}p" or b[-1].tag != f"{W}p":
        return
    mine = a if va else b
    table = any(mine[k].tag != f"{W}p" for pair in queue for k in pair if k is not None)
    if va != vb and not table:
        return
    debut = paires[: fin + 1]
    if va != vb and fin >= 0:
        i, j = debut.pop()
        queue = [(i, None), *queue] if va else [(None, j), *queue]
    bouts = ((len(a) - 1, None), (None, len(b) - 1))
    paires[:] = [*debut, *(x for x in queue if x not in bouts), (len(a) - 1, len(b) - 1)]


def _finir(
    out: list[Element], paires: Paires, a: Sequence[Element], b: Sequence[Element], m: Marqueur
) -> None:
    """Paragraphs added or struck out at the very end: the track goes to the mark before."""
    fin = max((n for n, (i, j) in enumerate(paires) if i is not None and j is not None), default=-1)
    if fin < 0 or fin == len(paires) - 1 or any(e.tag != f"{W}p" for e in out[fin:]):
        return
    i, j = paires[fin]
    if i is None or j is None:
        return
    nom = "del" if paires[-1][1] is None else "ins"
    dernier = out[-1]
    for mark in [e for e in dernier.findall(f"{W}pPr/{W}rPr/*") if e.tag == f"{W}{nom}"]:
        mark.getparent().remove(mark)
    marquer_paragraphe(out[fin], nom, m)
    garde, avant = (b[j], dernier) if nom == "del" else (dernier, a[i])
    _proprietes(dernier, copy.deepcopy(garde), copy.deepcopy(avant), m)


def _proprietes(p: Element, garde: Element, avant: Element, m: Marqueur) -> None:
    """`p` takes the properties of `garde`, and records those of `avant`."""
    neuf, vieux = copy.deepcopy(garde.find(f"{W}pPr")), p.find(f"{W}pPr")
    if vieux is not None:
        p.remove(vieux)
    if neuf is not None:
        p.insert(0, neuf)
    formes_paragraphe(p, avant, m)


def marque(bloc: Element, nom: str, m: Marqueur) -> Element:
    """A copy of a block, all of it inserted (« ins ») or deleted (« del »)."""
    if bloc.tag == f"{W}p":
        return entier(bloc, nom, m)
    new = copy.deepcopy(bloc)
    for p in [p for p in new.iter(f"{W}p") if not _en_boite(p, new)]:
        p.getparent().replace(p, entier(p, nom, m))
    for tr in new.iter(f"{W}tr"):
        if not _en_boite(tr, new):
            _marquer_ligne(tr, nom, m)
    return new


def _en_boite(e: Element, haut: Element) -> bool:
    """True inside a text box, that goes with the run which holds it."""
    for x in e.iterancestors():
        if x is haut:
            return False
        if x.tag == f"{W}txbxContent":
            return True
    return False


def _marquer_ligne(tr: Element, nom: str, m: Marqueur) -> None:
    pr = tr.find(f"{W}trPr")
    if pr is None:
        pr = tr.makeelement(f"{W}trPr")
        tr.insert(sum(1 for e in tr if e.tag == f"{W}tblPrEx"), pr)
    pr.append(m.marque(nom))


def _fondre(a: Element, b: Element, m: Marqueur) -> Element:
    if empreinte(a) == empreinte(b):
        m.notes += [(s, i, j) for (s, i), (_, j) in zip(references(a), references(b), strict=False)]
        return copy.deepcopy(b)
    if b.tag == f"{W}p":
        return fondre(a, b, m)
    if b.tag == f"{W}sdt":
        return _controle(a, b, m)
    return _tableau(a, b, m)


def _controle(a: Element, b: Element, m: Marqueur) -> Element:
    new = copy.deepcopy(b)
    vieux, neuf = a.find(f"{W}sdtContent"), new.find(f"{W}sdtContent")
    if neuf is not None:
        neuf[:] = fusionner(list(vieux) if vieux is not None else [], list(neuf), m)
    return new


def _tableau(a: Element, b: Element, m: Marqueur) -> Element:
    new = copy.deepcopy(b)
    lignes_a, lignes_b = a.findall(f"{W}tr"), b.findall(f"{W}tr")
    debut = next((k for k, e in enumerate(new) if e.tag == f"{W}tr"), len(new))
    del new[debut:]
    changer(new, "tblPr", a.find(f"{W}tblPr"), m)
    _grille(a, new, m)
    for i, j in _lignes(lignes_a, lignes_b):
        if i is not None and j is not None:
            new.append(_ligne(lignes_a[i], lignes_b[j], m))
        elif i is not None:
            new.append(marque(lignes_a[i], "del", m))
        elif j is not None:
            new.append(marque(lignes_b[j], "ins", m))
    return new


def _grille(a: Element, new: Element, m: Marqueur) -> None:
    """The widths of the columns; their change has an id and no author."""
    changer(new, "tblGrid", a.find(f"{W}tblGrid"), m)
    for change in new.findall(f"{W}tblGrid/{W}tblGridChange"):
        for nom in ("author", "date"):
            change.attrib.pop(f"{W}{nom}", None)


def _lignes(a: Sequence[Element], b: Sequence[Element]) -> Paires:
    """Rows that stay, then rows that look alike and have as many cells."""
    paires: Paires = []
    left, right = ([empreinte(e) for e in x] for x in (a, b))
    for op, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if op == "equal":
            paires += list(zip(range(i1, i2), range(j1, j2), strict=True))
            continue
        ra, rb = range(i1, i2), range(j1, j2)
        paires += _rapprocher_lignes(a, b, ra, rb)
    return paires


def _rapprocher_lignes(a: Sequence[Element], b: Sequence[Element], ra: range, rb: range) -> Paires:
    left, right = ([mots(_texte(x[k])) for k in r] for x, r in ((a, ra), (b, rb)))

    def score(i: int, j: int) -> float:
        if _cellules(a[ra[i]]) != _cellules(b[rb[j]]):
            return 0.0
        return ressemblance(left[i], right[j])

    choisis = meilleurs(len(ra), len(rb), score, _SEUIL_LIGNE)
    if not choisis and len(ra) == len(rb) == 1 and score(0, 0) > 0:
        choisis = [(0, 0)]
    return etaler([(ra[i], rb[j]) for i, j in choisis], ra, rb)


def _cellules(tr: Element) -> int:
    return len(tr.findall(f"{W}tc"))


def _ligne(a: Element, b: Element, m: Marqueur) -> Element:
    new = copy.deepcopy(b)
    for nom in ("tblPrEx", "trPr"):
        changer(new, nom, a.find(f"{W}{nom}"), m)
    for vieux, neuf in zip(a.findall(f"{W}tc"), new.findall(f"{W}tc"), strict=False):
        blocs = fusionner(list(vieux), list(neuf), m)
        for e in [e for e in neuf if e.tag != f"{W}tcPr"]:
            neuf.remove(e)
        changer(neuf, "tcPr", vieux.find(f"{W}tcPr"), m)
        neuf.extend(blocs)
    return new
