"""A real mail server on this machine, and a project whose acts are ready to be sent."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from generator import manifest
from generator.documents.vue_envoi import envois
from generator.files import ecrire, empreinte
from generator.load import load
from generator.manifest import Entree, Fichier, Manifeste
from tests.dossier_kit import ROOT

NUMERO = "2024-587"
UTILISATEUR, SECRET = "dpid@exemple", "arbre à cames"
EXPEDITEUR = "dpid@departement.example"


@dataclass
class Boite:
    """A mail server that keeps what it takes. `refus`: the answer to a recipient; `tuer`: the process to
    kill, and at which order of the session (« EHLO », « RCPT », « DATA »: the message is then taken, and
    its sender never knows)."""

    recus: list[EmailMessage] = field(default_factory=list)
    refus: dict[str, str] = field(default_factory=dict)
    couper: str = ""
    tuer: tuple[str, int] | None = None

    def _tuer(self, order: str) -> None:
        if self.tuer and self.tuer[0] == order:
            pid, self.tuer = self.tuer[1], None
            os.kill(pid, signal.SIGKILL)

    async def handle_EHLO(  # noqa: N802 - names that aiosmtpd looks for
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self._tuer("EHLO")
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self._tuer("RCPT")
        if address in self.refus:
            return self.refus[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.recus.append(message)
        self._tuer("DATA")
        if self.couper == message["To"].addresses[0].addr_spec:
            server.transport.abort()
        return "250 message pris"

    @property
    def identifiants(self) -> list[str]:
        """The Message-ID of what was taken."""
        return [str(m["Message-ID"]) for m in self.recus]


def certificat(folder: Path) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1))
        .not_valid_after(dt.datetime(2040, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "serveur.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class _Serveur(Controller):
    """Listens on a port that the system draws; the library would try the port that it was given."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.ouvert)) as link:
            if self.ssl_context is None:
                link.recv(64)
                return
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with context.wrap_socket(link) as secured:
                secured.recv(64)

    @property
    def ouvert(self) -> int:
        """The port."""
        assert self.server is not None
        port: int = self.server.sockets[0].getsockname()[1]
        return port


@contextmanager
def serveur(boite: Boite, cert: Path | None = None, direct: bool = False) -> Iterator[int]:
    """The server, on a free port; with `cert`, STARTTLS (or TLS at once when `direct`) and a password."""
    more: dict[str, Any] = {}
    if cert is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert)

        def known(server: Any, session: Any, envelope: Any, mechanism: str, auth: Any) -> AuthResult:
            right = isinstance(auth, LoginPassword) and (auth.login, auth.password) == (
                UTILISATEUR.encode(),
                SECRET.encode(),
            )
            return AuthResult(success=right, handled=right)

        more = {"authenticator": known, "auth_required": True, "auth_require_tls": not direct}
        more |= {"ssl_context": context} if direct else {"tls_context": context, "require_starttls": True}
    made = _Serveur(boite, hostname="127.0.0.1", port=0, **more)
    made.start()
    try:
        yield made.ouvert
    finally:
        made.stop()


def projet(folder: Path, combien: int = 3) -> Path:
    """A copy of the records, the deliberation executory; `combien` acts and their letters as stand-in PDFs.

    The program sends what its manifest holds, whatever it is made of: real PDFs are those of the other tests.
    """
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "templates").symlink_to(ROOT / "templates")
    path = folder / "data/deliberations" / NUMERO / "deliberation.yaml"
    text = path.read_text("utf-8")
    head = 'date: "2024-12-09"\n'
    assert text.count(head) == 1
    path.write_text(
        text.replace(head, f'{head}publiee_le: "2024-12-13"\ntransmise_le: "2024-12-12"\n'), "utf-8"
    )
    records, _ = load(folder / "data")
    out = folder / "output" / NUMERO
    entries = []
    for e in list(envois(records, records.dossiers[NUMERO]))[:combien]:
        assert e.structure is not None
        for ident, kind in (
            (e.document, "avenant" if e.acte.est_avenant else "convention"),
            (e.lettre, "lettre-notification"),
        ):
            data = f"%PDF-1.7 {ident}".encode()
            ecrire(out / f"{ident}.pdf", data)
            pdf = Fichier(f"{ident}.pdf", empreinte(data))
            entries.append(
                Entree(ident, ident, kind, e.structure.id, True, "f" * 64, Fichier("", ""), "e" * 64, 1, pdf)
            )
    ecrire(out / manifest.NOM, manifest.ecrire(Manifeste(NUMERO, documents=tuple(entries))))
    return folder
