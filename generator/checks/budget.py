"""Budget: what is proposed is available, and every table tells the same story."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import operations
from generator.diagnostics import Diagnostic, Note, Severity
from generator.load import Records
from generator.typography import euros


@regle("BUD001")
def proposition_par_code(records: Records) -> Iterator[Diagnostic]:
    """Les opérations d’un code font la proposition inscrite à sa ligne du tableau budgétaire."""
    for dossier in records.dossiers.values():
        for rang, line in enumerate(dossier.deliberation.budget):
            concerned = [o for o in dossier.deliberation.operations() if o.code == line.code]
            found = sum(o.annonce.montant for o in concerned)
            if found != line.proposition:
                yield Diagnostic(
                    "BUD001",
                    f"{line.code} : les opérations font {euros(found)}, "
                    f"la proposition inscrite est {euros(line.proposition)}",
                    records.span(dossier.cle, "budget", rang, "proposition"),
                    notes=tuple(
                        Note(
                            f"{o.intitule} : {euros(o.annonce.montant)}",
                            records.span(
                                dossier.cle, "thematiques", t, "operations", k, "annonce", "montant"
                            ),
                        )
                        for t, th in enumerate(dossier.deliberation.thematiques)
                        for k, o in enumerate(th.operations)
                        if o.code == line.code
                    ),
                    help="corriger une opération ou la proposition",
                    blocks=frozenset({dossier.cle_budget}),
                )


@regle("BUD002")
def solde(records: Records) -> Iterator[Diagnostic]:
    """Disponible − proposition = solde, ligne par ligne."""
    for dossier in records.dossiers.values():
        for rang, line in enumerate(dossier.deliberation.budget):
            found = line.disponible - line.proposition
            if found != line.solde:
                shown = euros(found) if found >= 0 else f"−{euros(-found)}"
                yield Diagnostic(
                    "BUD002",
                    f"{line.code} : {euros(line.disponible)} − {euros(line.proposition)} = {shown}, "
                    f"le solde inscrit est {euros(line.solde)}",
                    records.span(dossier.cle, "budget", rang, "solde"),
                    notes=(
                        Note("disponible", records.span(dossier.cle, "budget", rang, "disponible")),
                        Note("proposition", records.span(dossier.cle, "budget", rang, "proposition")),
                    ),
                    help="corriger le disponible, la proposition ou le solde",
                    blocks=frozenset({dossier.cle_budget}),
                )


@regle("BUD003")
def credit_suffisant(records: Records) -> Iterator[Diagnostic]:
    """Proposition ≤ disponible ≤ autorisation d’engagement."""
    for dossier in records.dossiers.values():
        for rang, line in enumerate(dossier.deliberation.budget):
            for low, high, champ in (
                (("la proposition", line.proposition), ("le disponible", line.disponible), "proposition"),
                (("le disponible", line.disponible), ("l’autorisation d’engagement", line.ae), "disponible"),
            ):
                if low[1] > high[1]:
                    yield Diagnostic(
                        "BUD003",
                        f"{line.code} : {low[0]} ({euros(low[1])}) dépasse {high[0]} ({euros(high[1])})",
                        records.span(dossier.cle, "budget", rang, champ),
                        help="le crédit est insuffisant, ou un montant est faux",
                        blocks=frozenset({dossier.cle_budget}),
                    )


@regle("BUD004")
def conforme_au_budget_de_l_annee(records: Records) -> Iterator[Diagnostic]:
    """AE, imputation et libellé d’un code sont ceux de budget/<exercice>.yaml. L’AE est celle du jour de
    la délibération : celle du budget, plus ou moins les ouvertures, annulations et virements déclarés."""
    for dossier in records.dossiers.values():
        d = dossier.deliberation
        budget = records.budgets.get(d.exercice)
        if d.extrait and not d.budget:
            continue
        if budget is None:
            if not records.connu(f"budget/{d.exercice}.yaml"):
                yield Diagnostic(
                    "BUD004",
                    f"aucun budget pour l’exercice {d.exercice}",
                    records.span(dossier.cle, "exercice"),
                    help=f"créer le fichier budget/{d.exercice}.yaml",
                    blocks=frozenset({dossier.cle_budget}),
                )
            continue
        known = {line.code: (rang, line) for rang, line in enumerate(budget.lignes)}
        for rang, line in enumerate(d.budget):
            if line.code not in known:
                yield Diagnostic(
                    "BUD004",
                    f"{line.code} : ce code n’est pas au budget {d.exercice}",
                    records.span(dossier.cle, "budget", rang, "code"),
                    help=f"corriger le code, ou compléter budget/{d.exercice}.yaml",
                    blocks=frozenset({dossier.cle_budget}),
                )
                continue
            at, other = known[line.code]
            ae = budget.ae_au(line.code, d.date)
            gap = (other.ae if ae is None else ae) - other.ae
            moved = [Note(f"mouvements de l’AE jusqu’à ce jour : {euros(gap)}")] if gap else []
            for champ, here, there in (
                ("ae", euros(line.ae), euros(other.ae if ae is None else ae)),
                ("imputation", line.imputation, other.imputation),
                ("libelle", line.libelle, other.libelle),
            ):
                if here != there:
                    yield Diagnostic(
                        "BUD004",
                        f"{line.code} : « {champ} » vaut « {here} » ici et « {there} » au budget",
                        records.span(dossier.cle, "budget", rang, champ),
                        notes=(
                            Note("budget", records.span(budget.origine, "lignes", at, champ)),
                            *(moved if champ == "ae" else ()),
                        ),
                        help="corriger l’un des deux",
                        blocks=frozenset({dossier.cle_budget}),
                    )


@regle("BUD009", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def credits_de_paiement(records: Records) -> Iterator[Diagnostic]:
    """Les crédits de paiement d’une opération font son montant, et chaque exercice n’y figure qu’une fois.
    Un exercice hors de la période de l’opération et de l’année qui la suit, où le solde se règle, est un
    avertissement."""
    for place in operations(records):
        o = place.operation
        found = sum(c.montant for c in o.credits)
        if o.credits and found != o.annonce.montant:
            yield Diagnostic(
                "BUD009",
                f"« {o.intitule} » : les crédits de paiement font {euros(found)}, "
                f"l’opération annonce {euros(o.annonce.montant)}",
                place.span("annonce", "montant"),
                notes=tuple(
                    Note(f"{c.exercice} : {euros(c.montant)}", place.span("credits", k, "montant"))
                    for k, c in enumerate(o.credits)
                ),
                help="corriger un crédit de paiement ou le montant annoncé",
                blocks=frozenset({place.cle}),
            )
        du, au = o.periode.du.year, o.periode.au.year + 1
        seen: set[int] = set()
        for k, c in enumerate(o.credits):
            span = place.span("credits", k, "exercice")
            if c.exercice in seen:
                yield Diagnostic(
                    "BUD009",
                    f"« {o.intitule} » : l’exercice {c.exercice} figure deux fois",
                    span,
                    help="réunir les deux crédits, ou corriger une année",
                    blocks=frozenset({place.cle}),
                )
            elif not du <= c.exercice <= au and o.periode.du <= o.periode.au:
                yield Diagnostic(
                    "BUD009",
                    f"« {o.intitule} » : l’exercice {c.exercice} n’est ni dans la période ni dans l’année "
                    f"de son règlement ({du} à {au})",
                    span,
                    Severity.AVERTISSEMENT,
                    notes=(Note("fin de la période", place.span("periode", "au")),),
                    help="corriger l’exercice ou la période",
                )
            seen.add(c.exercice)
