"""From a file that the services send to the records that it would make: nothing is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from generator.diagnostics import Diagnostic, Severity, Span, distinct, sort_key
from generator.finances.colonnes import Entete, entete
from generator.finances.feuillet import OLE, ZIP, Feuillet, LectureError, montrer, octets
from generator.finances.lecture_csv import lire_csv
from generator.finances.lecture_xlsx import lire_xlsx
from generator.finances.rapprochement import rapprocher
from generator.finances.reecriture import Fichier, reecrire
from generator.finances.saisie import Ligne, saisir
from generator.load import Dossier, Records
from generator.typography import enumerer

_NUMERO = re.compile(r"[Dd]élibération (?:n°[ \u00a0]?)?([0-9]{4}-[0-9]{1,5})\b")


@dataclass(frozen=True, slots=True)
class Import:
    """What a file would change. `fichiers` is empty when an error was found: it is all or nothing.

    `dossier` is the deliberation; None when it could not be told.
    """

    lignes: tuple[Ligne, ...] = ()
    fichiers: tuple[Fichier, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    dossier: Dossier | None = None


def importer(
    chemin: Path, montre: str, numero: str | None, feuille: str | None, records: Records, donnees: Path
) -> Import:
    """Read `chemin` (`montre`: its name in diagnostics) for the deliberation `numero`, or the one that the
    file names; `feuille` names the sheet to read. Never raises for a bad file."""
    sheets, found = _ouvrir(chemin, montre)
    chosen = _choisir(sheets, feuille, montre, found) if sheets else None
    if chosen is None:
        return Import(diagnostics=tuple(found))
    sheet, head = chosen
    lines, more = saisir(sheet, head)
    found += more
    dossier, wrong = _dossier(sheet, head, lines, numero, records)
    found += wrong
    if dossier is None:
        return Import(tuple(lines), diagnostics=_trier(found))
    faulty = [key for key in dossier.fichiers_actes if key in records.fautifs]
    found += [
        Diagnostic(
            "IMP016", "fiche fautive : le tableau ne peut lui être comparé", Span(key), help="la corriger"
        )
        for key in faulty
    ]
    changes, more = rapprocher(sheet, lines, records, dossier)
    found += more
    if any(d.is_error for d in found):
        # A row that is refused is not a share left out.
        told = [d for d in found if d.code != "IMP015"]
        return Import(tuple(lines), (), _trier(told), dossier)
    files, more = reecrire(changes, records, dossier, donnees)
    found += more
    kept = () if any(d.is_error for d in more) else tuple(files)
    return Import(tuple(lines), kept, _trier(found), dossier)


def _trier(found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(distinct(found), key=sort_key))


def _ouvrir(chemin: Path, montre: str) -> tuple[list[Feuillet], list[Diagnostic]]:
    """The sheets of the file, or why it cannot be read (IMP001)."""
    aide = "enregistrer le tableau en .xlsx, ou en CSV UTF-8"
    try:
        data = octets(chemin)
        if data.startswith(OLE):
            raise LectureError("c’est un ancien classeur .xls, ou un classeur protégé par un mot de passe")
        if data.startswith(ZIP):
            if chemin.suffix.lower() == ".ods":
                raise LectureError("c’est un classeur .ods")
            return lire_xlsx(data, montre), []
        sheet, encoding = lire_csv(data, montre)
    except LectureError as e:
        return [], [Diagnostic("IMP001", f"tableau illisible : {e}", Span(montre), help=aide)]
    told = [sheet.dit("IMP017", 0, f"le fichier est lu en {encoding}", Severity.INFO)] if encoding else []
    return [sheet], told


def _choisir(
    sheets: list[Feuillet], feuille: str | None, montre: str, found: list[Diagnostic]
) -> tuple[Feuillet, Entete] | None:
    """The sheet to read and its headings; what is wrong goes to `found`."""
    names = [s.nom for s in sheets if s.nom]
    if feuille is not None:
        sheets = [s for s in sheets if s.nom == feuille]
        if not sheets:
            aide = f"feuilles du classeur : {enumerer(names)}" if names else "un CSV n’a pas de feuille"
            message = f"il n’y a pas de feuille {montrer(feuille)}"
            found.append(Diagnostic("IMP002", message, Span(montre), help=aide))
            return None
    read = [(s, *entete(s)) for s in sheets]
    sound = [(s, head, d) for s, head, d in read if head and not any(x.is_error for x in d)]
    if len(sound) > 1:
        aide = f"choisir avec --feuille : {enumerer(s.nom for s, _, _ in sound)}"
        found.append(Diagnostic("IMP002", "plusieurs feuilles ont ce tableau", Span(montre), help=aide))
        return None
    if sound:
        sheet, head, told = sound[0]
        found += told
        return sheet, head
    partial: list[list[Diagnostic]] = [d for _, head, d in read if head]
    if partial:
        found += sorted(partial, key=len)[0]  # the sheet that comes nearest
        return None
    aide = "reprendre les titres de « convenant finances … --format csv --table repartition »"
    message = (
        "aucune ligne de titres n’est reconnue (Structure, SIRET, Dispositif, Territoire, Places, Montant)"
    )
    found.append(Diagnostic("IMP002", message, Span(montre), help=aide))
    return None


def _dossier(
    sheet: Feuillet, head: Entete, lines: list[Ligne], numero: str | None, records: Records
) -> tuple[Dossier | None, list[Diagnostic]]:
    """The deliberation: the one asked for, else that of the column, else that of the titles, else the only
    one (IMP012)."""
    column = {line.texte("deliberation") for line in lines} - {""}
    titles = {
        m[1]
        for row in sheet.rangees
        if row.numero < head.ligne
        for cell in row.cellules
        if isinstance(cell, str) and (m := _NUMERO.search(cell))
    }
    # A column of several deliberations: the rows of the others are told one by one.
    said = (
        [numero]
        if numero
        else sorted(column)[:1] or (sorted(titles) if len(titles) == 1 else list(records.dossiers))
    )
    known = enumerer(records.dossiers) or "aucune"
    if len(said) != 1:
        aide = f"la dire avec --deliberation ; délibérations connues : {known}"
        return None, [
            Diagnostic("IMP012", "le tableau ne dit pas sa délibération", Span(sheet.fichier), help=aide)
        ]
    found = records.dossiers.get(said[0])
    if found is None:
        message = f"délibération {montrer(said[0])} inconnue"
        aide = f"la corriger, ou la dire avec --deliberation ; délibérations connues : {known}"
        return None, [Diagnostic("IMP012", message, Span(sheet.fichier), help=aide)]
    return found, []
