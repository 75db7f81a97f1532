"""Imputations: a nature and a fonction that the nomenclature knows, and that suit what is paid."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Dossier, Records
from generator.model import LigneBudget, Nomenclature
from generator.typography import enumerer, euros

_PARTICIPATION, _SUBVENTION = "6568", "65748"
_STRUCTURE, _INSERTION = "93446", "93444"
_DROIT_PRIVE = frozenset({"association", "fondation"})


@regle("BUD006", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def imputation_connue(records: Records) -> Iterator[Diagnostic]:
    """Une imputation est une nature et une fonction de nomenclature.yaml (instruction M57). La fonction
    commence par le préfixe d’une section, 93 pour le fonctionnement, et la nature est d’une classe de
    cette section : sinon c’est une erreur. Un code bien formé, mais absent de la nomenclature, est un
    avertissement, comme l’absence de nomenclature."""
    plan = records.nomenclature
    if plan is None:
        if not records.connu("nomenclature.yaml"):
            for budget in records.budgets.values():
                yield Diagnostic(
                    "BUD006",
                    "les imputations ne sont pas contrôlées, faute de nomenclature",
                    records.span(budget.origine, "exercice"),
                    Severity.AVERTISSEMENT,
                    help="créer le fichier nomenclature.yaml",
                )
        return
    for imputation, span, bloc in _imputations(records):
        for message, severity in _fautes(plan, imputation):
            yield Diagnostic(
                "BUD006",
                f"{imputation} : {message}",
                span,
                severity,
                help="corriger l’imputation, ou compléter nomenclature.yaml",
                blocks=frozenset({bloc}),
            )


def _imputations(records: Records) -> Iterator[tuple[str, Span, str]]:
    """Every imputation, its place, the key it blocks; a line that only repeats the budget's is left out."""
    for budget in records.budgets.values():
        for rang, own in enumerate(budget.lignes):
            yield own.imputation, records.span(budget.origine, "lignes", rang, "imputation"), budget.origine
    for dossier in records.dossiers.values():
        year = records.budgets.get(dossier.deliberation.exercice)
        for rang, line in enumerate(dossier.deliberation.budget):
            same = year.ligne(line.code) if year else None
            if same is None or same.imputation != line.imputation:
                span = records.span(dossier.cle, "budget", rang, "imputation")
                yield line.imputation, span, dossier.cle_budget


def _fautes(plan: Nomenclature, imputation: str) -> Iterator[tuple[str, Severity]]:
    nature, _, complete = imputation.partition("/")
    section = next((s for s in plan.sections if complete.startswith(s.prefixe)), None)
    if section is None:
        known = enumerer([s.prefixe for s in plan.sections], "ou")
        yield f"la fonction {complete} ne commence pas par {known}", Severity.ERREUR
    elif nature[0] not in section.classes:
        yield (
            f"la nature {nature} n’est pas de la section « {section.libelle} » "
            f"(classe {enumerer(section.classes, 'ou')})",
            Severity.ERREUR,
        )
    else:
        if nature not in {p.code for p in plan.natures}:
            yield f"la nature {nature} n’est pas à la nomenclature", Severity.AVERTISSEMENT
        fonction = complete.removeprefix(section.prefixe)
        if fonction not in {p.code for p in plan.fonctions}:
            yield f"la fonction {fonction} n’est pas à la nomenclature", Severity.AVERTISSEMENT


def _lignes(records: Records) -> Iterator[tuple[Dossier, LigneBudget, Span]]:
    """Every line of every budget table, with the place of its imputation."""
    for dossier in records.dossiers.values():
        for rang, line in enumerate(dossier.deliberation.budget):
            yield dossier, line, records.span(dossier.cle, "budget", rang, "imputation")


def _subventions(records: Records, dossier: Dossier, code: str) -> Iterator[Note]:
    """What the acts of a deliberation grant to bodies of private law under a code."""
    concerned = {o.id for o in dossier.deliberation.operations() if o.code == code}
    for group in dossier.actes.values():
        s = records.structures.get(group.structure)
        if s is None or s.forme not in _DROIT_PRIVE:
            continue
        granted = sum(p.montant for a in group.actes for p in a.operations if p.operation in concerned)
        if granted:
            yield Note(f"{s.forme} {s.id} : {euros(granted)}", records.span(group.origine, "structure"))


@regle("BUD007", gravite=Severity.AVERTISSEMENT)
def nature_d_une_subvention(records: Records) -> Iterator[Diagnostic]:
    """Une subvention à une association ou à une fondation s’impute à la nature 65748 (autres personnes de
    droit privé), et non 6568 (autres participations) : instruction M57, source à confirmer. C’est un
    avertissement, dont la direction des finances décide."""
    for dossier, line, span in _lignes(records):
        if line.imputation.partition("/")[0] != _PARTICIPATION:
            continue
        notes = tuple(_subventions(records, dossier, line.code))
        if notes:
            yield Diagnostic(
                "BUD007",
                f"{line.code} : la nature {_PARTICIPATION} porte des subventions à des organismes de droit "
                f"privé, pour lesquelles la M57 prévoit {_SUBVENTION}",
                span,
                Severity.AVERTISSEMENT,
                notes,
                help="voir avec la direction des finances : corriger l’imputation, ou accepter "
                "l’avertissement",
            )


@regle("BUD008", gravite=Severity.AVERTISSEMENT)
def fonction_d_une_action(records: Records) -> Iterator[Diagnostic]:
    """L’action d’un opérateur s’impute à la fonction 444 (insertion professionnelle), et non 446
    (dépenses de structure) : instruction M57, source à confirmer. C’est un avertissement, dont la
    direction des finances décide."""
    for dossier, line, span in _lignes(records):
        if line.imputation.partition("/")[2] != _STRUCTURE:
            continue
        notes = tuple(
            Note(
                f"{o.intitule} : {euros(o.annonce.montant)}",
                records.span(dossier.cle, "thematiques", t, "operations", k, "annonce", "montant"),
            )
            for t, th in enumerate(dossier.deliberation.thematiques)
            for k, o in enumerate(th.operations)
            if o.code == line.code and o.annonce.montant
        )
        if notes:
            yield Diagnostic(
                "BUD008",
                f"{line.code} : la fonction {_STRUCTURE} (dépenses de structure) porte des actions "
                f"d’opérateurs, pour lesquelles la M57 prévoit {_INSERTION}",
                span,
                Severity.AVERTISSEMENT,
                notes,
                help="voir avec la direction des finances : corriger l’imputation, ou accepter "
                "l’avertissement",
            )
