"""Unit costs: what an act pays is what its units cost."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, operations, parts
from generator.diagnostics import Diagnostic, Note, Severity
from generator.load import Records
from generator.model import ActeOperation, Dispositif, Operation, Periode
from generator.model.dispositif import Cout
from generator.typography import duree_mois, euros, nombre

UNITAIRE, INITIAL = "coût unitaire", "coût initial"
"""`sujet` of the écarts that turn MNT112 into a warning: for what the act adds, for what was there."""


def tarif(d: Dispositif, nom: str | None) -> Cout | None:
    """The cost of one counted unit that a share of an act names, or the only one of the dispositif.

    None when there is no such cost, or when it is that of something else: a post, an hour of work.
    """
    found = d.financement.couts
    named = [x for x in found if x.id == nom] if nom else list(found)
    return named[0] if len(named) == 1 and named[0].unite == d.unite else None


def prix(x: Cout, p: Periode, quantite: int) -> int | None:
    """Cents for `quantite` units, reduced to the months of the period when the cost is annual.

    None when that is no whole number of months. Half a cent and above is rounded up.
    """
    if not x.annuel:
        return x.montant * quantite
    months = duree_mois(p.du, p.au)
    if months is None:
        return None
    return int(Fraction(x.montant * quantite * months, 12) + Fraction(1, 2))


def _convient(x: Cout, montant: int, due: int) -> bool:
    """True when `montant` cents may be paid for units that cost `due`."""
    return montant == due or (x.maximum and montant < due)


def _note(records: Records, d: Dispositif, x: Cout) -> Note:
    rank = d.financement.couts.index(x)
    return Note("coût unitaire", records.span(d.origine, "financement", "couts", rank, "montant"))


def _parts(records: Records, lieu: LieuActe) -> Iterator[tuple[int, ActeOperation, Operation, Dispositif]]:
    """The operations of an act whose dispositif is known, with their rank."""
    known = {o.id: o for o in lieu.dossier.deliberation.operations()}
    for rang, part in parts(lieu):
        o = known.get(part.operation)
        d = records.dispositifs.get(o.dispositif) if o else None
        if o is not None and d is not None:
            yield rang, part, o, d


@regle("REF009")
def tarif_connu(records: Records) -> Iterator[Diagnostic]:
    """Le tarif d’une répartition est l’un des coûts du dispositif. Il est indiqué quand le dispositif
    laisse le choix entre plusieurs, et à chaque ligne d’un état de frais."""
    for lieu in actes(records):
        for rang, part, _, d in _parts(records, lieu):
            names = [x.id for x in d.financement.couts if x.id]
            needed = d.annexe == "frais" or len(names) > 1
            for k, r in enumerate(part.repartition):
                if r.tarif in names or (r.tarif is None and not needed):
                    continue
                yield Diagnostic(
                    "REF009",
                    f"tarif inconnu : « {r.tarif} »" if r.tarif else "le tarif n’est pas indiqué",
                    lieu.span("operations", rang, "repartition", k, "tarif" if r.tarif else "territoire"),
                    notes=(Note("coûts du dispositif", records.span(d.origine, "financement", "couts")),),
                    help=f"tarifs connus : {', '.join(names) or 'aucun'}",
                )


@regle("MNT112", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def prix_des_unites(records: Records) -> Iterator[Diagnostic]:
    """Nombre d’unités × coût unitaire du dispositif = montant, au plus quand le coût est un maximum. Un
    coût annuel est ramené aux mois de l’opération, qui en compte donc un nombre entier. Quand une partie
    du coût est valorisée, le calcul porte sur l’opération entière. Ce que la convention finance déjà
    (« volumes ») se calcule de même. Un écart relevé dans l’acte (« ecarts »), de sujet
    « coût unitaire » ou, pour la convention déjà signée, « coût initial », en fait un avertissement."""
    for lieu in actes(records):
        for rang, part, o, d in _parts(records, lieu):
            rule = _valorisee if part.valorisation else _repartition
            yield from rule(records, lieu, rang, part, o, d)
        yield from _initiale(records, lieu)
    for place in operations(records):
        o = place.operation
        found = records.dispositifs.get(o.dispositif)
        annual = [x for x in found.financement.couts if x.annuel] if found else []
        p = o.periode
        if found and annual and p.du <= p.au and duree_mois(p.du, p.au) is None:
            yield Diagnostic(
                "MNT112",
                "un coût annuel ne se ramène pas à une période qui n’est pas faite de mois entiers",
                place.span("periode"),
                notes=(_note(records, found, annual[0]),),
                help="corriger la période de l’opération",
            )


def _repartition(
    records: Records, lieu: LieuActe, rang: int, part: ActeOperation, o: Operation, d: Dispositif
) -> Iterator[Diagnostic]:
    for k, r in enumerate(part.repartition):
        where = ("operations", rang, "repartition", k)
        if r.quantite is None and d.annexe == "frais":
            yield Diagnostic(
                "MNT112",
                "cette ligne de l’état de frais ne dit pas combien elle compte d’unités",
                lieu.span(*where),
                help="ajouter « quantite »",
            )
        x = tarif(d, r.tarif)
        due = prix(x, o.periode, r.quantite) if x and r.quantite is not None else None
        if x is None or r.quantite is None or due is None or _convient(x, r.montant, due):
            continue
        message = f"{_produit(x, o.periode, r.quantite, due)}, le montant inscrit est {euros(r.montant)}"
        yield _ecart(lieu, UNITAIRE, message, (*where, "montant"), _note(records, d, x))


def _produit(x: Cout, p: Periode, n: int, due: int) -> str:
    months = f" × {duree_mois(p.du, p.au)} mois ÷ 12" if x.annuel else ""
    return f"{nombre(n)} × {euros(x.montant)}{months} = {euros(due)}"


def _valorisee(
    records: Records, lieu: LieuActe, rang: int, part: ActeOperation, o: Operation, d: Dispositif
) -> Iterator[Diagnostic]:
    units = [(tarif(d, r.tarif), r.quantite) for r in part.repartition]
    priced = [(x, prix(x, o.periode, n)) for x, n in units if x is not None and n is not None]
    due = [cents for _, cents in priced if cents is not None]
    if len(due) < len(units):
        return
    total = sum(due)
    if part.cout == total or (part.cout < total and all(x.maximum for x, _ in priced)):
        return
    yield _ecart(
        lieu,
        UNITAIRE,
        f"les unités de l’opération coûtent {euros(total)}, son coût inscrit est {euros(part.cout)}, "
        f"valorisation comprise",
        ("operations", rang, "valorisation"),
        *dict.fromkeys(_note(records, d, x) for x, _ in priced),
    )


def _initiale(records: Records, lieu: LieuActe) -> Iterator[Diagnostic]:
    """What the convention finances before the avenant; one dispositif only can be meant by `volumes`."""
    c, found = lieu.acte.convention, list(_parts(records, lieu))
    if c is None or not c.volumes or c.cout is None or len(lieu.acte.operations) != 1 or not found:
        return
    d, units = found[0][3], sum(v.quantite for v in c.volumes)
    x = tarif(d, None)
    due = prix(x, c.periode, units) if x else None
    if x is None or due is None or _convient(x, c.cout, due):
        return
    message = f"{_produit(x, c.periode, units, due)}, le coût de la convention est {euros(c.cout)}"
    yield _ecart(lieu, INITIAL, message, ("convention", "cout"), _note(records, d, x))


def _ecart(lieu: LieuActe, sujet: str, message: str, path: tuple[str | int, ...], *notes: Note) -> Diagnostic:
    known = next((e for e in lieu.acte.ecarts if e.sujet == sujet), None)
    said = (Note(f"écart relevé : {known.motif} ; retenu : {known.retenu}"),) if known else ()
    return Diagnostic(
        "MNT112",
        message,
        lieu.span(*path),
        Severity.AVERTISSEMENT if known else Severity.ERREUR,
        notes=(*notes, *said),
        help=f"corriger le montant ou la quantité ; si le texte publié se contredit, relever l’écart "
        f"(« ecarts », sujet « {sujet} »)",
    )


@regle("MNT115")
def cout_unitaire_annonce(records: Records) -> Iterator[Diagnostic]:
    """Le coût unitaire qu’annonce la délibération est celui du dispositif. Elle l’annonce quand elle ne
    compte pas les unités : rien d’autre ne le prouverait."""
    for place in operations(records):
        o = place.operation
        d = records.dispositifs.get(o.dispositif)
        if d is None:
            continue
        x, said = tarif(d, None), o.annonce.cout_unitaire
        message, aide, where = "", "corriger l’un des deux", "cout_unitaire"
        if said is not None and x is None:
            message = f"un coût unitaire de {euros(said)} est annoncé, le dispositif n’en a pas un seul"
            aide = "supprimer cette ligne, ou corriger les coûts du dispositif"
        elif said is not None and x is not None and said != x.montant:
            message = f"le coût unitaire annoncé est {euros(said)}, celui du dispositif {euros(x.montant)}"
        elif said is None and x is not None and o.annonce.quantite is None and o.annonce.montant:
            message = f"ni les unités ni leur coût, {euros(x.montant)} selon le dispositif, ne sont annoncés"
            aide, where = (
                "ajouter « quantite », ou « cout_unitaire » si rien n’est compté",
                "montant",
            )
        if message:
            yield Diagnostic(
                "MNT115",
                message,
                place.span("annonce", where),
                notes=(_note(records, d, x),) if x else (),
                help=aide,
                blocks=frozenset({place.cle}),
            )
