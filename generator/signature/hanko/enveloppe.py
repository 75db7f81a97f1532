"""The envelope of a signature (CMS, RFC 5652): what no signature covers must say nothing of its own.

The certificates that it brings, its lists of algorithms and its unsigned attributes may be changed without
breaking the signature. Each is held against what is known, so that not one bit may differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from asn1crypto import cms, x509
from cryptography import x509 as pyca
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from generator.signature.hanko.confiance import Confiance

_VERSIONS = frozenset({"v1", "v3"})  # with certificates by issuer and serial number, or by key (5.1, 5.3)
SANS_GARANT = "un certificat joint à la signature est abîmé, ou son autorité n’est pas connue"
_HORODATAGE = "signature_time_stamp_token"


def defaut(contenu: bytes, confiance: Confiance) -> str:
    """What is wrong with the envelope; empty when all it holds is known. `contenu` may end with zeros.

    Raises ValueError, TypeError when it is not one.
    """
    info = cms.ContentInfo.load(contenu)
    der = info.dump()
    if contenu[: len(der)] != der or cms.ContentInfo.load(der, strict=True).dump(force=True) != der:
        return "l’enveloppe de la signature n’a pas la forme prévue"
    signed = info["content"]
    if len(signed["signer_infos"]) != 1 or len(signed["crls"] or ()):
        return "l’enveloppe contient autre chose qu’une signature"
    signer = signed["signer_infos"][0]
    digests = [d.dump() for d in signed["digest_algorithms"]]
    if digests != [signer["digest_algorithm"].dump()]:
        return "l’enveloppe n’annonce pas l’algorithme de la signature"
    if {signed["version"].native, signer["version"].native} - _VERSIONS:
        return "l’enveloppe n’a pas une version connue"
    unsigned = [a["type"].native for a in signer["unsigned_attrs"] or ()]
    if unsigned not in ([], [_HORODATAGE]):
        return "l’enveloppe contient un attribut qui n’est pas signé"
    return _certificats(signed["certificates"], confiance)


def _certificats(choices: Iterable[x509.Certificate], confiance: Confiance) -> str:
    """Every certificate brought is one that is trusted, or is guaranteed by one that is there."""
    brought = [c.chosen for c in choices]
    known = [*confiance.racines, *confiance.intermediaires]
    trusted = {c.dump() for c in known}
    issuers: list[pyca.Certificate] = []
    try:
        issuers = [pyca.load_der_x509_certificate(c.dump()) for c in (*known, *brought)]
        mine = issuers[len(known) :]
        for der, one in zip((c.dump() for c in brought), mine, strict=True):
            if der not in trusted and not any(_garantit(i, one) for i in issuers):
                return SANS_GARANT
    except (ValueError, UnsupportedAlgorithm, pyca.InvalidVersion, pyca.DuplicateExtension):
        return "un certificat joint à la signature est abîmé"
    return ""


def _garantit(issuer: pyca.Certificate, one: pyca.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True
