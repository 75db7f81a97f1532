"""References: every name that a record uses exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.checks import regle
from generator.checks.parcours import actes, id_convention_type, operations, parts
from generator.diagnostics import Diagnostic, Span, suggerer
from generator.load import Records
from generator.model import DEPARTEMENT_ENTIER, Modele


def _inconnu(
    code: str, quoi: str, nom: str, span: Span, connus: Iterable[str], aide: str, *cles: str
) -> Diagnostic:
    return Diagnostic(
        code,
        f"{quoi} : « {nom} »",
        span,
        help=suggerer(nom, connus) or aide,
        blocks=frozenset(filter(None, cles)),
    )


def _liste(quoi: str, connus: Iterable[str]) -> str:
    return f"{quoi} : {', '.join(connus) or 'aucun'}"


@regle("REF001")
def structure_connue(records: Records) -> Iterator[Diagnostic]:
    """La structure nommée par un acte, une opération ou un modèle a sa fiche dans structures/."""
    places: list[tuple[str, Span, str]] = []
    for dossier in records.dossiers.values():
        places += [(a.structure, records.span(a.origine, "structure"), "") for a in dossier.actes.values()]
        places += [
            (m.structure, records.span(m.origine, "structure"), "")
            for m in dossier.modeles.values()
            if m.structure
        ]
    places += [
        (p.operation.beneficiaire, p.span("beneficiaire"), p.cle)
        for p in operations(records)
        if p.operation.beneficiaire
    ]
    for nom, span, cle in places:
        if not records.connu(f"structures/{nom}.yaml"):
            yield _inconnu(
                "REF001",
                "structure inconnue",
                nom,
                span,
                records.structures,
                f"créer le fichier structures/{nom}.yaml",
                cle,
                records.cle(f"structures/{nom}.yaml"),
            )


@regle("REF002")
def dispositif_connu(records: Records) -> Iterator[Diagnostic]:
    """Le dispositif d’une opération existe dans dispositifs/<millésime>/."""
    for place in operations(records):
        nom = place.operation.dispositif
        if not records.connu(f"dispositifs/{nom}.yaml"):
            yield _inconnu(
                "REF002",
                "dispositif inconnu",
                nom,
                place.span("dispositif"),
                records.dispositifs,
                f"créer le fichier dispositifs/{nom}.yaml",
                place.cle,
                records.cle(f"dispositifs/{nom}.yaml"),
            )


@regle("REF003")
def operation_connue(records: Records) -> Iterator[Diagnostic]:
    """L’opération d’un acte ou d’un modèle figure dans la délibération."""
    for dossier in records.dossiers.values():
        connus = [o.id for o in dossier.deliberation.operations()]
        for m in dossier.modeles.values():
            for rang, nom in enumerate(m.operations):
                if nom not in connus:
                    span = records.span(m.origine, "operations", rang)
                    yield _inconnu(
                        "REF003",
                        "opération inconnue",
                        nom,
                        span,
                        connus,
                        _liste("opérations connues", connus),
                    )
    for lieu in actes(records):
        connus = [o.id for o in lieu.dossier.deliberation.operations()]
        for rang, part in parts(lieu):
            if part.operation not in connus:
                span = lieu.span("operations", rang, "operation")
                yield _inconnu(
                    "REF003",
                    "opération inconnue",
                    part.operation,
                    span,
                    connus,
                    _liste("opérations connues", connus),
                )


@regle("REF004")
def modele_connu(records: Records) -> Iterator[Diagnostic]:
    """Le modèle que suit un avenant est dans le dossier modeles/ de la délibération."""
    for lieu in actes(records):
        nom = lieu.acte.modele
        if nom and not records.connu(f"deliberations/{lieu.dossier.deliberation.id}/modeles/{nom}.yaml"):
            yield _inconnu(
                "REF004",
                "modèle inconnu",
                nom,
                lieu.span("modele"),
                lieu.dossier.modeles,
                _liste("modèles connus", lieu.dossier.modeles),
            )


@regle("REF005")
def territoire_connu(records: Records) -> Iterator[Diagnostic]:
    """Un territoire est l’un des neuf de territoires.yaml, ou « departement »."""
    if records.cle("territoires.yaml") in records.fautifs:
        return
    connus = [*records.territoires, DEPARTEMENT_ENTIER]
    for lieu in actes(records):
        c = lieu.acte.convention
        places: list[tuple[str, tuple[str | int, ...]]] = [
            (v.territoire, ("convention", "volumes", k)) for k, v in enumerate(c.volumes if c else ())
        ]
        for rang, part in parts(lieu):
            rows = enumerate(part.repartition)
            places += [(r.territoire, ("operations", rang, "repartition", k)) for k, r in rows]
        for nom, path in places:
            if nom not in connus:
                span = lieu.span(*path, "territoire")
                aide = _liste("territoires connus", connus)
                yield _inconnu("REF005", "territoire inconnu", nom, span, connus, aide)


@regle("REF006")
def code_connu(records: Records) -> Iterator[Diagnostic]:
    """Le code opération d’une opération est une ligne du tableau budgétaire de la délibération."""
    for place in operations(records):
        connus = [b.code for b in place.dossier.deliberation.budget]
        if place.dossier.deliberation.extrait and not connus:
            continue
        nom = place.operation.code
        if nom not in connus:
            yield _inconnu(
                "REF006",
                "code opération absent du tableau budgétaire",
                nom,
                place.span("code"),
                connus,
                _liste("codes du tableau", connus),
                place.cle,
            )


@regle("REF007")
def convention_type_connue(records: Records) -> Iterator[Diagnostic]:
    """La convention type d’une délibération, d’une opération ou d’un modèle existe ; tout article modifié
    y figure, et tout passage modifié figure dans cet article."""
    for place in operations(records):
        if nom := place.operation.convention_type:
            yield from _convention_type(records, nom, place.span("convention_type"))
    for dossier in records.dossiers.values():
        nom = dossier.deliberation.convention_type
        yield from _convention_type(records, nom, records.span(dossier.cle, "convention_type"))
        for m in dossier.modeles.values():
            if m.convention_type:
                span = records.span(m.origine, "convention_type")
                yield from _convention_type(records, m.convention_type, span)
            yield from _articles(records, m, id_convention_type(dossier, m, m.operations))


def _convention_type(records: Records, nom: str, span: Span) -> Iterator[Diagnostic]:
    if not records.connu(f"conventions-types/{nom}.yaml"):
        aide = f"créer le fichier conventions-types/{nom}.yaml"
        yield _inconnu("REF007", "convention type inconnue", nom, span, records.conventions_types, aide)


def _articles(records: Records, m: Modele, nom: str) -> Iterator[Diagnostic]:
    types = records.conventions_types.get(nom)
    if types is None:
        return
    for rang, change in enumerate(m.modifications):
        article, where = types.article(change.article), ("modifications", rang)
        quoi, lu, champ = "article absent de la convention type", change.article, "article"
        connus = [a.cle for a in types.articles]
        if article is not None:
            quoi, lu, champ = "passage absent de l’article", change.passage or "", "passage"
            connus = [*article.passages, *article.ajouts]
        if lu and lu not in connus:
            aide = _liste(f"{champ}s connus", connus)
            yield _inconnu("REF007", quoi, lu, records.span(m.origine, *where, champ), connus, aide)
