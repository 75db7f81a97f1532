"""Rows of the exchanged table against the records: what each changes, or why it cannot."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.diagnostics import Diagnostic, Note, Severity, suggerer
from generator.finances import donnees
from generator.finances.feuillet import Feuillet, montrer, plat
from generator.finances.saisie import Ligne
from generator.load import Dossier, Records
from generator.model import DEPARTEMENT_ENTIER, Acte, Actes, Operation, Structure
from generator.typography import accord, enumerer, euros

_RESSEMBLE = 0.5
"""Below, two names of a structure are those of two structures."""
_PROCHE = 0.6
"""From here up, a name is offered for one that is not known."""
_LONG = 200
"""Characters of a cell that are compared with names: the comparison takes the square of their number."""
_NUMERO = re.compile("[0-9]{4}-[0-9]{5}")

Cle = tuple[str, str, str, str]
"""What makes a share: number of the acte's convention, operation, territoire, tarif."""


@dataclass(frozen=True, slots=True)
class Part:
    """A share as the table wants it; `quantite` and `montant` None: the table does not say."""

    operation: str
    territoire: str
    tarif: str
    quantite: int | None
    montant: int | None


@dataclass(frozen=True, slots=True)
class Changement:
    """What one acte of one structure becomes. `acte` is its rank in the file; None for a new convention.

    `valeurs`: path under the acte → text to write in place of what stands there, or to add to its group.
    `ajouts`: shares that the acte does not have.
    """

    structure: str
    numero: str
    acte: int | None
    valeurs: tuple[tuple[tuple[str | int, ...], int | dt.date], ...] = ()
    ajouts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Noms:
    """The names that rows may use, reduced by `plat`: made once, a table has thousands of rows."""

    par_siret: Mapping[str, Structure]
    structures: Sequence[tuple[Structure, frozenset[str]]]
    operations: Sequence[tuple[Operation, frozenset[str]]]
    territoires: Mapping[str, str]


def _noms(records: Records, dossier: Dossier) -> _Noms:
    known = list(records.structures.values())
    places = (*records.territoires, DEPARTEMENT_ENTIER)
    return _Noms(
        {s.siret: s for s in reversed(known)},
        [(s, frozenset({plat(s.nom), plat(s.appellation)})) for s in known],
        [
            (o, frozenset({plat(donnees.intitule(dossier, o)), plat(o.id), plat(o.dispositif)}))
            for o in dossier.deliberation.operations()
        ],
        {plat(name): i for i in places for name in (i, donnees.territoire(records, i))},
    )


@dataclass(slots=True)
class _Rapprochement:
    """State of one comparison."""

    feuillet: Feuillet
    records: Records
    dossier: Dossier
    noms: _Noms
    found: list[Diagnostic] = field(default_factory=list)
    vues: dict[tuple[str, Cle], Ligne] = field(default_factory=dict)
    par_acte: dict[tuple[str, str], list[tuple[Ligne, Operation, str]]] = field(default_factory=dict)

    def faute(self, code: str, line: Ligne, champ: str, message: str, aide: str, *notes: Note) -> None:
        self.found.append(self.feuillet.faute(code, line.rang, line.colonne(champ), message, aide, *notes))


def rapprocher(
    feuillet: Feuillet, lignes: Sequence[Ligne], records: Records, dossier: Dossier
) -> tuple[list[Changement], list[Diagnostic]]:
    """The changes that the rows ask for, by structure then acte, and what is wrong in them.

    Nothing is taken away: a share of a record that the table does not name stays, and is told (IMP015);
    an empty cell where the record has a value is refused (IMP014).
    """
    job = _Rapprochement(feuillet, records, dossier, _noms(records, dossier))
    for line in lignes:
        _placer(job, line)
    changes = [c for (who, number), rows in job.par_acte.items() for c in _changer(job, who, number, rows)]
    return sorted(changes, key=lambda c: (c.structure, c.numero)), job.found


def _placer(job: _Rapprochement, line: Ligne) -> None:
    """Find what a row speaks of; every name that is not known is told, not the first alone."""
    before = len(job.found)
    who = _structure(job, line)
    what = _operation(job, line)
    where = _territoire(job, line)
    said = line.texte("deliberation")
    if said and said != job.dossier.deliberation.id:
        message = f"la ligne est de la délibération {montrer(said)}"
        job.faute(
            "IMP012", line, "deliberation", message, f"importer ici celles de {job.dossier.deliberation.id}"
        )
    if what is not None:
        _code(job, line, what)
    if not line.saine or who is None or what is None or where is None or len(job.found) > before:
        return
    number = _numero(job, line, who, what)
    if number is None:
        return
    key = (who.id, (number, what.id, where, line.texte("tarif")))
    if line.quantite is None and line.montant is None:
        job.faute(
            "IMP014", line, "montant", "la ligne n’a ni places ni montant", "compléter la ligne, au besoin 0"
        )
        return
    first = job.vues.setdefault(key, line)
    if first is not line:
        note = Note(f"première fois ligne {first.rang}", job.feuillet.span(first.rang))
        message = f"la part de {who.appellation} en {donnees.territoire(job.records, where)} figure deux fois"
        job.faute(
            "IMP013", line, "territoire", message, "réunir les deux lignes, ou corriger l’une d’elles", note
        )
        return
    job.par_acte.setdefault((who.id, number), []).append((line, what, where))


