"""What the gate asks for: hold returned acts against what was approved, keep those that are accepted."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator import pdfium
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.fabrique import Suivi
from generator.files import cause
from generator.load import show_path
from generator.service.signature import Bilan, Signature
from generator.signature.coffre import DOSSIER, RETOURS, Coffre
from generator.signature.erreurs import SignatureError
from generator.signature.fiche import Fiche, Retour
from generator.signature.hanko.confiance import Confiance
from generator.signature.retour import manuscrit
from generator.signature.retour.controle import RENVOYER, Dossier, controler
from generator.signature.retour.etapes import Etape

_PDF = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one file: the act that it is (empty when unknown), every step in order, where
    it was kept when it is accepted."""

    fichier: Path
    acte: str
    etapes: tuple[Etape, ...]
    garde: Path | None = None

    @property
    def accepte(self) -> bool:
        """True when no step refuses it."""
        return all(e.passee or not e.grave for e in self.etapes)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The steps that are not passed, each with what to do."""
        return tuple(
            Diagnostic(
                e.code,
                e.refus,
                Span(show_path(self.fichier)),
                Severity.ERREUR if e.grave else Severity.AVERTISSEMENT,
                (Note(f"étape : {e.titre}"),),
                e.aide,
            )
            for e in self.etapes
            if not e.passee
        )


@dataclass(frozen=True, slots=True)
class Reception:
    """How files were received: the moment, the act when it is said, who accepts a handwritten signature
    (empty: nobody), whether to keep nothing (`simulation`)."""

    recu: dt.datetime
    acte: str = ""
    manuscrite: str = ""
    simulation: bool = False


class Retours:
    """The return gate of a workspace."""

    def __init__(self, signature: Signature) -> None:
        self.signature = signature

    def controler(
        self, fichiers: Sequence[Path], reception: Reception, suivi: Suivi
    ) -> tuple[list[Verdict], Bilan]:
        """A verdict for each file; what is wrong with the folder of trust is in the second."""
        out = Bilan()
        trust = self.signature.lire_confiance(out)
        stores = [Coffre(p) for p in sorted(self.signature.atelier.sortie.glob(f"*/{DOSSIER}"))]
        verdicts = []
        suivi.debut("contrôle des retours", len(fichiers))
        for path in fichiers:
            verdicts.append(_verdict(path, stores, trust, reception))
            suivi.pas(path.name)
        suivi.fin()
        return verdicts, out


def _verdict(path: Path, stores: Sequence[Coffre], trust: Confiance, how: Reception) -> Verdict:
    try:
        data = path.read_bytes()
    except OSError as e:
        return Verdict(path, "", (_illisible(cause(e)),))
    if not data.startswith(_PDF):
        return Verdict(path, "", (_illisible("ce n’est pas un PDF"),))
    try:
        found = _reconnaitre(path, data, stores, how.acte)
        if found is None:
            return Verdict(path, "", (_inconnu(),))
        store, record = found
        steps = _etapes(data, store, record, trust, how)
    except (SignatureError, pdfium.PdfEndommageError, pdfium.PdfProtegeError) as e:
        why = e.message if isinstance(e, SignatureError) else "il est abîmé ou protégé"
        return Verdict(path, "", (_illisible(why),))
    verdict = Verdict(path, record.acte, tuple(steps))
    if not verdict.accepte or how.simulation:
        return verdict
    try:
        return _garder(verdict, data, store, record, how)
    except SignatureError as e:  # what was kept before is lost: told, and the verdict stays
        return replace(verdict, etapes=(*steps, Etape(e.code, "l’acte est gardé", e.message, e.aide)))


def _etapes(data: bytes, store: Coffre, record: Fiche, trust: Confiance, how: Reception) -> list[Etape]:
    origin = store.origine(record)
    if not data.startswith(origin) and manuscrit.est_un_scan(data):
        return manuscrit.comparer(data, store.lire(record.approuve), how.manuscrite)
    return controler(data, Dossier(record, origin, trust, how.recu))


def _reconnaitre(path: Path, data: bytes, stores: Sequence[Coffre], acte: str) -> tuple[Coffre, Fiche] | None:
    """The act that a file is: the one said, else the one that it begins with, else the one of its name."""
    known = [(store, record) for store in stores for record in store.fiches()]
    if acte:
        return next((k for k in known if acte in (k[1].acte, k[1].nom)), None)
    for store, record in known:
        # A lost file is told of its own act, and prevents nothing for the others.
        with contextlib.suppress(SignatureError):
            if data.startswith(store.origine(record)):
                return store, record
    named = [k for k in known if path.stem.startswith(k[1].nom)]
    return max(named, key=lambda k: len(k[1].nom), default=None)


def _garder(verdict: Verdict, data: bytes, store: Coffre, record: Fiche, how: Reception) -> Verdict:
    if record.retour is not None and store.lire(record.retour.accepte) != data:
        again = Etape(
            "RET016",
            "l’acte n’est pas déjà revenu",
            "un autre fichier a déjà été accepté pour cet acte",
            "garder le premier ; s’il est à remplacer, le décider à deux et l’écrire au dossier",
        )
        return Verdict(verdict.fichier, verdict.acte, (*verdict.etapes, again))
    kept = record.retour.accepte if record.retour else None
    if kept is None:
        try:
            kept = store.ecrire(f"{RETOURS}/{record.nom}.pdf", data, how.recu)
            hand = any(e.code == "RET020" for e in verdict.etapes)
            store.noter(record.avec(retour=Retour(kept, hand, how.manuscrite if hand else "")))
        except OSError as e:
            failed = Etape(
                "SOR001", "l’acte est gardé", f"impossible de l’écrire : {cause(e)}", "libérer de la place"
            )
            return Verdict(verdict.fichier, verdict.acte, (*verdict.etapes, failed))
    return Verdict(verdict.fichier, verdict.acte, verdict.etapes, store.dossier / kept.fichier)


def _illisible(why: str) -> Etape:
    return Etape(
        "RET001", "le fichier se lit", f"le fichier ne se lit pas : {why}", "demander un nouvel envoi"
    )


def _inconnu() -> Etape:
    return Etape(
        "RET002",
        "le fichier commence par l’acte approuvé, octet pour octet",
        "ce fichier n’est aucun des actes approuvés",
        f"dire lequel avec --acte si son nom a changé ; sinon, {RENVOYER}",
    )
