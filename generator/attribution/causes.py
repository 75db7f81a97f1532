"""Why each passage of a document changed: a field of a record, a template, or the program.

A document is made three times: as it was, with the new records and the old templates, as it is. What
changes first comes from the records, what changes then from the templates; what changes when neither has
comes from the program. Nothing is guessed but which field: the one whose value was, or is, in the passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from generator.attribution.champs import Champ, ecritures
from generator.conformite.examen import paires
from generator.conformite.passages import Passage


class Origine(StrEnum):
    """Where a change comes from."""

    DONNEES = "données"
    GABARIT = "modèle Word"
    MOTEUR = "moteur"


@dataclass(frozen=True, slots=True)
class Cause:
    """A passage that changed, and where the change comes from.

    `champs`: fields whose value shows in the passage; when none does, all those that the document uses and
    that changed, with `certain` False: the passage is computed from some of them. `gabarits`: the templates
    that changed among those of the document.
    """

    origine: Origine
    ou: str
    avant: str
    apres: str
    champs: tuple[Champ, ...] = ()
    gabarits: tuple[str, ...] = ()
    certain: bool = True


def causes(
    avant: Sequence[Passage],
    entre: Sequence[Passage],
    apres: Sequence[Passage],
    champs: Sequence[Champ],
    gabarits: Sequence[str],
) -> list[Cause]:
    """The changes of one document, those of the records first.

    `entre`: the document with the new records and the old templates. `champs` and `gabarits`: what changed
    among what the document uses; without any, the program is the cause.
    """
    out = []
    for where, old, new in changements(avant, entre):
        if not champs:
            out.append(Cause(Origine.MOTEUR, where, old, new))
            continue
        shown = [c for c in champs if _montre(c, old, new)]
        out.append(Cause(Origine.DONNEES, where, old, new, tuple(shown or champs), certain=bool(shown)))
    for where, old, new in changements(entre, apres):
        origin = Origine.GABARIT if gabarits else Origine.MOTEUR
        out.append(Cause(origin, where, old, new, gabarits=tuple(gabarits), certain=len(gabarits) == 1))
    return out


def changements(a: Sequence[Passage], b: Sequence[Passage]) -> Iterator[tuple[str, str, str]]:
    """Place, old words and new words of each passage that differs."""
    for partie in dict.fromkeys(p.partie for p in (*a, *b)):
        left, right = ([p for p in x if p.partie == partie] for x in (a, b))
        for i, j in paires([p.texte for p in left], [p.texte for p in right]):
            old, new = left[i].texte if i is not None else "", right[j].texte if j is not None else ""
            if old != new:
                yield right[j].ou if j is not None else left[i or 0].ou, old, new


def _montre(c: Champ, avant: str, apres: str) -> bool:
    """True when the passage said the old value and no longer does, or now says the new one."""
    old, new = (" ".join(x.split()) for x in (avant, apres))
    lost = any(_dit(old, x) and not _dit(new, x) for x in ecritures(c.ancien))
    return lost or any(_dit(new, x) and not _dit(old, x) for x in ecritures(c.nouveau))


def _dit(text: str, valeur: str) -> bool:
    """True when `text` holds the value, and not as a piece of a longer figure; plain spaces in both.

    « 15 » is not in « 2 115,00 », « 15 000 », « 0,15 » nor « 15,5 ».
    """
    before = r"(?<!\d)(?<!\d[,.])" if re.match(r"\d", valeur) else ""
    if re.match(r"\d{3}(?!\d)", valeur):
        before += r"(?<!\d )"  # it may be the end of thousands
    after = r"(?![,.]?\d)" if re.search(r"\d$", valeur) else ""
    if re.search(r"(?<!\d)\d{1,3}$", valeur):
        after += r"(?! \d{3}(?!\d))"  # or their beginning
    return re.search(f"{before}{re.escape(valeur)}{after}", text) is not None
