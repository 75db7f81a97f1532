"""The tables of a deliberation, as rows of typed values: the same for the workbook, the terminal, the CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from generator.diagnostics import Diagnostic, Span
from generator.finances import donnees
from generator.finances.controles import Controle
from generator.load import Dossier, Records
from generator.typography import date_longue, texte

Sorte = Literal["texte", "nombre", "rang", "euros", "taux", "date"]
"""What a column holds: `euros` are cents, `taux` a `Decimal` per cent, `rang` a number that is a name
(a year)."""
Valeur: TypeAlias = str | int | Decimal | dt.date | None


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its title, what it holds, its width in characters; `total` when its sum means something.

    One that is not for paper (`papier`) is written in the CSV alone, which has no title above it. Those that
    tell one row from another (`cle`) are repeated where a terminal is too narrow for all the columns.
    """

    titre: str
    sorte: Sorte = "texte"
    largeur: int = 14
    total: bool = False
    papier: bool = True
    cle: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `nom` is its name on the command line and in the names of files. Every row has as many
    values as there are columns; a number in a text column is printed as it is."""

    nom: str
    titre: str
    colonnes: tuple[Colonne, ...]
    lignes: tuple[tuple[Valeur, ...], ...]

    def totaux(self) -> tuple[Valeur, ...]:
        """The sum of each column that has one, None for the others."""
        return tuple(
            sum(v for row in self.lignes if isinstance(v := row[k], int)) if c.total else None
            for k, c in enumerate(self.colonnes)
        )


SYNTHESE, OPERATIONS, REPARTITION = "synthese", "operations", "repartition"
ECHEANCIER, MOIS, CONTROLES, JOURNAL = "echeancier", "mois", "controles", "journal"
NOMS = (SYNTHESE, OPERATIONS, REPARTITION, ECHEANCIER, MOIS, CONTROLES, JOURNAL)
"""The names of the tables, in order."""


def titre(dossier: Dossier) -> str:
    """« Délibération n° 2024-587 du 9 décembre 2024 »."""
    d = dossier.deliberation
    number = f"n°\u00a0{d.numero} " if d.numero else ""
    return f"Délibération {number}du {date_longue(d.date)}"


def tables(
    records: Records, dossier: Dossier, controles: Iterable[Controle], acceptes: Iterable[Diagnostic]
) -> tuple[Table, ...]:
    """All the tables, in the order of `NOMS`."""
    return (
        _synthese(dossier),
        _operations(dossier),
        repartition(records, dossier),
        _echeancier(records, dossier),
        _mois(records, dossier),
        _controles(records, controles),
        _journal(records, acceptes),
    )


def _synthese(dossier: Dossier) -> Table:
    rows: list[tuple[Valeur, ...]] = []
    for c in donnees.codes(dossier):
        left = None if c.disponible is None else c.disponible - c.vote
        spent = None if c.ae is None or c.disponible is None else c.ae - c.disponible
        share = None if left is None or not c.ae else Decimal(left) * 100 / Decimal(c.ae)
        gap = None if c.proposition is None else c.vote - c.proposition
        rows.append(
            (
                c.code,
                c.imputation,
                texte(c.libelle),
                c.ae,
                spent,
                c.disponible,
                c.proposition,
                c.vote,
                gap,
                left,
                share,
            )
        )
    return Table(
        SYNTHESE,
        "Synthèse par code opération",
        (
            Colonne("Code opération", largeur=13, cle=True),
            Colonne("Imputation", largeur=12),
            Colonne("Libellé", largeur=52),
            Colonne("AE", "euros", 16, True),
            Colonne("Engagé avant", "euros", 16, True),
            Colonne("Disponible", "euros", 15, True),
            Colonne("Proposition", "euros", 14, True),
            Colonne("Somme des actes", "euros", 14, True),
            Colonne("Écart", "euros", 9, True),
            Colonne("Solde", "euros", 14, True),
            Colonne("Solde / AE", "taux", 8),
        ),
        tuple(rows),
    )


def _operations(dossier: Dossier) -> Table:
    return Table(
        OPERATIONS,
        "Ce qui compose chaque code",
        (
            Colonne("Code opération", largeur=16, cle=True),
            Colonne("Thématique", "rang"),
            Colonne("Opération", cle=True),
            Colonne("Structures", "nombre"),
            Colonne("Unités annoncées", "nombre"),
            Colonne("Unités des actes", "nombre"),
            Colonne("Montant annoncé", "euros", total=True),
            Colonne("Somme des actes", "euros", total=True),
            Colonne("Écart", "euros", total=True),
        ),
        tuple(
            (
                x.operation.code,
                x.thematique,
                donnees.intitule(dossier, x.operation),
                x.structures,
                x.operation.annonce.quantite,
                x.quantite,
                x.operation.annonce.montant,
                x.vote,
                x.vote - x.operation.annonce.montant,
            )
            for x in donnees.operations(dossier)
        ),
    )


def repartition(records: Records, dossier: Dossier) -> Table:
    """The financial annexe, one line per share: the table that `importer` reads back."""
    budget = {b.code: b.imputation for b in dossier.deliberation.budget}
    rows = tuple(
        (
            dossier.deliberation.id,
            donnees.structure(records, p.actes.structure),
            found.siret if (found := records.structures.get(p.actes.structure)) else "",
            "Avenant" if p.acte.est_avenant else "Convention",
            p.numero,
            donnees.intitule(dossier, p.operation),
            donnees.territoire(records, p.repartition.territoire),
            p.repartition.tarif or "",
            p.repartition.quantite,
            p.repartition.montant,
            p.operation.code,
            budget.get(p.operation.code, ""),
            p.acte.signe_le,
        )
        for p in donnees.parts(dossier)
    )
    priced = any(row[7] for row in rows)
    return Table(
        REPARTITION,
        "Répartition par acte et par territoire",
        (
            Colonne("Délibération", largeur=12, papier=False),
            Colonne("Structure", largeur=29, cle=True),
            Colonne("SIRET", largeur=15),
            Colonne("Acte", largeur=11),
            Colonne("N° de convention", largeur=11),
            Colonne("Dispositif", largeur=38, cle=True),
            Colonne("Territoire", largeur=23, cle=True),
            Colonne("Tarif", largeur=15, papier=priced, cle=True),
            Colonne("Places", "nombre", 7),
            Colonne("Montant", "euros", 13, True),
            Colonne("Code opération", largeur=12),
            Colonne("Imputation", largeur=11),
            Colonne("Signé le", "date", 10),
        ),
        rows,
    )


def _echeancier(records: Records, dossier: Dossier) -> Table:
    return Table(
        ECHEANCIER,
        "Échéancier prévisionnel des versements",
        (
            Colonne("Échéance", "date", 13, cle=True),
            Colonne("Exercice", "rang", 11),
            Colonne("Code opération", largeur=14),
            Colonne("Structure", largeur=30, cle=True),
            Colonne("N° de convention", largeur=14),
            Colonne("Opération", largeur=38, cle=True),
            Colonne("Versement", largeur=10, cle=True),
            Colonne("Montant", "euros", 14, True),
            Colonne("Fondement de la date", largeur=27),
        ),
        tuple(
            (
                p.jour,
                p.jour.year if p.jour else None,
                p.operation.code,
                donnees.structure(records, p.structure),
                p.numero,
                donnees.intitule(dossier, p.operation),
                p.nature,
                p.montant,
                p.base,
            )
            for p in donnees.paiements(records, dossier)
        ),
    )


def _mois(records: Records, dossier: Dossier) -> Table:
    """Months by codes: the first column is the first day of the month."""
    named = [c.code for c in donnees.codes(dossier)]
    sums: dict[tuple[dt.date, str], int] = {}
    for p in donnees.paiements(records, dossier):
        if p.jour is not None:
            key = (p.jour.replace(day=1), p.operation.code)
            sums[key] = sums.get(key, 0) + p.montant
    months = sorted({m for m, _ in sums})
    return Table(
        MOIS,
        "Versements par mois et par code opération",
        (
            Colonne("Mois", "date", 12),
            *(Colonne(code, "euros", 16, True) for code in named),
            Colonne("Total", "euros", 16, True),
        ),
        tuple(
            (m, *(sums.get((m, c), 0) for c in named), sum(sums.get((m, c), 0) for c in named))
            for m in months
        ),
    )


def _controles(records: Records, controles: Iterable[Controle]) -> Table:
    return Table(
        CONTROLES,
        "Contrôles, leurs deux membres et leur écart",
        (
            Colonne("Règle", largeur=9, cle=True),
            Colonne("Objet", largeur=44, cle=True),
            Colonne("Calculé", largeur=24, cle=True),
            Colonne("Valeur calculée", "euros", 15),
            Colonne("Annoncé", largeur=24),
            Colonne("Valeur annoncée", "euros", 15),
            Colonne("Écart", "euros", 9),
            Colonne("Fiche", largeur=44),
        ),
        tuple((c.code, c.objet, c.calcul, *_membres(c), _fiche(records, c.ou)) for c in controles),
    )


def _fiche(records: Records, span: Span) -> str:
    """A place inside the data folder: where that folder is, the reader of a workbook cannot know."""
    return str(span).removeprefix(f"{records.racine}/")


def _membres(c: Controle) -> tuple[Valeur, ...]:
    """The two sides and their difference; numbers are `Decimal`, to be told from cents."""
    if c.euros:
        return c.gauche, c.reference, c.droite, c.ecart
    return Decimal(c.gauche), c.reference, Decimal(c.droite), Decimal(c.ecart)


def _journal(records: Records, acceptes: Iterable[Diagnostic]) -> Table:
    return Table(
        JOURNAL,
        "Journal des avertissements acceptés",
        (
            Colonne("Règle", largeur=9, cle=True),
            Colonne("Constat", largeur=56, cle=True),
            Colonne("Accepté le", "date", 11),
            Colonne("Par", largeur=20),
            Colonne("Motif", largeur=38),
            Colonne("Fiche", largeur=32),
        ),
        tuple(
            (d.code, d.message, a.le, a.par, a.motif, _fiche(records, d.span))
            for d in acceptes
            if (a := d.acceptation) is not None
        ),
    )
