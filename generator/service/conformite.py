"""Conformity: each act on paper against the modele that was voted and the records, and the certificate."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator import convert
from generator.comparaison.suivi import Sens
from generator.conformite import Passage, SuiviError, Terme, examiner, hors_des_termes, lire, termes
from generator.conformite import actes as a
from generator.conformite.actes import Etat, Resultat
from generator.diagnostics import Diagnostic, Severity, Span
from generator.documents import Document, certificat
from generator.documents.couverture import dossier as ouvrage
from generator.fabrique import Suivi
from generator.files import cause, ecrire, empreinte
from generator.load import Dossier, Records, show_path
from generator.plan import Choix, planifier
from generator.relecture.paquet import DocxIllisibleError
from generator.render import RenderError
from generator.service.atelier import Workspace, unknown_number

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


@dataclass(frozen=True, slots=True)
class _Acte:
    """What an act must be: its passages, those of its modele, the options not taken."""

    terme: Terme
    attendu: tuple[Passage, ...]
    modele: tuple[Passage, ...]
    options: tuple[str, ...]
    titre: str


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
        ready = {t.document.ident for t in plan.taches}
        known = list(termes(etat.records, dossier))
        places = list(chemins) or [self.atelier.sortie / numero]
        suivi.debut("conformité", len(known))
        acts: dict[str, _Acte] = {}
        for t in known:
            if t.document.ident in ready:
                try:
                    acts[t.document.ident] = self._acte(t, work.jour)
                except RenderError as e:
                    bilan.diagnostics.append(e.diagnostic)
            suivi.pas(t.document.titre)
        suivi.fin()
        found = self._fichiers(places, acts, _autres(work.documents, known), options, bilan)
        whole = any(not p.is_file() for p in places)
        for t in known:
            ident = t.document.ident
            if ident in found:
                bilan.resultats.append(found[ident])
            elif whole or ident not in acts:
                bilan.resultats.append(_manquant(t, ident in acts, show_path(places[0])))
        for r in bilan.resultats:
            bilan.diagnostics += r.diagnostics
        self._certifier(etat.records, dossier, bilan, options)
        return bilan

    def _acte(self, t: Terme, jour: dt.date) -> _Acte:
        d, engine = t.document, self.atelier.engine
        ctx = d.contexte()
        mine = lire(engine.render(d.template, ctx, titre=d.titre, jour=jour, nominatif=d.nominatif))
        if t.blanc is None:
            return _Acte(t, mine, mine, (), str(ctx["titre"]))
        blank, options = t.blanc(ctx)
        voted = lire(engine.render(d.template, blank, titre=d.titre, jour=jour, nominatif=False))
        return _Acte(t, mine, voted, options, str(ctx["titre"]))

    def _fichiers(
        self,
        places: Sequence[Path],
        acts: dict[str, _Acte],
        autres: frozenset[str],
        options: Options,
        bilan: Bilan,
    ) -> dict[str, Resultat]:
        named = {ident: (x.terme.numero, x.titre) for ident, x in acts.items()}
        found: dict[str, Resultat] = {}
        for path, inside in _documents(places):
            asked, shown = not inside, show_path(path)
            if inside in autres:
                continue
            in_place = [i for i in named if path.as_posix().endswith(f"/{i}.docx")]
            if not asked and not in_place and path.stem not in {i.rpartition("/")[2] for i in named}:
                continue
            try:
                data = path.read_bytes()
                said = lire(data, options.suivi)
            except OSError as e:
                wrong = a.illisible(shown, cause(e), False)
            except DocxIllisibleError as e:
                wrong = a.illisible(shown, e.message, e.refus)
            except SuiviError as e:
                wrong = a.suivi(shown, e.nombre)
            else:
                idents = in_place or a.reconnaitre(path, said, named)
                if len(idents) == 1 and idents[0] not in found:
                    found[idents[0]] = _examine(acts[idents[0]], said, shown, empreinte(data))
                else:
                    bilan.diagnostics.append(a.inconnu(shown, idents))
                continue
            idents = in_place or a.reconnaitre(path, (), named)
            if len(idents) == 1:
                t = acts[idents[0]].terme
                found[idents[0]] = replace(_resultat(t, Etat.ILLISIBLE), fichier=shown, diagnostics=(wrong,))
            else:
                bilan.diagnostics.append(wrong)
        return found

    def _certifier(self, records: Records, dossier: Dossier, bilan: Bilan, options: Options) -> None:
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
        ctx = certificat.contexte(records, dossier, rows, options.le)
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


def _autres(documents: Sequence[Document], actes: Sequence[Terme]) -> frozenset[str]:
    """Paths, without suffix, of the documents of the deliberation that are no acts: letters, modeles…"""
    return frozenset(d.ident for d in documents) - {t.document.ident for t in actes}


def _documents(places: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """The files to examine, each with its path in the folder, without suffix; « » for a file named."""
    for place in places:
        if not place.is_dir():
            yield place, ""
            continue
        for path in sorted(place.rglob("*.docx")):
            inside = path.relative_to(place).parts
            if path.is_file() and inside[0] != "refuses" and not path.name.startswith(("~$", ".")):
                yield path, path.relative_to(place).with_suffix("").as_posix()


def _examine(acte: _Acte, said: Sequence[Passage], shown: str, sha256: str) -> Resultat:
    gaps = hors_des_termes(acte.modele, acte.attendu)
    gaps += examiner(acte.attendu, said, acte.modele, acte.terme.enonces())
    return replace(
        _resultat(acte.terme, Etat.ECARTS if gaps else Etat.CONFORME),
        fichier=shown,
        sha256=sha256,
        ecarts=tuple(gaps),
        options=acte.options,
        diagnostics=a.constats(shown, gaps),
    )


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
