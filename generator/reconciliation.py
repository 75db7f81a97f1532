"""The loop closed: a finished document is read back and compared with the records.

Two ways. What the records say the document must state is looked for in it (`Document.enonces`). And
every amount, date, SIRET and number of convention that it holds must come from somewhere: a record
that it depends on, a sum or a share computed from them, or, for a date, the fixed text of its templates. The
reading starts from the file on disk, .docx or PDF, and ignores how the document was made.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from generator import batch
from generator.diagnostics import Diagnostic, Note, Span
from generator.documents import Document, Enonce
from generator.load import Dossier, Records
from generator.model import FORMES, Acte, Actes, Periode, Structure
from generator.model.dispositif import Dispositif
from generator.money import appliquer
from generator.relecture import lecture, motifs
from generator.relecture.texte import Genre, Texte, Zone

MONTANTS = frozenset(
    {"montant", "cout", "cout_unitaire", "valorisation", "operations", "convention"}
    | {"ae", "disponible", "proposition", "solde"}
)
"""Fields of the records that hold an amount (a test compares this list with the models)."""

PLUSIEURS = 400  # documents from which a second process saves more than its start costs
_SOMME = re.compile(rf"(?<![\w.,/-]){motifs.SOMME}(?={motifs.EURO})")
_TABLE = re.compile(r"(?<![\w.,/-])\d{1,3}(?:\u00a0\d{3})*,\d{2}(?!\d)")
_SIRET = re.compile(r"\b\d{3}\s\d{3}\s\d{3}\s\d{5}\b")
_CONVENTION = re.compile(r"\b(?:19|20)\d\d-\d{5}\b")


@dataclass(slots=True)
class Admis:
    """All that a document may say: cents, days, SIRET (14 digits), numbers of conventions."""

    montants: set[int] = field(default_factory=set)
    jours: set[dt.date] = field(default_factory=set)
    sirets: set[str] = field(default_factory=set)
    conventions: set[str] = field(default_factory=set)

    def ajouter(self, autre: Admis) -> None:
        """Admit all that another one admits."""
        self.montants |= autre.montants
        self.jours |= autre.jours
        self.sirets |= autre.sirets
        self.conventions |= autre.conventions

    def texte(self, words: str) -> None:
        """Admit what a text says."""
        starts = motifs.nombres(words)
        self.montants |= set(_montants(words, starts))
        self.jours |= {j.date for j in motifs.jours(words, departs=starts) if j.date}
        self.sirets |= {re.sub(r"\s", "", m[0]) for m in motifs.au_chiffre(_SIRET, words, starts)}
        self.conventions |= {m[0] for m in motifs.au_chiffre(_CONVENTION, words, starts)}

    def valeur(self, value: object, champ: str = "", montants: bool = True) -> None:
        """Admit every value of a record; amounts only when asked."""
        if isinstance(value, BaseModel):
            if isinstance(value, Periode):
                self.jours.add(value.au.replace(year=value.au.year + 10, month=12, day=31))  # conservation
            for name in type(value).model_fields:
                self.valeur(getattr(value, name), name, montants)
        elif isinstance(value, tuple):
            for item in value:
                self.valeur(item, champ, montants)
        elif isinstance(value, str):
            if champ == "siret":
                self.sirets.add(value)
            elif montants:
                self.texte(value)
            else:
                starts = motifs.nombres(value)
                self.jours |= {j.date for j in motifs.jours(value, departs=starts) if j.date}
                self.conventions |= {m[0] for m in motifs.au_chiffre(_CONVENTION, value, starts)}
        elif isinstance(value, dt.date):
            self.jours.add(value)
        elif isinstance(value, int) and not isinstance(value, bool) and champ in MONTANTS and montants:
            self.montants.add(value)


@dataclass(frozen=True, slots=True)
class Examen:
    """A document to read back, whole in itself: it can be sent to another process.

    `enonces`: what it must say; `fichiers`: each of its files with the name to show for it.
    """

    admis: Admis
    enonces: tuple[Enonce, ...]
    fichiers: Mapping[Path, str]


def examiner(examen: Examen) -> list[Diagnostic]:
    """What the files of a document say against the records."""
    found: list[Diagnostic] = []
    for path, shown in examen.fichiers.items():
        texte, unread = lecture.lire(path, shown)
        found += unread
        if texte is not None:
            found += _absents(examen.enonces, texte)
            found += _inexpliques(examen.admis, texte)
    return found


def examiner_tous(examens: Mapping[str, Examen], jobs: int) -> Iterator[tuple[str, list[Diagnostic]]]:
    """(name, findings) of each, in any order; in `jobs` processes when their start is worth it."""
    jobs = jobs if len(examens) >= PLUSIEURS else 1
    for done in batch.run(examiner, examens.items(), jobs=jobs):
        # What took a process down may do here too; but then nothing is called sound that was not read.
        yield done.key, examiner(examens[done.key]) if done.value is None else done.value


def _montants(words: str, starts: Sequence[int]) -> Iterator[int]:
    for m in motifs.au_chiffre(_SOMME, words, starts):
        cents = motifs.centimes(m[0])
        if cents is not None:
            yield cents


class Reconciliation:
    """Reads documents back, for one set of records and one folder of templates."""

    def __init__(self, records: Records, gabarits: Path) -> None:
        self.records, self.gabarits = records, gabarits
        self._dates: dict[str, frozenset[dt.date]] = {}
        self._dits: dict[tuple[str, bool], Admis] = {}

    @cached_property
    def _par_cle(self) -> Mapping[str, BaseModel]:
        """Every record by the key of its file."""
        r = self.records
        found: list[BaseModel] = [*r.structures.values(), *r.dispositifs.values(), *r.budgets.values()]
        found += [*r.conventions_types.values(), *r.contacts.values()]
        found += [x for x in (r.departement, r.zonage) if x is not None]
        for dossier in r.dossiers.values():
            found += [dossier.deliberation, *dossier.modeles.values(), *dossier.actes.values()]
        return {str(getattr(x, "origine", "")): x for x in found}

    def document(
        self, d: Document, jour: dt.date, gabarits: Iterable[str], fichiers: Mapping[Path, str]
    ) -> list[Diagnostic]:
        """What the files of a document say against the records: see `examen`."""
        return examiner(self.examen(d, jour, gabarits, fichiers))

    def examen(
        self, d: Document, jour: dt.date, gabarits: Iterable[str], fichiers: Mapping[Path, str]
    ) -> Examen:
        """What is needed to read a document back.

        `gabarits`: the templates it used; `fichiers`: each file with the name to show for it.
        """
        admis = self._admis(d, gabarits)
        admis.jours.add(jour)
        return Examen(admis, tuple(d.enonces() if d.enonces else ()), fichiers)

    def _admis(self, d: Document, gabarits: Iterable[str]) -> Admis:
        admis = Admis()
        dispositifs = [x for k in d.depend if isinstance(x := self._par_cle.get(k), Dispositif)]
        for key in d.depend:
            record = self._par_cle.get(key)
            if record is None:
                continue
            # An act says none of the totals of the vote.
            own = d.structure is None or not key.endswith("/deliberation.yaml")
            admis.ajouter(self._dit(key, record, own))
            if isinstance(record, Actes):
                for acte in record.actes:
                    _derives(admis, acte, dispositifs)
        if d.structure is None:
            for dossier in self.records.dossiers.values():
                if dossier.cle in d.depend:
                    _totaux(admis, dossier)
        for name in gabarits:  # a law or a decree has its date in a template, an amount never
            admis.jours |= self._fixes(name)
        return admis

    def _dit(self, key: str, record: BaseModel, own: bool) -> Admis:
        """What a record says, with its amounts when `own`; searched once for all documents."""
        found = self._dits.get((key, own))
        if found is None:
            found = self._dits[key, own] = Admis()
            found.valeur(record, montants=own)
            if isinstance(record, Structure):
                found.texte(FORMES[record.forme])
        return found

    def _fixes(self, name: str) -> frozenset[dt.date]:
        """The dates of the fixed text of a template."""
        if name not in self._dates:
            texte, _ = lecture.lire(self.gabarits / name, name)
            found = motifs.jours(texte.flux) if texte else ()
            self._dates[name] = frozenset(j.date for j in found if j.date)
        return self._dates[name]


def _absents(enonces: Iterable[Enonce], texte: Texte) -> Iterator[Diagnostic]:
    """RAP001: something that the records say and the document does not."""
    shown = _uni(" ".join(line.texte for line in texte.lignes))
    for e in enonces:
        if not _dit(_uni(e.mots), shown):
            yield Diagnostic(
                "RAP001",
                f"le document ne dit pas {e.quoi} : « {e.mots} »",
                Span(texte.fichier),
                notes=(Note("fiche", e.ou),),
                help="vérifier le modèle Word, qui devrait l’écrire ; ne pas diffuser ce document",
            )


def _dit(words: str, shown: str) -> bool:
    """Whether a text says some words, a figure never cut; a line may end after their hyphens."""
    place = shown.find(words)
    while words and place >= 0:
        before, after = shown[place - 1 : place], shown[place + len(words) : place + len(words) + 1]
        if not before.isdecimal() and not after.isdecimal():
            return True
        place = shown.find(words, place + 1)
    if words and "-" not in words:
        return False
    motif = re.escape(words).replace(r"\-", r"\-\s?")
    return bool(re.search(rf"(?<!\d){motif}(?!\d)", shown))


def _uni(words: str) -> str:
    return " ".join(words.split())


def _derives(admis: Admis, acte: Acte, dispositifs: Iterable[Dispositif]) -> None:
    """Admit what an act adds up to, and its shares and payments at the rates of the dispositifs."""
    before = acte.convention.cout if acte.convention else None
    costs = {part.cout for part in acte.operations} | {part.montant for part in acte.operations}
    admis.montants |= {acte.montant, sum(p.cout for p in acte.operations), *costs}
    if before is not None:
        admis.montants.add(before + acte.montant)
        costs.add(before)
    for d in dispositifs:
        rates = [p.taux for p in d.financement.parts]
        due = [v.taux for v in d.financement.versements if v.taux is not None]
        for cents in costs:
            for group in (rates, due):
                if group:
                    admis.montants |= set(appliquer(cents, group))


def _totaux(admis: Admis, dossier: Dossier) -> None:
    """Admit the sums of the shares: by operation, structure, territoire, code, thematique, in all."""
    codes = {o.id: (o.code, th.numero) for th in dossier.deliberation.thematiques for o in th.operations}
    sums: dict[object, int] = {}
    for ident, actes in dossier.actes.items():
        for n, acte in enumerate(actes.actes):
            for part in acte.operations:
                code, th = codes.get(part.operation, ("", 0))
                for r in part.repartition:
                    groups = (
                        ("operation", part.operation),
                        ("part", ident, n, part.operation),
                        ("territoire", r.territoire),
                        ("code", code),
                        ("thematique", th),
                        ("acte", ident, n),
                        "tout",
                    )
                    for group in groups:
                        sums[group] = sums.get(group, 0) + r.montant
    admis.montants |= set(sums.values())


def _inexpliques(admis: Admis, texte: Texte) -> Iterator[Diagnostic]:
    """RAP002: an amount, a date, a SIRET or a number of convention that comes from no record."""
    flux, starts = texte.flux, motifs.nombres(texte.flux)
    amounts = [(m.cents, m.debut, m.fin) for m in motifs.montants(texte, departs=starts)]
    if texte.genre is Genre.DOCX:
        # A table gives its unit in its head. On a page, the cells of a row run into one another.
        seen = {debut for _, debut, _ in amounts}
        for m in motifs.au_chiffre(_TABLE, flux, starts):
            cents = motifs.centimes(m[0])
            in_table = texte.ligne_a(m.start()).zone is Zone.TABLEAU
            if cents is not None and in_table and m.start() not in seen:
                amounts.append((cents, m.start(), m.end()))
    for cents, debut, fin in amounts:
        if cents and cents not in admis.montants:
            yield _inexplique(texte, "ce montant", debut, fin)
    for j in motifs.jours(flux, departs=starts):
        if j.date and j.date not in admis.jours:
            yield _inexplique(texte, "cette date", j.debut, j.fin)
    for m in motifs.au_chiffre(_SIRET, flux, starts):
        if re.sub(r"\s", "", m[0]) not in admis.sirets:
            yield _inexplique(texte, "ce SIRET", m.start(), m.end())
    for m in motifs.au_chiffre(_CONVENTION, flux, starts):
        if m[0] not in admis.conventions:
            yield _inexplique(texte, "ce numéro de convention", m.start(), m.end())


def _inexplique(texte: Texte, quoi: str, debut: int, fin: int) -> Diagnostic:
    place = texte.span(debut, fin)
    words, _, _ = texte.extrait(place)
    return Diagnostic(
        "RAP002",
        f"aucune fiche n’explique {quoi} : « {_uni(texte.flux[debut:fin])} »",
        Span(texte.fichier),
        notes=(Note(f"{texte.lieu(place)} : {_uni(words)}"),),
        help="vérifier le modèle Word et les fiches ; ne pas diffuser ce document",
    )
