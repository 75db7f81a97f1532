"""PDF bytes that depend on the document and on the day only, and metadata valid for PDF/A and PDF/UA."""

from __future__ import annotations

import datetime
import io
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf

from generator.convert.balisage import baliser
from generator.ecriture_pdf import enregistrer

# PDF/A-2 accepts a property outside its own schemas only when the file describes it; LibreOffice 7.4
# writes pdfuaid:part without doing so (ISO 19005-2, 6.6.2.3).
_UA_SCHEMA = """ <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
   xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
   xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
   <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
   <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
   <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
   <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
    <pdfaProperty:name>part</pdfaProperty:name>
    <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
    <pdfaProperty:category>internal</pdfaProperty:category>
    <pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>
   </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
 </rdf:Description>
"""

_CLAIMS = ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")
_SIMPLE = (("pdf:Producer", "/Producer"), ("pdf:Keywords", "/Keywords"), ("xmp:CreatorTool", "/Creator"))
NORMALISATION = 5  # raise it when the same PDF of LibreOffice gives other bytes
_ICC_DATE = slice(24, 36)  # bytes of the creation date in an ICC header (ICC.1, 7.2)


def normalise(pdf: bytes, jour: datetime.date, titre: str = "") -> bytes:
    """The same document with dates set to `jour` (midnight, UTC) and nothing that varies between runs.

    `titre` replaces the title of the PDF when given. Producer, author, subject and keywords are kept; the
    claims of conformance (PDF/A, PDF/UA) are kept, never added. Raises pikepdf.PdfError when the
    bytes are not a readable PDF, or have no page.
    """
    with tempfile.TemporaryDirectory(prefix="convenant-") as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(pdf)
        return settle(path, jour, titre)[0]


def settle(path: Path, jour: datetime.date, titre: str = "") -> tuple[bytes, int]:
    """What `normalise` makes of the file `path`, and its number of pages; writes two files beside it.

    From a file qpdf reads three times as fast as from bytes, for which it calls Python again and again.
    """
    plain, final = path.with_suffix(".plain"), path.with_suffix(".final")
    with pikepdf.open(path) as document:
        count = len(document.pages)
        if not count:
            raise pikepdf.PdfError("no page")
        info = document.docinfo
        if titre:
            info.Title = titre
        if "/Title" in info:  # LibreOffice says so only of a document that brought its own title
            preferences = document.Root.get("/ViewerPreferences", pikepdf.Dictionary())
            preferences.DisplayDocTitle = True
            document.Root.ViewerPreferences = preferences
        info.CreationDate = info.ModDate = f"D:{jour:%Y%m%d}000000Z"
        document.Root.Metadata = document.make_stream(
            _packet(document, jour), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
        for key in ("/DocChecksum", "/ID"):
            if key in document.trailer:
                del document.trailer[key]
        for page in document.pages:
            if "/Annots" in page.obj:  # LibreOffice 7.4 writes the string (S); PDF/UA asks for the name
                page.obj.Tabs = pikepdf.Name.S
        baliser(document)
        for intent in document.Root.get("/OutputIntents", ()):
            profile = intent.get("/DestOutputProfile")
            if isinstance(profile, pikepdf.Stream):
                data = bytearray(profile.read_bytes())
                data[_ICC_DATE] = bytes(12)
                profile.write(bytes(data))
        # LibreOffice numbers the same objects differently from one run to the next, and object streams
        # are filled in that order: a plain copy, numbered as the document is walked, forgets it.
        document.save(
            plain,
            static_id=True,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    with pikepdf.open(plain) as document:
        enregistrer(document, final)
    settled = final.read_bytes()
    plain.unlink()
    final.unlink()
    return settled, count


def pages(pdf: bytes) -> int:
    """Number of pages. Raises pikepdf.PdfError when the bytes are not a readable PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def polices(pdf: bytes) -> tuple[str, ...]:
    """Names of the embedded fonts, sorted, without the prefix of their subset (« ABCDEF+Carlito »)."""
    found: set[str] = set()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != pikepdf.Name.FontDescriptor:
                continue
            if any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                found.add(str(item.FontName).lstrip("/").rpartition("+")[2])
    return tuple(sorted(found))


def _packet(document: pikepdf.Pdf, jour: datetime.date) -> bytes:
    """The XMP packet that says what the Info dictionary says (ISO 19005-2, 6.6.3 asks for both alike)."""
    info = document.docinfo
    meta = document.open_metadata()  # outside a `with` block, to read only
    claims = {name: str(meta.get(name, "")) for name in _CLAIMS}

    def value(key: str) -> str:
        return escape(str(info.get(key, "")))

    def bag(tag: str, kind: str, text: str, lang: str = "") -> str:
        return f"  <{tag}><rdf:{kind}><rdf:li{lang}>{text}</rdf:li></rdf:{kind}></{tag}>\n" if text else ""

    default = ' xml:lang="x-default"'
    when = f"{jour:%Y-%m-%d}T00:00:00Z"
    properties = [
        *(f"  <{name}>{escape(claim)}</{name}>\n" for name, claim in claims.items() if claim),
        bag("dc:title", "Alt", value("/Title"), default),
        bag("dc:creator", "Seq", value("/Author")),
        bag("dc:description", "Alt", value("/Subject"), default),
        *(f"  <{tag}>{value(key)}</{tag}>\n" for tag, key in _SIMPLE if key in info),
        *(f"  <xmp:{tag}>{when}</xmp:{tag}>\n" for tag in ("CreateDate", "ModifyDate", "MetadataDate")),
    ]
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        ' <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
        ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">\n'
        + "".join(properties)
        + " </rdf:Description>\n"
        + (_UA_SCHEMA if claims["pdfuaid:part"] else "")
        + '</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    )
    return text.encode("utf-8")