def _structure(job: _Rapprochement, line: Ligne) -> Structure | None:
    name = line.texte("structure").rstrip("*\u00a0 ")
    if line.siret is None:
        if "siret" in line.colonnes or not name:
            return None  # told by the cell
        same = [s for s, names in job.noms.structures if plat(name) in names]
        if len(same) == 1:
            return same[0]
        aide = "écrire le nom de la fiche de la structure, ou ajouter une colonne SIRET"
        job.faute("IMP010", line, "structure", f"structure {montrer(name)} inconnue", aide)
        return None
    found = job.noms.par_siret.get(line.siret)
    if found is None:
        message = f"aucune fiche de structure n’a le SIRET {montrer(line.siret)}"
        job.faute("IMP010", line, "siret", message, "corriger le SIRET, ou créer la fiche dans structures/")
        return None
    if name and max(_proches(name, found.nom), _proches(name, found.appellation)) < _RESSEMBLE:
        message = f"ce SIRET est celui de « {found.appellation} », la ligne nomme {montrer(name)}"
        note = Note("fiche de la structure", job.records.span(found.origine, "siret"))
        job.faute("IMP010", line, "siret", message, "corriger le SIRET ou le nom", note)
        return None
    return found


def _proches(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, plat(a)[:_LONG], plat(b)[:_LONG]).ratio()


def _operation(job: _Rapprochement, line: Ligne) -> Operation | None:
    said = line.texte("operation")
    if not said:
        return None
    flat = plat(said)
    same = [o for o, names in job.noms.operations if flat in names]
    if len(same) == 1:
        return same[0]
    titles = {name: o.intitule for o, names in job.noms.operations for name in names}
    near = suggerer(flat[:_LONG], titles, _PROCHE, titles.__getitem__)
    aide = near or "reprendre l’intitulé de la délibération"
    job.faute(
        "IMP011", line, "operation", f"{montrer(said)} n’est pas un dispositif de la délibération", aide
    )
    return None


def _territoire(job: _Rapprochement, line: Ligne) -> str | None:
    said = line.texte("territoire")
    if not said:
        return None
    found = job.noms.territoires.get(plat(said))
    if found is not None:
        return found

    def nom(flat: str) -> str:
        return donnees.territoire(job.records, job.noms.territoires[flat])

    near = suggerer(plat(said)[:_LONG], job.noms.territoires, _PROCHE, nom)
    aide = near or "voir territoires.yaml"
    job.faute("IMP011", line, "territoire", f"territoire {montrer(said)} inconnu", aide)
    return None


def _code(job: _Rapprochement, line: Ligne, o: Operation) -> None:
    """A code or an imputation that is not the operation's: the row may be another's."""
    own = next((b.imputation for b in job.dossier.deliberation.budget if b.code == o.code), "")
    for champ, expected in (("code", o.code), ("imputation", own)):
        said = line.texte(champ)
        if said and expected and said != expected:
            message = f"{montrer(said)} n’est pas celui de « {o.intitule} », qui est {expected}"
            job.faute("IMP011", line, champ, message, "corriger le dispositif ou cette cellule")


def _numero(job: _Rapprochement, line: Ligne, who: Structure, o: Operation) -> str | None:
    """Number of the convention of a row: the one it says, else that of the only acte for the operation."""
    said = line.texte("numero")
    if said:
        return said
    group = job.dossier.actes.get(who.id)
    found = [a for a in group.actes if any(p.operation == o.id for p in a.operations)] if group else []
    if len(found) == 1:
        return donnees.numero_de(found[0])
    what = "plusieurs actes ont" if found else "aucun acte n’a"
    message = (
        f"{what} ce dispositif pour {who.appellation}, et la ligne ne dit pas le numéro de sa convention"
    )
    job.faute("IMP012", line, "numero", message, "écrire le numéro de la convention")
    return None


