"""Conformity: each act on paper against the modele that was voted and the records, and the certificate."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator import convert
from generator.comparaison.suivi import Sens
from generator.conformite import Passage, SuiviError, Terme, examiner, hors_des_termes, lire, termes
from generator.conformite import actes as a
from generator.conformite.actes import Etat, Resultat
from generator.diagnostics import Diagnostic, Severity, Span
from generator.documents import certificat
from generator.documents.couverture import dossier as ouvrage
from generator.fabrique import Suivi
from generator.files import cause, ecrire, empreinte
from generator.load import Dossier, Records, show_path
from generator.plan import Choix, planifier
from generator.relecture.paquet import DocxIllisibleError
from generator.render import RenderError
from generator.service.atelier import Workspace, unknown_number
from generator.service.scelles import Scelles
from generator.typography import date_longue

NOM = "certificat-conformite"


@dataclass(frozen=True, slots=True)
class Options:
    """How to examine: what to do of tracked changes (None: refuse), the day of the certificate, the folder
    where it is written (None: the deliberation’s output), whether a PDF is wanted."""

    le: dt.date
    suivi: Sens | None = None
    vers: Path | None = None
    pdf: bool = True


@dataclass(slots=True)
class Bilan:
    """What `Conformite.examiner` did: one result per act, the findings, the certificate’s files."""

    resultats: list[Resultat] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    certificat: Path | None = None
    pdf: Path | None = None

    @property
    def conforme(self) -> bool:
        """True when every act was examined and is in the terms of its modele."""
        sound = all(r.conforme for r in self.resultats)
        return bool(self.resultats) and sound and not any(d.is_error for d in self.diagnostics)


class Conformite:
    """Proof that the acts of a project are in the terms of what was voted."""

    def __init__(self, atelier: Workspace) -> None:
        self.atelier = atelier

    def examiner(self, numero: str, chemins: Sequence[Path], options: Options, suivi: Suivi) -> Bilan:
        """Examine the acts of a deliberation: the files named, those of the folders named, or its output.

        In a folder, every act is expected; other documents are left alone.
        """
        etat = self.atelier.charger(suivi)
        dossier = etat.records.dossiers.get(numero)
        if dossier is None:
            return Bilan(diagnostics=unknown_number(etat.records, numero))
        bilan = Bilan()
        work = ouvrage(etat.records, dossier)
        plan, _ = planifier(work, etat.diagnostics, Choix(), self.atelier.keys)
        sound = {t.document.ident for t in plan.taches}
        known = list(termes(etat.records, dossier))
        places = list(chemins) or [self.atelier.sortie / numero]
        ready = {ident: t for t in known if (ident := t.document.ident) in sound}
        others = frozenset(d.ident for d in work.documents) - {t.document.ident for t in known}
        files = [f for f in _documents(places) if f[1] not in others]
        suivi.debut("conformité", len(files))
        found: dict[str, Resultat] = {}
        for path, inside in files:
            for r in self._fichier(path, not inside, ready, options, work.jour, bilan):
                if r.ident in found:
                    bilan.diagnostics.append(a.inconnu(r.fichier, [r.ident]))
                else:
                    found[r.ident] = r
            suivi.pas(path.name)
        suivi.fin()
        whole = not chemins or any(p.is_dir() for p in places)
        for t in known:
            ident = t.document.ident
            if ident in found:
                bilan.resultats.append(found[ident])
            elif whole:
                bilan.resultats.append(_manquant(t, ident in ready, show_path(places[0])))
        sceau, changed = Scelles(self.atelier).modeles_changes(etat, numero)
        bilan.diagnostics += changed
        for r in bilan.resultats:
            bilan.diagnostics += r.diagnostics
        scelle = f"le {date_longue(sceau.le)} par {sceau.par}" if sceau and not changed else ""
        self._certifier(etat.records, dossier, bilan, options, scelle)
        return bilan

    def _fichier(
        self,
        path: Path,
        demande: bool,
        ready: Mapping[str, Terme],
        options: Options,
        jour: dt.date,
        bilan: Bilan,
    ) -> Iterator[Resultat]:
        """The result of one file; none for a file that is no act, which is told when it was asked for."""
        shown = show_path(path)
        named = [i for i in ready if path.as_posix().endswith(f"/{i}.docx")]
        named = named or a.par_nom(path.stem, ready)
        if not named and not demande:
            return
        wrong: Diagnostic | None = None
        data = b""
        said: tuple[Passage, ...] = ()
        try:
            data = path.read_bytes()
            said = lire(data, options.suivi)
        except OSError as e:
            wrong = a.illisible(shown, cause(e), False)
        except DocxIllisibleError as e:
            wrong = a.illisible(shown, e.message, e.refus)
        except SuiviError as e:
            wrong = a.suivi(shown, e.nombre)
        if not named and wrong is None:
            heads = {i: (t.numero, str(t.document.contexte()["titre"])) for i, t in ready.items()}
            named = a.par_texte(said, heads)
        if len(named) != 1:
            bilan.diagnostics.append(wrong or a.inconnu(shown, named))
        elif wrong is not None:
            result = _resultat(ready[named[0]], Etat.ILLISIBLE)
            yield replace(result, fichier=shown, diagnostics=(wrong,))
        else:
            try:
                yield self._examiner(ready[named[0]], said, shown, empreinte(data), jour)
            except RenderError as e:
                bilan.diagnostics.append(e.diagnostic)

    def _examiner(
        self, t: Terme, said: Sequence[Passage], shown: str, sha256: str, jour: dt.date
    ) -> Resultat:
        """Raises RenderError."""
        d, engine = t.document, self.atelier.engine
        ctx = d.contexte()
        mine = lire(engine.render(d.template, ctx, titre=d.titre, jour=jour, nominatif=d.nominatif))
        voted = mine
        dropped: tuple[str, ...] = ()
        if t.blanc is not None:
            blank, dropped = t.blanc(ctx)
            voted = lire(engine.render(d.template, blank, titre=d.titre, jour=jour, nominatif=False))
        gaps = hors_des_termes(voted, mine) if t.blanc is not None else []
        gaps += examiner(mine, said, voted, t.enonces())
        return replace(
            _resultat(t, Etat.ECARTS if gaps else Etat.CONFORME),
            fichier=shown,
            sha256=sha256,
            ecarts=tuple(gaps),
            options=dropped,
            diagnostics=a.constats(shown, gaps),
        )

    def _certifier(
        self, records: Records, dossier: Dossier, bilan: Bilan, options: Options, scelle: str
    ) -> None:
        if not any(r.sha256 for r in bilan.resultats):
            return
        rows = [
            certificat.Examine(
                r.titre,
                re.split(r",| du ", r.modele)[0],
                r.mention,
                r.sha256,
                r.conforme,
                tuple(map(a.phrase, r.ecarts)),
                r.fictif,
            )
            for r in bilan.resultats
        ]
        ctx = certificat.contexte(records, dossier, rows, options.le, scelle)
        folder = options.vers or self.atelier.sortie / dossier.deliberation.id
        path = folder / f"{NOM}.docx"
        try:
            data = self.atelier.engine.render(
                certificat.TEMPLATE, ctx, titre=str(ctx["titre"]), jour=options.le, nominatif=True
            )
            ecrire(path, data)
            bilan.certificat = path
            if options.pdf:
                self._en_pdf(path, data, str(ctx["titre"]), bilan, options.le)
        except RenderError as e:
            bilan.diagnostics.append(e.diagnostic)
        except OSError as e:
            bilan.diagnostics.append(
                Diagnostic(
                    "SOR001",
                    f"impossible d’écrire le certificat : {cause(e)}",
                    Span(show_path(folder)),
                    help="choisir un autre dossier avec --vers",
                )
            )

    def _en_pdf(self, path: Path, data: bytes, titre: str, bilan: Bilan, le: dt.date) -> None:
        soffice = convert.find_soffice()
        why = "LibreOffice est introuvable"
        if soffice is not None:
            try:
                (done,) = convert.convert({NOM: data}, soffice=soffice, jour=le, titres={NOM: titre}, jobs=1)
                why = done.error
                if done.pdf is not None:
                    bilan.pdf = path.with_suffix(".pdf")
                    ecrire(bilan.pdf, done.pdf)
                    return
            except convert.OfficeError as e:
                why = str(e)
        bilan.diagnostics.append(
            Diagnostic(
                "CFM008",
                f"le certificat est fait en Word, son PDF manque : {why}",
                Span(show_path(path)),
                Severity.AVERTISSEMENT,
                help="voir si LibreOffice est installé, ou choisir --sans-pdf",
            )
        )


def _documents(places: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """The files to examine, each with its path in the folder, without suffix; « » for a file named."""
    for place in places:
        if not place.is_dir():
            yield place, ""
            continue
        for path in sorted(place.rglob("*.docx")):
            inside = path.relative_to(place).parts
            own = inside[0] == "refuses" or path.stem == NOM  # the certificate of an earlier run is no act
            if path.is_file() and not own and not path.name.startswith(("~$", ".")):
                yield path, path.relative_to(place).with_suffix("").as_posix()


def _resultat(t: Terme, etat: Etat) -> Resultat:
    d = t.document
    return Resultat(d.ident, d.titre, t.nom, etat, fictif=d.fictif)


def _manquant(t: Terme, sain: bool, where: str) -> Resultat:
    if sain:
        return replace(_resultat(t, Etat.ABSENT), diagnostics=(a.absent(t.document.ident, where),))
    why = Diagnostic(
        "CFM003",
        f"l’acte « {t.document.ident} » n’est pas examiné : une fiche ou un modèle Word est en erreur",
        Span(where),
        help="voir « convenant verifier »",
    )
    return replace(_resultat(t, Etat.BLOQUE), diagnostics=(why,))
