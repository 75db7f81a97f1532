"""The folder of the signed acts of a deliberation, `output/<numero>/signature/`.

`approuves/` (frozen, with their fields), `attente/` (waiting for a signature computed elsewhere),
`signes/` (by the Département), `retours/` (accepted), and one record for each act, `<acte>.json`. Acts bear
names: files are for their owner alone.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from generator.files import cause, ecrire, empreinte
from generator.signature import fiche
from generator.signature.erreurs import SignatureError
from generator.signature.fiche import Empreinte, Fiche

DOSSIER = "signature"
APPROUVES, ATTENTE, SIGNES, RETOURS = "approuves", "attente", "signes", "retours"
EMPREINTES = "empreintes.txt"


class Coffre:
    """Reads and writes the files of one folder; each that is read must be the one that was noted."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier

    def fiches(self) -> list[Fiche]:
        """The records, by name of act; a file that is not one is passed over."""
        found = (fiche.lire(p.read_bytes()) for p in sorted(self.dossier.glob("*.json")))
        return [f for f in found if f is not None]

    def fiche(self, acte: str) -> Fiche | None:
        """The record of an act; None when it has none. Raises SignatureError (SIG006)."""
        path = self.chemin_fiche(acte)
        if not path.is_file():
            return None
        found = fiche.lire(path.read_bytes())
        if found is None:
            raise _perdu(path.name, "n’est plus une fiche de signature")
        return found

    def chemin_fiche(self, acte: str) -> Path:
        """Where the record of an act stands."""
        return self.dossier / f"{acte.rpartition('/')[2]}.json"

    def noter(self, record: Fiche) -> None:
        """Write the record. Raises OSError."""
        self.poser(self.chemin_fiche(record.acte), fiche.ecrire(record))

    def ecrire(self, name: str, data: bytes, le: dt.datetime) -> Empreinte:
        """Write a file; what to note of it. Raises OSError."""
        self.poser(self.dossier / name, data)
        return Empreinte(name, len(data), empreinte(data), le)

    def poser(self, path: Path, data: bytes) -> None:
        """Write a file for its owner alone. Raises OSError."""
        for folder in (self.dossier, path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ecrire(path, data, 0o600)

    def lire(self, file: Empreinte) -> bytes:
        """The bytes of a file that was noted. Raises SignatureError (SIG006)."""
        try:
            data = (self.dossier / file.fichier).read_bytes()
        except OSError as e:
            raise _perdu(file.fichier, f"ne se lit pas : {cause(e)}") from e
        if empreinte(data) != file.sha256:
            raise _perdu(file.fichier, "n’est plus le fichier noté dans la fiche de signature")
        return data

    def deja_signe(self, record: Fiche) -> bool:
        """True when the act is signed, and its file still whole. Raises SignatureError (SIG006)."""
        return record.signe is not None and bool(self.lire(record.signe))

    def origine(self, record: Fiche) -> bytes:
        """What a returned act must begin with: what the Département signed, else what was approved."""
        return self.lire(record.signe or record.approuve)

    def lister(self) -> None:
        """Write the SHA-256 of all the data that still wait for a signature, as `sha256sum` reads them."""
        folder = self.dossier / ATTENTE
        if not folder.is_dir():
            return
        waiting = [folder / f"{f.nom}.donnees" for f in self.fiches() if f.prepare and not f.signe]
        lines = [f"{empreinte(p.read_bytes())}  {p.name}\n" for p in waiting if p.is_file()]
        self.poser(folder / EMPREINTES, "".join(lines).encode("utf-8"))


def _perdu(name: str, what: str) -> SignatureError:
    return SignatureError("SIG006", f"« {name} » {what}", "le reprendre dans une sauvegarde")
