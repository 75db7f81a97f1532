"""The essential data of grant agreements: the file to publish, what is due, the files of others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.compte_rendu import Etat
from generator.diagnostics import Diagnostic, Span
from generator.fabrique import Suivi
from generator.files import cause, ecrire
from generator.finances import ecrits
from generator.finances.donnees_essentielles import amorces, conventions, echeances, reprise
from generator.finances.donnees_essentielles.conventions import Publication
from generator.finances.donnees_essentielles.reprise import Lecture
from generator.finances.reecriture import Fichier
from generator.finances.tables import Table
from generator.load import show_path
from generator.service.atelier import Workspace, unknown_number
from generator.service.finances import Finances

DOSSIER = "donnees-essentielles"
"""Folder of the files of all the deliberations, and beginning of the names of files."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What was asked for: the rows or the list of what is due, the file that holds them."""

    etat: Etat
    publication: Publication | None = None
    table: Table | None = None
    retards: int = 0
    fichiers: tuple[Path, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Amorce:
    """What was read in a file of others, and the records that it gives (`ecrits`: those written)."""

    etat: Etat
    lecture: Lecture
    fichiers: tuple[Fichier, ...] = ()
    ecrits: tuple[Path, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class DonneesEssentielles:
    """The open data of a workspace."""

    atelier: Workspace

    def publier(self, numero: str | None, fictives: bool, suivi: Suivi) -> Edition:
        """Write the file of a deliberation (of all of them without `numero`); nothing when a row is faulty.

        A file with invented rows has another name: it is never taken for the one to publish.
        """
        etat = Finances(self.atelier).etat(numero, suivi)
        numeros, wrong = _numeros(etat, numero, True)
        if wrong:
            return Edition(etat, diagnostics=wrong)
        made = conventions.publier(etat.records, numeros, fictives)
        if not made.publiable:
            return Edition(etat, made, diagnostics=made.diagnostics)
        trial = "-essai" if fictives else ""
        path, refused = self._ecrire(numero, trial, conventions.en_csv(made.lignes))
        return Edition(etat, made, None, 0, path, (*made.diagnostics, *refused))

    def echeances(self, numero: str | None, au: dt.date | None, suivi: Suivi) -> Edition:
        """What is to be published and by when; `retards`: how many are overdue on the day `au`."""
        etat = Finances(self.atelier).etat(numero, suivi)
        numeros, wrong = _numeros(etat, numero, False)
        if wrong:
            return Edition(etat, diagnostics=wrong)
        late = len(echeances.retards(etat.records, numeros, au))
        return Edition(etat, None, echeances.table(etat.records, numeros, au), late)

    def echeances_en_csv(self, edition: Edition, numero: str | None) -> Edition:
        """The same, with its table written beside the file to publish."""
        if edition.table is None:
            return edition
        path, refused = self._ecrire(numero, "-echeances", ecrits.en_csv(edition.table))
        return Edition(edition.etat, None, edition.table, edition.retards, path, refused)

    def importer(self, chemin: Path, simulation: bool, suivi: Suivi) -> Amorce:
        """Begin the records of the structures of a SCDL file; only say which when `simulation`."""
        etat = Finances(self.atelier).etat(None, suivi)
        read = reprise.lire(chemin, show_path(chemin), etat.records)
        files, wrong = amorces.amorcer(
            read.beneficiaires, show_path(chemin), etat.records, self.atelier.donnees
        )
        unread = {d.span.file for d in read.diagnostics if d.code == "SCD006"}
        own = [d for d in etat.diagnostics if d.is_error and d.span.file in unread]
        found = (*own, *read.diagnostics, *wrong)
        if simulation:
            return Amorce(etat, read, tuple(files), (), found)
        written: list[Path] = []
        try:
            for f in files:
                ecrire(f.chemin, f.apres)
                written.append(f.chemin)
        except OSError as e:
            where = show_path(files[len(written)].chemin)
            refused = _refus(where, f"impossible d’écrire la fiche : {cause(e)}")
            return Amorce(etat, read, tuple(files), tuple(written), (*found, refused))
        return Amorce(etat, read, tuple(files), tuple(written), found)

    def _ecrire(
        self, numero: str | None, what: str, data: bytes
    ) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
        name = f"{DOSSIER}-{numero}{what}.csv" if numero else f"{DOSSIER}{what}.csv"
        path = self.atelier.sortie / (numero or DOSSIER) / name
        try:
            ecrire(path, data)
        except OSError as e:
            return (), (_refus(show_path(path), f"impossible d’écrire « {name} » : {cause(e)}"),)
        return (path,), ()


def _refus(where: str, message: str) -> Diagnostic:
    aide = "libérer le fichier ou le dossier, puis relancer"
    return Diagnostic("SOR001", message, Span(where), help=aide)


def _numeros(
    etat: Etat, numero: str | None, echeancier: bool
) -> tuple[Sequence[str], tuple[Diagnostic, ...]]:
    """The deliberations asked for, or why they cannot be told (SCD006: a faulty record would be missing).

    `echeancier`: the payments are told too; they come from the dispositifs of the operations.
    """
    records = etat.records
    if numero is not None and numero not in records.dossiers:
        own = [d for d in etat.diagnostics if d.is_error and f"/deliberations/{numero}/" in d.span.file]
        return (), (*own, *unknown_number(records, numero))
    folder = f"deliberations/{numero}/" if numero else "deliberations/"
    needed = (records.cle(folder), records.cle("structures/"), records.cle("departement.yaml"))
    named = {records.cle(f"structures/{s}.yaml") for d in records.dossiers.values() for s in d.actes}
    asked = [records.dossiers[numero]] if numero else list(records.dossiers.values())
    rates = {
        records.cle(f"dispositifs/{o.dispositif}.yaml")
        for d in (asked if echeancier else ())
        for o in d.deliberation.operations()
    }
    missing = [
        k
        for k in sorted(records.fautifs)
        if k in rates or (k.startswith(needed) and (not k.startswith(needed[1]) or k in named))
    ]
    if missing:
        own = [d for d in etat.diagnostics if d.is_error and d.span.file in missing]
        told = [
            Diagnostic(
                "SCD006",
                "le fichier n’est pas fait : il serait incomplet sans cette fiche",
                Span(key),
                help="corriger la fiche, puis relancer",
            )
            for key in missing
        ]
        return (), (*own, *told)
    return (numero,) if numero else tuple(records.dossiers), ()
