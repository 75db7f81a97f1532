"""A signature put in its field: PAdES B-B, B-T with a timestamp, B-LT with proofs of revocation too.

The metadata stay as approved (`_Ajout`): pyHanko would rewrite them, and the file would no longer be
PDF/A. What is shown is drawn by `encre` with the font that the act already holds.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import logging
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, pem
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSigningSession,
    PreSignValidationStatus,
    SigDSSPlacementPreference,
)
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.stamp import BaseStamp, BaseStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from generator.signature.encre import POLICE, Encre
from generator.signature.erreurs import SignatureError
from generator.signature.hanko.confiance import Confiance, explication, usage
from generator.signature.places import DEPARTEMENT, Champ

_ALGORITHME = "sha256"
_PLACE = 32_768
"""Hexadecimal digits left for a signature computed elsewhere: 16 KiB, with a timestamp and its chain."""


@dataclass(frozen=True, slots=True)
class Demande:
    """One signature to make: the fields of the act, which of them, the moment, the timestamp server, and
    what to prove revocation with (None: no proof is put in)."""

    champs: tuple[Champ, ...]
    champ: Champ
    le: dt.datetime
    horodatage: str = ""
    confiance: Confiance | None = None
    motif: str = ""

    @property
    def niveau(self) -> str:
        """The PAdES level that it gives."""
        if not self.horodatage:
            return "B-B"
        return "B-LT" if self.confiance else "B-T"


class _Ajout(IncrementalPdfFileWriter):
    """Adds to a PDF without touching its metadata."""

    def _update_meta(self) -> None:
        """Nothing: dates and XMP are those of the approved document."""


class _Trace(BaseStamp):
    """The appearance of a signed field."""

    def __init__(self, writer: BasePdfFileWriter, style: _Style, box: BoxConstraints) -> None:
        super().__init__(writer, style, box)
        font = writer.root["/AcroForm"]["/DR"]["/Font"].raw_get(POLICE)
        self.set_resource(ResourceType.FONT, generic.pdf_name(POLICE), font)
        self.content = style.content

    def render(self) -> bytes:
        """The content, drawn beforehand."""
        return self.content


@dataclass(frozen=True)
class _Style(BaseStampStyle):
    content: bytes = b""

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]
    ) -> _Trace:
        """What pyHanko asks of a style."""
        return _Trace(writer, self, box)


def signer(pdf: bytes, demande: Demande, cle: Signer) -> bytes:
    """The signed document: `pdf`, then what was added.

    Raises SignatureError: SIG013 (timestamp), SIG014 (certificate that its chain does not hold), SIG015.
    """
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # its warnings are in English
    try:
        return asyncio.run(_signer(pdf, demande, cle))
    except (TimestampRequestError, OSError) as e:
        raise SignatureError(
            "SIG013",
            f"le serveur d’horodatage « {demande.horodatage} » ne répond pas ou refuse",
            "vérifier son adresse et le réseau, puis relancer : un acte signé ne l’est pas deux fois",
        ) from e
    except (PathError, ValidationError) as e:
        raise _non_reconnu(e) from e
    except (SigningError, PdfReadError) as e:
        if isinstance(e.__cause__, PathError | ValidationError):
            raise _non_reconnu(e.__cause__) from e
        raise SignatureError(
            "SIG015", f"la signature n’a pas pu être posée : {e}", "approuver de nouveau l’acte"
        ) from e


def _non_reconnu(e: Exception) -> SignatureError:
    return SignatureError(
        "SIG014",
        f"le certificat, ou celui de l’horodatage, ne se vérifie pas : {explication(e)}",
        "mettre dans le dossier de confiance la racine, les autorités intermédiaires et leurs listes de "
        "révocation du jour, ou relancer avec --en-ligne",
    )


async def _signer(pdf: bytes, demande: Demande, cle: Signer) -> bytes:
    session, info = await _session(pdf, demande, cle)
    room = await session.estimate_signature_container_size(info)
    ready = session.prepare_tbs_document(info, bytes_reserved=room)
    output = io.BytesIO()
    prepared, _ = ready.digest_tbs_document(output=output)
    await ready.perform_signature(
        prepared.document_digest, PdfCMSSignedAttributes(signing_time=session.system_time)
    )
    return output.getvalue()


async def _session(
    pdf: bytes, demande: Demande, cle: Signer
) -> tuple[PdfSigningSession, PreSignValidationStatus | None]:
    trust = demande.confiance
    context: ValidationContext | None = trust.contexte(demande.le) if trust else None
    first = demande.champ.nom == DEPARTEMENT
    metadata = PdfSignatureMetadata(
        field_name=demande.champ.nom,
        md_algorithm=_ALGORITHME,
        name=demande.champ.signataire,
        reason=demande.motif or None,
        subfilter=SigSeedSubFilter.PADES,
        certify=first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        validation_context=context,
        signer_key_usage=usage(cle.signing_cert) if cle.signing_cert else set(),
        embed_validation_info=context is not None,
        # In the revision of the signature, so that the signature is the last thing in the file.
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    )
    style = _Style(content=Encre(demande.champs).dessiner(demande.champ, demande.le))
    stamper = HTTPTimeStamper(demande.horodatage, timeout=20) if demande.horodatage else None
    maker = PdfSigner(metadata, cle, timestamper=stamper, stamp_style=style)
    session = maker.init_signing_session(_Ajout(io.BytesIO(pdf)), existing_fields_only=True)
    session.system_time = demande.le
    return session, await session.perform_presign_validation(session.pdf_out)


# -- signature computed elsewhere -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attente:
    """A document whose signature is computed elsewhere: the file with the place left for it, and the
    bytes that are signed."""

    pdf: bytes
    donnees: bytes


def preparer(pdf: bytes, demande: Demande) -> Attente:
    """The document with all but the signature. Raises SignatureError (SIG015)."""
    outside = ExternalSigner(signing_cert=None, cert_registry=None)
    try:
        prepared, data = asyncio.run(_preparer(pdf, demande, outside))
    except (SigningError, PdfReadError) as e:
        raise SignatureError(
            "SIG015", f"l’acte n’a pas pu être préparé : {e}", "approuver de nouveau l’acte"
        ) from e
    return Attente(data, data[: prepared.reserved_region_start] + data[prepared.reserved_region_end :])


async def _preparer(pdf: bytes, demande: Demande, outside: Signer) -> tuple[PreparedByteRangeDigest, bytes]:
    session, info = await _session(pdf, demande, outside)
    ready = session.prepare_tbs_document(info, bytes_reserved=_PLACE)
    output = io.BytesIO()
    prepared, _ = ready.digest_tbs_document(output=output)
    return prepared, output.getvalue()


def terminer(attente: bytes, signature: bytes) -> bytes:
    """The document prepared with the signature (CMS, DER or PEM) put in the place left for it.

    Raises SignatureError (SIG016) when it is not one, or is too long. Whether it signs this document is
    for `verifier` to say.
    """
    aide = "demander au parapheur une signature CMS détachée (PAdES ou CAdES, .p7s), de 16 Kio au plus"
    try:
        der = _der(signature)
        if cms.ContentInfo.load(der, strict=True)["content_type"].native != "signed_data":
            raise ValueError("content type")
    except (ValueError, TypeError) as e:
        raise SignatureError("SIG016", "le fichier reçu n’est pas une signature CMS", aide) from e
    hole = b"<" + b"0" * _PLACE + b">"
    digits = der.hex().encode("ascii").ljust(_PLACE, b"0")
    if attente.count(hole) != 1:
        raise SignatureError(
            "SIG016", "l’acte préparé n’a plus la place de la signature", "le préparer de nouveau"
        )
    if len(digits) > _PLACE:
        raise SignatureError("SIG016", "la signature reçue est trop longue pour la place laissée", aide)
    return attente.replace(hole, b"<" + digits + b">")


def _der(data: bytes) -> bytes:
    return bytes(pem.unarmor(data)[2]) if pem.detect(data) else data
