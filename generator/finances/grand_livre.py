"""The ledger across deliberations: what each code has left after everything that moved it, what is voted,
signed and paid, what is still to be paid and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.checks.grand_livre import Ecriture, exercices
from generator.checks.grand_livre import grand_livre as chaines
from generator.checks.versements_payes import payes, votes_par_code
from generator.finances import donnees
from generator.finances.feuillet import plat
from generator.finances.tables import Colonne, Table, Valeur
from generator.load import Dossier, Records
from generator.typography import euros

MOUVEMENTS, ENGAGEMENTS, PREVISIONS = "mouvements", "engagements", "previsions"
NOMS = (MOUVEMENTS, ENGAGEMENTS, PREVISIONS)
"""The names of the tables, in order."""
SANS_DATE = "sans date"
"""Stands for the year of a payment whose day is not known."""


@dataclass(frozen=True, slots=True)
class Reste:
    """What is left of a payment that the schedule expects: cents, and the year to pay it in (None when no
    day is known). `echu`: it was due before the day of the ledger."""

    code: str
    exercice: int | None
    montant: int
    echu: bool


@dataclass(frozen=True, slots=True)
class Engagement:
    """What a deliberation voted on a code, in cents, and how much of it is signed and paid."""

    dossier: Dossier
    code: str
    vote: int
    signe: int
    paye: int


def dossiers(records: Records, au: dt.date | None) -> tuple[Dossier, ...]:
    """The deliberations up to `au`, that day included, by date then number."""
    held = [d for d in records.dossiers.values() if au is None or d.deliberation.date <= au]
    return tuple(sorted(held, key=lambda d: (d.deliberation.date, d.deliberation.id)))


def paye_par_cle(records: Records, au: dt.date | None) -> dict[tuple[str, str, str], int]:
    """Cents paid up to `au`, by deliberation, convention and code."""
    out: dict[tuple[str, str, str], int] = {}
    for p in payes(records):
        if au is None or p.versement.date <= au:
            out[p.cle] = out.get(p.cle, 0) + p.versement.montant
    return out


def engagements(records: Records, au: dt.date | None) -> tuple[Engagement, ...]:
    """One line per deliberation and code, in the order of the dates then of the deliberation's operations."""
    paid = paye_par_cle(records, au)
    out: list[Engagement] = []
    for dossier in dossiers(records, au):
        codes = dict.fromkeys(o.code for o in dossier.deliberation.operations())
        sums = {code: [0, 0, 0] for code in codes}
        for group in dossier.actes.values():
            for acte in group.actes:
                signed = acte.signe_le is not None and (au is None or acte.signe_le <= au)
                for code, cents in votes_par_code(dossier, acte).items():
                    key = (dossier.deliberation.id, donnees.numero_de(acte), code)
                    line = sums[code]
                    line[0] += cents
                    line[1] += cents if signed else 0
                    line[2] += paid.pop(key, 0)  # two acts may share it
        out += [Engagement(dossier, code, *sums[code]) for code in codes]
    return tuple(out)


def restes(records: Records, au: dt.date | None) -> tuple[Reste, ...]:
    """What is still to be paid of what was voted. Payments made settle the schedule of their act and code
    from its first due date on; what was due before `au` is to be paid in the year of `au`."""
    left = paye_par_cle(records, au)
    out: list[Reste] = []
    for dossier in dossiers(records, au):
        for p in donnees.paiements(records, dossier):
            key = (dossier.deliberation.id, p.numero, p.operation.code)
            done = min(p.montant, left.get(key, 0))
            left[key] = left.get(key, 0) - done
            if p.montant > done:
                late = au is not None and p.jour is not None and p.jour < au
                year = p.jour.year if p.jour else None
                year = max(year, au.year) if year and au else year
                out.append(Reste(p.operation.code, year, p.montant - done, late))
    return tuple(out)


def tables(records: Records, au: dt.date | None = None) -> tuple[Table, ...]:
    """The three tables, in the order of `NOMS`; what is later than `au` is left out."""
    return _mouvements(records, au), _engagements(records, au), _previsions(records, au)


# --- what each code has left ---------------------------------------------------------------------


def _mouvements(records: Records, au: dt.date | None) -> Table:
    rows: list[tuple[Valeur, ...]] = []
    for exercice in exercices(records):
        if au is not None and exercice > au.year:
            continue
        for code, lines in chaines(records, exercice).items():
            rows.append(_ouverture(records, exercice, code, lines))
            for e in lines:
                if au is None or e.jour <= au:
                    said = _alerte(e)
                    rows.append((exercice, code, e.jour, e.objet, e.avant, e.montant, e.apres, said))
    return Table(
        MOUVEMENTS,
        "Disponible de chaque code, avant et après chaque mouvement",
        (
            Colonne("Exercice", "rang", 8),
            Colonne("Code opération", largeur=12, cle=True),
            Colonne("Date", "date", 10, cle=True),
            Colonne("Mouvement", largeur=34, cle=True),
            Colonne("Disponible avant", "euros", 16),
            Colonne("Montant", "euros", 15),
            Colonne("Disponible après", "euros", 16),
            Colonne("Alerte", largeur=30),
        ),
        tuple(rows),
    )


