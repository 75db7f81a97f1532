"""What the rules on amounts have compared, told when it agrees too: finance needs proof, not silence.

Each proof is computed here from the records, apart from the rules: a rule that no longer looked would show.
"""

from __future__ import annotations

from generator.checks.parcours import actes_complets, actes_de
from generator.checks.preuves.actes import des_actes
from generator.checks.preuves.deliberation import (
    de_l_annee,
    de_la_deliberation,
    des_operations,
    des_thematiques,
    du_budget,
    par_operation,
)
from generator.checks.preuves.partages import Partage, partage, partages
from generator.checks.preuves.preuve import Mesure, Niveau, Preuve, Terme
from generator.diagnostics import Span
from generator.load import Dossier, Records
from generator.typography import accord

__all__ = ["Mesure", "Niveau", "Partage", "Preuve", "Terme", "chaine", "partage", "partages", "preuves"]


def preuves(records: Records, dossier: Dossier) -> tuple[Preuve, ...]:
    """Every two-sided figure of a deliberation, from its acts up to the budget of the year.

    What cannot be compared is left out: the sums over acts when a file of acts is faulty, the budget table
    of an extrait that has none, the chain of the year when a deliberation could not be read.
    """
    shares = par_operation(records, dossier) if actes_complets(records, dossier) else None
    return (
        *des_actes(records, dossier),
        *des_operations(records, dossier, shares),
        *des_thematiques(records, dossier),
        *de_la_deliberation(records, dossier),
        *du_budget(records, dossier),
        *de_l_annee(records, dossier),
    )


def chaine(records: Records, dossier: Dossier) -> tuple[Terme, ...]:
    """The total of the deliberation as each step gives it: acts, operations, thematiques, budget table.

    All are the same amount in a sound dossier. A step that cannot be added up is left out.
    """
    d = dossier.deliberation
    steps: list[Terme] = []
    if actes_complets(records, dossier):
        places = list(actes_de(records, dossier))
        steps.append(_pas("acte", len(places), sum(p.acte.montant for p in places), Span(dossier.cle)))
    operations = d.operations()
    where = records.span(dossier.cle, "thematiques")
    steps.append(_pas("opération", len(operations), sum(o.annonce.montant for o in operations), where))
    steps.append(
        _pas("thématique", len(d.thematiques), sum(th.annonce.montant for th in d.thematiques), where)
    )
    if d.budget:
        total = sum(line.proposition for line in d.budget)
        steps.append(_pas("ligne", len(d.budget), total, records.span(dossier.cle, "budget")))
    return tuple(steps)


_PAS = {
    "acte": "Montants nouveaux des actes",
    "opération": "Montants annoncés des opérations",
    "thématique": "Totaux annoncés des thématiques",
    "ligne": "Propositions du tableau budgétaire",
}


def _pas(what: str, count: int, cents: int, span: Span) -> Terme:
    return Terme(f"{_PAS[what]} ({accord(count, what)})", cents, span)
