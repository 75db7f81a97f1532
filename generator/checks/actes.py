"""Acts: each has the form that its kind asks for."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import actes, parts
from generator.diagnostics import Diagnostic
from generator.load import Records
from generator.typography import enumerer


@regle("ACT001")
def forme_de_l_acte(records: Records) -> Iterator[Diagnostic]:
    """Un avenant a un modèle et la convention qu’il modifie ; une convention nouvelle a un numéro, et
    suit un modèle de convention ou la convention type."""
    for lieu in actes(records):
        a = lieu.acte
        modele = lieu.dossier.modeles.get(a.modele or "")
        # A modele that cannot be read is taken for that of an avenant, as most are.
        amends = bool(a.modele) if modele is None else modele.est_avenant
        if amends and a.convention is None:
            yield Diagnostic(
                "ACT001",
                "l’avenant ne dit pas quelle convention il modifie",
                lieu.span("modele"),
                help="ajouter « convention: » avec son numéro, sa date et sa période",
            )
        if amends and (a.numero or a.rattachement):
            champ = "numero" if a.numero else "rattachement"
            yield Diagnostic(
                "ACT001",
                "un avenant n’a ni numéro de convention à lui, ni convention de rattachement",
                lieu.span(champ),
                help=f"supprimer « {champ} » : le numéro de l’avenant est calculé",
            )
        if not amends and (a.numero is None or a.convention is not None):
            yield Diagnostic(
                "ACT001",
                "cet acte n’est ni un avenant ni une convention nouvelle",
                lieu.span(),
                help="avenant : « modele » et « convention » ; convention nouvelle : « numero » seul",
            )


@regle("ACT002")
def operations_du_modele(records: Records) -> Iterator[Diagnostic]:
    """Un acte porte exactement les opérations de son modèle."""
    for lieu in actes(records):
        modele = lieu.dossier.modeles.get(lieu.acte.modele or "")
        if modele is None:
            continue
        own = [p.operation for _, p in parts(lieu)]
        if sorted(own) != sorted(modele.operations):
            yield Diagnostic(
                "ACT002",
                f"l’acte porte « {enumerer(own)} », son modèle « {enumerer(list(modele.operations))} »",
                lieu.span("operations"),
                help="suivre le modèle qui convient, ou corriger les opérations",
            )


@regle("ACT003")
def instrument(records: Records) -> Iterator[Diagnostic]:
    """Une opération mise en œuvre par avenant n’a que des avenants, par convention que des conventions."""
    for lieu in actes(records):
        known = {o.id: o for o in lieu.dossier.deliberation.operations()}
        for rang, part in parts(lieu):
            o = known.get(part.operation)
            if o and (o.instrument == "avenant") != lieu.acte.est_avenant:
                kind = "un avenant" if lieu.acte.est_avenant else "une convention"
                yield Diagnostic(
                    "ACT003",
                    f"la délibération prévoit « {o.instrument} » pour « {o.intitule} », l’acte est {kind}",
                    lieu.span("operations", rang, "operation"),
                    help="corriger l’acte, ou « instrument » dans la délibération",
                )


@regle("ACT004")
def structure_designee(records: Records) -> Iterator[Diagnostic]:
    """Un modèle nominatif et une opération à bénéficiaire nommé ne servent qu’à la structure nommée."""
    for lieu in actes(records):
        modele = lieu.dossier.modeles.get(lieu.acte.modele or "")
        who = lieu.actes.structure
        if modele and modele.structure and modele.structure != who:
            yield Diagnostic(
                "ACT004",
                f"le modèle « {modele.id} » est réservé à « {modele.structure} »",
                lieu.span("modele"),
                help="suivre un autre modèle",
            )
        known = {o.id: o for o in lieu.dossier.deliberation.operations()}
        for rang, part in parts(lieu):
            o = known.get(part.operation)
            if o and o.beneficiaire and o.beneficiaire != who:
                yield Diagnostic(
                    "ACT004",
                    f"l’opération « {o.intitule} » est réservée à « {o.beneficiaire} »",
                    lieu.span("operations", rang, "operation"),
                    help="corriger la structure ou l’opération",
                )


@regle("ACT005")
def acte_unique(records: Records) -> Iterator[Diagnostic]:
    """Une structure n’a pas deux actes de même modèle, ni deux conventions pour les mêmes opérations."""
    seen: set[tuple[str, str, str]] = set()
    for lieu in actes(records):
        label = lieu.acte.modele or "-".join(p.operation for _, p in parts(lieu))
        key = (lieu.dossier.cle, lieu.actes.structure, label)
        if key in seen:
            yield Diagnostic(
                "ACT005",
                f"« {lieu.actes.structure} » a déjà un acte « {label} »",
                lieu.span(),
                help="fusionner les deux actes",
            )
        seen.add(key)
        ops = [p.operation for _, p in parts(lieu)]
        if len(set(ops)) != len(ops):
            yield Diagnostic(
                "ACT005",
                "une opération figure deux fois dans l’acte",
                lieu.span("operations"),
                help="réunir ses territoires en une seule opération",
            )
