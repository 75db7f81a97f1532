"""The one door: a `Workspace` is a project folder, and every skin asks it for everything."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator import checks, convert, relecture
from generator.compte_rendu import Etat
from generator.compte_rendu.catalogue import catalogue
from generator.diagnostics import Diagnostic, Severity, Span, distinct, sort_key, suggerer
from generator.documents import Contexte, Ouvrage, couverture, sortes
from generator.documents.fiche import millesimes
from generator.epreuve import clauses_absentes, eprouver
from generator.fabrique import Fabrique, Reglages, Resultat, Suivi
from generator.files import cause, ecrire
from generator.load import Records, load, show_path
from generator.plan import Choix, Plan, planifier
from generator.render import Engine, RenderError
from generator.service.constats import cle_des_fiches, cle_des_gabarits, retrouves

__all__ = ["Choix", "Etat", "Modeles", "Options", "Production", "Suivi", "Workspace"]


@dataclass(frozen=True, slots=True)
class Modeles:
    """What `Workspace.verifier_modeles` did: the findings, the number of templates, of the documents that
    were held against them, of those that their records hold back."""

    etat: Etat
    gabarits: int
    documents: int
    bloques: int


@dataclass(frozen=True, slots=True)
class Options:
    """How to build: which documents, with PDFs or not, how many conversions at once, seconds for each."""

    choix: Choix = field(default_factory=Choix)
    pdf: bool = True
    jobs: int = 2
    delai: float = 120
    cluster: str = ""
    """Address of the dask.distributed scheduler whose nodes do the work; empty to do it here."""


@dataclass(slots=True)
class Production:
    """What `Workspace.generer` did: the state of the records, the plan, the result of the run."""

    etat: Etat
    plan: Plan | None = None
    resultat: Resultat = field(default_factory=Resultat)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def reussie(self) -> bool:
        """True when no error was found and nothing is missing."""
        return self.plan is not None and not any(d.is_error for d in self.diagnostics)


class Workspace:
    """A project: folders of records, templates and outputs; `cache`, where to keep what serves again."""

    def __init__(self, donnees: Path, gabarits: Path, sortie: Path, cache: Path | None = None) -> None:
        self.donnees, self.gabarits, self.sortie, self.cache = donnees, gabarits, sortie, cache
        self.engine = Engine(gabarits)

    def charger(self, suivi: Suivi) -> Etat:
        """Read every record, apply every rule, look at every template."""
        suivi.debut("lecture", 1)
        records, lus = load(self.donnees, self.cache)
        suivi.pas(f"{len(records.sources)} fiches, {'à jour' if not records.relues else 'relues'}")
        suivi.fin()
        suivi.debut("contrôle", 1)
        found, known = retrouves(
            self.cache, cle_des_fiches(records, lus), lambda: checks.verifier(records, lus)
        )
        lint, too = retrouves(self.cache, cle_des_gabarits(self.engine), self.engine.lint)
        found = [*found, *lint, *clauses_absentes(records, self.engine.names())]
        suivi.pas("à jour" if known and too else "règles et modèles Word")
        suivi.fin()
        return Etat(records, tuple(sorted(found, key=sort_key)))

    def verifier(self, numero: str | None, suivi: Suivi) -> Etat:
        """Findings on one deliberation, or on everything; renders every document, keeps none."""
        etat = self.charger(suivi)
        found = list(etat.diagnostics)
        if numero is not None:
            found = [d for d in found if _concerns(d, etat.records, numero)]
            found += unknown_number(etat.records, numero)
        works = _ouvrages(etat.records, numero)
        if numero is not None:
            found = [d for d in found if all(_touches(d, w, etat.records) for w in works)]
        suivi.debut("épreuve", len(works))
        for work in works:
            plan, _ = planifier(work, etat.diagnostics, Choix(), self.keys)
            found += eprouver(plan, self.engine)
            suivi.pas(work.nom)
        suivi.fin()
        found += self._scelles(etat, numero)
        return Etat(etat.records, tuple(sorted(distinct(found), key=sort_key)), numero)

    def _scelles(self, etat: Etat, numero: str | None) -> list[Diagnostic]:
        """What is no longer what was sealed."""
        from generator.service.scelles import Scelles  # which is built on this class

        return Scelles(self).controler(etat, numero)

    def verifier_modeles(self, suivi: Suivi) -> Modeles:
        """Findings on the Word templates alone, held against every document that the records make."""
        etat = self.charger(suivi)
        prefix = f"{self.gabarits.name}/"
        lint = [d for d in etat.diagnostics if d.span.file.startswith(prefix) or d.code == "REF008"]
        others = [d for d in etat.diagnostics if not d.span.file.startswith(prefix)]
        works = [*_ouvrages(etat.records, None), *_conventions(etat.records)]
        suivi.debut("épreuve", len(works))
        plans = []
        for work in works:
            plan, _ = planifier(work, others, Choix(), lambda *_: frozenset())
            plans.append(plan)
            suivi.pas(work.nom)
        from generator import contrat  # of use here only, like `annotation` below

        found = contrat.examiner(plans, self.gabarits, lint)
        suivi.fin()
        return Modeles(
            Etat(etat.records, tuple(found)),
            len(self.engine.names()),
            sum(len(p.taches) for p in plans),
            sum(len(p.bloques) for p in plans),
        )

    def annoter(self, etat: Etat, folder: Path) -> tuple[list[Path], list[Diagnostic]]:
        """Write into `folder` a commented copy of each faulty template; the files, and what went wrong."""
        from generator.annotation import annoter

        return annoter(self.engine, etat.diagnostics, folder)

    def generer(self, numero: str, options: Options, suivi: Suivi) -> Production:
        """Build the documents of a deliberation; whatever goes wrong is in the result."""
        etat = self.charger(suivi)
        found = [d for d in etat.diagnostics if _concerns(d, etat.records, numero)]
        dossier = etat.records.dossiers.get(numero)
        if dossier is None:
            return Production(etat, diagnostics=tuple(found + unknown_number(etat.records, numero)))
        return self._produire(etat, couverture.dossier(etat.records, dossier), found, options, suivi)

    def fiches(self, millesime: int, options: Options, suivi: Suivi) -> Production:
        """Build the fiches of a year and their booklet."""
        etat = self.charger(suivi)
        found = [d for d in etat.diagnostics if _concerns(d, etat.records, "")]
        known = millesimes(etat.records)
        if millesime not in known:
            where = Span(f"{etat.records.racine}/dispositifs/{millesime}")
            years = ", ".join(map(str, known)) or "aucun"
            aide = f"millésimes qui ont des fiches : {years}"
            unknown = Diagnostic("CHX003", f"aucune fiche pour le millésime {millesime}", where, help=aide)
            return Production(etat, diagnostics=(*found, unknown))
        return self._produire(etat, couverture.livret(etat.records, millesime), found, options, suivi)

    def consolider(self, numeros: tuple[str, ...], au: dt.date, options: Options, suivi: Suivi) -> Production:
        """Build the conventions as they stand on the day `au`: those named, or all of them."""
        etat = self.charger(suivi)
        work = couverture.conventions(etat.records, au)
        known = [d.ident.removeprefix("convention-") for d in work.documents]
        wrong = []
        for numero in numeros or ([] if known else [""]):
            if numero in known:
                continue
            near = suggerer(numero, known, 0.6)
            aide = "une convention n’apparaît qu’à partir de sa signature : voir --au"
            aide = f"{near} {aide}" if near else aide
            what = f"convention inconnue ou non encore signée le {au:%d/%m/%Y} : « {numero} »"
            what = what if numero else f"aucune convention signée le {au:%d/%m/%Y}"
            wrong.append(Diagnostic("CHX004", what, Span(f"{etat.records.racine}/deliberations"), help=aide))
        if wrong:
            return Production(etat, diagnostics=tuple(wrong))
        choix = Choix((), tuple(f"convention-{n}" for n in numeros))
        return self._produire(etat, work, list(etat.diagnostics), replace(options, choix=choix), suivi)

    def _produire(
        self, etat: Etat, work: Ouvrage, found: list[Diagnostic], options: Options, suivi: Suivi
    ) -> Production:
        plan, wrong = planifier(work, found, options.choix, self.keys)
        if wrong:
            return Production(etat, diagnostics=tuple(wrong))
        found = [d for d in found if _touches(d, work, etat.records)]
        folder = self.sortie / work.nom
        soffice, missing = _office(folder, self.cache) if options.pdf else (None, [])
        refused = self._prepare(folder)
        if refused:
            return Production(etat, plan, diagnostics=(*found, refused))
        reglages = Reglages(
            self.sortie,
            soffice,
            convert.fonts() if soffice else "",
            max(1, options.jobs),
            options.delai,
            self.cache,
            options.cluster,
        )
        result = Fabrique(etat.records, plan, self.engine, reglages, suivi).run()
        found = distinct([*found, *result.diagnostics, *missing])
        return Production(etat, plan, result, tuple(sorted(found, key=sort_key)))

    def keys(self, template: str, contexte: Contexte) -> frozenset[str]:
        """Keys of a template and of all that it includes with a context, as the lint names them."""
        folder = self.gabarits.name
        try:
            return frozenset(
                f"{folder}/{name}" for name in (template, *self.engine.closure(template, contexte))
            )
        except RenderError as e:
            return frozenset({f"{folder}/{template}", e.diagnostic.span.file})

    def schemas(self) -> Mapping[str, str]:
        """JSON Schema of each kind of record: file name → text."""
        from generator.schema import schemas

        return {
            f"{name}.schema.json": json.dumps(s, ensure_ascii=False, indent=1) + "\n"
            for name, s in schemas().items()
        }

    def ecrire_schemas(self, folder: Path) -> list[Diagnostic]:
        """Write the JSON Schemas into `folder`."""
        try:
            for name, text in self.schemas().items():
                ecrire(folder / name, text.encode("utf-8"))
        except OSError as e:
            where = Span(show_path(folder))
            return [Diagnostic("SOR001", f"impossible d’écrire les schémas : {cause(e)}", where)]
        return []

    def sortes(self) -> list[tuple[str, str, str]]:
        """(name, description, needs) of every kind of document."""
        return [(s.nom, s.description, s.besoins) for s in sortes().values()]

    def expliquer(self, code: str) -> str | None:
        """What `code` means: the page of the rules says it at length, the rule itself in short."""
        asked = code.upper()
        if page := catalogue().get(asked):
            return str(page)
        rule = relecture.par_code().get(asked)
        return rule.texte if rule else None

    def relire(self, chemins: Sequence[Path]) -> list[relecture.Releve]:
        """Proofread finished documents, ours or anyone's, without any record; one result per file."""
        return [relecture.relire(chemin, show_path(chemin)) for chemin in chemins]

    def _prepare(self, folder: Path) -> Diagnostic | None:
        """Make sure of the output folder before any work is done."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            ecrire(folder / ".essai", b"essai")
            (folder / ".essai").unlink()
        except OSError as e:
            return Diagnostic(
                "SOR001",
                f"impossible d’écrire dans le dossier de sortie : {cause(e)}",
                Span(show_path(folder)),
                help="choisir un autre dossier avec --sortie",
            )
        return None


def _ouvrages(records: Records, numero: str | None) -> list[Ouvrage]:
    """The dossier of one deliberation, or everything that the records can make."""
    works = [couverture.dossier(records, d) for n, d in records.dossiers.items() if numero in (None, n)]
    if numero is None:
        works += [couverture.livret(records, m) for m in millesimes(records)]
    return works


def _conventions(records: Records) -> list[Ouvrage]:
    """The conventions as they stand on the day of each deliberation, and once the last one is carried out."""
    days = sorted({d.deliberation.date for d in records.dossiers.values()})
    later = [days[-1] + dt.timedelta(days=730)] if days else []
    return [couverture.conventions(records, day) for day in (*days, *later)]


def _office(folder: Path, cache: Path | None) -> tuple[Path | None, list[Diagnostic]]:
    """LibreOffice when it answers; otherwise what to say of its absence."""
    soffice = convert.find_soffice()
    why = "LibreOffice est introuvable"
    if soffice is not None:
        try:
            convert.version(soffice, cache)
        except convert.OfficeError as e:
            why = str(e)
        else:
            return soffice, []
    return None, [
        Diagnostic(
            "CNV002",
            f"les documents Word sont faits, les PDF manquent : {why}",
            Span(folder.as_posix()),
            help="installer libreoffice-writer-nogui, ou indiquer CONVENANT_SOFFICE=/chemin/soffice",
        )
    ]


def _concerns(d: Diagnostic, records: Records, numero: str) -> bool:
    """False for what belongs to another deliberation."""
    prefix = f"{records.racine}/deliberations/"
    return not d.span.file.startswith(prefix) or d.span.file.startswith(f"{prefix}{numero}/")


def _touches(d: Diagnostic, work: Ouvrage, records: Records) -> bool:
    """False for a finding on a dispositif that no document of the work uses."""
    if not d.span.file.startswith((f"{records.racine}/dispositifs/", f"{records.racine}/contacts/")):
        return True
    return any(d.span.file in document.depend for document in work.documents)


def unknown_number(records: Records, numero: str) -> list[Diagnostic]:
    if numero in records.dossiers or records.connu(f"deliberations/{numero}/deliberation.yaml"):
        return []
    known = ", ".join(records.dossiers) or "aucune"
    aide = suggerer(numero, records.dossiers, 0.4) or f"délibérations connues : {known} ;"
    aide += f" une nouvelle commence par le fichier deliberations/{numero}/deliberation.yaml"
    where = Span(f"{records.racine}/deliberations/{numero}")
    return [Diagnostic("CHX002", f"délibération inconnue : « {numero} »", where, Severity.ERREUR, help=aide)]
