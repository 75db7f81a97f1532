"""The zip of a .docx, opened with care: sound, not protected, of a sane size, a Word document at all."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

MAX_DEPLIE = 128 * 1024 * 1024  # bytes of the parts read; the text of 1 000 pages is under 30 MB
MAX_BALISES = 4_000_000  # marks « < » in them: each element costs memory; 1 000 pages have 2 million
MAX_PARTIES = 5000
_AUTRES = {  # a part that tells what the zip is
    "content.xml": "un document LibreOffice",
    "xl/workbook.xml": "un classeur Excel",
    "ppt/presentation.xml": "une présentation PowerPoint",
}


class DocxIllisibleError(Exception):
    """A .docx that cannot be read; `refus` when it is refused rather than damaged; `autre` when it is a
    sound file of another kind. In French."""

    def __init__(self, message: str, refus: bool = False, autre: bool = False) -> None:
        super().__init__(message, refus, autre)
        self.message, self.refus, self.autre = message, refus, autre


def parties(data: bytes) -> Mapping[str, bytes]:
    """The XML parts of the text of a .docx, by name. Raises DocxIllisibleError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parties(archive)
    # What zipfile and its decompressor raise for bytes that are not what their headers say.
    except (
        zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError,
    ) as e:  # fmt: skip
        raise DocxIllisibleError("le fichier est endommagé") from e


def a_des_macros(data: bytes) -> bool:
    """Whether a .docx that could be read holds code that Word would offer to run."""
    if b"vbaProject" not in data:  # names stand as they are in a zip
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(n.rpartition("/")[2].startswith("vbaProject") for n in archive.namelist())


def _parties(archive: zipfile.ZipFile) -> Mapping[str, bytes]:
    infos = archive.infolist()
    noms = {i.filename for i in infos}
    if len(infos) > MAX_PARTIES or len(noms) != len(infos):
        raise DocxIllisibleError("le fichier contient trop de parties, ou deux du même nom", refus=True)
    if any(i.flag_bits & 0x1 for i in infos):
        raise DocxIllisibleError("le fichier est protégé par un mot de passe", refus=True)
    autre = next((nature for partie, nature in _AUTRES.items() if partie in noms), None)
    if autre and "word/document.xml" not in noms:
        raise DocxIllisibleError(f"{autre} ne se relit pas", autre=True)
    if "word/document.xml" not in noms:
        raise DocxIllisibleError("ce n’est pas un document Word")
    utiles = [i for i in infos if i.filename.startswith("word/") and i.filename.count("/") == 1]
    utiles = [i for i in utiles if i.filename.endswith(".xml")]
    if sum(i.file_size for i in utiles) > MAX_DEPLIE:
        raise DocxIllisibleError("le fichier décompressé serait démesuré", refus=True)
    if any(i.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for i in utiles):
        raise DocxIllisibleError("le fichier est compressé comme Word ne le fait jamais", refus=True)
    parties = {i.filename: _partie(archive, i) for i in utiles}
    if sum(p.count(b"<") for p in parties.values()) > MAX_BALISES:
        raise DocxIllisibleError("le fichier décompressé serait démesuré", refus=True)
    return parties


def _partie(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A part, never unpacked beyond the size that it declares; its checksum is verified."""
    with archive.open(info) as partie:
        return partie.read(info.file_size + 1)
