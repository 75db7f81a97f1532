"""Amounts and numbers: every sum equals the figure that was announced, to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, actes_complets, actes_de, operations, parts
from generator.diagnostics import Diagnostic, Note
from generator.load import Dossier, Records
from generator.model import ActeOperation, Operation
from generator.money import appliquer
from generator.typography import accord, enumerer, euros, nombre, taux


@regle("MNT101")
def cout_des_annexes(records: Records) -> Iterator[Diagnostic]:
    """La somme des coûts des annexes techniques d’un acte est celle annoncée à la structure."""
    for lieu in actes(records):
        found, said = sum(p.cout for p in lieu.acte.operations), lieu.acte.annonce.operations
        if found != said:
            yield Diagnostic(
                "MNT101",
                f"les opérations de l’acte font {euros(found)}, le total annoncé est {euros(said)}",
                lieu.span("annonce", "operations"),
                notes=tuple(_details(lieu)),
                help="corriger un montant, une valorisation ou le total annoncé",
            )


def _details(lieu: LieuActe) -> Iterator[Note]:
    for rang, part in parts(lieu):
        for k, r in enumerate(part.repartition):
            if r.montant:
                span = lieu.span("operations", rang, "repartition", k, "montant")
                yield Note(f"{part.operation}, {r.territoire} : {euros(r.montant)}", span)
        if part.valorisation:
            span = lieu.span("operations", rang, "valorisation")
            yield Note(f"{part.operation}, valorisation : {euros(part.valorisation)}", span)


def modifie_le_cout(lieu: LieuActe) -> bool:
    """True when the acte's modele rewrites the article « cout »."""
    return lieu.modele is not None and lieu.modele.modifie("cout")


@regle("MNT102", "MNT103")
def total_de_la_convention(records: Records) -> Iterator[Diagnostic]:
    """Coût initial de la convention + ce que l’avenant ajoute = total annoncé (MNT102).

    MNT103 : l’un des deux manque. Ils vont ensemble, pour qu’aucun montant n’échappe au contrôle, et
    un avenant qui modifie le coût, ou qui rappelle les versements ou les composantes de la convention,
    ne se passe pas d’eux.
    """
    for lieu in actes(records):
        acte, c = lieu.acte, lieu.acte.convention
        before, said = c.cout if c else None, acte.annonce.convention
        needed = modifie_le_cout(lieu) or bool(c and (c.versements or c.composantes))
        if before is None and said is None and not needed:
            continue
        if c is None:
            if said is not None:
                yield Diagnostic(
                    "MNT103",
                    "un total de convention est annoncé, mais l’acte ne modifie aucune convention",
                    lieu.span("annonce", "convention"),
                    help="supprimer cette ligne : « operations » suffit pour une convention nouvelle",
                )
        elif before is None or said is None:
            for value, where in ((before, ("convention", "cout")), (said, ("annonce", "convention"))):
                if value is None:
                    yield Diagnostic(
                        "MNT103",
                        f"il manque « {where[0]} → {where[1]} »",
                        lieu.span(where[0]),
                        help="écrire le coût initial de la convention et son total après l’avenant",
                    )
        elif before + acte.montant != said:
            yield Diagnostic(
                "MNT102",
                f"coût initial {euros(before)} + avenant {euros(acte.montant)} = "
                f"{euros(before + acte.montant)}, le total annoncé est {euros(said)}",
                lieu.span("annonce", "convention"),
                notes=(Note("coût initial", lieu.span("convention", "cout")), *_details(lieu)),
                help="corriger le coût initial, les montants ajoutés ou le total annoncé",
            )


