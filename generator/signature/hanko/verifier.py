"""What a signature is worth: whole or not, whose, when, and whether its certificate holds.

pyHanko judges the cryptography and the timestamp; its policy on later changes is one check among those of
`retour`, because it lets some of them pass.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from asn1crypto import crl, ocsp
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathError,
    RevokedError,
    ValidationError,
)

from generator.signature.hanko import enveloppe
from generator.signature.hanko.cles import Titulaire, titulaire
from generator.signature.hanko.confiance import Confiance, explication, usage

INTEGRE, CHAINE, PERIODE, REVOQUE, REVOCATION = "integre", "chaine", "periode", "revoque", "revocation"
"""What may be wrong with a signature; `Avis.defaut` holds the first that is."""


class SignatureIllisibleError(Exception):
    """The signatures of the file cannot be read."""


_ILLISIBLE = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    AssertionError,
)
"""What the libraries were seen to raise, or may, on a signature whose bytes were damaged."""
_DEFAUTS = (
    (RevokedError, REVOQUE),
    (ExpiredError, PERIODE),
    (NotYetValidError, PERIODE),
    (InsufficientRevinfoError, REVOCATION),
)


@dataclass(frozen=True, slots=True)
class Avis:
    """What is known of one signature.

    `le`: the moment that it claims; `horodate`: the one that a trusted timestamp proves; `permises`: the
    library sees no forbidden change after it; `defaut`: empty, or what is wrong, said by `detail`.
    """

    champ: str
    titulaire: Titulaire
    le: dt.datetime | None
    horodate: dt.datetime | None
    permises: bool
    defaut: str = ""
    detail: str = ""


def verifier(
    pdf: bytes, confiance: Confiance, recu: dt.datetime, etablies: Mapping[str, dt.datetime]
) -> list[Avis]:
    """One opinion for each signature, in the order of the file.

    A certificate is judged at the moment that a trusted timestamp proves, else at the one that
    `etablies` gives for its field (a date that we noted ourselves), else on the day of receipt: nothing
    then proves that the signature is older. Raises SignatureIllisibleError.
    """
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # its warnings are in English
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        proofs = _preuves(reader)
        return [
            asyncio.run(_avis(one, confiance, recu, etablies.get(one.field_name), proofs))
            for one in reader.embedded_regular_signatures
        ]
    except (*_ILLISIBLE, PdfError, SigningError, SignatureValidationError, UnsupportedAlgorithm) as e:
        raise SignatureIllisibleError(str(e)) from e


def _preuves(reader: PdfFileReader) -> list[object]:
    """Revocation lists and OCSP answers that the document brings; they are signed, so they need no trust."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return []
    lists = [crl.CertificateList.load(x.get_object().data) for x in store.crls]
    return [*lists, *(ocsp.OCSPResponse.load(x.get_object().data) for x in store.ocsps)]


async def _avis(
    one: EmbeddedPdfSignature,
    confiance: Confiance,
    recu: dt.datetime,
    etablie: dt.datetime | None,
    proofs: list[object],
) -> Avis:
    holder = one.signer_cert
    status = await async_validate_pdf_signature(
        one,
        confiance.contexte(recu, proofs),
        key_usage_settings=KeyUsageConstraints(key_usage=usage(holder)),
    )
    stamp = status.timestamp_validity
    proved = stamp.timestamp if stamp is not None and stamp.valid and stamp.trusted else None
    allowed = bool(status.docmdp_ok) and isinstance(one.diff_result, DiffResult)
    known = (one.field_name, titulaire(holder), one.self_reported_timestamp, proved, allowed)
    if not (status.intact and status.valid):
        return Avis(*known, INTEGRE, "les octets signés ne sont plus ceux du fichier")
    if stamp is not None and not (stamp.intact and stamp.valid):
        return Avis(*known, INTEGRE, "son horodatage est abîmé")
    wrong = enveloppe.defaut(one.pkcs7_content, confiance)
    # An authority that is not known is told below, by its own name.
    if wrong and (status.trusted or wrong != enveloppe.SANS_GARANT):
        return Avis(*known, INTEGRE, wrong)
    moment = min(proved or etablie or recu, recu)
    context = confiance.contexte(moment, proofs, retroactif=moment < recu)
    validator = CertificateValidator(holder, one.other_embedded_certs, validation_context=context)
    try:
        await validator.async_validate_usage(usage(holder))  # type: ignore[no-untyped-call]
    except (PathError, ValidationError) as e:
        flaw = next((name for kind, name in _DEFAUTS if isinstance(e, kind)), CHAINE)
        return Avis(*known, flaw, explication(e))
    return Avis(*known)
