"""Review: what changed between two drafts, document by document, proved and shown."""

from __future__ import annotations

import datetime as dt
import functools
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator import batch
from generator.comparaison import Comparaison, Couple, Demande, Par, Sens, comparer, couples, moteur, rapport
from generator.comparaison.papier import PapierError, en_pdf
from generator.comparaison.rapport import Entete, Ligne
from generator.diagnostics import Diagnostic, Severity, Span, distinct
from generator.fabrique import Suivi
from generator.files import cause, ecrire
from generator.load import show_path
from generator.service.atelier import Workspace
from generator.service.brouillons import RevisionError, rebatir

_LISTE = "comparaison.json"


@dataclass(frozen=True, slots=True)
class Reglages:
    """How to compare: under whose name, on which day, what to do of changes already tracked.

    `vers`: folder of the redlines and of the report. `pdf` False: no PDF of the report.
    """

    vers: Path
    auteur: str = "Convenant"
    date: dt.datetime = dt.datetime(2000, 1, 1)
    suivi: Sens | None = None
    jobs: int = 2
    pdf: bool = True


@dataclass(slots=True)
class Bilan:
    """What `Revue` did: the documents that differ, how many do not, the files written, the findings.

    `marques`: redlines by who made the marks.
    """

    lignes: list[Ligne] = field(default_factory=list)
    identiques: int = 0
    marques: dict[Par, int] = field(default_factory=dict)
    rapport: Path | None = None
    pdf: Path | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def complet(self) -> bool:
        """True when every document was compared and every change is shown in a proved redline."""
        return self.rapport is not None and not any(d.is_error for d in self.diagnostics)


class Revue:
    """Comparisons of drafts, for one project."""

    def __init__(self, atelier: Workspace) -> None:
        self.atelier = atelier

    def comparer(self, a: str, b: str | None, numero: str | None, reglages: Reglages, suivi: Suivi) -> Bilan:
        """Compare two .docx, two folders of documents, or two revisions (with `numero`: of which dossier).

        `b` None, with a revision: the records and templates as they are now.
        """
        if numero is not None:
            return self._revisions(a, b, numero, reglages, suivi)
        old, new = Path(a), Path(b or "")
        if b is not None and old.is_dir() and new.is_dir():
            pairs = couples.dossiers(old, new)
            if pairs:
                return self._paires(pairs, (show_path(old), show_path(new)), reglages, suivi)
            return _refus(f"aucun document Word à comparer dans « {a} » et « {b} »", a)
        if b is not None and old.is_file() and new.is_file():
            return self._paires(couples.fichiers(old, new), (old.name, new.name), reglages, suivi)
        manque = next((x for x in (a, b) if x is not None and not Path(x).exists()), None)
        if manque is None:
            message = "il faut deux fichiers .docx, deux dossiers, ou deux versions avec --dossier"
        else:
            message = f"« {manque} » n’est ni un fichier ni un dossier"
        return _refus(message, a)

    def _revisions(self, a: str, b: str | None, numero: str, reglages: Reglages, suivi: Suivi) -> Bilan:
        with tempfile.TemporaryDirectory(prefix="convenant-revue-") as room:
            found: list[Diagnostic] = []
            folders = []
            try:
                for side, revision in (("a", a), ("b", b)):
                    folder, wrong = rebatir(self.atelier, revision, numero, Path(room, side), suivi)
                    folders.append(folder)
                    found += wrong
            except RevisionError as e:
                where = Span(show_path(self.atelier.donnees))
                return Bilan(diagnostics=[Diagnostic("CMP009", e.message, where, help=e.aide)])
            pairs = couples.dossiers(*folders)
            if not pairs:
                return Bilan(
                    diagnostics=[*found, _rien(f"aucun document de la délibération « {numero} »", a)]
                )
            bilan = self._paires(pairs, (a, b or "l’état présent"), reglages, suivi)
            bilan.diagnostics[:0] = found
            return bilan

    def _paires(
        self, pairs: Sequence[Couple], noms: tuple[str, str], reglages: Reglages, suivi: Suivi
    ) -> Bilan:
        bilan = Bilan()
        try:
            moteur.disponible()
            avec_moteur = True
        except moteur.MoteurAbsentError as e:
            avec_moteur = False
            bilan.diagnostics.append(_sans_moteur(e.message))
        changed = [c for c in pairs if not _memes_octets(c)]
        bilan.identiques = len(pairs) - len(changed)
        work = functools.partial(_travail, reglages=reglages, avec_moteur=avec_moteur)
        both = [c for c in changed if c.ancien and c.nouveau]
        suivi.debut("comparaison", len(both))
        done: dict[str, Comparaison] = {}
        try:
            _vider(reglages.vers)
            jobs = min(reglages.jobs, len(both)) or 1
            family = (batch.WorkerLost, OSError)
            for result in batch.run(work, [(c.cle, c) for c in both], jobs=jobs, family=family):
                done[result.key] = result.value or Comparaison(
                    result.key, diagnostics=(_perdu(result.key, result.error),)
                )
                suivi.pas(result.key)
            suivi.fin()
            self._conclure(bilan, changed, done, noms, reglages)
        except OSError as e:
            bilan.diagnostics.append(_ecriture(reglages.vers, e))
        return bilan

    def _conclure(
        self,
        bilan: Bilan,
        changed: Sequence[Couple],
        done: dict[str, Comparaison],
        noms: tuple[str, str],
        reglages: Reglages,
    ) -> None:
        written = []
        for c in changed:
            result = done.get(c.cle)
            if result is not None and result.identiques:
                bilan.identiques += 1
                continue
            bilan.lignes.append(_ligne(c, result))
            if result is not None:
                bilan.diagnostics += result.diagnostics
                if result.par is not None:
                    written.append(c.cle)
                    bilan.marques[result.par] = bilan.marques.get(result.par, 0) + 1
        entete = Entete(*noms, bilan.identiques)
        page = reglages.vers / "rapport.html"
        ecrire(page, rapport.en_html(entete, bilan.lignes).encode())
        bilan.rapport = page
        if reglages.pdf:
            try:
                pdf = en_pdf(entete, bilan.lignes, reglages.date.date())
                ecrire(page.with_suffix(".pdf"), pdf)
                bilan.pdf = page.with_suffix(".pdf")
            except PapierError as e:
                what = f"le compte rendu est fait, son PDF manque : {e.message}"
                bilan.diagnostics.append(
                    Diagnostic("CMP007", what, Span(show_path(page)), Severity.AVERTISSEMENT)
                )
        ecrire(reglages.vers / _LISTE, json.dumps(sorted(written), ensure_ascii=False).encode())
        bilan.diagnostics = distinct(bilan.diagnostics)