@regle("MNT104", "MNT105", "MNT106")
def operation_annoncee(records: Records) -> Iterator[Diagnostic]:
    """Les actes d’une opération font le montant (MNT104), le nombre d’unités (MNT105) et le nombre
    de structures (MNT106) annoncés par la délibération."""
    for place in operations(records):
        if not actes_complets(records, place.dossier):
            continue
        o = place.operation
        own = [
            (lieu, rang, part)
            for lieu in actes_de(records, place.dossier)
            for rang, part in parts(lieu)
            if part.operation == o.id
        ]
        cents = sum(part.montant for _, _, part in own)
        units = sum(part.quantite or 0 for _, _, part in own)
        who = {lieu.actes.structure for lieu, _, _ in own}
        blocks = frozenset({place.cle})
        if cents != o.annonce.montant:
            yield Diagnostic(
                "MNT104",
                f"« {o.intitule} » : les actes font {euros(cents)}, "
                f"la délibération annonce {euros(o.annonce.montant)}",
                place.span("annonce", "montant"),
                notes=tuple(_accordes(own)),
                help="corriger le montant d’un acte ou celui de la délibération",
                blocks=blocks,
            )
        if units != (o.annonce.quantite or 0):
            yield Diagnostic(
                "MNT105",
                f"« {o.intitule} » : les actes comptent {compte(records, o, units)}, "
                f"la délibération en annonce {nombre(o.annonce.quantite or 0)}",
                place.span("annonce", "quantite"),
                notes=tuple(_comptes(records, o, own)),
                help="corriger la quantité d’un acte ou celle de la délibération",
                blocks=blocks,
            )
        if len(who) != o.annonce.structures:
            yield Diagnostic(
                "MNT106",
                f"« {o.intitule} » : {_structures(len(who))}, "
                f"la délibération en annonce {nombre(o.annonce.structures)}",
                place.span("annonce", "structures"),
                notes=tuple(_accordes(own)),
                help="ajouter ou retirer un acte, ou corriger le nombre annoncé",
                blocks=blocks,
            )


def _structures(n: int) -> str:
    """How many have an act."""
    if n == 0:
        return "aucune structure n’a d’acte"
    return "1 structure a un acte" if n == 1 else f"{nombre(n)} structures ont un acte"


_Part = tuple[LieuActe, int, ActeOperation]
"""What an act gives to an operation, with its rank in the act."""


def _accordes(own: Iterable[_Part]) -> Iterator[Note]:
    """The amount of each act."""
    for lieu, rang, part in own:
        where = lieu.span("operations", rang, "operation")
        yield Note(f"{lieu.actes.structure} : {euros(part.montant)}", where)


def _comptes(records: Records, o: Operation, own: Iterable[_Part]) -> Iterator[Note]:
    """The units of each act, territoire by territoire."""
    for lieu, rang, part in own:
        for k, r in enumerate(part.repartition):
            if r.quantite is not None:
                where = lieu.span("operations", rang, "repartition", k, "quantite")
                yield Note(
                    f"{lieu.actes.structure}, {r.territoire} : {compte(records, o, r.quantite)}", where
                )


def compte(records: Records, o: Operation, n: int) -> str:
    """« 60 places »: `n` of what the operation's dispositif counts, « unités » when it is unknown."""
    found = records.dispositifs.get(o.dispositif)
    return accord(n, found.unite if found else "unité")


@regle("MNT107", "MNT108")
def thematique_annoncee(records: Records) -> Iterator[Diagnostic]:
    """Les opérations d’une thématique font le total (MNT107) et le nombre (MNT108) annoncés."""
    for dossier in records.dossiers.values():
        yield from _thematiques(records, dossier)


def _thematiques(records: Records, dossier: Dossier) -> Iterator[Diagnostic]:
    for rang, th in enumerate(dossier.deliberation.thematiques):
        found = sum(o.annonce.montant for o in th.operations)
        blocks = frozenset({dossier.cle_thematique(th.numero)})
        where = ("thematiques", rang)
        if found != th.annonce.montant:
            notes = [
                Note(
                    f"{o.intitule} : {euros(o.annonce.montant)}",
                    records.span(dossier.cle, *where, "operations", k, "annonce", "montant"),
                )
                for k, o in enumerate(th.operations)
            ]
            yield Diagnostic(
                "MNT107",
                f"thématique {th.numero} : les opérations font {euros(found)}, "
                f"le total annoncé est {euros(th.annonce.montant)}",
                records.span(dossier.cle, *where, "annonce", "montant"),
                notes=tuple(notes),
                help="corriger une opération ou le total de la thématique",
                blocks=blocks,
            )
        if len(th.operations) != th.annonce.dispositifs:
            yield Diagnostic(
                "MNT108",
                f"thématique {th.numero} : {len(th.operations)} opérations décrites, "
                f"{th.annonce.dispositifs} annoncées",
                records.span(dossier.cle, *where, "annonce", "dispositifs"),
                help="ajouter une opération ou corriger le nombre",
                blocks=blocks,
            )


