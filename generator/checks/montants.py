"""Amounts and numbers: every sum equals the figure that was announced, to the cent."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, actes_complets, actes_de, operations, parts
from generator.diagnostics import Diagnostic, Note
from generator.load import Dossier, Records
from generator.money import appliquer
from generator.typography import euros, nombre, taux


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
                yield Note(f"{part.operation}, {r.territoire} : {euros(r.montant)}", span)
        if part.valorisation:
            span = lieu.span("operations", rang, "valorisation")
            yield Note(f"{part.operation}, valorisation : {euros(part.valorisation)}", span)


def modifie_le_cout(lieu: LieuActe) -> bool:
    """True when the acte's modele rewrites the article « cout »."""
    modele = lieu.dossier.modeles.get(lieu.acte.modele or "")
    return modele is not None and any(m.article == "cout" for m in modele.modifications)


@regle("MNT102", "MNT103")
def total_de_la_convention(records: Records) -> Iterator[Diagnostic]:
    """Un avenant qui modifie le coût : coût initial + ce qu’il ajoute = total annoncé.

    MNT103 : le coût initial ou le total annoncé manque, ou figure sans objet.
    """
    for lieu in actes(records):
        acte = lieu.acte
        before = acte.convention.cout if acte.convention else None
        said = acte.annonce.convention
        if not modifie_le_cout(lieu):
            if said is not None:
                yield Diagnostic(
                    "MNT103",
                    "un total de convention est annoncé, mais l’acte ne modifie pas le coût",
                    lieu.span("annonce", "convention"),
                    help="supprimer cette ligne, ou suivre un modèle qui modifie l’article « cout »",
                )
        elif before is None or said is None:
            missing = "convention → cout" if before is None else "annonce → convention"
            yield Diagnostic(
                "MNT103",
                f"l’avenant modifie le coût : il manque « {missing} »",
                lieu.span("convention") if before is None else lieu.span("annonce"),
                help="ajouter le montant en euros",
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
        o, cents, units, who, notes = place.operation, 0, 0, set(), []
        for lieu in actes_de(records, place.dossier):
            for rang, part in parts(lieu):
                if part.operation != o.id:
                    continue
                who.add(lieu.actes.structure)
                cents += part.montant
                units += part.quantite or 0
                texte = f"{lieu.actes.structure} : {euros(part.montant)}"
                if part.quantite is not None:
                    texte += f", {nombre(part.quantite)} {records_unite(records, o.dispositif)}"
                notes.append(Note(texte, lieu.span("operations", rang)))
        blocks = frozenset({place.cle})
        if cents != o.annonce.montant:
            yield Diagnostic(
                "MNT104",
                f"« {o.intitule} » : les actes font {euros(cents)}, "
                f"la délibération annonce {euros(o.annonce.montant)}",
                place.span("annonce", "montant"),
                notes=tuple(notes),
                help="corriger le montant d’un acte ou celui de la délibération",
                blocks=blocks,
            )
        if o.annonce.quantite is not None and units != o.annonce.quantite:
            yield Diagnostic(
                "MNT105",
                f"« {o.intitule} » : les actes comptent {nombre(units)} "
                f"{records_unite(records, o.dispositif)}, la délibération en annonce "
                f"{nombre(o.annonce.quantite)}",
                place.span("annonce", "quantite"),
                notes=tuple(notes),
                help="corriger la quantité d’un acte ou celle de la délibération",
                blocks=blocks,
            )
        if len(who) != o.annonce.structures:
            yield Diagnostic(
                "MNT106",
                f"« {o.intitule} » : {nombre(len(who))} structures ont un acte, "
                f"la délibération en annonce {nombre(o.annonce.structures)}",
                place.span("annonce", "structures"),
                notes=tuple(notes),
                help="ajouter ou retirer un acte, ou corriger le nombre annoncé",
                blocks=blocks,
            )


def records_unite(records: Records, dispositif: str) -> str:
    """Plural of what a dispositif counts, « unités » when it is unknown."""
    found = records.dispositifs.get(dispositif)
    return f"{found.unite}s" if found else "unités"


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
                    f"{o.intitule} : {euros(o.annonce.montant)}",
                    records.span(dossier.cle, *where, "operations", k, "annonce", "montant"),
                )
                for k, o in enumerate(th.operations)
            ]
            yield Diagnostic(
                "MNT107",
                f"thématique {th.numero} : les opérations font {euros(found)}, "
                f"le total annoncé est {euros(th.annonce.montant)}",
                records.span(dossier.cle, *where, "annonce", "montant"),
                notes=tuple(notes),
                help="corriger une opération ou le total de la thématique",
                blocks=blocks,
            )
        if len(th.operations) != th.annonce.dispositifs:
            yield Diagnostic(
                "MNT108",
                f"thématique {th.numero} : {len(th.operations)} opérations décrites, "
                f"{th.annonce.dispositifs} annoncées",
                records.span(dossier.cle, *where, "annonce", "dispositifs"),
                help="ajouter une opération ou corriger le nombre",
                blocks=blocks,
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
                        f"{v.nature} : {euros(v.montant)}",
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