def _travail(c: Couple, reglages: Reglages, avec_moteur: bool) -> Comparaison:
    """Compare one pair and write its redline; the bytes stay in this process. Raises OSError."""
    if c.ancien is None or c.nouveau is None:
        return Comparaison(c.cle)
    done = comparer(
        Demande(
            c.cle,
            (show_path(c.ancien), show_path(c.nouveau)),
            c.ancien.read_bytes(),
            c.nouveau.read_bytes(),
            reglages.auteur,
            reglages.date,
            reglages.suivi,
            avec_moteur,
        )
    )
    if done.redline is not None:
        ecrire(reglages.vers / c.cle, done.redline)
    return replace(done, redline=None)


def _vider(folder: Path) -> None:
    """Remove the redlines of the run before, and nothing else: an old one must not pass for a new one."""
    try:
        before = json.loads((folder / _LISTE).read_text("utf-8"))
    except (OSError, ValueError):
        return
    for cle in before if isinstance(before, list) else []:
        path = folder / str(cle)
        if path.resolve().is_relative_to(folder.resolve()) and path.suffix == ".docx":
            path.unlink(missing_ok=True)


def _memes_octets(c: Couple) -> bool:
    if c.ancien is None or c.nouveau is None:
        return False
    try:
        same = c.ancien.stat().st_size == c.nouveau.stat().st_size
        return same and c.ancien.read_bytes() == c.nouveau.read_bytes()
    except OSError:
        return False


def _ligne(c: Couple, result: Comparaison | None) -> Ligne:
    etat = "ajouté" if c.ancien is None else "supprimé" if c.nouveau is None else "modifié"
    if result is None:
        return Ligne(c.cle, c.titre, c.structure, etat, "", (), ())
    if not result.changements and any(d.is_error for d in result.diagnostics):
        etat = "non comparé"
    redline = c.cle if result.par else ""
    return Ligne(c.cle, c.titre, c.structure, etat, redline, result.changements, result.diagnostics)


def _refus(message: str, where: str) -> Bilan:
    return Bilan(diagnostics=[_rien(message, where)])


def _rien(message: str, where: str) -> Diagnostic:
    aide = "deux versions gardées dans git se comparent avec --dossier et le numéro de la délibération"
    return Diagnostic("CMP008", message, Span(where), help=aide)


def _sans_moteur(message: str) -> Diagnostic:
    return Diagnostic(
        "CMP006",
        f"{message} : les marques sont posées par Convenant seul",
        Span("comparaison"),
        Severity.AVERTISSEMENT,
        help="un passage déplacé paraît supprimé puis ajouté ; le reste ne change pas",
    )


def _perdu(cle: str, error: Exception | None) -> Diagnostic:
    why = cause(error) if isinstance(error, OSError) else str(error or "")
    return Diagnostic("CMP001", f"comparaison interrompue : {why}", Span(cle))


def _ecriture(folder: Path, error: OSError) -> Diagnostic:
    what = f"impossible d’écrire la comparaison : {cause(error)}"
    return Diagnostic("SOR001", what, Span(show_path(folder)), help="choisir un autre dossier avec --vers")
