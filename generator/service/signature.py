"""What signing asks for: approve the acts, sign them, have them signed elsewhere.

Everything stands in `output/<numero>/signature/` (see `signature.coffre`). Nothing there is written over
once it is signed, and each act stands alone: what goes wrong with one leaves the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from generator import manifest
from generator.diagnostics import Diagnostic, Span
from generator.fabrique import Suivi
from generator.files import cause, empreinte
from generator.load import show_path
from generator.manifest import Entree
from generator.service.atelier import Workspace
from generator.service.designation import designer
from generator.signature import champs, places
from generator.signature.coffre import APPROUVES, ATTENTE, DOSSIER, SIGNES, Coffre
from generator.signature.erreurs import SignatureError
from generator.signature.fiche import Fiche
from generator.signature.fiche import Signature as Signe
from generator.signature.hanko import apposer, cles, verifier
from generator.signature.hanko.confiance import Confiance, lire
from generator.signature.identite import concorde
from generator.signature.places import DEPARTEMENT

SORTES = frozenset({"avenant", "convention"})
FAIT, A_JOUR, REFUSE = "fait", "à jour", "refusé"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sort:
    """What became of one act: `etat` is FAIT, A_JOUR or REFUSE; `fichier`: what was written."""

    acte: str
    etat: str
    fichier: Path | None = None


@dataclass(slots=True)
class Bilan:
    """What a run did, act by act, and what it found."""

    sorts: list[Sort] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def reussi(self) -> bool:
        """True when no error was found."""
        return not any(d.is_error for d in self.diagnostics)

    def noter(self, e: SignatureError, ou: str) -> None:
        """Add a diagnostic on the file `ou`."""
        self.diagnostics.append(Diagnostic(e.code, e.message, Span(ou), help=e.aide))


@dataclass(frozen=True, slots=True)
class Moyens:
    """How to sign: the certificate and its password, the timestamp server, whether to put in the proofs
    that the certificate is not revoked."""

    certificat: str
    secret: str = field(repr=False)
    horodatage: str = ""
    preuves: bool = False


class Signature:
    """The signature side of a workspace. `confiance` is the folder of trusted authorities."""

    def __init__(
        self, atelier: Workspace, confiance: Path = Path("confiance"), en_ligne: bool = False
    ) -> None:
        self.atelier, self.confiance, self.en_ligne = atelier, confiance, en_ligne

    def coffre(self, numero: str) -> Coffre:
        """The folder of the signed acts of a deliberation."""
        return Coffre(self.atelier.sortie / numero / DOSSIER)

    def approuver(
        self, numero: str, actes: Sequence[str], par: str, le: dt.datetime, de_nouveau: bool, suivi: Suivi
    ) -> Bilan:
        """Freeze the acts built under `numero`, with their signature fields; `par`: who approves.

        An act that was built again since is refused, unless `de_nouveau`; once signed, always.
        """
        out, store = Bilan(), self.coffre(numero)
        known = manifest.lire(self.atelier.sortie / numero)
        entries = {e.ident: e for e in known.documents if e.sorte in SORTES and e.structure} if known else {}
        if not entries:
            out.noter(
                SignatureError(
                    "SIG003", "aucun acte n’est produit", f"lancer « convenant generer {numero} »"
                ),
                show_path(self.atelier.sortie / numero),
            )

        def one(entry: Entree) -> Sort:
            return self._approuver(numero, store, entry, par, le, de_nouveau)

        chosen = _choisir(entries, actes, store, out)
        _chacun("approbation", chosen, lambda e: e.ident, one, store, out, suivi)
        return out

    def _approuver(
        self, numero: str, store: Coffre, entry: Entree, par: str, le: dt.datetime, de_nouveau: bool
    ) -> Sort:
        source = manifest.contenu(self.atelier.sortie / numero, entry.pdf) if entry.pdf else None
        if source is None:
            raise SignatureError(
                "SIG003",
                "le PDF de l’acte manque, ou n’est plus celui qui a été produit",
                f"lancer « convenant generer {numero} »",
            )
        known = store.fiche(entry.ident)
        if known is not None and known.source == empreinte(source):
            return Sort(entry.ident, A_JOUR)
        if known is not None and (known.signe or not de_nouveau):
            raise _change(known)
        found = places.trouver(source)
        if not found:
            raise SignatureError(
                "SIG001",
                "la place des signatures ne se trouve pas dans l’acte",
                "le modèle doit montrer une seule fois « Pour le Département… » et « Pour la structure… », "
                "côte à côte, chacun avec une qualité, un blanc et un nom",
            )
        try:
            data = champs.poser(source, found)
        except champs.SansBalisesError as e:
            raise SignatureError(
                "SIG002",
                "le PDF de l’acte n’a pas de balises, ou contient déjà un formulaire",
                f"lancer « convenant generer {numero} »",
            ) from e
        name = entry.ident.rpartition("/")[2]
        made = store.ecrire(f"{APPROUVES}/{name}.pdf", data, le)
        store.noter(Fiche(entry.ident, entry.titre, empreinte(source), par, made, found))
        return Sort(entry.ident, FAIT, store.dossier / made.fichier)

    # -- sign here --------------------------------------------------------------------------------

    def signer(
        self, numero: str, actes: Sequence[str], moyens: Moyens, le: dt.datetime, suivi: Suivi
    ) -> Bilan:
        """Sign every approved act for the Département; those already signed are « à jour »."""
        out, store = Bilan(), self.coffre(numero)
        trust = self.lire_confiance(out) if moyens.preuves else None
        todo = self._approuves(numero, actes, store, out)
        if trust is not None and not trust.racines:
            return out
        try:
            with cles.ouvrir(moyens.certificat, moyens.secret) as key:
                holder = cles.titulaire(key.signing_cert)

                def one(record: Fiche) -> Sort:
                    if store.deja_signe(record):
                        return Sort(record.acte, A_JOUR)
                    _controler_titulaire(record, holder, le)
                    demand = _demande(record, le, moyens.horodatage, trust)
                    data = apposer.signer(store.lire(record.approuve), demand, key)
                    return _ranger(store, record, data, Signe(demand.niveau, holder.empreinte), le)

                _chacun("signature", todo, lambda f: f.acte, one, store, out, suivi)
        except SignatureError as e:
            out.noter(e, moyens.certificat)
        return out

    # -- signature computed elsewhere -------------------------------------------------------------

    def preparer(self, numero: str, actes: Sequence[str], le: dt.datetime, suivi: Suivi) -> Bilan:
        """Write in `attente/`, for each approved act, the PDF that lacks only its signature and the data
        to sign, and the SHA-256 of all these data in one list."""
        out, store = Bilan(), self.coffre(numero)

        def one(record: Fiche) -> Sort:
            if store.deja_signe(record) or (record.prepare and store.lire(record.prepare)):
                return Sort(record.acte, A_JOUR)
            ready = apposer.preparer(store.lire(record.approuve), _demande(record, le))
            store.ecrire(f"{ATTENTE}/{record.nom}.donnees", ready.donnees, le)
            made = store.ecrire(f"{ATTENTE}/{record.nom}.pdf", ready.pdf, le)
            store.noter(record.avec(prepare=made))
            return Sort(record.acte, FAIT, store.dossier / made.fichier)

        todo = self._approuves(numero, actes, store, out)
        _chacun("préparation", todo, lambda f: f.acte, one, store, out, suivi)
        store.lister()
        return out

    def terminer(
        self, numero: str, actes: Sequence[str], reponses: Path, le: dt.datetime, suivi: Suivi
    ) -> Bilan:
        """Put in each prepared act the signature of the folder `reponses` that has its name (.p7s)."""
        out, store = Bilan(), self.coffre(numero)

        def one(record: Fiche) -> Sort:
            if store.deja_signe(record):
                return Sort(record.acte, A_JOUR)
            if record.prepare is None:
                raise SignatureError(
                    "SIG016",
                    "l’acte n’est pas préparé",
                    f"lancer « convenant signer {numero} --preparer »",
                )
            return _terminer(store, record, reponses / f"{record.nom}.p7s", le)

        todo = [f for f in self._approuves(numero, actes, store, out) if actes or f.prepare or f.signe]
        _chacun("assemblage", todo, lambda f: f.acte, one, store, out, suivi)
        return out

    # -- what is known ----------------------------------------------------------------------------

    def lire_confiance(self, out: Bilan) -> Confiance:
        """The folder of trust; what is wrong in it goes to `out`."""
        trust, found = lire(self.confiance, self.en_ligne, show_path(self.confiance))
        out.diagnostics += found
        if not trust.racines:
            empty = "le dossier de confiance n’a aucune racine : aucun certificat ne peut être reconnu"
            help_ = "mettre dans son dossier « racines » le certificat racine de chaque autorité acceptée"
            out.noter(SignatureError("SIG021", empty, help_), show_path(self.confiance))
        return trust

    def _approuves(self, numero: str, actes: Sequence[str], store: Coffre, out: Bilan) -> list[Fiche]:
        """The records of the acts to sign; one that was built again since its approval is refused."""
        records = {f.acte: f for f in store.fiches()}
        if not records:
            out.noter(
                SignatureError(
                    "SIG005",
                    "aucun acte n’est approuvé",
                    f"relire les actes, puis lancer « convenant approuver {numero} --par NOM »",
                ),
                show_path(store.dossier),
            )
        known = manifest.lire(self.atelier.sortie / numero)
        built = {e.ident: e.pdf.sha256 for e in known.documents if e.pdf} if known else {}
        kept = []
        for record in _choisir(records, actes, store, out):
            if record.signe is None and built.get(record.acte, record.source) != record.source:
                out.noter(_change(record), show_path(store.chemin_fiche(record.acte)))
                out.sorts.append(Sort(record.acte, REFUSE))
            else:
                kept.append(record)
        return kept


def _chacun(
    stage: str,
    todo: Sequence[T],
    name: Callable[[T], str],
    one: Callable[[T], Sort],
    store: Coffre,
    out: Bilan,
    suivi: Suivi,
) -> None:
    """Do the same for every act; what prevents it is told and leaves the next ones."""
    suivi.debut(stage, len(todo))
    for each in todo:
        where = show_path(store.chemin_fiche(name(each)).with_suffix(".pdf"))
        try:
            out.sorts.append(one(each))
        except SignatureError as e:
            out.noter(e, where)
            out.sorts.append(Sort(name(each), REFUSE))
        except OSError as e:
            full = f"impossible d’écrire dans le dossier de signature : {cause(e)}"
            out.noter(SignatureError("SOR001", full, "libérer de la place, puis relancer"), where)
            out.sorts.append(Sort(name(each), REFUSE))
        suivi.pas(name(each))
    suivi.fin()


def _choisir(known: dict[str, T], wanted: Sequence[str], store: Coffre, out: Bilan) -> list[T]:
    """Those named (by identifier, or by file name), all when none is; SIG007 for an unknown one."""
    if not wanted:
        return list(known.values())
    names = ", ".join(ident.rpartition("/")[2] for ident in known) or "aucun"
    where = Span(show_path(store.dossier))
    chosen, wrong = designer(wanted, known, "SIG007", where, f"actes connus : {names}")
    out.diagnostics += wrong
    return [known[ident] for ident in chosen]


def _change(record: Fiche) -> SignatureError:
    if record.signe:
        return SignatureError(
            "SIG004",
            "l’acte a été refait depuis sa signature",
            "un acte signé ne se remplace pas : revenir aux fiches d’avant, ou faire un avenant",
        )
    return SignatureError(
        "SIG004",
        "l’acte a été refait depuis son approbation",
        "le relire, puis l’approuver avec « --de-nouveau »",
    )


def _controler_titulaire(record: Fiche, holder: cles.Titulaire, le: dt.datetime) -> None:
    expected = record.champ(DEPARTEMENT).signataire
    if not concorde(expected, holder.nom):
        raise SignatureError(
            "SIG018",
            f"le certificat est celui de {holder.nom}, l’acte est à signer par {expected}",
            "prendre le certificat de la bonne personne",
        )
    if not holder.debut <= le <= holder.fin:
        raise SignatureError(
            "SIG019",
            f"le certificat vaut du {holder.debut:%d/%m/%Y} au {holder.fin:%d/%m/%Y}",
            "demander le renouvellement du certificat ; vérifier la date de l’ordinateur",
        )


def _demande(
    record: Fiche, le: dt.datetime, url: str = "", trust: Confiance | None = None
) -> apposer.Demande:
    return apposer.Demande(record.champs, record.champ(DEPARTEMENT), le, url, trust)


def _ranger(store: Coffre, record: Fiche, data: bytes, signed: Signe, le: dt.datetime) -> Sort:
    made = store.ecrire(f"{SIGNES}/{record.nom}.pdf", data, le)
    store.noter(record.avec(signe=made, signature=signed))
    return Sort(record.acte, FAIT, store.dossier / made.fichier)


def _terminer(store: Coffre, record: Fiche, answer: Path, le: dt.datetime) -> Sort:
    assert record.prepare is not None
    again = "vérifier que le parapheur a signé le fichier « .donnees » de cet acte"
    try:
        signature = answer.read_bytes()
    except OSError as e:
        missing = f"la signature « {answer.name} » ne se lit pas : {cause(e)}"
        raise SignatureError("SIG016", missing, "l’enregistrer sous ce nom dans le dossier indiqué") from e
    data = apposer.terminer(store.lire(record.prepare), signature)
    try:
        opinions = verifier.verifier(data, Confiance(), le, {})
    except verifier.SignatureIllisibleError as e:
        raise SignatureError("SIG016", "la signature reçue ne se lit pas", again) from e
    if len(opinions) != 1 or opinions[0].defaut == verifier.INTEGRE:
        raise SignatureError("SIG017", "la signature reçue n’est pas celle de cet acte", again)
    holder = opinions[0].titulaire
    _controler_titulaire(record, holder, le)
    return _ranger(store, record, data, Signe("B-B", holder.empreinte), le)
