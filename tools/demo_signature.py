"""From the records to acts accepted: `make demo-signature`, or python tools/demo_signature.py [--actes N]

Plays the whole life of the acts of a deliberation, with the commands as a user types them and with real
servers: built, approved, signed by the Département (PAdES B-LT), sent by SMTP, signed by each structure with
another tool, held against what was sent, accepted. The authorities are thrown away at the end. Ends with 0
only when every act is accepted.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.stamp import TextStampStyle

sys.path.insert(0, str(Path(__file__).parent))
from demo_decor import Pki, Poste

ROOT = Path(__file__).resolve().parent.parent
NUMERO, APPROBATRICE, EXPEDITEUR = "2024-587", "Claire MARTIN", "dpid@departement.example"
MARQUE, JOURNAL = ".demo-signature", "journal.txt"
"""What says that a folder is ours, and may be emptied; what every command said."""
FIN = "signé des deux parties"
"""The step at which the register says that an act came back and was accepted."""
_MONTRES = 8
"""Words of a command that are shown."""


class Arret(Exception):  # noqa: N818 - the French word
    """The demonstration cannot go on; the message is in French."""


@dataclass
class Scene:
    """A project folder of its own, where the commands are run with `env` added to the environment."""

    dossier: Path
    env: dict[str, str]

    def convenant(self, *args: str, attendu: int = 0) -> str:
        """What a command says, run as a user would; the journal keeps it. Raises Arret when it fails."""
        shown = [_cite(a) for a in args]
        rest = len(shown) - _MONTRES
        _dire(f"$ convenant {' '.join(shown[:_MONTRES])}{f' … (+ {rest})' if rest > 0 else ''}")
        done = subprocess.run(
            [sys.executable, "-m", "generator", *args],
            cwd=self.dossier,
            # Without its address, the register is the file of this folder, never a real one.
            env={**os.environ, "PYTHONPATH": str(ROOT), "CONVENANT_REGISTRE": "", **self.env},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        with (self.dossier / JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write(f"$ convenant {' '.join(shown)}\n{done.stdout}{done.stderr}\n")
        if done.returncode != attendu:
            raise Arret(
                f"la commande a rendu {done.returncode} au lieu de {attendu}\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def fiches(self) -> list[dict[str, Any]]:
        """The signature records of the acts."""
        folder = self.dossier / "output" / NUMERO / "signature"
        return [json.loads(p.read_text("utf-8")) for p in sorted(folder.glob("*.json"))]


def _cite(arg: str) -> str:
    return arg if re.fullmatch(r"[\w./:@+-]+", arg) else f'"{arg}"'


def _dire(text: str) -> None:
    print(f"   {text}", flush=True)


def _derniere(output: str) -> str:
    return next((line for line in reversed(output.splitlines()) if line.strip()), "")


def _accord(n: int, noun: str) -> str:
    return f"{n} {noun}{'s' if n > 1 else ''}"


@contextmanager
def _etape(rang: int, titre: str) -> Iterator[None]:
    """A step: its title, what it says, how long it took."""
    print(f"{rang}. {titre}", flush=True)
    start = time.monotonic()
    yield
    spent = f"{time.monotonic() - start:.1f}".replace(".", ",")
    print(f"   ({spent}\u00a0s)\n", flush=True)


# -- the project --------------------------------------------------------------------------------------


def preparer(dossier: Path) -> None:
    """A copy of the records, the deliberation executory and every structure with an address."""
    if dossier.exists() and any(dossier.iterdir()) and not (dossier / MARQUE).exists():
        why = "contient autre chose qu’une démonstration\u00a0: choisir un autre dossier"
        raise Arret(f"«\u00a0{dossier}\u00a0» {why}")
    shutil.rmtree(dossier, ignore_errors=True)
    dossier.mkdir(parents=True, mode=0o700)
    (dossier / MARQUE).touch()
    shutil.copytree(ROOT / "data", dossier / "data")
    (dossier / "templates").symlink_to(ROOT / "templates")
    path = dossier / "data/deliberations" / NUMERO / "deliberation.yaml"
    text = path.read_text("utf-8")
    for name, day in (("publiee_le", "2024-12-13"), ("transmise_le", "2024-12-12")):
        if not re.search(rf"^{name}:", text, re.MULTILINE):
            text = re.sub(r"^date:.*\n", rf'\g<0>{name}: "{day}"\n', text, count=1, flags=re.MULTILINE)
            _dire(f"ajouté à la copie de la délibération\u00a0: {name}, {day} (inventé)")
    path.write_text(text, "utf-8")
    sans = [
        p
        for p in sorted((dossier / "data/structures").glob("*.yaml"))
        if not re.search("^courriel:", p.read_text("utf-8"), re.MULTILINE)
    ]
    for path in sans:
        path.write_text(f"{path.read_text('utf-8')}courriel: contact@{path.stem}.example\n", "utf-8")
    if sans:
        _dire(f"adresse électronique ajoutée à la copie de {_accord(len(sans), 'structure')} (inventée)")


def choisir(scene: Scene, combien: int | None) -> list[str]:
    """Names of the acts to play; all of them when `combien` is None."""
    rows = json.loads(scene.convenant("suivi", NUMERO, "--format", "json"))
    idents = [str(r["acte"]) for r in rows]
    if combien is None:
        return idents
    return [i for i in idents if i.startswith("actes/")][:combien]


# -- what the others do -------------------------------------------------------------------------------


def lire_courrier(recus: Sequence[bytes]) -> dict[str, bytes]:
    """The act that each message brings, by the name of its file."""
    found: dict[str, bytes] = {}
    for data in recus:
        message = message_from_bytes(data, policy=policy.default)
        assert isinstance(message, EmailMessage)
        pieces = {str(p.get_filename()): p.get_content() for p in message.iter_attachments()}
        (act,) = (name for name in pieces if f"lettre-{name}" in pieces)
        if act in found:
            raise Arret(f"«\u00a0{act}\u00a0» est parti deux fois")
        found[act] = pieces[act]
    return found


def contresigner(pdf: bytes, p12: Path, secret: str, heure: str) -> bytes:
    """What a structure does with the file that it received, with a tool that is not Convenant."""
    signer = SimpleSigner.load_pkcs12(str(p12), passphrase=secret.encode())  # type: ignore[no-untyped-call]
    holder = str(signer.signing_cert.subject.native["common_name"])
    seen = f"Signé par {holder}\nle %(ts)s".replace("’", "'")  # its default font lacks that sign
    maker = PdfSigner(
        PdfSignatureMetadata(field_name="STRUCTURE", subfilter=SigSeedSubFilter.PADES),
        signer,
        timestamper=HTTPTimeStamper(heure),
        stamp_style=TextStampStyle(stamp_text=seen, timestamp_format="%d/%m/%Y"),
    )
    signed = maker.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), existing_fields_only=True)
    return bytes(signed.getvalue())


def signataires(fiches: Sequence[dict[str, Any]], champ: str) -> dict[str, str]:
    """Who signs each act in the field `champ`, by name of file."""
    return {
        f"{f['acte'].rpartition('/')[2]}.pdf": c["signataire"]
        for f in fiches
        for c in f["champs"]
        if c["nom"] == champ
    }


# -- the whole play -----------------------------------------------------------------------------------


def jouer(dossier: Path, combien: int | None) -> bool:
    """Every step; True when each act is accepted. Raises Arret."""
    start = time.monotonic()
    scene = Scene(dossier, {})
    with ExitStack() as stack:
        with _etape(1, "Le projet\u00a0: une copie des fiches"):
            preparer(dossier)
            actes = choisir(scene, combien)
            _dire(f"{_accord(len(actes), 'acte')} à signer")
        with _etape(2, "Produire les documents (LibreOffice)"):
            wanted = [x for a in actes for x in (a, a.replace("actes/", "lettres/", 1))] if combien else []
            said = scene.convenant("generer", NUMERO, *_options("--document", wanted))
            _dire(next((x for x in said.splitlines() if re.match(r"\d+\sdocuments?,", x)), _derniere(said)))
        seuls = _options("--acte", [a.rpartition("/")[2] for a in actes]) if combien else []
        with _etape(3, "Approuver\u00a0: les champs de signature sont posés, les actes sont figés"):
            _dire(_derniere(scene.convenant("approuver", NUMERO, "--par", APPROBATRICE, *seuls)))
        with _etape(4, "Les certificats\u00a0: une autorité pour la démonstration"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="demo-signature-")))
            records = scene.fiches()
            (directrice,) = set(signataires(records, "DEPARTEMENT").values())
            theirs = signataires(records, "STRUCTURE")
            people = list(dict.fromkeys([directrice, *theirs.values()]))
            pki = Pki(folder, people)
            pki.confiance(dossier / "confiance")
            heure = stack.enter_context(pki.horodatage())
            _dire(
                f"{_accord(len(people), 'signataire')}, un serveur d’horodatage, dossier de confiance rempli"
            )
        with _etape(5, f"Signer pour le Département ({directrice}, PAdES B-LT)"):
            scene.env["CONVENANT_MOT_DE_PASSE"] = pki.secret
            means = ("--certificat", str(pki.p12(directrice)), "--horodatage", heure, "--preuves")
            _dire(_derniere(scene.convenant("signer", NUMERO, *means, *seuls)))
        with _etape(6, "Envoyer à chaque structure, par un serveur de messagerie (STARTTLS, mot de passe)"):
            poste = Poste("dpid", secrets.token_urlsafe(18))
            adresse = stack.enter_context(poste.ouvert(pki.tls()))
            scene.env["CONVENANT_SMTP_MOT_DE_PASSE"] = poste.secret
            scene.env["SSL_CERT_FILE"] = str(dossier / "confiance/racines/racine.pem")
            send = (
                "envoyer",
                NUMERO,
                *seuls,
                "--smtp",
                adresse,
                "--expediteur",
                EXPEDITEUR,
                "--debit",
                "600",
            )
            for _ in range(2):
                scene.convenant(*send)
                _dire(f"{_accord(len(poste.recus), 'message')} dans le serveur de messagerie")
            mail = lire_courrier(poste.recus)
            if len(mail) != len(actes):
                raise Arret(f"{len(mail)} actes reçus par les structures au lieu de {len(actes)}")
            _dire("relancée, la commande n’a rien renvoyé")
        with _etape(7, "Chaque structure signe le fichier reçu, avec un autre outil, et le renvoie"):
            back = _retours(dossier, mail, theirs, pki, heure)
            _dire(f"{_accord(len(back), 'fichier')} dans retours/")
        with _etape(8, "Contrôler les retours"):
            accepted = _controler(scene, back)
            _dire(
                f"acceptés\u00a0: {accepted} sur {len(actes)}, rien d’autre que les signatures n’a été ajouté"
            )
        with _etape(9, "Le suivi"):
            print(re.sub("(?m)^(?=.)", "   ", scene.convenant("suivi", NUMERO).rstrip()))
            left = manquants(actes, json.loads(scene.convenant("suivi", NUMERO, "--format", "json")))
    for act in left:
        print(f"Pas accepté\u00a0: {act}")
    print(
        f"Actes acceptés\u00a0: {len(actes) - len(left)} sur {len(actes)}, "
        f"en {time.monotonic() - start:.0f}\u00a0s. Fichiers\u00a0: {dossier}"
    )
    return not left and accepted == len(actes)


def manquants(actes: Sequence[str], suivi: Sequence[dict[str, Any]]) -> list[str]:
    """The acts that the register does not say signed by both parties; `suivi`: what `suivi` says in JSON."""
    done = {row["acte"] for row in suivi if row["etape"] == FIN}
    return [a for a in actes if a not in done]


def _options(name: str, values: Sequence[str]) -> list[str]:
    return [x for value in values for x in (name, value)]


def _retours(
    dossier: Path, mail: dict[str, bytes], theirs: dict[str, str], pki: Pki, heure: str
) -> list[Path]:
    folder = dossier / "retours"
    folder.mkdir(mode=0o700)
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # its warnings are in English
    out = []
    for name, pdf in sorted(mail.items()):
        path = folder / name
        path.touch(0o600)
        path.write_bytes(contresigner(pdf, pki.p12(theirs[name]), pki.secret, heure))
        out.append(path)
    return out


def _controler(scene: Scene, back: Sequence[Path]) -> int:
    """Pass the gate: first with one byte changed, which is refused, then as they came; how many get in."""
    spoilt = scene.dossier / "retour-modifie.pdf"
    data = bytearray(back[0].read_bytes())
    data[len(data) // 2] ^= 1
    spoilt.write_bytes(data)
    scene.convenant("controler-retour", spoilt.name, "--acte", back[0].stem, "--simulation", attendu=1)
    _dire("un octet changé\u00a0: refusé, comme il se doit")
    output = scene.convenant("controler-retour", *(f"retours/{p.name}" for p in back))
    return sum(line.startswith("accepté\t") for line in output.splitlines())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Joue la signature d’une délibération, des fiches aux retours."
    )
    parser.add_argument("--actes", type=int, metavar="N", help="les N premiers actes seulement (tous)")
    parser.add_argument(
        "--dossier",
        type=Path,
        default=ROOT / "output/demo-signature",
        help="où écrire (output/demo-signature)",
    )
    args = parser.parse_args()
    os.umask(0o077)  # acts bear names
    if args.actes is not None and args.actes < 1:
        parser.error("--actes demande au moins 1")
    try:
        sys.exit(0 if jouer(args.dossier.resolve(), args.actes) else 1)
    except Arret as e:
        print(f"Arrêt\u00a0: {e}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
