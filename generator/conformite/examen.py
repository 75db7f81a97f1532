"""An act on paper against the act of the records and the modele that was voted: what differs, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from generator.comparaison.blocs import Paires, etaler, meilleurs
from generator.comparaison.mots import aligner, mots, ressemblance
from generator.conformite.blancs import apparier, dans_les_termes
from generator.conformite.passages import Passage
from generator.documents import Enonce
from generator.documents.commun import BLANC

_SEUIL: Final = 0.4  # below, two passages are two passages, not one rewritten


class Sorte(StrEnum):
    """What a difference is."""

    VALEUR = "valeur"
    """In a blank of the modele: another value than that of the record."""
    TEXTE = "texte"
    """Outside the blanks: other words than those that were voted."""
    AJOUT = "ajout"
    RETRAIT = "retrait"
    PLACE = "place"
    """The same words in another column of a table."""
    MODELE = "modèle"
    """The act that the records make is not in the terms of the modele."""


@dataclass(frozen=True, slots=True)
class Ecart:
    """A difference: where (French), the passage expected and the one found (empty: none), the words changed.

    `enonce`: what the record says there, when it is known.
    """

    sorte: Sorte
    ou: str
    attendu: str
    trouve: str
    mots: tuple[tuple[str, str], ...] = ()
    enonce: Enonce | None = None


def examiner(
    attendu: Sequence[Passage],
    trouve: Sequence[Passage],
    modele: Sequence[Passage],
    enonces: Sequence[Enonce] = (),
) -> list[Ecart]:
    """What a document says that the act of the records does not, and the other way round.

    `attendu`: the passages of the act as the records make it; `trouve`: those of the document that came back;
    `modele`: those of the modele, which tell a blank from what was voted; `enonces`: where values come from.
    """
    found = []
    for partie in dict.fromkeys(p.partie for p in (*attendu, *trouve)):
        m, a, b = ([p for p in x if p.partie == partie] for x in (modele, attendu, trouve))
        voted = {j: m[i].mots for i, j in apparier(m, a) if i is not None and j is not None}
        for i, j in paires([p.mots for p in a], [p.mots for p in b]):
            blanc = voted.get(i, "") if i is not None else ""
            ecart = _ecart(a[i] if i is not None else None, b[j] if j is not None else None, blanc)
            if ecart is not None:
                found.append(_expliquer(ecart, enonces))
    return found


def hors_des_termes(modele: Sequence[Passage], acte: Sequence[Passage]) -> list[Ecart]:
    """Where the act that the records make differs from its modele otherwise than by filling a blank."""
    found = []
    for partie in dict.fromkeys(p.partie for p in (*modele, *acte)):
        a, b = ([p for p in x if p.partie == partie] for x in (modele, acte))
        for i, j in apparier(a, b):
            if i is None or j is None:
                here = b[j] if j is not None else a[i] if i is not None else None
                if here is not None:
                    said = ("", here.texte) if i is None else (here.texte, "")
                    found.append(Ecart(Sorte.MODELE, here.ou, *said))
    return found


def paires(a: Sequence[str], b: Sequence[str]) -> Paires:
    """Two series of texts side by side: the same ones, then those that look alike; None: no counterpart."""
    out: Paires = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        ra, rb = range(i1, i2), range(j1, j2)
        if op == "equal":
            out += zip(ra, rb, strict=True)
            continue
        left, right = ([mots(x[k]) for k in r] for x, r in ((a, ra), (b, rb)))

        def score(i: int, j: int, left: list[list[str]] = left, right: list[list[str]] = right) -> float:
            return ressemblance(left[i], right[j])

        chosen = meilleurs(len(ra), len(rb), score, _SEUIL)
        if not chosen and len(ra) == len(rb) == 1:
            chosen = [(0, 0)]  # a short cell rewritten is still that cell
        out += etaler([(ra[i], rb[j]) for i, j in chosen], ra, rb)
    return out


def _ecart(a: Passage | None, b: Passage | None, blanc: str) -> Ecart | None:
    """What tells two passages apart; `blanc`: the words of the modele there."""
    if a is not None and b is not None:
        if a.mots != b.mots:
            filled = BLANC in blanc and dans_les_termes(blanc, b.mots)
            words = tuple(_changes(a.mots, b.mots))
            return Ecart(Sorte.VALEUR if filled else Sorte.TEXTE, b.ou, a.texte, b.texte, words)
        if _colonne(a) != _colonne(b):
            return Ecart(Sorte.PLACE, b.ou, a.ou, b.ou)
        return None
    if b is not None:
        return Ecart(Sorte.AJOUT, b.ou, "", b.texte)
    return Ecart(Sorte.RETRAIT, a.ou, a.texte, "") if a is not None else None


def _changes(avant: str, apres: str) -> Iterator[tuple[str, str]]:
    left, right = mots(avant), mots(apres)
    for same, i1, i2, j1, j2 in aligner(left, right):
        if not same:
            yield "".join(left[i1:i2]).strip(), "".join(right[j1:j2]).strip()


def _colonne(p: Passage) -> str:
    found = re.search(r"colonne\u00a0\d+$", p.lieu)
    return found[0] if found else ""


def _expliquer(ecart: Ecart, enonces: Sequence[Enonce]) -> Ecart:
    """The difference with what the record says there: the longest statement that the document lost."""
    if ecart.sorte is not Sorte.VALEUR:
        return ecart
    flat, now = (" ".join(x.split()) for x in (ecart.attendu, ecart.trouve))
    lost = []
    for e in enonces:
        said = " ".join(e.mots.split())
        if said in flat and said not in now:
            lost.append((len(said), e))
    return replace(ecart, enonce=max(lost, key=lambda x: x[0])[1]) if lost else ecart
