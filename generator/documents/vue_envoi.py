"""What an act and the papers that go with it share: each act to sign, seen from outside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from generator import typography as t
from generator.documents import ACTES, ANNEXES, Contexte, Document, enonces
from generator.documents import vue_acte as vue
from generator.documents.commun import BLANC
from generator.load import Dossier, Records
from generator.model import Acte, ActeOperation, Actes, Adresse, Modele, Operation, Structure

MARQUE = "\u00a0*"
"""After the name of a structure whose record or act holds invented data."""


@dataclass(frozen=True, slots=True)
class Envoi:
    """One act to sign. `depend`: keys of the records that it needs, as for the act itself.

    `structure` is None when its record is faulty, `modele` when the one named is: what would be
    built from them is then blocked, and only `ident`, `nom` and `depend` serve.
    """

    ident: str
    """Structure and label of the act: « faimah-avenant-annexe-06 »."""
    nom: str
    actes: Actes
    acte: Acte
    structure: Structure | None
    modele: Modele | None
    parts: tuple[tuple[Operation, ActeOperation], ...]
    """The operations in order of their annexes, each with its share in the act."""
    depend: frozenset[str]

    @property
    def annexe(self) -> int | None:
        """Number of the annexe that the act is, when its modele is written for one structure."""
        m = self.modele
        return m.annexe if m and m.est_avenant and m.structure else None

    @property
    def document(self) -> str:
        """Identifier of the act's document."""
        if self.annexe is not None:
            return f"annexe-{self.annexe:02d}-avenant-{self.actes.structure}"
        return f"actes/{self.ident}"

    @property
    def lettre(self) -> str:
        """Identifier of the letter that goes with it."""
        return f"lettres/{self.ident}"

    @property
    def intitule(self) -> str:
        """Nature and number of the act."""
        return vue.intitule(self.modele, self.acte)

    @property
    def numero(self) -> str:
        """Number of the convention, signed or amended; it ends `intitule`."""
        initiale = self.acte.convention
        return (initiale.numero if initiale else self.acte.numero) or BLANC

    @property
    def fictif(self) -> bool:
        """True when the structure or the amounts are invented."""
        return self.actes.fictif or bool(self.structure and self.structure.fictif)


def envois(records: Records, dossier: Dossier) -> Iterator[Envoi]:
    """Every act of the deliberation to be signed, in order of structure."""
    for ident, actes in sorted(dossier.actes.items()):
        for acte in actes.actes:
            known = records.structures.get(ident)
            modele = dossier.modeles.get(acte.modele) if acte.modele else None
            shares = {p.operation: p for p in acte.operations}
            named = modele.operations if modele else shares
            ops = vue.operations(dossier, [o for o in named if o in shares])
            keys = vue.cles(records, dossier, ops, actes, modele)
            if acte.modele and modele is None:
                keys |= {vue.cle_modele(dossier, acte.modele)}
            label = f"avenant-{acte.modele}" if acte.est_avenant else f"convention-{'-'.join(shares)}"
            yield Envoi(
                ident=f"{ident}-{label}",
                nom=t.texte(known.appellation) if known else ident,
                actes=actes,
                acte=acte,
                structure=known,
                modele=modele,
                parts=tuple((o, shares[o.id]) for o in ops),
                depend=keys,
            )


def nominatif(
    records: Records,
    dossier: Dossier,
    e: Envoi,
    sorte: str,
    titre: str,
    rang: int,
    template: str,
    depend: frozenset[str],
    contexte: Callable[[], Contexte],
) -> Document:
    """The document of an act. `rang`: its place among the acts of its structure, when it is no annexe."""
    groupe, ordre = ACTES, (0, f"{e.actes.structure} {rang:02d}")
    if e.annexe is not None:
        groupe, ordre = ANNEXES, (e.annexe, "")
    return Document(
        ident=e.document,
        sorte=sorte,
        titre=titre,
        groupe=groupe,
        ordre=ordre,
        template=template,
        depend=depend,
        contexte=contexte,
        enonces=partial(enonces.acte, records, dossier, e.actes, e.acte, e.modele),
        structure=e.actes.structure,
        fictif=e.fictif,
    )


def lignes_postales(a: Adresse) -> list[str]:
    """The last lines of an address, in the capitals without accent or sign that sorting machines read.

    Rule: standard XP Z 10-011 (AFNOR). What stands before a comma, a building for instance, has its
    own line.
    """
    return [_postale(line) for line in (*a.voie.split(", "), f"{a.code_postal} {a.commune}")]


def _postale(line: str) -> str:
    whole = line.upper().replace("Œ", "OE").replace("Æ", "AE")
    bare = "".join(c for c in unicodedata.normalize("NFD", whole) if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", " ", bare).strip()
