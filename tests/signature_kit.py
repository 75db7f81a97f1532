"""A public key infrastructure for the tests, made by certomancer: real certificates, lists, timestamps."""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import pem, tsp, x509
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture, ServiceLabel
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec

from generator.service import Workspace
from generator.signature import champs, places
from generator.signature.hanko import apposer, cles
from generator.signature.hanko.confiance import INTERMEDIAIRES, LISTES, RACINES, Confiance, lire
from generator.signature.places import DEPARTEMENT, STRUCTURE, Champ
from tests.dossier_kit import DATA, TEMPLATES, convenant

NUMERO = "2024-587"
ACTE = "actes/faimah-convention-faj-collectif"
ACTES = ["actes/faimah-avenant-annexe-06", "actes/faimah-convention-actions-innovantes", ACTE]
SECRET = "arbre à cames"
SIGNE = dt.datetime(2025, 1, 15, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
RETOUR = dt.datetime(2025, 2, 3, 9, 0, tzinfo=dt.UTC)
_TOUJOURS = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2040-01-01T00:00:00+0000"}
_AUTORITES = ("racine", "autorite", "etrangere")
_PERSONNES: dict[str, tuple[str, dict[str, Any]]] = {
    "directrice": ("DESPIERRE Sabine", {}),
    "president": ("Éric D'HAENENS", {}),
    "autre": ("Camille DURAND", {}),
    "expire": ("Éric D'HAENENS", {"validity": {**_TOUJOURS, "valid-to": "2025-01-20T00:00:00+0000"}}),
    "revoque": ("Éric D'HAENENS", {"revocation": {"revoked-since": "2025-01-10T00:00:00+0000"}}),
    "revoque-apres": ("Éric D'HAENENS", {"revocation": {"revoked-since": "2025-01-25T00:00:00+0000"}}),
    "inconnu": ("Éric D'HAENENS", {"issuer": "etrangere", "authority-key": "etrangere"}),
}


def _certificat(
    name: str, issuer: str, extra: dict[str, Any], extensions: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "subject": name,
        "subject-key": name,
        "issuer": issuer,
        "authority-key": issuer,
        "validity": _TOUJOURS,
        "extensions": [
            *extensions,
            {
                "id": "crl_distribution_points",
                "smart-value": {"schema": "crl-dist-url", "params": _depot(issuer)},
            },
        ],
        **extra,
    }


def _depot(issuer: str) -> dict[str, Any]:
    return {"crl-repo-names": [issuer]}


def _usage(*uses: str) -> dict[str, Any]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(uses)}}


class _Muette(BaseHTTPRequestHandler):
    def dire(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _serveur(reponse: type[BaseHTTPRequestHandler]) -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), reponse)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Autorite:
    """A server of revocation lists on this machine, those of `pki` once known, and what it was asked."""

    def __init__(self) -> None:
        self.pki: Pki | None = None
        self.demandes: list[str] = []

    @contextmanager
    def ouverte(self) -> Iterator[str]:
        """The address where it answers."""
        this = self

        class Reponse(_Muette):
            def do_GET(self) -> None:
                this.demandes.append(self.path)
                name = self.path.split("/")[-2]
                if this.pki is None or name not in _AUTORITES:
                    self.send_error(404)
                else:
                    self.dire("application/pkix-crl", this.pki.liste(name, dt.datetime.now(dt.UTC)))

        with _serveur(Reponse) as server:
            yield f"http://127.0.0.1:{server.server_port}"


