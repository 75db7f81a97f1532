"""The rows of the exchanged table, typed: every value is what the cell says, or refused where it stands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from generator.diagnostics import Diagnostic, Severity
from generator.finances.colonnes import Entete
from generator.finances.feuillet import Brut, Feuillet, Rangee, montrer, plat
from generator.identifiants import parse_siret
from generator.model.types import parse_date, parse_entier
from generator.money import parse_euros
from generator.typography import NBSP, accord, euros

T = TypeVar("T")

_TOTAL = re.compile(r"(sous )?total\b|sommes?\b|cumul\b")
_PUISSANCE = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_DIESES = re.compile("#+")
_DEUX_CHIFFRES = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}")
_TEXTES = (
    "deliberation",
    "structure",
    "nature",
    "numero",
    "operation",
    "territoire",
    "tarif",
    "code",
    "imputation",
)


@dataclass(frozen=True, slots=True)
class Ligne:
    """A row: texts by field, and what was typed. `saine` is False when one of its cells was refused.

    `quantite` and `montant` (cents) are None when the cell is empty; `colonnes` gives the column of each
    field of the table.
    """

    rang: int
    textes: Mapping[str, str]
    siret: str | None
    quantite: int | None
    montant: int | None
    signe_le: dt.date | None
    saine: bool
    colonnes: Mapping[str, int]

    def texte(self, champ: str) -> str:
        """The text of a field; empty when there is none."""
        return self.textes.get(champ, "")

    def colonne(self, champ: str) -> int:
        """Column of a field, from 1; 0 when the table has none."""
        return self.colonnes.get(champ, 0)


@dataclass(slots=True)
class _Saisie:
    """State of one reading: what was found, and what the totals must add up to."""

    feuillet: Feuillet
    entete: Entete
    found: list[Diagnostic] = field(default_factory=list)
    tous: list[int | None] = field(default_factory=list)
    """Amounts of the rows so far; None for one that was refused."""
    depuis: int = 0
    """Rank in `tous` of the first row after the last total."""

    def brut(self, row: Rangee, champ: str) -> Brut:
        col = self.entete.colonnes.get(champ)
        return row.cellules[col - 1] if col and col <= len(row.cellules) else None

    def faute(self, code: str, row: Rangee, champ: str, message: str, aide: str) -> None:
        col = self.entete.colonnes.get(champ, 0)
        self.found.append(self.feuillet.faute(code, row.numero, col, message, aide))

    def valeur(
        self, row: Rangee, champ: str, read: Callable[[Brut, bool], T], code: str, aide: str
    ) -> tuple[T | None, bool]:
        """A typed value (None when the cell is empty) and whether the cell is sound."""
        raw = self.brut(row, champ)
        if raw is None or self.fusionnee(row, champ):
            return None, True
        try:
            return read(raw, self.feuillet.tableur), True
        except ValueError as e:
            self.faute(code, row, champ, str(e), aide)
            return None, False

    def fusionnee(self, row: Rangee, champ: str) -> bool:
        col = self.entete.colonnes.get(champ, 0)
        return any(f.couvre(row.numero, col) for f in self.feuillet.fusions)


def saisir(feuillet: Feuillet, entete: Entete) -> tuple[list[Ligne], list[Diagnostic]]:
    """The rows of data under the headings, and every fault of their cells, each told once.

    Empty rows and rows of totals are set aside and told; a total is checked against the rows it follows.
    """
    job = _Saisie(feuillet, entete)
    rows = [r for r in feuillet.rangees if r.numero > entete.ligne]
    while rows and rows[-1].vide():
        rows.pop()
    job.found += _fusions(feuillet, entete)
    job.found += _vides(feuillet, rows)
    lines: list[Ligne] = []
    for row in rows:
        if row.vide():
            continue
        if _est_total(job, row):
            _total(job, row)
            continue
        line = _ligne(job, row)
        job.tous.append(line.montant if line.saine else None)
        lines.append(line)
    return lines, job.found


def _fusions(feuillet: Feuillet, entete: Entete) -> Iterator[Diagnostic]:
    for f in feuillet.fusions:
        if f.bas > entete.ligne:
            first, last = feuillet.cellule(f.haut, f.gauche), feuillet.cellule(f.bas, f.droite).split()[-1]
            message = f"fusionnée jusqu’à {last} : une seule de ces cellules a une valeur"
            aide = "défusionner, et écrire la valeur sur chaque ligne"
            place = feuillet.span(f.haut, f.gauche)
            yield Diagnostic("IMP003", f"{first}{NBSP}: {message}", place, help=aide)


def _vides(feuillet: Feuillet, rows: list[Rangee]) -> Iterator[Diagnostic]:
    """IMP004: each run of empty rows, once. A merged area is told by IMP003 alone."""
    start: Rangee | None = None
    for k, row in enumerate(rows):
        covered = any(f.haut < row.numero <= f.bas for f in feuillet.fusions)
        if not row.vide() or covered:
            start = None
            continue
        start = start or row
        if not rows[k + 1].vide():
            many = row.numero > start.numero
            what = f"lignes {start.numero} à {row.numero} vides" if many else f"ligne {row.numero} vide"
            text = f"{what} au milieu du tableau"
            aide = "supprimer les lignes vides"
            yield feuillet.dit("IMP004", start.numero, text, Severity.AVERTISSEMENT, aide)


def _est_total(job: _Saisie, row: Rangee) -> bool:
    """A row that adds up others: it says so, or it holds nothing but an amount."""
    texts = [plat(v) for v in row.cellules if isinstance(v, str)]
    if any(_TOTAL.match(t) for t in texts[:2]) and job.brut(row, "siret") is None:
        return True
    named = [
        c for c in ("siret", "structure", "operation", "territoire", "numero") if job.brut(row, c) is not None
    ]
    covered = any(f.haut <= row.numero <= f.bas for f in job.feuillet.fusions)
    return not named and not covered and job.brut(row, "montant") is not None


def _total(job: _Saisie, row: Rangee) -> None:
    """IMP005: set aside when it is the sum of the rows before it, or since the total before it."""
    cents, sound = job.valeur(row, "montant", _euros, "IMP007", _AIDE_MONTANT)
    sums = [job.tous[start:] for start in (0, job.depuis)]
    job.depuis = len(job.tous)
    if not sound:
        return
    known = [sum(x for x in part if x is not None) for part in sums if None not in part]
    aside = f"ligne {row.numero} : total laissé de côté"
    if cents is None or not known:
        job.found.append(job.feuillet.dit("IMP005", row.numero, f"{aside}, sans être vérifié", Severity.INFO))
    elif cents in known:
        text = f"{aside} ; {euros(cents)} est bien la somme des lignes"
        job.found.append(job.feuillet.dit("IMP005", row.numero, text, Severity.INFO))
    else:
        message = f"le total écrit est {euros(cents)}, les lignes font {euros(known[-1])}"
        job.faute("IMP005", row, "montant", message, "corriger une ligne ou le total")


_AIDE_MONTANT = f"saisir un nombre en euros, avec deux décimales au plus, par exemple 65{NBSP}000,00"
_AIDE_SIRET = "recopier les 14 chiffres dans une colonne mise au format Texte"
_AIDE_PLACES = "saisir un nombre entier en chiffres"
_AIDE_DATE = "saisir une date, par exemple 09/12/2024"


def _ligne(job: _Saisie, row: Rangee) -> Ligne:
    ok = not any(f.haut <= row.numero <= f.bas for f in job.feuillet.fusions)
    siret, sound = job.valeur(row, "siret", siret_lu, "IMP006", _AIDE_SIRET)
    ok = ok and sound
    units, sound = job.valeur(row, "quantite", _places, "IMP008", _AIDE_PLACES)
    ok = ok and sound
    cents, sound = job.valeur(row, "montant", _euros, "IMP007", _AIDE_MONTANT)
    ok = ok and sound
    signed, sound = job.valeur(row, "signe_le", _jour, "IMP009", _AIDE_DATE)
    ok = ok and sound
    texts: dict[str, str] = {}
    for champ in _TEXTES:
        raw = job.brut(row, champ)
        if isinstance(raw, str):
            texts[champ] = raw
        elif raw is not None and not job.fusionnee(row, champ):
            job.faute(
                "IMP010",
                row,
                champ,
                f"{montrer(raw)} n’est pas un texte",
                "mettre la cellule au format Texte",
            )
            ok = False
    who = "siret" if "siret" in job.entete.colonnes else "structure"
    for champ in (who, "operation", "territoire"):
        if champ in job.entete.colonnes and job.brut(row, champ) is None and not job.fusionnee(row, champ):
            code = "IMP006" if champ == "siret" else "IMP010"
            job.faute(code, row, champ, "la cellule est vide", "compléter la ligne")
            ok = False
    return Ligne(row.numero, texts, siret, units, cents, signed, ok, job.entete.colonnes)


def siret_lu(raw: Brut, tableur: bool) -> str:
    """The SIRET of a cell; raises ValueError for one that a spreadsheet spoilt. Spaces are no part of it."""
    if isinstance(raw, Decimal):
        digits = f"{raw:f}"
        if len(digits) < 14 and digits.isdigit():
            raise ValueError(f"SIRET {montrer(raw)} : ce nombre a perdu ses zéros de tête")
        return parse_siret(digits)
    text = str(raw)
    if _PUISSANCE.fullmatch(text):
        raise ValueError(f"SIRET {montrer(raw)} : le tableur l’a arrondi à une puissance de dix")
    bare = re.sub(f"[ {NBSP}\u202f]", "", text)
    if bare.isdigit() and 9 <= len(bare) < 14:
        raise ValueError(f"SIRET {montrer(raw)} : {len(bare)} chiffres, les zéros de tête sont perdus")
    return parse_siret(bare)


def _euros(raw: Brut, tableur: bool) -> int:
    if isinstance(raw, Decimal):
        if raw < 0:
            raise ValueError(f"{montrer(raw)} : un montant ne peut pas être négatif")
        cents = raw.scaleb(2)
        if cents != cents.to_integral_value():
            raise ValueError(f"{montrer(raw)} : un montant a deux décimales au plus")
        return parse_euros(f"{int(cents) // 100},{int(cents) % 100:02d}")
    if tableur:
        raise ValueError(f"{montrer(raw)} est un texte : le tableur ne l’additionne pas")
    return parse_euros(str(raw))


def _places(raw: Brut, tableur: bool) -> int:
    if isinstance(raw, Decimal):
        if raw != raw.to_integral_value() or raw < 0:
            raise ValueError(f"{montrer(raw)} n’est pas un nombre entier de places")
        return parse_entier(f"{raw:f}".partition(".")[0])
    if tableur:
        raise ValueError(f"{montrer(raw)} est un texte : le tableur ne l’additionne pas")
    return parse_entier(str(raw))


def _jour(raw: Brut, tableur: bool) -> dt.date:
    if isinstance(raw, dt.date):
        return parse_date(raw.isoformat())
    if isinstance(raw, Decimal):
        raise ValueError(f"{montrer(raw)} est un nombre, pas une date")
    text = str(raw)
    if _DIESES.fullmatch(text):
        raise ValueError(f"{montrer(raw)} : la date a été perdue à l’enregistrement")
    if _DEUX_CHIFFRES.fullmatch(text):
        raise ValueError(f"{montrer(raw)} : l’année doit avoir quatre chiffres")
    return parse_date(text)


def combien(lines: list[Ligne]) -> str:
    """« 36 lignes, 871 218,00 € »: what was read, for the report."""
    return f"{accord(len(lines), 'ligne')}, {euros(sum(x.montant or 0 for x in lines))}"
