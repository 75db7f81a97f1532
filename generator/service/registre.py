"""The register of a deliberation's acts: kept current from what stands on the disk, told, added to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import manifest
from generator.compte_rendu import Etat
from generator.diagnostics import Diagnostic, Span
from generator.documents.vue_envoi import Envoi, envois
from generator.envoi.executoire import executoire_le
from generator.load import Dossier, load, show_path
from generator.registre.base import Registre, RegistreError, fichier
from generator.registre.evenements import VIE, Etape, Evenement, Inscription, rompue
from generator.registre.vie import Acte, Delais, Situation, situations
from generator.service.atelier import Workspace, unknown_number
from generator.service.designation import designer
from generator.signature.coffre import DOSSIER, Coffre
from generator.signature.fiche import Empreinte, Fiche
from generator.signature.places import DEPARTEMENT

NOM = "registre.sqlite3"
PROGRAMME = "Convenant"
"""Who enters what the program itself has seen."""
FICHE = "fiche de l’acte"
SORTES = frozenset({"avenant", "convention"})


@dataclass(frozen=True, slots=True)
class Point:
    """How the acts stand; `diagnostics`: what prevented to say it, or what is wrong in the register."""

    etat: Etat
    situations: tuple[Situation, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class Vie:
    """The register side of a workspace.

    `url`: address of the database; the file `registre.sqlite3` of the output folder when it is empty.
    """

    def __init__(self, atelier: Workspace, url: str = "") -> None:
        self.atelier, self.url = atelier, url

    def etat(self, numero: str) -> Etat:
        """The records, and what prevents from reading some of them; no rule is applied."""
        records, found = load(self.atelier.donnees, self.atelier.cache)
        return Etat(records, tuple(found), numero)

    def dossier(self, etat: Etat, numero: str) -> tuple[Dossier | None, tuple[Diagnostic, ...]]:
        """The deliberation, or why it is not known."""
        dossier = etat.records.dossiers.get(numero)
        if dossier is not None:
            return dossier, ()
        own = [d for d in etat.diagnostics if d.is_error and f"/deliberations/{numero}/" in d.span.file]
        return None, (*own, *unknown_number(etat.records, numero))

    def fichier(self, numero: str) -> Path:
        """The file of the register when no other base is named."""
        return self.atelier.sortie / numero / NOM

    def ouvrir(self, numero: str) -> Registre:
        """The register of a deliberation. Raises RegistreError."""
        return Registre(self.url or fichier(self.fichier(numero)), numero)

    def coffre(self, numero: str) -> Coffre:
        """The folder of the signed acts of a deliberation."""
        return Coffre(self.atelier.sortie / numero / DOSSIER)

    def relever(
        self, registre: Registre, numero: str, actes: Sequence[Envoi], maintenant: dt.datetime
    ) -> None:
        """Enter what the folders and the records show and the register does not know yet.

        Built, approved, signed and returned acts, and those that a record says signed by both parties
        (« signe_le »). Doing it again adds nothing. Raises RegistreError.
        """
        found = [*self._produits(numero, maintenant.date()), *self._signes(numero)]
        for act in actes:
            if day := act.acte.signe_le:
                key = f"fiche:{act.ident}:{day}"
                found.append(Evenement(act.document, Etape.SIGNE, day, FICHE, {}, key))
        known = {entry.evenement.cle for entry in registre.lire()}
        for e in found:
            if e.cle not in known:
                registre.inscrire(e, maintenant)

    def _produits(self, numero: str, jour: dt.date) -> list[Evenement]:
        made = manifest.lire(self.atelier.sortie / numero)
        return [
            Evenement(
                e.ident,
                Etape.PREPARE,
                jour,
                PROGRAMME,
                {"fichier": e.pdf.chemin, "sha256": e.pdf.sha256},
                f"prepare:{e.ident}:{e.pdf.sha256}",
            )
            for e in (made.documents if made else ())
            if e.sorte in SORTES and e.structure and e.pdf
        ]

    def _signes(self, numero: str) -> list[Evenement]:
        return [e for record in self.coffre(numero).fiches() for e in _de_la_fiche(record)]

    def suivre(self, numero: str, au: dt.date, maintenant: dt.datetime) -> Point:
        """How every act of a deliberation stands on the day `au`, once the register is brought up to date."""
        etat = self.etat(numero)
        dossier, wrong = self.dossier(etat, numero)
        if dossier is None:
            return Point(etat, diagnostics=wrong)
        acts = list(envois(etat.records, dossier))
        try:
            with self.ouvrir(numero) as registre:
                self.relever(registre, numero, acts, maintenant)
                entries = registre.lire()
        except RegistreError as e:
            return Point(etat, diagnostics=(self.indisponible(numero, e),))
        limits = _delais(etat, dossier)
        found = situations([_acte(e) for e in acts if e.structure], entries, limits, au)
        return Point(etat, tuple(found), self.controler(numero, entries))

    def inscrire(
        self, numero: str, actes: Sequence[str], etape: Etape, le: dt.date, par: str, maintenant: dt.datetime
    ) -> Point:
        """Enter by hand that a step took place on the day `le`; `par`: who says so. All acts or none."""
        etat = self.etat(numero)
        dossier, wrong = self.dossier(etat, numero)
        if dossier is None:
            return Point(etat, diagnostics=wrong)
        acts = list(envois(etat.records, dossier))
        known = {e.document: _acte(e) for e in acts if e.structure}
        where = self._ou(numero)
        chosen, refused = designer(actes, known, "REG003", where, "les voir avec « convenant suivi »")
        if le > maintenant.date():
            aide = "donner le jour où cela s’est fait"
            refused.insert(0, Diagnostic("REG003", f"le {le:%d/%m/%Y} est à venir", where, help=aide))
        if refused:
            return Point(etat, diagnostics=tuple(refused))
        try:
            with self.ouvrir(numero) as registre:
                self.relever(registre, numero, acts, maintenant)
                for ident in chosen:
                    key = _cle_main(registre, ident, etape, le)
                    registre.inscrire(Evenement(ident, etape, le, par, {}, key), maintenant)
                entries = registre.lire()
        except RegistreError as e:
            return Point(etat, diagnostics=(self.indisponible(numero, e),))
        named = [known[ident] for ident in chosen]
        found = situations(named, entries, _delais(etat, dossier), maintenant.date())
        return Point(etat, tuple(found), self.controler(numero, entries))

    def controler(self, numero: str, entries: Sequence[Inscription]) -> tuple[Diagnostic, ...]:
        """REG001 when the chain of the register is broken."""
        rank = rompue(numero, entries)
        if rank is None:
            return ()
        return (
            Diagnostic(
                "REG001",
                f"le registre a été modifié : la ligne {rank} ne tient plus à celle qui la précède",
                self._ou(numero),
                help="ne plus s’y fier ; reprendre le registre dans une sauvegarde, le comparer à "
                "l’extrait de la dernière archive",
            ),
        )

    def indisponible(self, numero: str, e: RegistreError) -> Diagnostic:
        """REG002: the register does not open."""
        return Diagnostic(
            "REG002",
            str(e),
            self._ou(numero),
            help="vérifier l’adresse, le réseau et les droits ; rien n’est fait sans le registre",
        )

    def _ou(self, numero: str) -> Span:
        return Span("registre" if self.url else show_path(self.fichier(numero)))


def _acte(e: Envoi) -> Acte:
    return Acte(e.document, e.nom, e.intitule)


def _cle_main(registre: Registre, ident: str, etape: Etape, le: dt.date) -> str:
    """The key of a step entered by hand: once a day, and for a sending once more each time it was freed."""
    if etape not in VIE:
        return ""
    key = f"main:{etape.name}:{ident}:{le}"
    if etape is not Etape.ENVOYE:
        return key
    freed = sum(e.evenement.etape is Etape.ENVOI_LIBERE for e in registre.lire(ident))
    return f"{key}:{freed}" if freed else key  # the key of the registers that exist, when never freed


def _delais(etat: Etat, dossier: Dossier) -> Delais:
    dep = etat.records.departement
    return Delais(
        executoire_le(dossier.deliberation),
        dep.delai_envoi if dep else None,
        dep.delai_signature if dep else None,
        dep.delai_notification if dep else None,
    )


def _de_la_fiche(record: Fiche) -> list[Evenement]:
    """What the signature record of an act says of its life."""

    def entry(step: Etape, file: Empreinte, who: str, **more: str) -> Evenement:
        detail = {"fichier": file.fichier, "sha256": file.sha256, **more}
        return Evenement(
            record.acte, step, file.le.date(), who, detail, f"{step.name}:{record.acte}:{file.sha256}"
        )

    out = [entry(Etape.APPROUVE, record.approuve, record.approuve_par)]
    if record.signe:
        level = {"niveau": record.signature.niveau} if record.signature else {}
        who = record.champ(DEPARTEMENT).signataire
        out.append(entry(Etape.SIGNE_DEPARTEMENT, record.signe, who, **level))
    if back := record.retour:
        how = {"manuscrite": "oui" if back.manuscrite else "non"}
        out.append(entry(Etape.RETOURNE, back.accepte, back.par, **how))
        if record.signe:
            out.append(entry(Etape.SIGNE, back.accepte, back.par, **how))
    return out
