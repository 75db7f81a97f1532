"""Acts: each has the form that its kind asks for."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, parts
from generator.diagnostics import Diagnostic, Note
from generator.load import Records
from generator.model import ConventionType
from generator.typography import enumerer


@regle("ACT001")
def forme_de_l_acte(records: Records) -> Iterator[Diagnostic]:
    """Un avenant a un modèle et la convention qu’il modifie. Une convention nouvelle a un numéro, et suit
    un modèle de convention ou la convention type ; elle nomme celle qu’elle complète (« rattachement »)
    quand sa convention type le demande, et seulement alors."""
    for lieu in actes(records):
        a, modele = lieu.acte, lieu.modele
        if a.modele and modele is None:
            # It might be the modele of either kind: the act must only be one of the two.
            amends, sound = a.numero is None, (a.numero is None) != (a.convention is None)
        else:
            amends = modele is not None and modele.est_avenant
            sound = (a.convention is None) == (not amends) and (a.numero is None) == amends
        if not sound:
            yield _forme(lieu, amends)
        elif amends and a.rattachement:
            yield Diagnostic(
                "ACT001",
                "un avenant n’a pas de convention de rattachement",
                lieu.span("rattachement"),
                help="supprimer « rattachement » : « convention » nomme celle qu’il modifie",
            )
        elif not amends and lieu.convention_type is not None:
            yield from _rattachement(lieu, lieu.convention_type)


def _forme(lieu: LieuActe, amends: bool) -> Diagnostic:
    a, known = lieu.acte, lieu.modele is not None
    if amends and known and a.convention is None:
        message, where = "l’avenant ne dit pas quelle convention il modifie", "modele"
        aide = "ajouter « convention: » avec son numéro, sa date et sa période"
    elif amends and known:
        message, where = "un avenant n’a pas de numéro de convention à lui", "numero"
        aide = "supprimer « numero » : le numéro de l’avenant est calculé"
    elif known and a.numero is None:
        message, where = "la convention nouvelle n’a pas de numéro", "modele"
        aide = "ajouter « numero » ; pour un avenant, suivre un modèle d’avenant"
    else:
        message, where = "cet acte n’est ni un avenant ni une convention nouvelle", ""
        if a.numero and a.convention:
            message = "cet acte est à la fois un avenant et une convention nouvelle"
        aide = "avenant : « modele » et « convention » ; convention nouvelle : « numero »"
    return Diagnostic("ACT001", message, lieu.span(where) if where else lieu.span(), help=aide)


def _rattachement(lieu: LieuActe, types: ConventionType) -> Iterator[Diagnostic]:
    """What is wrong with the convention that a new one completes."""
    named = lieu.acte.rattachement is not None
    if named == types.rattachee:
        return
    message = "l’acte ne dit pas quelle convention il complète"
    aide = "ajouter « rattachement: » avec le numéro et la date de cette convention"
    if named:
        message = "une convention de ce type n’en complète pas une autre"
        aide = "supprimer « rattachement », ou corriger la convention type"
    span = lieu.span("rattachement") if named else lieu.span("numero")
    origin = Note("convention type", lieu.records.span(types.origine, "rattachee" if named else "id"))
    yield Diagnostic("ACT001", message, span, notes=(origin,), help=aide)


@regle("ACT002")
def operations_du_modele(records: Records) -> Iterator[Diagnostic]:
    """Un acte porte exactement les opérations de son modèle."""
    for lieu in actes(records):
        modele = lieu.modele
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
        if (lieu.acte.numero is None) == (lieu.acte.convention is None):
            continue  # neither one nor the other: ACT001 says so
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
        modele = lieu.modele
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
        ops = [p.operation for _, p in parts(lieu)]
        # A convention is named after its operations, an avenant after its modele.
        label = lieu.acte.modele if lieu.acte.est_avenant and lieu.acte.modele else "-".join(sorted(ops))
        key = (lieu.dossier.cle, lieu.actes.structure, label)
        if key in seen:
            yield Diagnostic(
                "ACT005",
                f"« {lieu.actes.structure} » a déjà un acte « {label} »",
                lieu.span(),
                help="fusionner les deux actes",
            )
        seen.add(key)
        if len(set(ops)) != len(ops):
            yield Diagnostic(
                "ACT005",
                "une opération figure deux fois dans l’acte",
                lieu.span("operations"),
                help="réunir ses territoires en une seule opération",
            )


POUR_UN_AVENANT = (
    "financier",
    "millesime_convention",
    "motif",
    "visa_loi_plein_emploi",
    "annexes_initiales",
    "modifications",
    "periode",
)
"""What the modele of a convention does not have."""


@regle("ACT006")
def forme_du_modele(records: Records) -> Iterator[Diagnostic]:
    """Un modèle d’avenant dit l’année des conventions qu’il modifie, son motif et ses modifications ; un
    modèle de convention n’a rien de cela."""
    for dossier in records.dossiers.values():
        for m in dossier.modeles.values():
            for champ in ("millesime_convention", "motif", "modifications") if m.est_avenant else ():
                if not getattr(m, champ):
                    yield Diagnostic(
                        "ACT006",
                        f"il manque « {champ} » à ce modèle d’avenant",
                        records.span(m.origine, "id"),
                        help=f"ajouter « {champ} » ; pour une convention, « nature: convention »",
                    )
            for champ in () if m.est_avenant else POUR_UN_AVENANT:
                if getattr(m, champ):
                    yield Diagnostic(
                        "ACT006",
                        f"un modèle de convention n’a pas de champ « {champ} »",
                        records.span(m.origine, champ),
                        help="supprimer ce champ, ou écrire « nature: avenant »",
                    )
