"""The steps of the gate, in order: the first ones need only bytes, the last ones the certificates."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from generator import pdfium
from generator.signature.fiche import Fiche
from generator.signature.hanko import verifier as avis
from generator.signature.hanko.confiance import Confiance
from generator.signature.hanko.verifier import Avis, SignatureIllisibleError
from generator.signature.identite import concorde
from generator.signature.places import DEPARTEMENT
from generator.signature.retour import images, objets, octets
from generator.signature.retour.etapes import Etape

RENVOYER = (
    "demander à la structure de signer de nouveau le fichier reçu, sans le modifier ni le réenregistrer"
)
_TOLERANCE = dt.timedelta(days=1)
"""Clocks differ; a day is nothing beside the time that an act takes to come back."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a returned file is held against: the record of its act and the bytes it must begin with (what
    the Département signed, or what was approved), the trust, the moment of receipt."""

    fiche: Fiche
    origine: bytes
    confiance: Confiance
    recu: dt.datetime


def controler(data: bytes, dossier: Dossier) -> list[Etape]:
    """Every step, passed or not. When the file does not begin as it should, the rest has no meaning."""
    first = commence(data, dossier.origine)
    if not first.passee:
        return [first]
    try:
        with (
            pikepdf.open(io.BytesIO(dossier.origine)) as before,
            pikepdf.open(io.BytesIO(data), attempt_recovery=False) as after,
        ):
            return [first, *_structure(data, dossier, before, after), *_signatures(data, dossier)]
    except (pikepdf.PdfError, pdfium.PdfEndommageError, pdfium.PdfProtegeError):
        return [first, _lisible("la fin du fichier est abîmée")]


def _lisible(refus: str) -> Etape:
    return Etape("RET001", "le fichier se lit", refus, "demander un nouvel envoi du fichier")


def commence(data: bytes, origine: bytes) -> Etape:
    """The approved bytes are those that the file begins with."""
    title = "le fichier commence par l’acte approuvé, octet pour octet"
    if data.startswith(origine):
        return Etape("RET002", title)
    size = min(len(data), len(origine))
    where = next((n for n in range(size) if data[n] != origine[n]), size)
    return Etape(
        "RET002",
        title,
        "ce n’est pas le fichier qui a été envoyé"
        if where < 1024
        else f"le fichier envoyé a été modifié (à partir de l’octet {where})",
        RENVOYER,
    )


def _structure(data: bytes, dossier: Dossier, before: pikepdf.Pdf, after: pikepdf.Pdf) -> Iterator[Etape]:
    fields = dossier.fiche.champs
    extra = objets.champs_en_trop(before, after)
    yield Etape(
        "RET003",
        "les champs de signature sont ceux de l’acte, à leur place",
        f"champs en trop ou manquants : {', '.join(extra)}" if extra else "",
        "demander à la structure de signer dans le champ prévu, sans en ajouter un",
    )
    spans = octets.portees(after)
    missing = [c for c in fields if c.nom not in {p.champ for p in spans}]
    yield Etape(
        "RET004",
        "chaque partie a signé",
        " ; ".join(f"il manque la signature de {c.signataire}" for c in missing),
        "rappeler à la structure de signer dans le champ prévu"
        if all(c.nom != DEPARTEMENT for c in missing)
        else "faire signer l’acte par le Département, puis l’envoyer",
    )
    left = octets.couverture(data, spans) if spans else ""
    yield Etape("RET005", "la dernière signature couvre tout le fichier", left, RENVOYER)
    holes = [f"« {p.champ} » : {wrong}" for p in spans if (wrong := octets.trou(data, p))]
    yield Etape(
        "RET006",
        "les octets hors signature ne contiennent que la signature",
        " ; ".join(holes),
        "garder le fichier, ne pas l’ouvrir, et prévenir le responsable de la sécurité informatique",
    )
    changed = objets.changements(before, after)
    yield Etape(
        "RET008",
        "rien d’autre que les signatures n’a été ajouté",
        f"a changé depuis l’envoi : {', '.join(changed)}" if changed else "",
        RENVOYER,
    )
    pages = images.differences(dossier.origine, data, fields)
    yield Etape(
        "RET009",
        "les pages montrent la même chose hors des signatures",
        "le nombre de pages a changé"
        if pages == [0]
        else f"l’image diffère page {', '.join(map(str, pages))}"
        if pages
        else "",
        RENVOYER,
    )


def _signatures(data: bytes, dossier: Dossier) -> list[Etape]:
    known = dossier.fiche.signe
    # When the Département signed is known from our own record, as the file begins with what it signed.
    dates = {DEPARTEMENT: known.le} if known and len(dossier.origine) == known.taille else {}
    title = "les signatures sont intactes"
    try:
        opinions = avis.verifier(data, dossier.confiance, dossier.recu, dates)
    except SignatureIllisibleError:
        return [Etape("RET007", title, "les signatures ne se lisent pas", RENVOYER)]
    broken = [f"« {a.champ} » : {a.detail}" for a in opinions if a.defaut == avis.INTEGRE]
    broken += [f"« {a.champ} » : une modification interdite la suit" for a in opinions if not a.permises]
    steps = [Etape("RET007", title, " ; ".join(broken), RENVOYER)]
    for one in opinions:
        field = next((c for c in dossier.fiche.champs if c.nom == one.champ), None)
        if field is not None and one.defaut != avis.INTEGRE:
            steps += [*_certificat(one), _personne(one, field.signataire), _date(one, dossier)]
    return steps


_CERTIFICAT = {
    avis.CHAINE: (
        "RET010",
        "vient d’une autorité reconnue",
        "s’assurer que l’autorité est qualifiée, puis ajouter sa racine et ses autorités intermédiaires "
        "au dossier de confiance ; sinon demander une autre signature",
    ),
    avis.PERIODE: (
        "RET011",
        "était valable à la signature",
        "demander une signature avec un certificat en cours de validité, ou avec un horodatage",
    ),
    avis.REVOQUE: ("RET012", "n’est pas révoqué", "demander une signature avec un autre certificat"),
    avis.REVOCATION: (
        "RET013",
        "a un état de révocation connu",
        "relancer avec --en-ligne, ou mettre la liste de révocation du jour dans le dossier de confiance",
    ),
}


def _certificat(one: Avis) -> Iterator[Etape]:
    for flaw, (code, title, help_) in _CERTIFICAT.items():
        detail = f"« {one.champ} » : {one.detail}" if one.defaut == flaw else ""
        yield Etape(code, f"le certificat de {one.titulaire.nom} {title}", detail, help_)
        if detail:
            return  # what follows was not looked at


def _personne(one: Avis, expected: str) -> Etape:
    good = concorde(expected, one.titulaire.nom)
    return Etape(
        "RET014",
        f"{expected} a signé « {one.champ} »",
        "" if good else f"le certificat est celui de {one.titulaire.nom}, l’acte attend {expected}",
        "demander la signature de la bonne personne ; si une autre a qualité pour signer, corriger la fiche "
        "de la structure, produire de nouveau l’acte et le faire approuver",
    )


def _date(one: Avis, dossier: Dossier) -> Etape:
    said = one.horodate or one.le
    title = f"la date de la signature « {one.champ} » est vraisemblable"
    if said is None:
        return Etape("RET015", title, "la signature ne dit pas sa date", RENVOYER)
    early = said < dossier.fiche.approuve.le - _TOLERANCE
    late = said > dossier.recu + _TOLERANCE
    wrong = "avant l’approbation de l’acte" if early else "après sa réception" if late else ""
    return Etape(
        "RET015",
        title,
        f"elle se dit faite le {said:%d/%m/%Y}, {wrong}" if wrong else "",
        "demander à la structure de régler l’horloge de son ordinateur et de signer de nouveau",
    )
