"""Files to records: every YAML file under data/ is read once and given its type.

Nothing here raises for bad data: a faulty file gives diagnostics and no record, so that only what
depends on it is lost. References between records are checked by `checks.references`.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from generator import source
from generator.diagnostics import Diagnostic, Span
from generator.load.typage import en_json, type_record
from generator.model import (
    Actes,
    Budget,
    Contacts,
    ConventionType,
    Deliberation,
    Departement,
    Dispositif,
    Modele,
    Nomenclature,
    Paiements,
    Racine,
    Structure,
    Territoire,
    Territoires,
)
from generator.source.cache import Cache, opened

R = TypeVar("R", bound=Racine)

Nommage = Callable[[R], tuple[str, str]]
"""The field that names the folder of a record, and its value as text."""


def _nom_de_deliberation(d: Deliberation) -> tuple[str, str]:
    return "numero" if d.numero else "date", d.id


def _nom_de_millesime(d: Dispositif) -> tuple[str, str]:
    return "millesime", str(d.millesime)


def cle_texte(record: Racine) -> str:
    """Key of the wording of a modele or a convention type: its record may be sound without it."""
    return f"{record.origine}#texte"


@dataclass(frozen=True)
class Dossier:
    """A deliberation with the modeles it attaches and the actes that follow from it.

    `modeles` by id; `actes` by structure id. `fichiers_actes` and `fichiers_modeles` are the keys of
    all their files, the faulty ones included: what depends on every one of them depends on these.
    """

    deliberation: Deliberation
    modeles: Mapping[str, Modele]
    actes: Mapping[str, Actes]
    fichiers_actes: tuple[str, ...] = ()
    fichiers_modeles: tuple[str, ...] = ()

    @property
    def cle(self) -> str:
        """Key of the deliberation's file."""
        return self.deliberation.origine

    def cle_operation(self, ident: str) -> str:
        """Key of one operation, finer than its file."""
        return f"{self.cle}#operation/{ident}"

    def cle_thematique(self, numero: int) -> str:
        """Key of one thematique's announced figures."""
        return f"{self.cle}#thematique/{numero}"

    @property
    def cle_budget(self) -> str:
        """Key of the budget table."""
        return f"{self.cle}#budget"

    @property
    def cle_vote(self) -> str:
        """Key of the presences and of the count of votes."""
        return f"{self.cle}#vote"


@dataclass(frozen=True)
class Records:
    """All records, by identifier, with the source of each file.

    A key (`cle`) is the path of a file as shown to the user; it names the record in
    `Diagnostic.blocks` and in what a document depends on.
    """

    racine: str
    departement: Departement | None = None
    zonage: Territoires | None = None
    """The file of the territoires, in its order; `territoires` finds one by identifier."""
    territoires: Mapping[str, Territoire] = field(default_factory=dict)
    structures: Mapping[str, Structure] = field(default_factory=dict)
    dispositifs: Mapping[str, Dispositif] = field(default_factory=dict)
    conventions_types: Mapping[str, ConventionType] = field(default_factory=dict)
    budgets: Mapping[int, Budget] = field(default_factory=dict)
    paiements: Mapping[int, Paiements] = field(default_factory=dict)
    nomenclature: Nomenclature | None = None
    """None when the project has none: imputations are then not looked up."""
    contacts: Mapping[int, Contacts] = field(default_factory=dict)
    dossiers: Mapping[str, Dossier] = field(default_factory=dict)
    sources: Mapping[str, source.Source] = field(default_factory=dict)
    fautifs: frozenset[str] = frozenset()
    """Keys of the files that gave no record."""
    fiches: tuple[Racine, ...] = ()
    """Every record that is a whole file, in the order of reading."""
    relues: int = field(default=0, compare=False)
    """How many files had to be read anew, because no earlier run had read the same bytes."""

    def cle(self, chemin: str) -> str:
        """Key of the file at `chemin`, relative to the data folder."""
        return f"{self.racine}/{chemin}"

    def span(self, cle: str, *path: str | int) -> Span:
        """Place of a value in the file `cle`; the file itself when it was not read."""
        found = self.sources.get(cle)
        return found.span(*path) if found else Span(cle)

    def connu(self, chemin: str) -> bool:
        """True when the file exists, even if it is faulty."""
        return self.cle(chemin) in self.fautifs or self.cle(chemin) in self.sources


