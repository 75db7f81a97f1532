"""The budget over a year: what one deliberation leaves is what the next one finds."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.checks.grand_livre import Ecriture, chaine_complete, exercices, grand_livre
from generator.diagnostics import Diagnostic, Note
from generator.load import Records
from generator.model import Budget
from generator.typography import date_longue, euros


@regle("BUD005")
def disponible_de_proche_en_proche(records: Records) -> Iterator[Diagnostic]:
    """Le disponible d’un code est le solde de la délibération précédente du même exercice, mouvements et
    virements déclarés compris. Celui de la première est le disponible d’ouverture, quand le budget de
    l’année le donne."""
    if not chaine_complete(records):
        return
    for exercice in exercices(records):
        budget = records.budgets.get(exercice)
        if budget is None:  # its movements are not known
            continue
        for code, lines in grand_livre(records, exercice).items():
            for rang, e in enumerate(lines):
                if e.dossier is not None and e.avant != e.attendu:
                    yield Diagnostic(
                        "BUD005",
                        f"{code} : il reste {euros(e.attendu)} avant cette délibération, "
                        f"le disponible inscrit est {euros(e.avant)}",
                        e.span(records, "disponible"),
                        notes=tuple(_avant(records, budget, code, lines[:rang])),
                        help=f"corriger le disponible, ou déclarer le mouvement dans budget/{exercice}.yaml",
                        blocks=frozenset({e.dossier.cle_budget}),
                    )


def _avant(records: Records, budget: Budget, code: str, lines: tuple[Ecriture, ...]) -> Iterator[Note]:
    """What makes the amount expected: the solde voted last, or the opening, then each movement since."""
    last = max((k for k, e in enumerate(lines) if e.dossier is not None), default=-1)
    if last >= 0:
        e = lines[last]
        yield Note(f"solde, {e.objet} : {euros(e.apres)}", e.span(records, "solde"))
    else:
        for rang, line in enumerate(budget.lignes):
            if line.code == code and line.disponible is not None:
                span = records.span(budget.origine, "lignes", rang, "disponible")
                yield Note(f"ouverture de l’exercice : {euros(line.disponible)}", span)
                break
    for e in lines[last + 1 :]:
        sign = "+" if e.montant >= 0 else ""
        yield Note(f"{e.objet} : {sign}{euros(e.montant)}", e.span(records, "montant"))


@regle("BUD010")
def mouvement_du_budget(records: Records) -> Iterator[Diagnostic]:
    """Un mouvement ou un virement porte sur un code du budget, à une date de l’exercice. Un virement va
    d’un code à un autre."""
    for budget in records.budgets.values():
        cle = budget.origine
        known = {line.code for line in budget.lignes}
        moves = [("mouvements", k, m.date, {"code": m.code}) for k, m in enumerate(budget.mouvements)]
        moves += [
            ("virements", k, v.date, {"de": v.de, "vers": v.vers}) for k, v in enumerate(budget.virements)
        ]
        for liste, rang, jour, codes in moves:
            for champ, code in codes.items():
                if code not in known:
                    yield Diagnostic(
                        "BUD010",
                        f"{code} : ce code n’est pas une ligne du budget {budget.exercice}",
                        records.span(cle, liste, rang, champ),
                        help=f"corriger le code ; codes du budget : {', '.join(sorted(known)) or 'aucun'}",
                    )
            if jour.year != budget.exercice:
                yield Diagnostic(
                    "BUD010",
                    f"le {date_longue(jour)} n’est pas dans l’exercice {budget.exercice}",
                    records.span(cle, liste, rang, "date"),
                    help="corriger la date, ou écrire ce mouvement au budget de l’autre année",
                )
            if len(codes) > 1 and len(set(codes.values())) == 1:
                yield Diagnostic(
                    "BUD010",
                    f"{codes['vers']} : le virement va d’un code à lui-même",
                    records.span(cle, liste, rang, "vers"),
                    help="corriger l’un des deux codes",
                )


@regle("BUD011")
def mouvement_dans_le_credit(records: Records) -> Iterator[Diagnostic]:
    """Après un mouvement ou un virement, le disponible d’un code est entre zéro et l’autorisation
    d’engagement ; celui d’ouverture ne la dépasse pas. BUD003 le dit des délibérations."""
    for exercice, budget in records.budgets.items():
        for rang, line in enumerate(budget.lignes):
            if line.disponible is not None and line.disponible > line.ae:
                yield Diagnostic(
                    "BUD011",
                    f"{line.code} : le disponible d’ouverture ({euros(line.disponible)}) dépasse "
                    f"l’autorisation d’engagement ({euros(line.ae)})",
                    records.span(budget.origine, "lignes", rang, "disponible"),
                    help="corriger l’un des deux montants",
                )
        if not chaine_complete(records):
            continue
        for code, lines in grand_livre(records, exercice).items():
            for e in lines:
                ae = budget.ae_au(code, e.jour)
                if e.dossier is not None or ae is None or 0 <= e.apres <= ae:
                    continue
                said = (
                    f"il manque {euros(-e.apres)}"
                    if e.apres < 0
                    else (
                        f"le disponible serait {euros(e.apres)}, l’autorisation d’engagement est {euros(ae)}"
                    )
                )
                yield Diagnostic(
                    "BUD011",
                    f"{code} : {said} après ce mouvement",
                    e.span(records, "montant"),
                    notes=(Note(f"disponible avant : {euros(e.avant)}"),),
                    help="corriger le montant, ou déclarer le mouvement qui le précède",
                )
