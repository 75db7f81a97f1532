"""In the terms of what each act must be: the modele that the deliberation attached, with its options.

A modele is voted for every structure at once: it prints what some of them alone must sign (the contrat
d’engagement républicain of associations), and one blank line where an act has several. An act is held against
the same modele with its own options taken, and what the options change is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from generator.documents import Contexte, Document, Enonce, documents
from generator.documents import vue_acte as vue
from generator.documents.avenant import contexte as contexte_avenant
from generator.documents.commun import BLANC
from generator.documents.convention import contexte as contexte_convention
from generator.documents.vue_envoi import Envoi, envois
from generator.load import Dossier, Records
from generator.typography import date_longue

OPTIONS: Final = {
    "engagement_republicain": "contrat d’engagement républicain (associations et fondations)",
    "droit_prive": "obligations des personnes morales de droit privé",
    "rattachement": "rattachement à une autre convention",
    "compte": "coordonnées bancaires",
    "fictif": "mention des données fictives",
    "etiquette": "numéro d’annexe de la délibération",
}
"""Fields of a context by which an act may leave out, or print, a passage of its modele."""


@dataclass(frozen=True, slots=True)
class Terme:
    """An act and the blank in whose terms it must be.

    `nom`: what the blank is, in French (« annexe 6 »). `numero`: that of the convention, signed or amended.
    `blanc`: from the context of the act, that of the blank with the options of the act, and those that the
    act does not take; None when the act itself was voted, with its values.
    """

    document: Document
    structure: str
    rang: int
    """Rank of the act in the record of its structure, from 0."""
    nom: str
    numero: str
    blanc: Callable[[Contexte], tuple[Contexte, tuple[str, ...]]] | None

    def enonces(self) -> tuple[Enonce, ...]:
        """What the act must say, each with its place in the records."""
        return tuple(self.document.enonces()) if self.document.enonces else ()


def termes(records: Records, dossier: Dossier) -> Iterator[Terme]:
    """Every act of a deliberation with its blank, in the order of the dossier.

    Neither contexts nor statements may be asked for when a record that the document depends on is faulty.
    """
    known = {d.ident: d for d in documents(records, dossier)}
    found = {}
    for e in envois(records, dossier):
        annexed = e.modele is not None and e.modele.structure is not None and e.acte.est_avenant
        number = e.modele.annexe if e.modele else 0
        ident = f"annexe-{number:02d}-avenant-{e.actes.structure}" if annexed else f"actes/{e.ident}"
        if ident in known:
            found[ident] = _terme(records, dossier, e, known[ident], annexed)
    yield from (found[ident] for ident in known if ident in found)


def _terme(records: Records, dossier: Dossier, e: Envoi, d: Document, annexed: bool) -> Terme:
    modele, acte = e.modele, e.acte
    rank = next(n for n, x in enumerate(e.actes.actes) if x is acte)
    here = (d, e.actes.structure, rank)
    if modele is None:
        ops = vue.operations(dossier, [p.operation for p in acte.operations])
        types = records.conventions_types.get(vue.id_convention_type(dossier, None, ops)) if ops else None
        nom = f"modèle type du {date_longue(types.adopte_le)}" if types else "modèle type"
    elif annexed:
        return Terme(*here, f"annexe {modele.annexe}, voté avec ses valeurs", e.numero, None)
    else:
        nom = f"annexe {modele.annexe}"

    def blanc(contexte: Contexte) -> tuple[Contexte, tuple[str, ...]]:
        if modele is not None and modele.est_avenant:
            blank = contexte_avenant(records, dossier, modele, None, None)
        else:
            ops = vue.operations(dossier, [p.operation for p in acte.operations])
            blank = contexte_convention(records, dossier, modele, None, None, ops)
        return retenir(blank, contexte)

    return Terme(*here, nom, e.numero, blanc)


def retenir(blanc: Mapping[str, Any], acte: Mapping[str, Any]) -> tuple[Contexte, tuple[str, ...]]:
    """The context of a modele with the options of an act, and the options that are not those of the modele.

    An option is a field of OPTIONS. A list of one blank item is repeated as often as the act has items:
    lines of a statement, parts of a cost. Nothing else is taken from the act.
    """
    out: Contexte = {}
    changed = []
    for key, value in blanc.items():
        mine = acte.get(key)
        if key in OPTIONS and _presence(value) != _presence(mine):
            out[key] = mine if not isinstance(mine, dict) else value
            if key not in ("fictif", "etiquette"):
                changed.append(OPTIONS[key])
        else:
            out[key] = _repeter(value, mine)
    return out, tuple(changed)


def _presence(value: object) -> bool:
    return bool(value)


def _repeter(blanc: Any, acte: Any) -> Any:
    if isinstance(blanc, dict) and isinstance(acte, dict):
        return {k: _repeter(v, acte.get(k)) for k, v in blanc.items()}
    if isinstance(blanc, list) and isinstance(acte, list):
        if len(blanc) == 1 != len(acte) and acte and _vierge(blanc[0]):
            return blanc * len(acte)
        if len(blanc) == len(acte):
            return [_repeter(x, y) for x, y in zip(blanc, acte, strict=True)]
    return blanc


def _vierge(value: object) -> bool:
    """True for an item whose every word is to be filled in."""
    if isinstance(value, dict):
        return all(_vierge(x) for x in value.values())
    if isinstance(value, list):
        return all(_vierge(x) for x in value)
    return isinstance(value, bool) or (isinstance(value, str) and BLANC in value)