class _Loader:
    """One walk of the data folder; gathers records, sources and diagnostics."""

    def __init__(self, folder: Path, shown: str, known: Cache) -> None:
        self.folder, self.shown, self.known = folder, shown, known
        self.sources: dict[str, source.Source] = {}
        self.fautifs: set[str] = set()
        self.fiches: list[Racine] = []
        self.found: list[Diagnostic] = []

    def key(self, path: Path) -> str:
        """The path as the user would type it."""
        return f"{self.shown}/{path.relative_to(self.folder).as_posix()}"

    def listing(self, folder: Path) -> list[Path]:
        """What a folder holds, in order of name, hidden files left out; nothing when it is absent."""
        try:
            if not folder.is_dir():
                return []
            return sorted((p for p in folder.iterdir() if not p.name.startswith(".")), key=_nom)
        except OSError:
            where = Span(self.key(folder))
            aide = "demander le droit de lire ce dossier"
            self.found.append(Diagnostic("YML001", "dossier illisible", where, help=aide))
            self.fautifs.add(where.file)
            return []

    def folders(self, sub: str) -> list[Path]:
        """The folders of `sub`."""
        return [p for p in self.listing(self.folder / sub) if p.is_dir()]

    def files(self, folder: Path) -> list[Path]:
        """The records of a folder. A suffix that is nearly the right one is reported, not ignored."""
        out = []
        for path in self.listing(folder):
            if path.suffix == ".yaml" and path.is_file():
                out.append(path)
            elif path.suffix.lower() in {".yaml", ".yml"}:
                good = f"{path.stem}.yaml"
                where = Span(self.key(path))
                aide = f"renommer le fichier en « {good} »"
                message = f"la fiche « {path.name} » n’est pas lue : son nom doit finir par « .yaml »"
                if path.suffix == ".yaml":
                    message, aide = f"« {path.name} » n’est pas un fichier", "supprimer ce dossier ou ce lien"
                self.found.append(Diagnostic("REC005", message, where, help=aide))
                self.fautifs |= {where.file, self.key(path.with_name(good))}
        return out

    def one(
        self, path: Path, model: type[R], ident: str | None = None, groupe: Nommage[R] | None = None
    ) -> R | None:
        """Read one file; check that the field `ident` is its name and what `groupe` gives its folder's."""
        key = self.key(path)
        src, diags = source.read(path, key, known=self.known, kind=model.__name__)
        record: R | None = None
        if src is not None:
            self.sources[key] = src
            record, more = type_record(src, model)
            diags = [*diags, *more]
            if record is not None and src.reading is None and not diags:
                self.known.put(src.sha256, model.__name__, src.value, src.marks, en_json(record))
        self.found += diags
        if any(d.is_error for d in diags):
            self.fautifs.add(key)
            return None
        if record is None or src is None:
            return record
        wrong = [
            Diagnostic(
                "REC004",
                f"« {own} » n’est pas le nom du {what}, qui est « {expected} »",
                src.span(field_),
                help=f"renommer le {what}, ou écrire « {field_}: {expected} »",
            )
            for (field_, own), what, expected in (
                ((ident or "", str(getattr(record, ident)) if ident else ""), "fichier", path.stem),
                (groupe(record) if groupe else ("", ""), "dossier", path.parent.name),
            )
            if field_ and own != expected
        ]
        if wrong:
            self.found += wrong
            self.fautifs.add(key)
            return None
        self.fiches.append(record)
        return record

    def many(self, sub: str, model: type[R], ident: str, groupe: Nommage[R] | None = None) -> dict[str, R]:
        """Read every .yaml of a folder, in order of name, by identifier."""
        out: dict[str, R] = {}
        for path in self.files(self.folder / sub):
            record = self.one(path, model, ident, groupe)
            if record is not None:
                out[str(getattr(record, ident))] = record
        return out

    def dossier(self, folder: Path) -> Dossier | None:
        """A deliberation's folder."""
        rel = folder.relative_to(self.folder).as_posix()
        head = self.one(folder / "deliberation.yaml", Deliberation, groupe=_nom_de_deliberation)
        modeles = self.many(f"{rel}/modeles", Modele, "id")
        actes = self.many(f"{rel}/actes", Actes, "structure")
        if head is None:
            return None
        return Dossier(
            head,
            modeles,
            actes,
            self._files(f"{rel}/actes", actes.values()),
            self._files(f"{rel}/modeles", modeles.values()),
        )

    def _files(self, sub: str, sound: Iterable[Racine]) -> tuple[str, ...]:
        """Keys of the files of a folder, the faulty ones included."""
        faulty = {key for key in self.fautifs if key.startswith(f"{self.shown}/{sub}")}
        return tuple(sorted(faulty | {r.origine for r in sound}))


