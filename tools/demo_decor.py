"""What stands around the demonstration of signature: authorities, a timestamp server, a mail server.

All are real (certomancer, aiosmtpd), on this machine, and gone at the end of the demonstration.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from asn1crypto import pem, tsp
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, ServiceLabel
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

RACINE, AUTORITE, HEURE, COURRIER = "racine", "autorite", "horodatage", "courrier"
_CN = {
    RACINE: "Racine de démonstration",
    AUTORITE: "Autorité de démonstration",
    HEURE: "Horodatage de démonstration",
    COURRIER: "localhost",
}


def maintenant() -> dt.datetime:
    """The clock of the machine."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _extension(name: str, schema: str, params: object, critical: bool = False) -> dict[str, Any]:
    return {"id": name, "critical": critical, "smart-value": {"schema": schema, "params": params}}


class Pki:
    """A root, an authority below it, a certificate for each person: valid a year, keys in `folder`."""

    def __init__(self, folder: Path, personnes: Sequence[str]) -> None:
        self._folder, self.secret = folder, secrets.token_urlsafe(18)
        self._noms = {nom: f"personne-{n}" for n, nom in enumerate(personnes)}
        names = {**_CN, **{label: nom for nom, label in self._noms.items()}}
        for label in names:
            key = ec.generate_private_key(ec.SECP256R1())
            (folder / f"{label}.pem").write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        made = CertomancerConfig(self._plan(names), key_search_dir=str(folder), lazy_load_keys=False)
        self._arch = made.get_pki_arch(ArchLabel("demonstration"))

    def _plan(self, names: dict[str, str]) -> dict[str, Any]:
        now = maintenant()
        validity = {
            "valid-from": (now - dt.timedelta(days=30)).isoformat(),
            "valid-to": (now + dt.timedelta(days=335)).isoformat(),
        }
        authority = [
            {"id": "basic_constraints", "critical": True, "value": {"ca": True}},
            _extension("key_usage", "key-usage", ["key_cert_sign", "crl_sign"], critical=True),
        ]
        signs = _extension("key_usage", "key-usage", ["digital_signature"], critical=True)
        host = _extension("subject_alt_name", "general-names", [{"type": "dns_name", "value": "localhost"}])
        uses: dict[str, list[dict[str, Any]]] = {
            RACINE: authority,
            AUTORITE: authority,
            HEURE: [signs, {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]}],
            COURRIER: [signs, host],
        }
        person = [_extension("key_usage", "key-usage", ["non_repudiation"], critical=True)]
        certs = {}
        for label in names:
            issuer = RACINE if label in (RACINE, AUTORITE) else AUTORITE
            lists = _extension("crl_distribution_points", "crl-dist-url", {"crl-repo-names": [issuer]})
            certs[label] = {
                "subject": label,
                "subject-key": label,
                "issuer": issuer,
                "authority-key": issuer,
                "validity": validity,
                "extensions": [*uses.get(label, person), lists],
            }
        return {
            "keysets": {"cles": {"path-prefix": ".", "keys": {n: {"path": f"{n}.pem"} for n in names}}},
            "pki-architectures": {
                "demonstration": {
                    "keyset": "cles",
                    "entity-defaults": {"country-name": "FR"},
                    "entities": {label: {"common-name": cn} for label, cn in names.items()},
                    "certs": certs,
                    "services": {
                        "crl-repo": {
                            n: {"for-issuer": n, "signing-key": n, "simulated-update-schedule": "P1D"}
                            for n in (RACINE, AUTORITE)
                        },
                        "time-stamping": {HEURE: {"signing-cert": HEURE}},
                    },
                }
            },
        }

    def certificat(self, label: str) -> bytes:
        """A certificate, in PEM."""
        return bytes(pem.armor("CERTIFICATE", self._arch.get_cert(CertLabel(label)).dump()))

    def p12(self, personne: str) -> Path:
        """The certificate of a person with its key, under the password `secret`; for its owner alone."""
        label = self._noms[personne]
        path = self._folder / f"{label}.p12"
        path.touch(0o600)
        path.write_bytes(self._arch.package_pkcs12(CertLabel(label), password=self.secret.encode()))
        return path

    def confiance(self, folder: Path) -> None:
        """The folder of trust: what the authorities publish, and the revocation lists of the day."""
        parts = {"racines/racine.pem": self.certificat(RACINE)}
        parts["intermediaires/autorite.pem"] = self.certificat(AUTORITE)
        for name in (RACINE, AUTORITE):
            crl = self._arch.service_registry.get_crl(ServiceLabel(name), at_time=maintenant())
            parts[f"listes/{name}.crl"] = bytes(crl.dump())
        for name, data in parts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def tls(self) -> ssl.SSLContext:
        """What the mail server proves itself with."""
        chain = self._folder / "chaine.pem"
        chain.write_bytes(self.certificat(COURRIER) + self.certificat(AUTORITE))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, self._folder / f"{COURRIER}.pem")
        return context

    @contextmanager
    def horodatage(self) -> Iterator[str]:
        """A timestamp server (RFC 3161) on this machine; its address."""
        services = self._arch.service_registry

        class Reponse(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
                clock = services.summon_timestamper(ServiceLabel(HEURE), at_time=maintenant())
                data = clock.request_tsa_response(asked).dump()
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Nothing: the demonstration says what it does by itself."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Reponse)
        with _a_cote(server.serve_forever):
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                server.server_close()


@contextmanager
def _a_cote(work: Callable[[], None]) -> Iterator[None]:
    """Run `work` in a thread; whoever leaves the block has already told it to end."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@dataclass
class Poste:
    """A mail server that asks for STARTTLS, then a name and a password; `recus`: the messages it took."""

    utilisateur: str
    secret: str
    recus: list[bytes] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message."""
        assert isinstance(envelope.content, bytes)
        self.recus.append(envelope.content)
        return "250 message pris"

    def _connu(self, server: object, session: object, envelope: object, how: str, auth: Any) -> AuthResult:
        right = LoginPassword(self.utilisateur.encode(), self.secret.encode())
        good = isinstance(auth, LoginPassword) and auth == right
        return AuthResult(success=good, handled=good)

    @contextmanager
    def ouvert(self, tls: ssl.SSLContext) -> Iterator[str]:
        """The server, on a port that the system draws; the address for `convenant envoyer --smtp`."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns of its own use of itself
        loop = asyncio.new_event_loop()

        def session() -> SMTP:
            return SMTP(
                self,
                hostname="localhost",
                loop=loop,
                tls_context=tls,
                require_starttls=True,
                auth_required=True,
                authenticator=self._connu,
            )

        server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]
        try:
            with _a_cote(loop.run_forever):
                try:
                    yield f"smtp+starttls://{self.utilisateur}@localhost:{port}"
                finally:
                    loop.call_soon_threadsafe(loop.stop)
        finally:
            server.close()
            loop.close()
