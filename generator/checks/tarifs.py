"""Unit costs: what an act pays is what its units cost."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, parts
from generator.diagnostics import Diagnostic, Note, Severity
from generator.load import Records
from generator.model import Dispositif, Operation
from generator.model.dispositif import Cout
from generator.typography import euros, nombre

SUJET = "coût unitaire"
"""`sujet` of an écart that turns these errors into warnings."""


def tarif(d: Dispositif, nom: str | None) -> Cout | None:
    """The unit cost that a share of an act names; the only one when the dispositif has one."""
    if nom is None and len(d.financement.couts) == 1:
        return d.financement.couts[0]
    return next((x for x in d.financement.couts if nom and x.id == nom), None)


def prix(x: Cout, o: Operation, quantite: int) -> int | None:
    """Cents for `quantite` units, reduced to the months of the operation when the cost is annual.

    None when that is no whole number of months. Half a cent and above is rounded up.
    """
    if not x.annuel:
        return x.montant * quantite
    if o.periode.mois is None:
        return None
    exact = Fraction(x.montant * quantite * o.periode.mois, 12)
    return int(exact + Fraction(1, 2))


@regle("REF009")
def tarif_connu(records: Records) -> Iterator[Diagnostic]:
    """Le tarif d’une répartition est l’un des coûts du dispositif ; un état de frais en nomme un par
    ligne."""
    for lieu in actes(records):
        known = {o.id: o for o in lieu.dossier.deliberation.operations()}
        for rang, part in parts(lieu):
            o = known.get(part.operation)
            d = records.dispositifs.get(o.dispositif) if o else None
            if d is None:
                continue
            names = [x.id for x in d.financement.couts if x.id]
            for k, r in enumerate(part.repartition):
                if (r.tarif is None and d.annexe != "frais") or r.tarif in names:
                    continue
                yield Diagnostic(
                    "REF009",
                    f"tarif inconnu : « {r.tarif} »" if r.tarif else "le tarif n’est pas indiqué",
                    lieu.span("operations", rang, "repartition", k, "tarif" if r.tarif else "territoire"),
                    notes=(Note("coûts du dispositif", records.span(d.origine, "financement", "couts")),),
                    help=f"tarifs connus : {', '.join(names) or 'aucun'}",
                )


@regle("MNT112")
def prix_des_unites(records: Records) -> Iterator[Diagnostic]:
    """Nombre d’unités × coût unitaire du dispositif = montant, au plus quand le coût est un maximum. Un
    coût annuel est ramené aux mois de l’opération. Un écart relevé dans l’acte (« ecarts », sujet
    « coût unitaire ») en fait un avertissement."""
    for lieu in actes(records):
        known = {o.id: o for o in lieu.dossier.deliberation.operations()}
        for rang, part in parts(lieu):
            o = known.get(part.operation)
            d = records.dispositifs.get(o.dispositif) if o else None
            if o is None or d is None or part.valorisation:
                continue  # what an earlier convention pays is not counted in `montant`
            for k, r in enumerate(part.repartition):
                x = tarif(d, r.tarif)
                if x is None or x.unite not in (d.unite, "action") or r.quantite is None:
                    continue
                due = prix(x, o, r.quantite)
                if due is None or r.montant == due or (x.maximum and r.montant < due):
                    continue
                yield _ecart(
                    lieu,
                    f"{nombre(r.quantite)} × {euros(x.montant)} = {euros(due)}, "
                    f"le montant inscrit est {euros(r.montant)}",
                    ("operations", rang, "repartition", k, "montant"),
                    Note("coût unitaire", records.span(d.origine, "financement", "couts")),
                )
            c = lieu.acte.convention
            first = tarif(d, None)
            if c is None or first is None or not c.volumes or c.cout is None:
                continue
            units = sum(v.quantite for v in c.volumes)
            if c.cout != units * first.montant and not (first.maximum and c.cout < units * first.montant):
                yield _ecart(
                    lieu,
                    f"{nombre(units)} × {euros(first.montant)} = {euros(units * first.montant)}, "
                    f"le coût de la convention est {euros(c.cout)}",
                    ("convention", "cout"),
                    Note("coût unitaire", records.span(d.origine, "financement", "couts")),
                )


def _ecart(lieu: LieuActe, message: str, path: tuple[str | int, ...], note: Note) -> Diagnostic:
    known = next((e for e in lieu.acte.ecarts if e.sujet == SUJET), None)
    notes = (
        (note,) if known is None else (note, Note(f"écart relevé : {known.motif} ; retenu : {known.retenu}"))
    )
    return Diagnostic(
        "MNT112",
        message,
        lieu.span(*path),
        Severity.AVERTISSEMENT if known else Severity.ERREUR,
        notes=notes,
        help="corriger le montant ou la quantité ; si le texte publié se contredit, relever l’écart",
    )


@regle("MNT113")
def composantes_du_cout(records: Records) -> Iterator[Diagnostic]:
    """Les composantes du coût d’une convention déjà signée font ce coût."""
    for lieu in actes(records):
        c = lieu.acte.convention
        if c is None or not c.composantes:
            continue
        found = sum(x.montant for x in c.composantes)
        if found != (c.cout or 0):
            yield Diagnostic(
                "MNT113",
                f"les composantes font {euros(found)}, le coût de la convention est {euros(c.cout or 0)}",
                lieu.span("convention", "cout" if c.cout is not None else "composantes"),
                notes=tuple(
                    Note(euros(x.montant), lieu.span("convention", "composantes", k, "montant"))
                    for k, x in enumerate(c.composantes)
                ),
                help="corriger une composante ou le coût",
            )