def _nom(path: Path) -> str:
    return path.name


@contextlib.contextmanager
def _sans_ramassage() -> Iterator[None]:
    """No garbage collection: ten thousand records are made and none is thrown away, and looking through
    them again and again takes longer than making them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def show_path(path: Path) -> str:
    """`path` as the user would type it from the current folder."""
    try:
        rel = os.path.relpath(path)
    except ValueError:  # another drive
        return path.as_posix()
    return path.as_posix() if rel.startswith("..") else Path(rel).as_posix()


def load(data: Path, cache: Path | None = None) -> tuple[Records, list[Diagnostic]]:
    """Read every record under `data`; never raises for bad data.

    `cache` is a folder of the user's own, where readings are kept from one run to the next; nothing is
    kept without it, and the records are the same.
    """
    shown = show_path(data)
    if not data.is_dir():
        where = Span(shown)
        return Records(shown), [
            Diagnostic("YML001", "dossier de données introuvable", where, help="indiquer --donnees DOSSIER")
        ]
    with opened(cache) as known, _sans_ramassage():
        job = _Loader(data, shown, known)
        records, found = _read(job, data)
        return replace(records, relues=known.misses), found


def _read(job: _Loader, data: Path) -> tuple[Records, list[Diagnostic]]:
    departement = job.one(data / "departement.yaml", Departement)
    territoires = job.one(data / "territoires.yaml", Territoires)
    structures = job.many("structures", Structure, "id")
    dispositifs: dict[str, Dispositif] = {}
    for folder in job.folders("dispositifs"):
        for d in job.many(f"dispositifs/{folder.name}", Dispositif, "ref", _nom_de_millesime).values():
            dispositifs[d.cle] = d
    types = job.many("conventions-types", ConventionType, "id")
    budgets = {b.exercice: b for b in job.many("budget", Budget, "exercice").values()}
    plan = data / "nomenclature.yaml"  # the one file of the folder that may be absent
    nomenclature = job.one(plan, Nomenclature) if plan in job.listing(data) else None
    dossiers: dict[str, Dossier] = {}
    for folder in job.folders("deliberations"):
        found = job.dossier(folder)
        if found:
            dossiers[found.deliberation.id] = found
    records = Records(
        racine=job.shown,
        departement=departement,
        zonage=territoires,
        territoires={t.id: t for t in territoires.territoires} if territoires else {},
        structures=structures,
        dispositifs=dispositifs,
        conventions_types=types,
        budgets=budgets,
        paiements={p.exercice: p for p in job.many("paiements", Paiements, "exercice").values()},
        nomenclature=nomenclature,
        contacts={c.millesime: c for c in job.many("contacts", Contacts, "millesime").values()},
        dossiers=dossiers,
        sources=job.sources,
        fautifs=frozenset(job.fautifs),
        fiches=tuple(job.fiches),
    )
    return records, job.found
