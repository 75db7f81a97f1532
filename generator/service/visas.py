"""Visas: what a reviewer has read, and what has changed since beyond what they let pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from generator import visa
from generator.conformite.passages import SuiviError, empreinte_de_la_forme, lire
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.documents import commun as c
from generator.documents import vue_acte as vue
from generator.documents.couverture import dossier as ouvrage
from generator.fabrique import Suivi
from generator.files import cause, ecrire, empreinte
from generator.load import Records, show_path
from generator.plan import Choix, planifier
from generator.relecture.paquet import DocxIllisibleError
from generator.render import RenderError
from generator.service.atelier import Workspace, unknown_number
from generator.typography import accord
from generator.visa import Lecture, Lu, Mouvement, Niveau, Visa
from generator.visa.journal import DOSSIER, NOM, en_texte, en_yaml, fichier_du_texte

_NOTES = 4
_APERCU = 120


@dataclass(slots=True)
class Visas:
    """What `Relectures` did: documents that received a visa; lines of the state; the findings."""

    fichier: Path | None = None
    vises: int = 0
    lignes: list[Ligne] = field(default_factory=list)
    jamais: list[str] = field(default_factory=list)
    """Documents that nobody has read."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ligne:
    """A document that somebody read, the level of what has changed since, the changes."""

    document: str
    visa: Visa
    niveau: Niveau
    mouvements: tuple[Mouvement, ...] = ()

    @property
    def depasse(self) -> bool:
        """True when the reader must see it again."""
        return self.niveau > self.visa.niveau


class Relectures:
    """Visas on the documents of a deliberation."""

    def __init__(self, atelier: Workspace) -> None:
        self.atelier = atelier

    def viser(self, numero: str, par: str, jusqua: str, le: dt.date, choix: Choix, suivi: Suivi) -> Visas:
        """Note that the documents of the output folder have been read, by whom and up to which level."""
        etat = self.atelier.charger(suivi)
        dossier = etat.records.dossiers.get(numero)
        if dossier is None:
            return Visas(diagnostics=unknown_number(etat.records, numero))
        work = ouvrage(etat.records, dossier)
        plan, wrong = planifier(work, [], choix, lambda *_: frozenset())
        folder = self.atelier.donnees / "deliberations" / numero
        journal, found = visa.lire_journal(folder)
        if wrong or journal is None:
            return Visas(diagnostics=[*wrong, *found])
        out = Visas()
        read: list[Lu] = []
        texts: dict[Path, bytes] = {}
        for d in plan.documents:
            path = self.atelier.sortie / numero / f"{d.ident}.docx"
            if not path.is_file():
                continue
            try:
                data = path.read_bytes()
                seen = Lecture(lire(data), parties(etat.records, d.structure), empreinte_de_la_forme(data))
            except (OSError, DocxIllisibleError, SuiviError) as e:
                out.diagnostics.append(_illisible(path, e))
                continue
            text = en_texte(seen)
            texts[fichier_du_texte(folder, empreinte(text))] = text
            read.append(Lu(document=d.ident, sha256=empreinte(data), forme=seen.forme, texte=empreinte(text)))
        if not read:
            out.diagnostics.append(_rien(self.atelier.sortie / numero, numero))
            return out
        new = Visa.model_validate({"par": par, "le": le, "jusqua": jusqua, "documents": tuple(read)})
        try:
            for path, text in texts.items():
                ecrire(path, text)
            out.fichier = folder / DOSSIER / NOM
            ecrire(out.fichier, en_yaml(journal.model_copy(update={"visas": (*journal.visas, new)})))
        except OSError as e:
            what = f"impossible d’écrire le visa : {cause(e)}"
            return Visas(diagnostics=[Diagnostic("SOR001", what, Span(show_path(folder)))])
        out.vises = len(read)
        return out

    def etat(self, numero: str, suivi: Suivi) -> Visas:
        """For each reader and each document read, what has changed since, as the records now make it."""
        etat = self.atelier.charger(suivi)
        dossier = etat.records.dossiers.get(numero)
        if dossier is None:
            return Visas(diagnostics=unknown_number(etat.records, numero))
        folder = self.atelier.donnees / "deliberations" / numero
        journal, found = visa.lire_journal(folder)
        if journal is None:
            return Visas(diagnostics=found)
        work = ouvrage(etat.records, dossier)
        plan, _ = planifier(work, etat.diagnostics, Choix(), self.atelier.keys)
        last: dict[tuple[str, str], tuple[Visa, Lu]] = {}
        for v in journal.visas:
            for lu in v.documents:
                last[lu.document, v.par] = (v, lu)
        wanted = {document for document, _ in last}
        out = Visas(fichier=folder / DOSSIER / NOM)
        now: dict[str, Lecture] = {}
        suivi.debut("visas", len(plan.taches))
        for task in plan.taches:
            d = task.document
            if d.ident in wanted:
                try:
                    data = self.atelier.engine.render(
                        d.template, task.contexte, titre=d.titre, jour=work.jour, nominatif=d.nominatif
                    )
                except RenderError as e:
                    out.diagnostics.append(e.diagnostic)
                else:
                    names = parties(etat.records, d.structure)
                    now[d.ident] = Lecture(lire(data), names, empreinte_de_la_forme(data))
            suivi.pas(d.titre)
        suivi.fin()
        out.jamais = [d.ident for d in work.documents if d.ident not in wanted]
        for (document, _), (v, lu) in sorted(last.items(), key=lambda x: x[0]):
            line = self._ligne(folder, document, v, lu, now.get(document), out)
            out.lignes.append(line)
            if line.depasse:
                out.diagnostics.append(_a_relire(line))
        return out

    def _ligne(self, folder: Path, document: str, v: Visa, lu: Lu, now: Lecture | None, out: Visas) -> Ligne:
        seen = visa.lire_texte(folder, lu)
        if seen is None:
            where = Span(show_path(fichier_du_texte(folder, lu.texte)))
            what = f"le texte lu de « {document} » manque ou a été modifié"
            aide = "le reprendre dans l’historique, ou viser de nouveau"
            out.diagnostics.append(Diagnostic("VIS001", what, where, help=aide))
            return Ligne(document, v, Niveau.AUTRE)
        if now is None:
            return Ligne(document, v, Niveau.AUTRE)
        return Ligne(document, v, *visa.mesurer(seen, now))