@regle("MNT111")
def argent_sans_article(records: Records) -> Iterator[Diagnostic]:
    """Un avenant n’ajoute d’argent que s’il modifie l’article « cout » ; une convention nouvelle ne
    valorise rien, puisque aucune convention antérieure ne la finance."""
    for lieu in actes(records):
        known = lieu.modele
        for rang, part in parts(lieu):
            if known and known.est_avenant and part.montant and not modifie_le_cout(lieu):
                k = next(k for k, r in enumerate(part.repartition) if r.montant)
                yield Diagnostic(
                    "MNT111",
                    f"l’avenant ajoute {euros(part.montant)}, mais son modèle ne modifie pas le coût",
                    lieu.span("operations", rang, "repartition", k, "montant"),
                    help="supprimer le montant, ou suivre un modèle qui modifie l’article « cout »",
                )
            if not lieu.acte.est_avenant and lieu.acte.convention is None and part.valorisation:
                yield Diagnostic(
                    "MNT111",
                    f"une convention nouvelle valorise {euros(part.valorisation)}",
                    lieu.span("operations", rang, "valorisation"),
                    help="compter ce montant dans la répartition, ou le supprimer",
                )


@regle("MNT109", "MNT110")
def versements_deja_fixes(records: Records) -> Iterator[Diagnostic]:
    """Les versements d’une convention déjà signée font son coût (MNT109), chacun à son taux (MNT110).

    Les montants sont arrondis au centime par le plus fort reste.
    """
    for lieu in actes(records):
        c = lieu.acte.convention
        if c is None or not c.versements or c.cout is None:
            continue
        found = sum(v.montant for v in c.versements)
        if found != c.cout:
            yield Diagnostic(
                "MNT109",
                f"les versements font {euros(found)}, le coût de la convention est {euros(c.cout)}",
                lieu.span("convention", "cout"),
                notes=tuple(
                    Note(
                        f"{v.nature} : {euros(v.montant)}",
                        lieu.span("convention", "versements", k, "montant"),
                    )
                    for k, v in enumerate(c.versements)
                ),
                help="corriger un versement ou le coût",
            )
        elif sum(v.taux for v in c.versements) == 100:
            due = appliquer(c.cout, [v.taux for v in c.versements])
            for k, (v, cents) in enumerate(zip(c.versements, due, strict=True)):
                if v.montant != cents:
                    yield Diagnostic(
                        "MNT110",
                        f"{taux(v.taux)} de {euros(c.cout)} font {euros(cents)}, "
                        f"le versement inscrit est {euros(v.montant)}",
                        lieu.span("convention", "versements", k, "montant"),
                        help="corriger le montant ou le taux",
                    )


@regle("MNT113")
def composantes_du_cout(records: Records) -> Iterator[Diagnostic]:
    """Les composantes du coût d’une convention déjà signée font ce coût."""
    for lieu in actes(records):
        c = lieu.acte.convention
        if c is None or not c.composantes or c.cout is None:
            continue
        found = sum(x.montant for x in c.composantes)
        if found != c.cout:
            yield Diagnostic(
                "MNT113",
                f"les composantes font {euros(found)}, le coût de la convention est {euros(c.cout)}",
                lieu.span("convention", "cout"),
                notes=tuple(
                    Note(
                        f"{enumerer(x.dispositifs)} : {euros(x.montant)}",
                        lieu.span("convention", "composantes", k, "montant"),
                    )
                    for k, x in enumerate(c.composantes)
                ),
                help="corriger une composante ou le coût",
            )


@regle("MNT114")
def volumes_de_la_convention(records: Records) -> Iterator[Diagnostic]:
    """Les unités par territoire d’une convention déjà signée (« volumes ») font le total annoncé
    (« quantite_initiale »). L’un ne va pas sans l’autre."""
    for lieu in actes(records):
        c, said = lieu.acte.convention, lieu.acte.annonce.quantite_initiale
        volumes = c.volumes if c else ()
        found = sum(v.quantite for v in volumes)
        if said is None and not volumes:
            continue
        if said is None:
            message = f"les volumes font {nombre(found)}, aucun total n’est annoncé"
        elif not volumes:
            message = f"un total de {nombre(said)} est annoncé, aucun volume n’est rappelé"
        elif found != said:
            message = f"les volumes font {nombre(found)}, le total annoncé est {nombre(said)}"
        else:
            continue
        yield Diagnostic(
            "MNT114",
            message,
            lieu.span("annonce") if said is None else lieu.span("annonce", "quantite_initiale"),
            notes=tuple(
                Note(
                    f"{v.territoire} : {nombre(v.quantite)}",
                    lieu.span("convention", "volumes", k, "quantite"),
                )
                for k, v in enumerate(volumes)
            ),
            help="corriger une quantité de « volumes » ou « quantite_initiale »",
        )
