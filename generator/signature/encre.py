"""What a signature shows in its rectangle, and the font that it is written with.

The font is put in the act with the fields, before approval: a signature then adds no font, and the glyphs
are those of the words known beforehand, figures included. Vera comes with reportlab: the result does not
depend on the machine.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import reportlab
from pikepdf import Array, Dictionary, Name, Pdf, String
from reportlab.pdfbase.ttfonts import TTFontFile

from generator.signature.places import Champ

POLICE = "/ConvenantSignature"
_TAG = "/SIGNAT+BitstreamVeraSans-Roman"  # six capitals mark a subset (ISO 32000-1, 9.6.4)
_INTRO = "Signé électroniquement par"
_FIXE = f"{_INTRO}le à h 0123456789/,"
_CORPS, _PETIT, _MOINDRE = 8, 7, 5
"""Sizes in points: the name, the other lines, the smallest that is still read."""


class Encre:
    """Writes with the glyphs that the signatures of one act may need."""

    def __init__(self, champs: Sequence[Champ]) -> None:
        self._face = TTFontFile(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"))
        known = self._face.charToGlyph
        words = "".join([_FIXE, *(f"{c.signataire} {c.qualite}" for c in champs)])
        self._drawn = {c: self._known(c, known) for c in words}
        letters = sorted({x for shown in self._drawn.values() for x in shown})
        self._glyphs = {c: n for n, c in enumerate(letters, 1)}  # 0 is the missing glyph
        self._widths = {c: round(self._face.charWidths[ord(c)]) for c in letters}

    @staticmethod
    def _known(character: str, known: dict[int, int]) -> str:
        """The character, or its letters without accents when the font does not have it."""
        if ord(character) in known:
            return character
        plain = "".join(c for c in unicodedata.normalize("NFKD", character) if ord(c) in known)
        return plain or "?"

    def police(self, out: Pdf) -> Dictionary:
        """The font, embedded in `out`: composite, its codes are the glyph numbers of the subset."""
        program = self._program
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(_TAG),
            Flags=32,
            FontBBox=Array([int(v) for v in self._face.bbox]),
            ItalicAngle=0,
            Ascent=int(self._face.ascent),
            Descent=int(self._face.descent),
            CapHeight=int(self._face.capHeight),
            StemV=int(self._face.stemV),
            FontFile2=out.make_stream(program, Length1=len(program)),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name(_TAG),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=out.make_indirect(descriptor),
            DW=1000,
            W=Array([1, Array([self._widths[c] for c in self._glyphs])]),
            CIDToGIDMap=Name.Identity,
        )
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(_TAG),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([out.make_indirect(descendant)]),
            ToUnicode=out.make_stream(self._to_unicode()),
        )
        return out.make_indirect(font)

    @cached_property
    def _program(self) -> bytes:
        program: bytes = self._face.makeSubset([ord(c) for c in self._glyphs])
        return program

    def dessiner(self, champ: Champ, le: dt.datetime) -> bytes:
        """The content of the appearance: who signed, in which quality, when (local time of `le`)."""
        left, low, right, high = champ.rect
        width, height = right - left, high - low
        lines = [
            (_PETIT, [_INTRO]),
            (_CORPS, self._plier(champ.signataire, _CORPS, width - 12)),
            (_PETIT, self._plier(champ.qualite, _PETIT, width - 12)),
            (_PETIT, [f"le {le:%d/%m/%Y} à {le:%H} h {le:%M}"]),
        ]
        rows = [(size, text) for size, texts in lines for text in texts]
        # Long offices: smaller letters rather than words out of the rectangle.
        need = sum(size for size, _ in rows) * 13 // 10 + 6
        out = [f"q 0.2 0.3 0.5 RG 0.75 w 0.5 0.5 {width - 1} {height - 1} re S Q q 0 g"]
        top = height * 100 - (height - min(need, height)) * 50 - 300
        for size, text in rows:
            hundredths = max(min(size * 100, size * 100 * height // need), _MOINDRE * 100)
            top -= hundredths * 13 // 10
            at = f"{(top + hundredths * 3 // 10) / 100:.2f}"
            out.append(f"BT {POLICE} {hundredths / 100:.2f} Tf 6 {at} Td <{self._coder(text)}> Tj ET")
        return " ".join([*out, "Q"]).encode("ascii")

    def _plier(self, text: str, size: int, width: int) -> list[str]:
        """The text in lines that are not wider than `width` points."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._mesurer(longer) * size > width * 1000:
                lines.append(word)
            else:
                lines[-1:] = [longer]
        return lines

    def _mesurer(self, text: str) -> int:
        return sum(self._widths[x] for c in text for x in self._drawn[c])

    def _coder(self, text: str) -> str:
        return "".join(f"{self._glyphs[x]:04X}" for c in text for x in self._drawn[c])

    def _to_unicode(self) -> bytes:
        lines = "".join(f"<{number:04X}> <{ord(c):04X}>\n" for c, number in self._glyphs.items())
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            f"{len(self._glyphs)} beginbfchar\n{lines}endbfchar\n"
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode("ascii")
