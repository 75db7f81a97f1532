"""Ceilings: what an act pays for a post, full-time or by the month, is what its dispositif allows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from generator.checks import regle
from generator.checks.parcours import LieuOperation, actes_complets, actes_de, operations, parts
from generator.checks.tarifs import UNITAIRE
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Records
from generator.model import Dispositif
from generator.model.dispositif import Cout
from generator.typography import accord, duree_mois, euros, nombre

_UNITES = {"ETP": "etp", "poste-mois": "postes"}
"""Units that a ceiling counts and an act does not, with the field of the act that counts them.

Places and persons are those of `repartition`: MNT112 prices them."""


def _couts(d: Dispositif, unite: str) -> list[Cout]:
    """The costs of that unit, which add up; none when acts choose between them (`id`)."""
    found = [x for x in d.financement.couts if x.unite == unite]
    return [] if any(x.id for x in found) else found


def plafond(place: LieuOperation, d: Dispositif, unite: str, n: Decimal | int) -> Fraction | None:
    """Most cents for `n` posts over the operation's period, exact.

    None when the dispositif has no such ceiling, or when its months are needed and not whole.
    """
    costs, p = _couts(d, unite), place.operation.periode
    months = duree_mois(p.du, p.au)
    if not costs or (months is None and (unite == "poste-mois" or any(x.annuel for x in costs))):
        return None
    total = Fraction(0)
    for x in costs:
        share = Fraction(x.montant) * Fraction(n)
        total += (
            share * Fraction(months or 0)
            if unite == "poste-mois"
            else (share * Fraction(months or 0, 12) if x.annuel else share)
        )
    return total


@regle("MNT116", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def plafond_des_postes(records: Records) -> Iterator[Diagnostic]:
    """Le coût d’une opération ne dépasse pas le plafond de son dispositif par équivalent temps plein (ETP) ou
    par poste et par mois. Les postes sont ceux de l’acte (« etp », « postes ») et, pour l’opération
    entière, les ETP qu’annonce la délibération ; un coût annuel est ramené aux mois de l’opération. Si
    les postes ne sont pas comptés, c’est un avertissement, comme un écart relevé dans l’acte (« ecarts »,
    sujet « coût unitaire »). Le coût par place ou par personne relève de MNT112."""
    for place in operations(records):
        d = records.dispositifs.get(place.operation.dispositif)
        if d is None or place.operation.periode.du > place.operation.periode.au:
            continue
        for unite, champ in _UNITES.items():
            if _couts(d, unite):
                yield from _operation(records, place, d, unite, champ)


def _operation(
    records: Records, place: LieuOperation, d: Dispositif, unite: str, champ: str
) -> Iterator[Diagnostic]:
    ident, whole = place.operation.id, place.operation.etp if unite == "ETP" else None
    note = Note("plafond", records.span(d.origine, "financement", "couts"))
    if plafond(place, d, unite, 1) is None:
        yield Diagnostic(
            "MNT116",
            "un coût par mois ne se compte pas sur une période qui n’est pas faite de mois entiers",
            place.span("periode"),
            notes=(note,),
            help="corriger la période de l’opération",
        )
        return
    spent = 0
    for lieu in actes_de(records, place.dossier):
        for rang, part in parts(lieu):
            if part.operation != ident:
                continue
            spent += part.cout
            posts: Decimal | int | None = part.etp if unite == "ETP" else part.postes
            where = lieu.span("operations", rang, champ if posts is not None else "operation")
            known = next((e for e in lieu.acte.ecarts if e.sujet == UNITAIRE), None)
            if posts is not None:
                said = (Note(f"écart relevé : {known.motif} ; retenu : {known.retenu}"),) if known else ()
                severity = Severity.AVERTISSEMENT if known else Severity.ERREUR
                yield from _depassement(place, d, unite, posts, part.cout, where, severity, note, *said)
            elif whole is None and part.cout:
                yield Diagnostic(
                    "MNT116",
                    f"le dispositif a un plafond par {unite}, l’acte n’en compte aucun",
                    where,
                    Severity.AVERTISSEMENT,
                    notes=(note,),
                    help=f"ajouter « {champ} » à l’opération de l’acte",
                )
    if whole is not None and actes_complets(records, place.dossier):
        yield from _depassement(place, d, unite, whole, spent, place.span("etp"), Severity.ERREUR, note)


def _depassement(
    place: LieuOperation,
    d: Dispositif,
    unite: str,
    n: Decimal | int,
    cost: int,
    where: Span,
    severity: Severity,
    *notes: Note,
) -> Iterator[Diagnostic]:
    limit = plafond(place, d, unite, n)
    if limit is None or cost <= limit:
        return
    months = duree_mois(place.operation.periode.du, place.operation.periode.au)
    posts = f"{nombre(n)}\u00a0ETP"
    if unite == "poste-mois":
        posts = f"{accord(n, 'poste')} pendant {accord(months or 0, 'mois')}"
    yield Diagnostic(
        "MNT116",
        f"le coût est de {euros(cost)}, le plafond de {euros(int(limit))} pour {posts}",
        where,
        severity,
        notes=notes,
        help="corriger le montant ou le nombre de postes ; si le texte publié le dit ainsi, relever l’écart "
        f"(« ecarts », sujet « {UNITAIRE} »)",
    )