def _ouverture(records: Records, exercice: int, code: str, lines: Sequence[Ecriture]) -> tuple[Valeur, ...]:
    budget = records.budgets.get(exercice)
    line = budget.ligne(code) if budget else None
    opened: int | None = None
    if lines:
        opened = lines[0].attendu
    elif line is not None:
        opened = line.ae if line.disponible is None else line.disponible
    said = line is not None and line.disponible is not None
    deduced = not said and any(e.dossier is not None for e in lines)
    what = "ouverture (déduite de la première délibération)" if deduced else "ouverture"
    return exercice, code, dt.date(exercice, 1, 1), what, None, None, opened, ""


def _alerte(e: Ecriture) -> str:
    if e.attendu + e.montant < 0:
        return f"découvert de {euros(-(e.attendu + e.montant))}"
    if e.avant != e.attendu:
        return f"il restait {euros(e.attendu)}"
    return ""


# --- what is voted, signed, paid -----------------------------------------------------------------


def _engagements(records: Records, au: dt.date | None) -> Table:
    rows: list[tuple[Valeur, ...]] = []
    for e in engagements(records, au):
        d = e.dossier.deliberation
        left, due = e.vote - e.signe, e.vote - e.paye
        rows.append((d.id, d.date, e.code, e.vote, e.signe, left, e.paye, due))
    return Table(
        ENGAGEMENTS,
        "Ce qui est voté, signé et payé",
        (
            Colonne("Délibération", largeur=12, cle=True),
            Colonne("Date", "date", 10),
            Colonne("Code opération", largeur=12, cle=True),
            Colonne("Voté", "euros", 14, True),
            Colonne("Signé", "euros", 14, True),
            Colonne("Reste à signer", "euros", 14, True),
            Colonne("Payé", "euros", 14, True),
            Colonne("Reste à payer", "euros", 14, True),
        ),
        tuple(rows),
    )


# --- what is to be paid, and when ----------------------------------------------------------------


def _previsions(records: Records, au: dt.date | None) -> Table:
    paid: dict[tuple[int | None, str], int] = {}
    for p in payes(records):
        if au is None or p.versement.date <= au:
            key = (p.versement.date.year, p.code)
            paid[key] = paid.get(key, 0) + p.versement.montant
    due: dict[tuple[int | None, str], int] = {}
    late: dict[tuple[int | None, str], int] = {}
    for r in restes(records, au):
        due[r.exercice, r.code] = due.get((r.exercice, r.code), 0) + r.montant
        if r.echu:
            late[r.exercice, r.code] = late.get((r.exercice, r.code), 0) + r.montant
    voted = _credits(records, au)
    keys = sorted({*paid, *due, *voted}, key=lambda k: (k[0] is None, k[0] or 0, k[1]))
    return Table(
        PREVISIONS,
        "Prévision des paiements par exercice",
        (
            Colonne("Exercice", largeur=9, cle=True),
            Colonne("Code opération", largeur=12, cle=True),
            Colonne("Payé", "euros", 14, True),
            Colonne("À payer", "euros", 14, True),
            *((Colonne("dont échu", "euros", 14, True),) if au else ()),
            Colonne("Total", "euros", 14, True),
            *((Colonne("Crédits votés", "euros", 14, True),) if voted else ()),
        ),
        tuple(_prevision(k, paid, due, late if au else None, voted) for k in keys),
    )


def _prevision(
    key: tuple[int | None, str],
    paid: Mapping[tuple[int | None, str], int],
    due: Mapping[tuple[int | None, str], int],
    late: Mapping[tuple[int | None, str], int] | None,
    voted: Mapping[tuple[int | None, str], int],
) -> tuple[Valeur, ...]:
    year, code = key
    done, left = paid.get(key, 0), due.get(key, 0)
    return (
        SANS_DATE if year is None else str(year),
        code,
        done,
        left,
        *((late.get(key, 0),) if late is not None else ()),
        done + left,
        *((voted.get(key, 0),) if voted else ()),
    )


def _credits(records: Records, au: dt.date | None) -> dict[tuple[int | None, str], int]:
    """The payment credits that the deliberations spread over the years, when they do."""
    out: dict[tuple[int | None, str], int] = {}
    for dossier in dossiers(records, au):
        for o in dossier.deliberation.operations():
            for c in o.credits:
                out[c.exercice, o.code] = out.get((c.exercice, o.code), 0) + c.montant
    return out


# --- for other programs --------------------------------------------------------------------------


def en_objets(table: Table) -> list[dict[str, object]]:
    """The rows as plain objects for JSON: keys are the titles without accents, amounts are exact texts of
    euros (« 65000.00 »), dates are ISO."""
    keys = [_cle(c.titre) for c in table.colonnes]
    return [
        {k: _brut(v, c) for k, v, c in zip(keys, row, table.colonnes, strict=True)} for row in table.lignes
    ]


def _cle(titre: str) -> str:
    """« disponible_avant » for « Disponible avant »."""
    return plat(titre).replace(" ", "_")


def _brut(value: Valeur, column: Colonne) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int) and column.sorte == "euros":
        sign, (whole, rest) = "-" if value < 0 else "", divmod(abs(value), 100)
        return f"{sign}{whole}.{rest:02d}"
    return value