class Pki:
    """Two authorities and the certificates of people, with their keys in `folder`."""

    def __init__(self, folder: Path, adresse: str = "http://127.0.0.1:9") -> None:
        """`adresse`: of the server that the certificates name for the lists of revocation (`listes`)."""
        self.folder = folder
        names = [*_AUTORITES, "horodatage", *_PERSONNES]
        for name in names:
            key = ec.generate_private_key(ec.SECP256R1())
            data = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())
            (folder / f"{name}.pem").write_bytes(data)
        ca = [
            {"id": "basic_constraints", "critical": True, "value": {"ca": True}},
            _usage("key_cert_sign", "crl_sign"),
        ]
        certs = {
            "racine": _certificat("racine", "racine", {}, ca),
            "autorite": _certificat("autorite", "racine", {}, ca),
            "etrangere": _certificat("etrangere", "etrangere", {}, ca),
            "horodatage": _certificat(
                "horodatage",
                "autorite",
                {},
                [
                    _usage("digital_signature"),
                    {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
                ],
            ),
        }
        for name, (_, extra) in _PERSONNES.items():
            certs[name] = _certificat(name, "autorite", extra, [_usage("non_repudiation")])
        config = {
            "external-url-prefix": adresse,
            "keysets": {"cles": {"path-prefix": ".", "keys": {n: {"path": f"{n}.pem"} for n in names}}},
            "pki-architectures": {
                "essai": {
                    "keyset": "cles",
                    "entity-defaults": {"country-name": "FR"},
                    "entities": {
                        **{n: {"common-name": f"Essai {n}"} for n in (*_AUTORITES, "horodatage")},
                        **{n: {"common-name": cn, "title": n} for n, (cn, _) in _PERSONNES.items()},
                    },
                    "certs": certs,
                    "services": {
                        "crl-repo": {
                            n: {"for-issuer": n, "signing-key": n, "simulated-update-schedule": "P1D"}
                            for n in _AUTORITES
                        },
                        "time-stamping": {"tsa": {"signing-cert": "horodatage"}},
                    },
                }
            },
        }
        made = CertomancerConfig(config, key_search_dir=str(folder), lazy_load_keys=False)
        self.arch: PKIArchitecture = made.get_pki_arch(ArchLabel("essai"))

    def certificat(self, name: str) -> x509.Certificate:
        return self.arch.get_cert(CertLabel(name))

    def p12(self, name: str, secret: str = SECRET) -> Path:
        path = self.folder / f"{name}.p12"
        path.write_bytes(self.arch.package_pkcs12(CertLabel(name), password=secret.encode()))
        return path

    def pem(self, name: str) -> None:
        """Put the certificate of `name` in the folder, in PEM and DER, for other tools."""
        der = self.certificat(name).dump()
        (self.folder / f"{name}.crt").write_bytes(pem.armor("CERTIFICATE", der))
        (self.folder / f"{name}.crt.der").write_bytes(der)

    def dossier(self, folder: Path, le: dt.datetime = RETOUR) -> Path:
        """A folder of trust: the root, the authority, the lists published on the day `le`."""
        for name, data in (
            (f"{RACINES}/racine.pem", pem.armor("CERTIFICATE", self.certificat("racine").dump())),
            (f"{INTERMEDIAIRES}/autorite.cer", self.certificat("autorite").dump()),
            *((f"{LISTES}/{n}.crl", self.liste(n, le)) for n in ("racine", "autorite")),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder

    def liste(self, name: str, le: dt.datetime) -> bytes:
        made = self.arch.service_registry.get_crl(ServiceLabel(name), at_time=le)
        return bytes(made.dump())

    @cached_property
    def confiance(self) -> Confiance:
        found, wrong = lire(self.dossier(self.folder / "confiance"), False, "confiance")
        assert not wrong
        return found

    @contextmanager
    def horodatage(self, le: dt.datetime) -> Iterator[str]:
        """A timestamp server on this machine, whose clock says `le`; its address."""
        stamper = self.arch.service_registry.summon_timestamper(ServiceLabel("tsa"), at_time=le)

        class Reponse(_Muette):
            def do_POST(self) -> None:
                asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
                self.dire("application/timestamp-reply", stamper.request_tsa_response(asked).dump())

        with _serveur(Reponse) as server:
            yield f"http://127.0.0.1:{server.server_port}"

    def signer(
        self,
        pdf: bytes,
        fields: tuple[Champ, ...],
        field: str,
        who: str,
        le: dt.datetime = SIGNE,
        **more: Any,
    ) -> bytes:
        """The document signed in one of its fields with the certificate of `who`."""
        demand = apposer.Demande(fields, next(c for c in fields if c.nom == field), le, **more)
        with cles.ouvrir(str(self.p12(who)), SECRET) as key:
            return apposer.signer(pdf, demand, key)


@cache
def _dossier() -> Path:
    """The acts of one structure, built once for all the tests of a process."""
    folder = Path(tempfile.mkdtemp(prefix="convenant-signature-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    done = convenant("generer", NUMERO, "--structure", "faimah", "--sortie", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / NUMERO


@cache
def produits() -> dict[str, bytes]:
    """The acts by identifier, and « lettre », a document that is not signed in two blocks."""
    found = {name: (_dossier() / f"{name}.pdf").read_bytes() for name in ACTES}
    return {**found, "lettre": next((_dossier() / "lettres").glob("*.pdf")).read_bytes()}


def atelier(folder: Path) -> Workspace:
    """A workspace whose output holds the acts built, in a folder of its own."""
    shutil.copytree(_dossier(), folder / "output" / NUMERO)
    return Workspace(DATA, TEMPLATES, folder / "output")


def approuver(pdf: bytes) -> tuple[bytes, tuple[Champ, ...]]:
    """An act with its fields."""
    fields = places.trouver(pdf)
    assert [c.nom for c in fields] == [DEPARTEMENT, STRUCTURE]
    return champs.poser(pdf, fields), fields
