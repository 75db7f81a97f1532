"""The package of a deliberation for the archives: the same files give the same bytes, whenever it is made.

Files are stored as they are (they are compressed already): the package depends on no compression library.
`SHA256SUMS` is checked by `sha256sum -c`, on any machine, without this program.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping

from generator.files import empreinte

SOMMES = "SHA256SUMS"
_PRIVE = 0o100600 << 16


def sommes(fichiers: Mapping[str, bytes]) -> bytes:
    """The SHA-256 of each file, as `sha256sum` reads them."""
    return "".join(f"{empreinte(fichiers[n])}  {n}\n" for n in sorted(fichiers)).encode("utf-8")


def empaqueter(fichiers: Mapping[str, bytes], racine: str, jour: dt.date) -> bytes:
    """A ZIP of the files, under the folder `racine`, with their sums; all of them dated from `jour`."""
    whole = {**fichiers, SOMMES: sommes(fichiers)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(whole):
            entry = zipfile.ZipInfo(f"{racine}/{name}", (jour.year, jour.month, jour.day, 0, 0, 0))
            entry.external_attr = _PRIVE
            entry.create_system = 3  # Unix, whatever the machine
            package.writestr(entry, whole[name])
    return out.getvalue()
