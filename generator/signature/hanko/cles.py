"""A certificate with its private key: a PKCS#12 file, or a card or a token through PKCS#11.

The key stays where it is: it is never written anywhere, and its password is only kept in memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign.signers import Signer, SimpleSigner

from generator.files import cause
from generator.signature.erreurs import SignatureError

PKCS11 = "pkcs11:"


@dataclass(frozen=True, slots=True)
class Titulaire:
    """Whose certificate it is, from when to when it holds, its SHA-256."""

    nom: str
    debut: dt.datetime
    fin: dt.datetime
    empreinte: str


def titulaire(certificat: x509.Certificate) -> Titulaire:
    """What a certificate says of its holder."""
    return Titulaire(
        nom(certificat),
        certificat["tbs_certificate"]["validity"]["not_before"].native,
        certificat["tbs_certificate"]["validity"]["not_after"].native,
        certificat.sha256.hex(),
    )


def nom(certificat: x509.Certificate) -> str:
    """First name and name of the holder, else the common name, else the organisation."""
    subject = certificat.subject.native
    parts = [subject.get("given_name"), subject.get("surname")]
    names = [" ".join(parts) if all(isinstance(p, str) for p in parts) else None]
    names += [subject.get("common_name"), subject.get("organization_name")]
    return next((n for n in names if isinstance(n, str) and n.strip()), certificat.subject.human_friendly)


@contextmanager
def ouvrir(source: str, secret: str) -> Iterator[Signer]:
    """The signer that `source` (a file, or « pkcs11:… ») gives with its password; closed at the end.

    Raises SignatureError (SIG010 to SIG012).
    """
    if source.startswith(PKCS11):
        with _carte(source, secret) as signer:
            yield signer
    else:
        yield _fichier(Path(source), secret)


def _fichier(path: Path, secret: str) -> Signer:
    try:
        data = path.read_bytes()
    except OSError as e:
        raise SignatureError(
            "SIG010", f"le certificat ne se lit pas : {cause(e)}", "vérifier le nom du fichier"
        ) from e
    try:
        # First by itself: pyHanko has one error for a wrong password and for a file of another kind.
        key, certificate, _ = pkcs12.load_key_and_certificates(data, secret.encode("utf-8"))
    except ValueError as e:
        raise SignatureError(
            "SIG011",
            "le certificat ne s’ouvre pas avec ce mot de passe, ou ce n’est pas un fichier .p12 ou .pfx",
            "vérifier le mot de passe (majuscules, clavier), puis le fichier",
        ) from e
    if key is None or certificate is None:
        raise SignatureError(
            "SIG010", "le fichier ne contient pas de clé privée", "exporter le certificat avec sa clé privée"
        )
    signer: Signer = SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=secret.encode("utf-8"))
    return signer


def _attributs(source: str) -> dict[str, str]:
    """The attributes of a PKCS#11 URI (RFC 7512), those of its path and of its query together."""
    pairs = source.removeprefix(PKCS11).replace("?", ";").replace("&", ";").split(";")
    return {name: unquote(value) for name, _, value in (p.partition("=") for p in pairs) if name}


@contextmanager
def _carte(source: str, secret: str) -> Iterator[Signer]:
    wanted = _attributs(source)
    module = wanted.get("module-path")
    if not module or "pin-value" in wanted or "pin-source" in wanted:
        raise SignatureError(
            "SIG012",
            "l’adresse de la carte doit dire sa bibliothèque (module-path) et ne pas contenir son code",
            "écrire par exemple « pkcs11:token=NOM;object=ÉTIQUETTE?module-path=/usr/lib/bibliotheque.so »",
        )
    try:
        import pkcs11
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError as e:
        raise SignatureError(
            "SIG012", "la lecture des cartes n’est pas installée", "installer « convenant[carte] »"
        ) from e
    try:
        token = TokenCriteria(label=wanted["token"]) if "token" in wanted else None
        session = open_pkcs11_session(module, token_criteria=token, user_pin=secret)
    except (pkcs11.PKCS11Error, OSError, RuntimeError) as e:
        raise SignatureError(
            "SIG012",
            f"la carte ne s’ouvre pas ({type(e).__name__})",
            "vérifier qu’elle est branchée, son nom et son code ; trois codes faux la bloquent",
        ) from e
    with session:
        label = wanted.get("object")
        try:
            signer = PKCS11Signer(session, cert_label=label, key_label=label)
            certificate = signer.signing_cert
            if certificate is None:
                raise SignatureError(
                    "SIG012",
                    f"la carte n’a pas de certificat « {label} »",
                    "vérifier « object= » de l’adresse",
                )
            # Few cards hash by themselves for elliptic curves.
            signer.use_raw_mechanism = certificate.public_key.algorithm == "ec"
            yield signer
        except pkcs11.PKCS11Error as e:
            raise SignatureError(
                "SIG012", f"la carte ne répond pas ({type(e).__name__})", "la rebrancher, puis recommencer"
            ) from e
