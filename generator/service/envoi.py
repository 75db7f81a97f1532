"""Sending the acts of a deliberation: drafts for a mail program, or messages handed to a server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator import manifest
from generator.compte_rendu import Etat
from generator.diagnostics import Diagnostic, Severity, Span
from generator.documents import commun
from generator.documents.vue_envoi import Envoi, envois
from generator.envoi import remise
from generator.envoi.executoire import empechement
from generator.envoi.message import Courriel, Piece, brouillon
from generator.envoi.redaction import rediger
from generator.fabrique import Suivi
from generator.files import cause, ecrire
from generator.load import Dossier, Records, show_path
from generator.manifest import Manifeste
from generator.registre.base import RegistreError
from generator.service.designation import designer
from generator.service.registre import Vie
from generator.signature.erreurs import SignatureError

DOSSIER = "envoi"
PRIVE, DOSSIER_PRIVE = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class Demande:
    """What to send: the acts named (all when none is), those that the structure signs first by hand too
    (`papier`), from which address (that of the record when it is empty)."""

    actes: tuple[str, ...] = ()
    papier: bool = False
    expediteur: str = ""


@dataclass(slots=True)
class Bilan:
    """The messages made, what became of each, the files written, what prevented the others."""

    etat: Etat
    courriels: tuple[Courriel, ...] = ()
    sorts: list[remise.Sort] = field(default_factory=list)
    fichiers: list[Path] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def reussi(self) -> bool:
        """True when no error was found."""
        return not any(d.is_error for d in self.diagnostics)


class Envois:
    """The sending side of a workspace; the register says what has left."""

    def __init__(self, vie: Vie) -> None:
        self.vie, self.atelier = vie, vie.atelier

    def preparer(self, numero: str, demande: Demande, jour: dt.date) -> Bilan:
        """Every message that may be made on the day `jour`; none before the deliberation is executory."""
        etat = self.vie.etat(numero)
        dossier, wrong = self.vie.dossier(etat, numero)
        out = Bilan(etat, diagnostics=list(wrong))
        if dossier is None:
            return out
        early = empechement(etat.records, dossier, jour)
        if early:
            out.diagnostics.append(early)
            return out
        made = manifest.lire(self.atelier.sortie / numero)
        acts = self._choisir(list(envois(etat.records, dossier)), demande.actes, out)
        out.courriels = tuple(
            c for e in acts if (c := self._courriel(numero, dossier, e, made, demande, out)) is not None
        )
        return out

    def brouillons(self, numero: str, demande: Demande, maintenant: dt.datetime, simulation: bool) -> Bilan:
        """Write output/<numero>/envoi/<acte>.eml for each act that has not been sent."""
        out = self.preparer(numero, demande, maintenant.date())
        todo = self._restants(numero, out, maintenant, simulation)
        for courriel in todo:
            path = self.atelier.sortie / numero / DOSSIER / f"{courriel.acte.rpartition('/')[2]}.eml"
            if not courriel.a[1]:
                out.diagnostics.append(self._sans_adresse(out.etat.records, courriel, Severity.AVERTISSEMENT))
            if simulation:
                out.sorts.append(remise.Sort(courriel.acte, "à préparer", courriel.a[1]))
                continue
            try:
                path.parent.mkdir(mode=DOSSIER_PRIVE, parents=True, exist_ok=True)
                ecrire(path, brouillon(courriel), PRIVE)
            except OSError as e:
                full = f"impossible d’écrire « {path.name} » : {cause(e)}"
                out.diagnostics.append(Diagnostic("SOR001", full, Span(show_path(path))))
                continue
            out.fichiers.append(path)
            out.sorts.append(remise.Sort(courriel.acte, "préparé", courriel.a[1]))
        return out

    def envoyer(
        self,
        numero: str,
        demande: Demande,
        moyens: remise.Moyens | None,
        maintenant: dt.datetime,
        suivi: Suivi,
    ) -> Bilan:
        """Hand the messages over to a server, each once; `moyens` None: only say what would be sent."""
        out = self.preparer(numero, demande, maintenant.date())
        todo = []
        for courriel in self._restants(numero, out, maintenant, moyens is None):
            if not courriel.de[1]:
                out.diagnostics.append(
                    Diagnostic(
                        "ENV007",
                        "l’adresse de l’expéditeur n’est pas connue",
                        _fiche_du_departement(out.etat.records),
                        help="ajouter « courriel » à la fiche du Département, ou l’option --expediteur",
                    )
                )
                return out
            if courriel.a[1]:
                todo.append(courriel)
            else:
                out.diagnostics.append(self._sans_adresse(out.etat.records, courriel, Severity.ERREUR))
        if moyens is None:
            out.sorts += [remise.Sort(c.acte, "à envoyer", c.a[1]) for c in todo]
            return out
        suivi.debut("envoi", len(todo))
        try:
            with self.vie.ouvrir(numero) as registre:
                sent = remise.remettre(todo, registre, moyens, lambda sort: suivi.pas(sort.acte))
        except RegistreError as e:
            out.diagnostics.append(self.vie.indisponible(numero, e))
        else:
            out.sorts += sent
            out.diagnostics += [d for sort in sent if (d := self._suite(numero, sort))]
        suivi.fin()
        return out

    # -- one message ------------------------------------------------------------------------------

    def _courriel(
        self,
        numero: str,
        dossier: Dossier,
        e: Envoi,
        made: Manifeste | None,
        demande: Demande,
        out: Bilan,
    ) -> Courriel | None:
        """The message of an act; None, and a diagnostic, when one of its files is not there."""
        records = out.etat.records
        if e.structure is None or records.departement is None:
            return None  # its record is faulty, and is told of
        folder = self.atelier.sortie / numero
        entries = made.par_ident() if made else {}
        where = Span(show_path(folder / f"{e.document}.pdf"))
        files = [
            manifest.contenu(folder, entry.pdf) if (entry := entries.get(ident)) and entry.pdf else None
            for ident in (e.document, e.lettre)
        ]
        act, letter = files
        try:
            record = self.vie.coffre(numero).fiche(e.document)
            signed = self.vie.coffre(numero).lire(record.signe) if record and record.signe else None
        except SignatureError as error:
            out.diagnostics.append(Diagnostic(error.code, error.message, where, help=error.aide))
            return None
        if letter is None or (signed or act) is None:
            what = "la lettre de notification" if letter is None else "le PDF de l’acte"
            out.diagnostics.append(
                Diagnostic(
                    "ENV004",
                    f"{what} manque, ou n’est plus le document produit",
                    where,
                    help=f"lancer « convenant generer {numero} »",
                )
            )
            return None
        if signed is None and not demande.papier:
            out.diagnostics.append(
                Diagnostic(
                    "ENV003",
                    "l’acte n’est pas signé par le Département",
                    where,
                    help=f"lancer « convenant signer {numero} », ou ajouter --sur-papier si la structure "
                    f"signe la première, à la main",
                )
            )
            return None
        name = e.document.rpartition("/")[2]
        pdf = signed or act
        assert pdf is not None
        said = "signé par le Département" if signed else "à signer"
        entry = entries.get(e.document)
        text = rediger(records, dossier, e, signed is not None, bool(entry and entry.fictif))
        pieces = (
            Piece(f"{name}.pdf", f"l’acte {said}", pdf),
            Piece(f"lettre-{name}.pdf", "la lettre de notification", letter),
        )
        dep = records.departement
        sender = demande.expediteur or dep.courriel or ""
        who = commun.nom_seul(e.structure.representant)
        to = (f"{who} ({e.nom})", e.structure.courriel or "")
        return Courriel(numero, e.document, (f"{dep.nom} – {dep.direction}", sender), to, text, pieces)

    def _choisir(self, acts: list[Envoi], wanted: Sequence[str], out: Bilan) -> list[Envoi]:
        if not wanted:
            return acts
        known = {e.document: e for e in acts}
        root = Span(f"{out.etat.records.racine}/deliberations/{out.etat.numero}")
        chosen, wrong = designer(wanted, known, "ENV009", root, "les voir avec « convenant suivi »")
        out.diagnostics += wrong
        return [known[ident] for ident in chosen]

    def _restants(self, numero: str, out: Bilan, maintenant: dt.datetime, simulation: bool) -> list[Courriel]:
        """The messages that may leave; what has left, or is in doubt, goes to `out`.

        The register is brought up to date first, unless nothing is to be written (`simulation`).
        """
        if not out.courriels:
            return []
        if simulation and not self.vie.url and not self.vie.fichier(numero).exists():
            return list(out.courriels)
        try:
            with self.vie.ouvrir(numero) as registre:
                if not simulation:
                    acts = list(envois(out.etat.records, out.etat.records.dossiers[numero]))
                    self.vie.relever(registre, numero, acts, maintenant)
                broken = self.vie.controler(numero, registre.lire())
                todo, told = remise.a_envoyer(registre, out.courriels)
        except RegistreError as e:
            out.diagnostics.append(self.vie.indisponible(numero, e))
            return []
        out.diagnostics += broken
        if broken:
            return []
        out.sorts += told
        out.diagnostics += [d for sort in told if (d := self._suite(numero, sort))]
        return todo

    def _suite(self, numero: str, sort: remise.Sort) -> Diagnostic | None:
        """What is to be said of a message that did not leave, or that may have left."""
        where = Span(show_path(self.atelier.sortie / numero / f"{sort.acte}.pdf"))
        name = sort.acte.rpartition("/")[2]
        if sort.etat == remise.DOUTE:
            return Diagnostic(
                "ENV005",
                f"on ne sait pas si le message est parti : l’envoi s’est interrompu pendant sa remise "
                f"({sort.motif})",
                where,
                help=f"demander à la structure, ou chercher cet identifiant dans le journal du serveur ; "
                f"puis « convenant inscrire {numero} {name} --etape envoye » s’il est arrivé, « --etape "
                f"envoi-a-refaire » sinon",
            )
        if sort.etat in (remise.REFUS, remise.ATTENTE):
            return Diagnostic(
                "ENV006",
                sort.motif,
                where,
                help="corriger l’adresse ou le réglage du serveur, puis relancer : ce qui est parti ne "
                "repartira pas",
            )
        return None

    def _sans_adresse(self, records: Records, courriel: Courriel, gravite: Severity) -> Diagnostic:
        dossier = records.dossiers[courriel.ouvrage]
        owner = next(e.structure for e in envois(records, dossier) if e.document == courriel.acte)
        assert owner is not None
        return Diagnostic(
            "ENV002",
            f"l’adresse électronique de la structure n’est pas connue ({owner.appellation})",
            records.span(owner.origine, "representant"),
            gravite,
            help="ajouter « courriel » à sa fiche, ou écrire l’adresse dans le message préparé",
        )


def _fiche_du_departement(records: Records) -> Span:
    return records.span(records.departement.origine if records.departement else "", "nom")
