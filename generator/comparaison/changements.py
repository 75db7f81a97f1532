"""The changes between two documents, each in its context and of its kind: what the report shows.

They are read in the canonical forms, so that nothing that differs is left out, with or without a redline.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from generator.comparaison.blocs import Paires, etaler, meilleurs
from generator.comparaison.canonique import texte_canonique
from generator.comparaison.cases import paragraphes
from generator.comparaison.genres import Genre, genre
from generator.comparaison.mots import aligner, mots, ressemblance
from generator.comparaison.paquet import Element, W

Sorte = Literal["egal", "retire", "ajoute"]
_LIEU: Final = re.compile(r"(?:Article|Annexe|ANNEXE|Titre|Chapitre)\b.{0,120}|\d+[.)]\s.{0,90}")
_SEUIL: Final = 0.4
_ASSEZ: Final = 20  # characters: a shorter text found elsewhere has not been moved
_AUTOUR: Final = 160  # characters of context kept on each side of a change
_FORMES: Final = {
    "b": "gras", "i": "italique", "u": "souligné", "sz": "taille", "rFonts": "police", "color": "couleur",
    "pStyle": "style", "rStyle": "style", "jc": "alignement", "numPr": "liste", "ind": "retrait",
    "spacing": "espacement", "drawing": "image", "pict": "image", "highlight": "surlignage",
    "shd": "trame", "keepNext": "enchaînement", "pBdr": "bordure", "br": "saut", "instrText": "champ",
    "strike": "barré", "caps": "capitales", "smallCaps": "petites capitales", "vertAlign": "exposant",
    "hyperlink": "lien", "pageBreakBefore": "saut de page", "lang": "langue",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Morceau:
    """A passage that stays, goes or comes."""

    sorte: Sorte
    texte: str


@dataclass(frozen=True, slots=True)
class Changement:
    """A paragraph that changed: where it stands, the kinds of its changes, its words.

    `note`: what the words do not show (« déplacé », « mise en forme : gras »).
    """

    partie: str
    lieu: str
    genres: tuple[Genre, ...]
    morceaux: tuple[Morceau, ...]
    note: str = ""
    deplace: bool = False


@dataclass(frozen=True, slots=True)
class _Ligne:
    texte: str
    look: str
    lieu: str
    element: Element


def relever(ancien: Mapping[str, Element], nouveau: Mapping[str, Element]) -> Iterator[Changement]:
    """The changes between two canonical forms, story by story, in the order of the text."""
    for partie in dict.fromkeys([*ancien, *nouveau]):
        a, b = (list(_lignes(x[partie])) if partie in x else [] for x in (ancien, nouveau))
        found = _textes(partie, a, b)
        yield from found
        yield from _cadres(partie, ancien.get(partie), nouveau.get(partie))


def _lignes(racine: Element) -> Iterator[_Ligne]:
    lieu = ""
    for p, cell in paragraphes(racine):
        inner = [x for x in p.iter(f"{W}p") if x is not p]
        mine = p
        if inner:  # a text box has its own lines
            mine = copy.deepcopy(p)
            for box in list(mine.iter(f"{W}txbxContent")):
                box.clear()
        text = "".join(_lettres(mine))
        style = p.find(f"{W}pPr/{W}pStyle")
        title = style is not None and re.match(r"(?i)titre|heading", style.get(f"{W}val", ""))
        if not cell and text.strip() and (title or _LIEU.match(text)):
            lieu = text.strip()
        yield _Ligne(text, texte_canonique(mine), f"{lieu}, {cell}" if lieu and cell else lieu or cell, mine)


def _lettres(p: Element) -> Iterator[str]:
    for e in p.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}noBreakHyphen"):
        if e.tag == f"{W}t":
            yield e.text or ""
        elif e.getparent().tag == f"{W}r":
            yield "-" if e.tag == f"{W}noBreakHyphen" else " "


def _textes(partie: str, a: Sequence[_Ligne], b: Sequence[_Ligne]) -> list[Changement]:
    paires = _paires([x.texte for x in a], [x.texte for x in b])
    partis = {a[i].texte for i, j in paires if j is None and i is not None and len(a[i].texte) >= _ASSEZ}
    venus = {b[j].texte for i, j in paires if i is None and j is not None}
    deplaces = partis & venus
    found = (
        _changement(partie, a[i] if i is not None else None, b[j] if j is not None else None, deplaces)
        for i, j in paires
    )
    return [change for change in found if change]


def _paires(a: Sequence[str], b: Sequence[str]) -> Paires:
    """The texts that stay, then those that look alike; None for one that has no pair."""
    paires: Paires = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        ra, rb = range(i1, i2), range(j1, j2)
        if op == "equal":
            paires += list(zip(ra, rb, strict=True))
        else:
            left, right = ([mots(x[k]) for k in r] for x, r in ((a, ra), (b, rb)))
            choisis = meilleurs(len(ra), len(rb), _Score(left, right), _SEUIL)
            paires += etaler([(ra[i], rb[j]) for i, j in choisis], ra, rb)
    return paires


@dataclass(frozen=True, slots=True)
class _Score:
    """How alike the line i of one side and the line j of the other are."""

    left: Sequence[Sequence[str]]
    right: Sequence[Sequence[str]]

    def __call__(self, i: int, j: int) -> float:
        return ressemblance(self.left[i], self.right[j])


def _changement(partie: str, a: _Ligne | None, b: _Ligne | None, deplaces: set[str]) -> Changement | None:
    if a is not None and b is not None:
        if a.texte == b.texte:
            if a.look == b.look:
                return None
            note = f"mise en forme\u00a0: {_formes(a.element, b.element)}"
            same = Morceau("egal", _abreger(a.texte, True, True))
            return Changement(partie, b.lieu, (Genre.TYPOGRAPHIE,), (same,), note)
        morceaux, genres = _mots(a.texte, b.texte)
        return Changement(partie, b.lieu, genres, morceaux)
    line = a or b
    if line is None or (not line.texte.strip() and "drawing" not in line.look):
        return None if line is None else _vide(partie, line, a is None)
    if line.texte in deplaces:
        if a is not None:
            return None  # shown once, where it now stands
        moved = (Morceau("ajoute", line.texte),)
        return Changement(partie, line.lieu, (Genre.REDACTION,), moved, "déplacé", True)
    sorte: Sorte = "ajoute" if a is None else "retire"
    kind = (Genre.REDACTION,) if len(line.texte.split()) > 8 else (genre("", line.texte, ""),)
    note = "paragraphe ajouté" if a is None else "paragraphe supprimé"
    return Changement(partie, line.lieu, kind, (Morceau(sorte, line.texte),), note)


def _vide(partie: str, line: _Ligne, venu: bool) -> Changement:
    note = "ligne vide ajoutée" if venu else "ligne vide supprimée"
    return Changement(partie, line.lieu, (Genre.TYPOGRAPHIE,), (), note)


def _mots(avant: str, apres: str) -> tuple[tuple[Morceau, ...], tuple[Genre, ...]]:
    """The words of both versions in reading order, and the kinds of what changes."""
    a, b = mots(avant), mots(apres)
    spans = aligner(a, b)
    out: list[Morceau] = []
    genres: list[Genre] = []
    for k, (same, i1, i2, j1, j2) in enumerate(spans):
        old, new = "".join(a[i1:i2]), "".join(b[j1:j2])
        if same:
            out.append(Morceau("egal", _abreger(old, k > 0, k < len(spans) - 1)))
            continue
        genres.append(genre(old, new, "".join(a[:i1])))
        out += [Morceau("retire", old)] if old else []
        out += [Morceau("ajoute", new)] if new else []
    return tuple(out), tuple(dict.fromkeys(genres))


def _abreger(text: str, avant: bool, apres: bool) -> str:
    """A long passage that stays: only what touches a change on either side."""
    left = text[:_AUTOUR] if avant else ""
    right = text[-_AUTOUR:] if apres else ""
    if len(text) <= len(left) + len(right) + 20 or not (left or right):
        return text
    return f"{left}\u00a0[…] {right}" if left and right else left + "\u00a0[…]" if left else f"[…] {right}"


def _formes(a: Element, b: Element) -> str:
    """The properties that differ between two paragraphs of the same text, in French."""
    seen: list[dict[str, list[str]]] = []
    for p in (a, b):
        mine: dict[str, list[str]] = {}
        for e in p.iter():
            nom = e.tag.rpartition("}")[2]
            if nom in _FORMES:
                mine.setdefault(nom, []).append(texte_canonique(e))
        seen.append(mine)
    noms = [_FORMES[n] for n in _FORMES if seen[0].get(n) != seen[1].get(n)]
    return ", ".join(dict.fromkeys(noms)) or "présentation"


def _cadres(partie: str, a: Element | None, b: Element | None) -> Iterator[Changement]:
    """What stands around the paragraphs: the look of tables, the set-up of pages."""
    for tags, note in (
        ((f"{W}tblPr", f"{W}tblGrid", f"{W}trPr", f"{W}tcPr"), "présentation des tableaux"),
        ((f"{W}sectPr",), "mise en page (marges, format, sections)"),
    ):
        if a is None or b is None:
            continue
        left, right = ({texte_canonique(e) for e in x.iter(*tags)} for x in (a, b))
        if left != right:
            yield Changement(partie, "", (Genre.TYPOGRAPHIE,), (), note)
