"""The last write of a PDF: reproducible, and the length of every stream beyond doubt.

The data of a stream are followed by an end of line, then by « endstream ». When the last byte of the data is
itself a carriage return, a strict reader (ISO 19005-2, 6.1.7.1) counts it as part of that end of line and
finds the stream one byte short. One stream in 256 is so; such a file is written another way.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pikepdf
from pikepdf import Array, Name, ObjectStreamMode, StreamDecodeLevel

_AMBIGUOUS = b"\r\nendstream"


def enregistrer(document: pikepdf.Pdf, path: Path) -> bytes:
    """Write the document to `path`, which it was not opened from; the bytes written.

    The same objects give the same bytes. From and to files qpdf is several times as fast as through Python.
    """
    document.save(
        path, min_version="1.7", deterministic_id=True, object_stream_mode=ObjectStreamMode.generate
    )
    data = path.read_bytes()
    if _AMBIGUOUS not in data:
        return data
    for item in document.objects:
        if isinstance(item, pikepdf.Stream) and item.read_raw_bytes().endswith(b"\r"):
            _as_text(item)
    # The writer makes object streams itself and compresses again what it can: it must do neither.
    document.save(
        path,
        min_version="1.7",
        deterministic_id=True,
        object_stream_mode=ObjectStreamMode.disable,
        compress_streams=False,
        stream_decode_level=StreamDecodeLevel.none,
    )
    return path.read_bytes()


def _as_text(stream: pikepdf.Stream) -> None:
    """Wrap the data, whatever their filters, in ASCII85, which ends with « ~> »."""
    raw = stream.read_raw_bytes()
    filters, parms = stream.get("/Filter"), stream.get("/DecodeParms")
    known = [] if filters is None else list(filters) if isinstance(filters, Array) else [filters]
    listed = [] if parms is None else list(parms) if isinstance(parms, Array) else [parms]
    chain = Array([Name.ASCII85Decode, *known])
    stream.write(
        base64.a85encode(raw, wrapcol=78) + b"~>",
        filter=chain,
        decode_parms=Array([None, *listed]) if listed else None,
    )
