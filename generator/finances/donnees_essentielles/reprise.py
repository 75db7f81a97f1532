"""A SCDL file of another administration, as it comes, turned into records of structures to complete.

Only what identifies a structure is taken: its name, its SIRET, its RNA number. A row whose identity is not
sure is refused, alone; no value is mended. What else is wrong in the file is told, once per kind of fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from generator.diagnostics import Diagnostic, Note, Severity, Span, distinct, sort_key
from generator.finances.donnees_essentielles.format import (
    CHAMPS,
    NOMS,
    Faute,
    Sorte,
    fautes,
    fautes_d_ensemble,
)
from generator.finances.feuillet import OLE, ZIP, Brut, Feuillet, LectureError, Rangee, montrer, octets, plat
from generator.finances.lecture_csv import lire_csv
from generator.finances.saisie import siret_lu
from generator.identifiants import parse_rna
from generator.load import Records
from generator.typography import accord, enumerer

_NECESSAIRES = ("nomBeneficiaire", "idBeneficiaire")
_PRIS = frozenset({*_NECESSAIRES, "rnaBeneficiaire"})
"""What is taken from a row."""
_TITRES = 30
"""Rows among which the headings are looked for."""
_CITEES = 8
"""Rows that a diagnostic names when many have the same fault."""
_COLONNES = {re.sub("[^a-z0-9]", "", nom.lower()): nom for nom in NOMS}


@dataclass(frozen=True, slots=True)
class Beneficiaire:
    """A structure to seed: what the file says of it, and the rows that say it."""

    nom: str
    siret: str
    rna: str
    lignes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lecture:
    """What a file gives: structures that the records do not know, in the order of the file.

    `lues`: rows of data; `refusees`: those that give nothing; `connues`: structures already in the records.
    """

    beneficiaires: tuple[Beneficiaire, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    lues: int = 0
    refusees: int = 0
    connues: int = 0


@dataclass(frozen=True, slots=True)
class _Ligne:
    rangee: Rangee
    textes: Mapping[str, str]


def lire(chemin: Path, montre: str, records: Records) -> Lecture:
    """Read `chemin` (`montre`: its name in diagnostics). Never raises for a bad file.

    Nothing is taken while the record of a structure cannot be read (SCD006): it may be one of the file.
    """
    unread = tuple(_illisibles(records))
    if unread:
        return Lecture(diagnostics=unread)
    aide = "enregistrer le fichier en CSV UTF-8"
    try:
        data = octets(chemin)
        if data.startswith((ZIP, OLE)):
            raise LectureError("c’est un classeur, pas un CSV")
        sheet, encoding = lire_csv(data, montre, _reconnues)
    except LectureError as e:
        told = Diagnostic("SCD010", f"fichier illisible : {e}", Span(montre), help=aide)
        return Lecture(diagnostics=(told,))
    found = []
    if encoding:
        found.append(sheet.dit("SCD016", 0, f"le fichier est lu en {encoding}", Severity.INFO))
    head, columns, wrong = _entete(sheet)
    found += wrong
    if any(d.is_error for d in wrong):
        return Lecture(diagnostics=_trier(found))
    rows = [_textes(r, columns) for r in sheet.rangees if r.numero > head and not r.vide()]
    made = _beneficiaires(sheet, columns, rows, records)
    return Lecture(
        made.beneficiaires, _trier([*found, *made.diagnostics]), len(rows), made.refusees, made.connues
    )


def _trier(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(distinct(found), key=sort_key))


# --- headings ------------------------------------------------------------------------------------


def _champ(value: Brut) -> str | None:
    """The field that a heading names, whatever its capitals and its underscores."""
    return _COLONNES.get(plat(value).replace(" ", "")) if isinstance(value, str) else None


def _reconnues(cells: Iterable[Brut]) -> int:
    return len({c for c in map(_champ, cells) if c})


def _entete(sheet: Feuillet) -> tuple[int, dict[str, int], list[Diagnostic]]:
    """The row of the headings, the column of each field, and what is wrong in them (SCD011)."""
    aide = f"le format demande les colonnes {enumerer(_NECESSAIRES)}"
    rows = [r for r in sheet.rangees[:_TITRES] if _reconnues(r.cellules) >= len(_NECESSAIRES)]
    if not rows:
        message = "aucune ligne de titres du format « subventions » n’est reconnue"
        return 0, {}, [Diagnostic("SCD011", message, Span(sheet.fichier), help=aide)]
    row = max(rows, key=lambda r: (_reconnues(r.cellules), -r.numero))
    columns: dict[str, int] = {}
    found: list[Diagnostic] = []
    unknown: list[str] = []
    for col, value in enumerate(row.cellules, 1):
        name = _champ(value)
        if name is None:
            unknown += [montrer(value)] if value is not None else []
        elif name in columns:
            message = f"la colonne {montrer(value)} figure deux fois"
            found.append(
                sheet.faute("SCD011", row.numero, col, message, "ne garder qu’une des deux colonnes")
            )
        else:
            columns[name] = col
    missing = [n for n in _NECESSAIRES if n not in columns]
    if missing:
        message = f"colonnes absentes : {enumerer(missing)}"
        found.append(sheet.faute("SCD011", row.numero, 0, message, aide))
    absent = [c.nom for c in CHAMPS if c.obligatoire and c.nom not in columns and c.nom not in _NECESSAIRES]
    for what, names in (("colonnes absentes", absent), ("colonnes laissées de côté", unknown)):
        if names:
            found.append(sheet.dit("SCD011", row.numero, f"{what} : {enumerer(names)}", Severity.INFO))
    return row.numero, columns, found


def _textes(row: Rangee, columns: Mapping[str, int]) -> _Ligne:
    cells = {n: row.cellules[c - 1] for n, c in columns.items() if c <= len(row.cellules)}
    return _Ligne(row, {n: str(v) for n, v in cells.items() if v is not None})


# --- rows ----------------------------------------------------------------------------------------


def _beneficiaires(
    sheet: Feuillet, columns: Mapping[str, int], rows: Sequence[_Ligne], records: Records
) -> Lecture:
    found: list[Diagnostic] = []
    mild: list[tuple[Faute, Rangee]] = []
    held: dict[str, list[tuple[str, str, int]]] = {}
    refused = 0
    for row in rows:
        own = list(fautes(row.textes))
        # A column that the file has not is told once, with the headings.
        mild += [(f, row.rangee) for f in own if f.champ not in _PRIS and f.champ in columns]
        identity, wrong = _identite(sheet, columns, row, own)
        found += wrong
        if identity is None:
            refused += 1
        else:
            name, siret, rna = identity
            held.setdefault(siret, []).append((name, rna, row.rangee.numero))
    mild += [
        (f, rows[k].rangee) for k, f in fautes_d_ensemble([r.textes for r in rows]) if f.champ in columns
    ]
    found += _ensemble(sheet, columns, mild)
    known = _structures(records)
    out: list[Beneficiaire] = []
    for siret, said in held.items():
        names = list(dict.fromkeys(n for n, _, _ in said))
        first = columns["nomBeneficiaire"]
        if len(names) > 1:
            line = next(k for n, _, k in said if n == names[1])
            message = f"le SIRET {siret} a plusieurs noms : {enumerer(map(montrer, names))}"
            note = Note(f"retenu : {montrer(names[0])}", sheet.span(said[0][2], first))
            place = sheet.span(line, first)
            aide = "vérifier le nom dans la fiche"
            found.append(
                Diagnostic("SCD014", message, place, Severity.AVERTISSEMENT, notes=(note,), help=aide)
            )
        rnas = list(dict.fromkeys(r for _, r, _ in said if r))
        if siret in known:
            found += _connue(sheet, said[0], known[siret])
            continue
        if len(rnas) > 1:
            message = f"le SIRET {siret} a plusieurs numéros RNA : {enumerer(rnas)} ; aucun n’est repris"
            place = sheet.span(said[0][2], columns["rnaBeneficiaire"])
            aide = "vérifier le numéro, puis l’écrire dans la fiche"
            found.append(Diagnostic("SCD014", message, place, Severity.AVERTISSEMENT, help=aide))
        rna = rnas[0] if len(rnas) == 1 else ""
        out.append(Beneficiaire(names[0], siret, rna, tuple(k for _, _, k in said)))
    return Lecture(tuple(out), tuple(found), len(rows), refused, sum(s in known for s in held))


def _identite(
    sheet: Feuillet, columns: Mapping[str, int], row: _Ligne, own: Sequence[Faute]
) -> tuple[tuple[str, str, str] | None, list[Diagnostic]]:
    """Name, SIRET and RNA of a row; None, with why (SCD012, SCD013), when they are not sure.

    The SIRET may have spaces, as a letter prints it; nothing else is put right.
    """
    found: list[Diagnostic] = []
    line = row.rangee.numero
    for fault in own:
        if fault.sorte is Sorte.PERSONNE and fault.champ in _PRIS:
            where = columns[fault.champ]
            return None, [sheet.faute("SCD013", line, where, fault.message, fault.aide)]
        if fault.champ == "nomBeneficiaire" and fault.champ in columns:
            found.append(sheet.faute("SCD012", line, columns[fault.champ], fault.message, fault.aide))
    siret = rna = ""
    try:
        siret = siret_lu(row.textes.get("idBeneficiaire", ""), False)
    except ValueError as e:
        empty = "idBeneficiaire" not in row.textes
        message = "le SIRET du bénéficiaire est absent" if empty else str(e)
        aide = "créer la fiche à la main, avec le SIRET de l’avis de situation de l’Insee"
        found.append(sheet.faute("SCD012", line, columns["idBeneficiaire"], message, aide))
    try:
        rna = parse_rna(text) if (text := row.textes.get("rnaBeneficiaire", "")) else ""
    except ValueError as e:
        aide = "créer la fiche à la main, avec le numéro du récépissé"
        found.append(sheet.faute("SCD012", line, columns["rnaBeneficiaire"], str(e), aide))
    return (None if found else (row.textes["nomBeneficiaire"], siret, rna)), found


def _structures(records: Records) -> dict[str, tuple[str, ...]]:
    """The names of each SIRET of structures/, the records still to complete included."""
    folder = records.cle("structures/")
    out: dict[str, tuple[str, ...]] = {}
    for key, src in records.sources.items():
        if key.startswith(folder) and isinstance(src.value, dict):
            said = src.value
            if isinstance(siret := said.get("siret"), str):
                names = (said.get("nom"), said.get("nom_court"))
                out[siret] = tuple(n for n in names if isinstance(n, str))
    return out


def _illisibles(records: Records) -> Iterator[Diagnostic]:
    """SCD006: the files of structures/ whose SIRET is not known, since nothing of them was read."""
    folder = records.cle("structures")
    unread = {k for k in records.fautifs - records.sources.keys() if f"{k}/".startswith(f"{folder}/")}
    # A file with a wrong suffix is held faulty under its right name too, which does not exist.
    wrong = {k.rpartition(".")[0] for k in unread if not k.endswith(".yaml")}
    for key in sorted(unread):
        if not key.endswith(".yaml") or key.removesuffix(".yaml") not in wrong:
            message = "la reprise n’est pas faite : cette structure serait peut-être créée deux fois"
            yield Diagnostic("SCD006", message, Span(key), help="corriger la fiche, puis relancer")


def _connue(sheet: Feuillet, said: tuple[str, str, int], noms: Sequence[str]) -> Iterator[Diagnostic]:
    """A structure already in the records, under another name."""
    if noms and plat(said[0]) not in map(plat, noms):
        own = montrer(noms[0])
        message = f"{montrer(said[0])} est déjà dans les fiches sous le nom {own} : rien n’est changé"
        yield sheet.dit("SCD014", said[2], message, Severity.INFO)


def _ensemble(
    sheet: Feuillet, columns: Mapping[str, int], mild: Iterable[tuple[Faute, Rangee]]
) -> Iterator[Diagnostic]:
    """SCD015: the faults of what is not taken, once per field and kind, at the first row that has them."""
    ordered = sorted(mild, key=lambda f: (f[0].champ, f[0].sorte, f[1].numero))
    for (champ, sorte), group in groupby(ordered, key=lambda f: (f[0].champ, f[0].sorte)):
        faults = list(group)
        first, row = faults[0]
        others = [str(r.numero) for _, r in faults[1:]]
        notes: tuple[Note, ...] = ()
        if others:
            more = f", et {accord(len(others) - _CITEES, 'autre')}" if len(others) > _CITEES else ""
            line = "lignes" if len(others) > 1 else "ligne"
            notes = (Note(f"{sorte}, {line} {', '.join(others[:_CITEES])}{more}"),)
        place = sheet.span(row.numero, columns[champ])
        message = f"{champ}, ligne {row.numero} : {first.message}"
        aide = f"{first.aide}, si ce fichier doit être publié"
        yield Diagnostic("SCD015", message, place, Severity.AVERTISSEMENT, notes, aide)
