"""The acts against the operations, these against the thematiques, all against the budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.checks.grand_livre import chaine_complete, grand_livre
from generator.checks.parcours import actes_de
from generator.checks.preuves.actes import structure
from generator.checks.preuves.preuve import Mesure, Niveau, Preuve, Terme, preuve
from generator.diagnostics import Span
from generator.load import Dossier, Records
from generator.model import Operation
from generator.typography import date_courte


@dataclass(slots=True)
class Parts:
    """What the acts give to one operation."""

    montants: list[Terme]
    quantites: list[Terme]
    structures: dict[str, Terme]


def par_operation(records: Records, dossier: Dossier) -> Mapping[str, Parts]:
    """Amounts, units and structures of every operation that an act names, by operation."""
    out: dict[str, Parts] = defaultdict(lambda: Parts([], [], {}))
    for lieu in actes_de(records, dossier):
        who = structure(records, lieu)
        for rang, part in enumerate(lieu.acte.operations):
            own = out[part.operation]
            span = lieu.span("operations", rang, "operation")
            own.montants.append(Terme(who, part.montant, span))
            own.structures.setdefault(lieu.actes.structure, Terme(who, 1, span))
            for k, r in enumerate(part.repartition):
                if r.quantite is not None:
                    place = lieu.span("operations", rang, "repartition", k, "quantite")
                    own.quantites.append(Terme(f"{who}, {r.territoire}", r.quantite, place))
    return out


def des_operations(
    records: Records, dossier: Dossier, shares: Mapping[str, Parts] | None
) -> Iterator[Preuve]:
    """The acts of each operation against what the deliberation announces, then its payment credits.

    `shares`: what `par_operation` gave; None when the acts cannot be added up.
    """
    for t, thematique in enumerate(dossier.deliberation.thematiques):
        for k, o in enumerate(thematique.operations):
            base = ("thematiques", t, "operations", k)
            if shares is not None:
                own = shares.get(o.id) or Parts([], [], {})
                yield from _operation(records, dossier, o, own, base)
            if o.credits:
                yield preuve(
                    Niveau.OPERATIONS,
                    o.intitule,
                    "crédits de paiement",
                    tuple(
                        Terme(str(c.exercice), c.montant, records.span(dossier.cle, *base, "credits", n))
                        for n, c in enumerate(o.credits)
                    ),
                    "montant annoncé",
                    o.annonce.montant,
                    records.span(dossier.cle, *base, "annonce", "montant"),
                    "BUD009",
                )


def _operation(
    records: Records, dossier: Dossier, o: Operation, own: Parts, base: tuple[str | int, ...]
) -> Iterator[Preuve]:
    known = records.dispositifs.get(o.dispositif)
    for mesure, terms, said, champ, code in (
        (Mesure.EUROS, own.montants, o.annonce.montant, "montant", "MNT104"),
        (Mesure.UNITES, own.quantites, o.annonce.quantite, "quantite", "MNT105"),
        (Mesure.STRUCTURES, list(own.structures.values()), o.annonce.structures, "structures", "MNT106"),
    ):
        if said is None and not terms:
            continue
        yield preuve(
            Niveau.OPERATIONS,
            o.intitule,
            "actes des structures",
            tuple(terms),
            "annonce de la délibération",
            said or 0,
            records.span(dossier.cle, *base, "annonce", champ),
            code,
            mesure,
            known.unite if known else "unité",
        )


def des_thematiques(records: Records, dossier: Dossier) -> Iterator[Preuve]:
    """The operations of each thematique against its announced total."""
    for t, th in enumerate(dossier.deliberation.thematiques):
        yield preuve(
            Niveau.THEMATIQUES,
            f"{th.numero}. {th.intitule}",
            "opérations",
            tuple(
                Terme(
                    o.intitule,
                    o.annonce.montant,
                    records.span(dossier.cle, "thematiques", t, "operations", k, "annonce", "montant"),
                )
                for k, o in enumerate(th.operations)
            ),
            "total annoncé",
            th.annonce.montant,
            records.span(dossier.cle, "thematiques", t, "annonce", "montant"),
            "MNT107",
        )


def de_la_deliberation(records: Records, dossier: Dossier) -> Iterator[Preuve]:
    """Thematiques against the whole budget table; BUD001 says by code where a difference comes from."""
    d = dossier.deliberation
    if d.budget:
        yield preuve(
            Niveau.DELIBERATION,
            "Ensemble de la délibération",
            "thématiques",
            tuple(
                Terme(
                    f"{th.numero}. {th.intitule}",
                    th.annonce.montant,
                    records.span(dossier.cle, "thematiques", t, "annonce", "montant"),
                )
                for t, th in enumerate(d.thematiques)
            ),
            "total des propositions du tableau budgétaire",
            sum(line.proposition for line in d.budget),
            records.span(dossier.cle, "budget"),
            "BUD001",
        )


def du_budget(records: Records, dossier: Dossier) -> Iterator[Preuve]:
    """The budget table, line by line: what is proposed, what is left."""
    d = dossier.deliberation
    for rang, line in enumerate(d.budget):

        def at(champ: str, rang: int = rang) -> Span:
            return records.span(dossier.cle, "budget", rang, champ)

        yield preuve(
            Niveau.BUDGET,
            f"{line.code} {line.libelle}",
            "opérations de ce code",
            tuple(
                Terme(
                    o.intitule,
                    o.annonce.montant,
                    records.span(dossier.cle, "thematiques", t, "operations", k, "annonce", "montant"),
                )
                for t, th in enumerate(d.thematiques)
                for k, o in enumerate(th.operations)
                if o.code == line.code
            ),
            "proposition inscrite",
            line.proposition,
            at("proposition"),
            "BUD001",
        )
        yield preuve(
            Niveau.BUDGET,
            f"{line.code} {line.libelle}",
            "disponible − proposition",
            (
                Terme("disponible", line.disponible, at("disponible")),
                Terme("proposition", -line.proposition, at("proposition")),
            ),
            "solde inscrit",
            line.solde,
            at("solde"),
            "BUD002",
        )


def de_l_annee(records: Records, dossier: Dossier) -> Iterator[Preuve]:
    """The table against the budget of the year: the AE of the day, then what the year has left."""
    d = dossier.deliberation
    budget = records.budgets.get(d.exercice)
    if budget is None:
        return
    for rang, line in enumerate(d.budget):
        voted = budget.ligne(line.code)
        ae = budget.ae_au(line.code, d.date)
        if voted is None or ae is None:
            continue
        place = next(k for k, x in enumerate(budget.lignes) if x.code == line.code)
        terms = [Terme("AE votée", voted.ae, records.span(budget.origine, "lignes", place, "ae"))]
        if ae != voted.ae:
            until = f"mouvements jusqu’au {date_courte(d.date)}"
            terms.append(Terme(until, ae - voted.ae, records.span(budget.origine)))
        yield preuve(
            Niveau.BUDGET,
            f"{line.code} {line.libelle}",
            f"AE au budget {d.exercice}",
            tuple(terms),
            "AE inscrite",
            line.ae,
            records.span(dossier.cle, "budget", rang, "ae"),
            "BUD004",
        )
    if not chaine_complete(records):
        return
    ledger = grand_livre(records, d.exercice)
    for line in d.budget:
        voted = budget.ligne(line.code)
        followed = voted is not None and voted.disponible is not None
        for e in ledger.get(line.code, ()):
            # Without an opening, the chain starts from what the first table prints: that proves nothing.
            if followed and e.dossier is not None and e.dossier.cle == dossier.cle:
                yield Preuve(
                    Niveau.BUDGET,
                    f"{line.code} {line.libelle}",
                    "reste après ce qui précède dans l’année",
                    e.attendu,
                    "disponible inscrit",
                    e.avant,
                    e.span(records, "disponible"),
                    "BUD005",
                )
            followed = followed or e.dossier is not None
