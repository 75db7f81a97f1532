"""The running foot « dossier page n / N », with a font of its own."""

from __future__ import annotations

from pathlib import Path

import reportlab
from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream, String
from reportlab.pdfbase.ttfonts import TTFontFile

_TEXT = "dossier page {} / {}"
_CHARACTERS = sorted(set(_TEXT.format("0123456789", "")) - set("{}"))
_SIZE = 7.5  # points
_RISE = 0.6 / 2.54 * 72  # points from the lower edge to the baseline: under a footer at 1.2 cm
_GREY = 0.35  # contrast of 7 to 1 on white
_FONT = Name("/FolioDossier")
_FONT_TAG = "DOSSIE+BitstreamVeraSans-Roman"  # six capitals mark a subset (ISO 32000-1, 9.6.4)


class Foot:
    """Writes the foot of the pages of one dossier; the font is embedded once.

    Vera comes with reportlab, so that the result does not depend on the fonts of the machine.
    """

    def __init__(self, out: Pdf, total: int) -> None:
        self._out = out
        self._total = total
        face = TTFontFile(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"))
        codes = [ord(c) for c in _CHARACTERS]
        self._glyphs = {c: number for number, c in enumerate(_CHARACTERS, 1)}  # 0 is the missing glyph
        self._widths = {c: face.charWidths[ord(c)] for c in _CHARACTERS}  # thousandths of the size
        self._font = self._embed(face, face.makeSubset(codes))
        self._before = out.make_stream(b"q\n")

    def stamp(self, page: Page, number: int) -> None:
        """Write the foot under `page`, at the middle of the lower edge as the page is shown.

        It is an artifact: a screen reader passes over it, and the tags of the page stay true.
        """
        text = _TEXT.format(number, self._total)
        width = sum(self._widths[c] for c in text) * _SIZE / 1000
        left, low, right, high = (int(v * 1000) / 1000 for v in page.cropbox)
        turn = int(page.obj.get("/Rotate", 0)) % 360
        span = high - low if turn in (90, 270) else right - left
        matrix = {
            0: f"1 0 0 1 {left:.3f} {low:.3f}",
            90: f"0 1 -1 0 {right:.3f} {low:.3f}",
            180: f"-1 0 0 -1 {right:.3f} {high:.3f}",
            270: f"0 -1 1 0 {left:.3f} {high:.3f}",
        }[turn]
        code = "".join(f"{self._glyphs[c]:04X}" for c in text)
        content = (
            "Q\n/Artifact <</Type /Pagination /Subtype /Footer /Attached [/Bottom]>> BDC\n"
            f"q {matrix} cm {_GREY} g BT {_FONT} {_SIZE} Tf {(span - width) / 2:.3f} {_RISE:.3f} Td"
            f" <{code}> Tj ET Q\nEMC\n"
        )
        page.add_resource(self._font, Name.Font, _FONT)
        old = page.obj.get("/Contents", Array())
        # The page's own content is closed between q and Q: its coordinates do not move the foot.
        parts = [old] if isinstance(old, Stream) else list(old)
        page.obj.Contents = Array([self._before, *parts, self._out.make_stream(content.encode("ascii"))])

    def _embed(self, face: TTFontFile, program: bytes) -> Dictionary:
        """A composite font whose codes are the glyph numbers of the subset."""
        out = self._out
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + _FONT_TAG),
            Flags=32,
            FontBBox=Array([int(v) for v in face.bbox]),
            ItalicAngle=0,
            Ascent=int(face.ascent),
            Descent=int(face.descent),
            CapHeight=int(face.capHeight),
            StemV=int(face.stemV),
            FontFile2=out.make_stream(program, Length1=len(program)),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + _FONT_TAG),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=out.make_indirect(descriptor),
            DW=1000,
            W=Array([1, Array([int(self._widths[c]) for c in _CHARACTERS])]),
            CIDToGIDMap=Name.Identity,
        )
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + _FONT_TAG),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([out.make_indirect(descendant)]),
            ToUnicode=out.make_stream(_to_unicode(self._glyphs)),
        )
        return out.make_indirect(font)


def _to_unicode(glyphs: dict[str, int]) -> bytes:
    lines = "".join(f"<{number:04X}> <{ord(c):04X}>\n" for c, number in glyphs.items())
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{len(glyphs)} beginbfchar\n{lines}endbfchar\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
