"""From .docx to PDF/A-2b + PDF/UA-1 with LibreOffice: this package alone calls it.

`convert` runs several LibreOffice at once, each on its own profile, and yields every document as soon
as its PDF exists. What LibreOffice writes differs from one run to the next (dates, identifiers);
`normalise` makes it depend on the .docx and on the day of the dossier only.
"""

from __future__ import annotations

from generator.convert.machine import fonts, version
from generator.convert.normalise import NORMALISATION, normalise, pages, polices
from generator.convert.office import OfficeError, find_soffice
from generator.convert.pool import Conversion, convert
from generator.convert.screen import screen

__all__ = [
    "NORMALISATION",
    "Conversion",
    "OfficeError",
    "convert",
    "find_soffice",
    "fonts",
    "normalise",
    "pages",
    "polices",
    "screen",
    "version",
]