def parties(records: Records, structure: str | None) -> tuple[str, ...]:
    """The values by which documents name the parties: the structure and those who sign."""
    found: list[str] = []
    who = records.structures.get(structure or "")
    if who is not None:
        found += vue.structure(who).values()
        found += [c.personne(who.representant), c.nom_seul(who.representant)]
    if (d := records.departement) is not None:
        for p in (d.president, d.signataire, d.directrice_generale):
            found += [c.personne(p), c.nom_seul(p), p.qualite]
    return tuple(dict.fromkeys(found))


def _a_relire(line: Ligne) -> Diagnostic:
    v = line.visa
    notes = [
        Note(f"{m.niveau.nom}, {m.ou} : « {_court(m.avant)} » → « {_court(m.apres)} »")
        for m in line.mouvements
        if m.niveau > v.niveau
    ]
    more = len(notes) - _NOTES
    if more > 0:
        notes = [*notes[:_NOTES], Note(f"et {accord(more, 'autre passage', 'autres passages')}")]
    what = (
        f"changement de niveau « {line.niveau.nom} » depuis la lecture de {v.par} le {v.le:%d/%m/%Y}, "
        f"qui admettait « {v.jusqua} »"
    )
    return Diagnostic(
        "VIS003",
        what,
        Span(line.document),
        Severity.AVERTISSEMENT,
        tuple(notes),
        "faire relire le document, puis viser de nouveau",
    )


def _court(text: str) -> str:
    return text if len(text) <= _APERCU else text[: _APERCU - 1].rstrip() + "…"


def _illisible(path: Path, e: OSError | DocxIllisibleError | SuiviError) -> Diagnostic:
    if isinstance(e, SuiviError):
        why = "il contient des modifications suivies"
    else:
        why = cause(e) if isinstance(e, OSError) else e.message
    what = f"ce document n’est pas visé : {why}"
    return Diagnostic("VIS002", what, Span(show_path(path)), help="lancer « convenant generer »")


def _rien(folder: Path, numero: str) -> Diagnostic:
    aide = f"lancer « convenant generer {numero} », lire les documents, puis viser"
    return Diagnostic("VIS002", "aucun document à viser", Span(show_path(folder)), help=aide)


__all__ = ["Ligne", "Relectures", "Visas", "parties"]