def _changer(
    job: _Rapprochement, who: str, number: str, rows: list[tuple[Ligne, Operation, str]]
) -> Iterator[Changement]:
    group = job.dossier.actes.get(who)
    rank, acte = _acte(group, number)
    first = rows[0][0]
    nature = plat(first.texte("nature"))
    if acte is None or group is None:
        new = nature in {"", "convention"} and all(o.instrument == "convention" for _, o, _ in rows)
        if not new or not _NUMERO.fullmatch(number):
            message = f"aucun acte de cette structure ne porte le n° {montrer(number)}"
            aide = "corriger le numéro (2025-00031) ; un avenant a d’abord sa fiche, qui dit ce qu’il modifie"
            job.faute("IMP012", first, "numero", message, aide)
            return
        yield Changement(who, number, None, (), tuple(_part(*row) for row in rows))
        return
    if nature and nature != ("avenant" if acte.est_avenant else "convention"):
        kind = "un avenant" if acte.est_avenant else "une convention"
        message = f"{montrer(first.texte('nature'))} : l’acte n° {number} est {kind}"
        job.faute("IMP012", first, "nature", message, "corriger la nature ou le numéro")
        return
    values: list[tuple[tuple[str | int, ...], int | dt.date]] = []
    added: list[Part] = []
    named: set[tuple[str, str, str]] = set()
    for line, o, where in rows:
        part = _part(line, o, where)
        named.add((part.operation, part.territoire, part.tarif))
        place = _place(acte, part)
        if place is None:
            added.append(part)
            continue
        values += _valeurs(job, line, acte, place)
    values += _signature(job, acte, [line for line, _, _ in rows])
    _restes(job, group, acte, named, first)
    if values or added:
        yield Changement(who, number, rank, tuple(values), tuple(added))


def _acte(group: Actes | None, number: str) -> tuple[int | None, Acte | None]:
    for rank, acte in enumerate(group.actes if group else ()):
        if donnees.numero_de(acte) == number:
            return rank, acte
    return None, None


def _part(line: Ligne, o: Operation, where: str) -> Part:
    return Part(o.id, where, line.texte("tarif"), line.quantite, line.montant)


def _place(acte: Acte, part: Part) -> tuple[int, int] | None:
    for k, p in enumerate(acte.operations):
        for j, r in enumerate(p.repartition):
            if (p.operation, r.territoire, r.tarif or "") == (part.operation, part.territoire, part.tarif):
                return k, j
    return None


def _valeurs(
    job: _Rapprochement, line: Ligne, acte: Acte, place: tuple[int, int]
) -> Iterator[tuple[tuple[str | int, ...], int]]:
    k, j = place
    r = acte.operations[k].repartition[j]
    for champ, said, own, shown in (
        ("quantite", line.quantite, r.quantite, accord(r.quantite or 0, "place")),
        ("montant", line.montant, r.montant, euros(r.montant)),
    ):
        if champ not in line.colonnes or said == own or (said is None and not own):
            continue
        if said is None:
            message = f"la cellule est vide, la fiche compte {shown}"
            job.faute("IMP014", line, champ, message, "écrire la valeur, au besoin 0")
            continue
        yield ("operations", k, "repartition", j, champ), said


def _signature(
    job: _Rapprochement, acte: Acte, lines: Iterable[Ligne]
) -> Iterator[tuple[tuple[str | int, ...], dt.date]]:
    """The day of signature is one for the acte: its rows must agree."""
    said = {line.signe_le: line for line in lines if line.signe_le is not None}
    if len(said) > 1:
        line = list(said.values())[-1]
        days = enumerer(f"{d:%d/%m/%Y}" for d in sorted(d for d in said if d))
        job.faute("IMP013", line, "signe_le", f"le même acte est signé le {days}", "n’en garder qu’une")
        return
    for day in said:
        if day is not None and day != acte.signe_le:
            yield ("signe_le",), day


def _restes(
    job: _Rapprochement, group: Actes, acte: Acte, named: set[tuple[str, str, str]], first: Ligne
) -> None:
    """IMP015: shares of the acte that the table leaves out."""
    for k, p in enumerate(acte.operations):
        for j, r in enumerate(p.repartition):
            if (p.operation, r.territoire, r.tarif or "") not in named:
                rank = group.actes.index(acte)
                path = ("actes", rank, "operations", k, "repartition", j)
                text = (
                    f"{group.structure}, {p.operation}, {donnees.territoire(job.records, r.territoire)} : "
                    f"le tableau ne reprend pas cette part ({euros(r.montant)}), la fiche la garde"
                )
                job.found.append(
                    Diagnostic(
                        "IMP015",
                        text,
                        job.feuillet.span(first.rang),
                        Severity.AVERTISSEMENT,
                        (Note("fiche", job.records.span(group.origine, *path)),),
                        help="ajouter la ligne, ou supprimer la part dans la fiche",
                    )
                )
