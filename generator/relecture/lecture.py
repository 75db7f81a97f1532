"""From a file to its text: which reader, and what to say when none can read it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from generator.diagnostics import Diagnostic, Severity, Span
from generator.files import cause
from generator.pdfium import PdfEndommageError, PdfProtegeError
from generator.relecture import lecture_docx, lecture_pdf, lecture_txt
from generator.relecture.paquet import DocxIllisibleError, a_des_macros
from generator.relecture.texte import Texte

MAX_OCTETS = 200 * 1024 * 1024
_WORD = "l’ouvrir dans Word, puis l’enregistrer au format .docx ou PDF"
_ANCIENS = {  # first bytes, or extension → what the file is
    b"\xd0\xcf\x11\xe0": "un document de l’ancien format Office (.doc, .xls), ou protégé par un mot de passe",
    b"{\\rtf": "un document RTF",
    b"\x89PNG": "une image",
    b"\xff\xd8\xff": "une image",
    b"II*\x00": "une image",
    b"MM\x00*": "une image",
}
_AUTRES_ZIP = {
    "odt": "un document LibreOffice (.odt)",
    "xlsx": "un classeur Excel",
    "ods": "un classeur LibreOffice",
    "pptx": "une présentation PowerPoint",
    "zip": "une archive",
}


def lire(chemin: Path, fichier: str) -> tuple[Texte | None, list[Diagnostic]]:
    """(text of the file or None, what kept it from being read whole). `fichier` is its name in messages."""
    try:
        if chemin.is_dir():
            aide = f"nommer les fichiers, par exemple {fichier.rstrip('/')}/*.docx"
            return None, [_refus("RLU001", "c’est un dossier et non un fichier", fichier, aide)]
        taille = chemin.stat().st_size
        if taille > MAX_OCTETS:
            return None, [
                _refus("RLU005", f"le fichier dépasse {MAX_OCTETS >> 20} Mio", fichier, "le découper")
            ]
        data = chemin.read_bytes()
    except OSError as e:
        raison = "le fichier n’existe pas" if isinstance(e, FileNotFoundError) else cause(e)
        return None, [
            _refus("RLU001", f"fichier illisible : {raison}", fichier, "vérifier le nom et le dossier")
        ]
    except ValueError:  # a null character in the name
        return None, [_refus("RLU001", "ce nom de fichier est impossible", fichier, "vérifier le nom")]
    return _selon_contenu(data, fichier)


def _selon_contenu(data: bytes, fichier: str) -> tuple[Texte | None, list[Diagnostic]]:
    """The content decides, not the extension: files are renamed."""
    if not data.strip():
        return None, [_refus("RLU003", "le fichier est vide", fichier, "vérifier l’enregistrement")]
    if b"%PDF-" in data[:1024]:
        return _pdf(data, fichier)
    for debut, nature in _ANCIENS.items():
        if data.startswith(debut):
            return None, [_refus("RLU002", f"{nature} ne se relit pas", fichier, _WORD)]
    extension = fichier.rpartition(".")[2].lower()
    if data.startswith(b"PK") or extension == "docx":
        return _docx(data, fichier, extension)
    if extension == "pdf":
        return None, [_refus("RLU006", "ce n’est pas un PDF, ou il est endommagé", fichier, _encore("PDF"))]
    try:
        texte = lecture_txt.lire(fichier, data)
    except lecture_txt.TexteIllisibleError:
        message = "ce format ne se relit pas (ni .docx, ni PDF, ni texte)"
        return None, [_refus("RLU002", message, fichier, _WORD)]
    return _non_vide(texte, [])


def _pdf(data: bytes, fichier: str) -> tuple[Texte | None, list[Diagnostic]]:
    try:
        texte, vides = lecture_pdf.lire(fichier, data)
    except PdfProtegeError:
        aide = "enregistrer une copie sans mot de passe"
        return None, [_refus("RLU007", "le PDF est protégé par un mot de passe", fichier, aide)]
    except PdfEndommageError:
        return None, [_refus("RLU006", "le PDF est endommagé", fichier, _encore("PDF"))]
    aide = "passer une reconnaissance de caractères (OCR), ou relire le document Word"
    if len(vides) == texte.pages:
        return None, [_refus("RLU008", "le PDF ne contient pas de texte : c’est une image", fichier, aide)]
    if _charabia(texte):
        return None, [
            _refus("RLU008", "le texte du PDF est codé de telle sorte qu’il ne se lit pas", fichier, aide)
        ]
    if not vides:
        return texte, []
    message = f"sans texte, donc non relu : {_pages(vides)}"
    return texte, [Diagnostic("RLU009", message, Span(fichier), Severity.AVERTISSEMENT, help=aide)]


def _charabia(texte: Texte) -> bool:
    """Whether most characters are neither letters nor figures: a font that does not say what it draws."""
    comptes = Counter("".join(ligne.texte for ligne in texte.lignes[:2000]))
    signes = sum(n for c, n in comptes.items() if not c.isspace())
    lus = sum(n for c, n in comptes.items() if c.isalnum() and c < "\u2000")
    return signes > 200 and lus * 2 < signes


def _docx(data: bytes, fichier: str, extension: str) -> tuple[Texte | None, list[Diagnostic]]:
    if extension in _AUTRES_ZIP:
        return None, [_refus("RLU002", f"{_AUTRES_ZIP[extension]} ne se relit pas", fichier, _WORD)]
    try:
        texte = lecture_docx.lire(fichier, data)
    except DocxIllisibleError as e:
        if e.autre:
            return None, [_refus("RLU002", e.message, fichier, _WORD)]
        code = "RLU005" if e.refus else "RLU004"
        return None, [_refus(code, e.message, fichier, _encore("document Word"))]
    return _non_vide(texte, _macros(fichier) if a_des_macros(data) else [])


def _macros(fichier: str) -> list[Diagnostic]:
    """What to say of a Word file that holds macros: its text is read all the same."""
    aide = "l’enregistrer au format .docx, sans macro, avant de le diffuser"
    message = "le document contient des macros : elles ne sont ni lues ni exécutées"
    return [Diagnostic("RLU010", message, Span(fichier), Severity.AVERTISSEMENT, help=aide)]


def _non_vide(texte: Texte, found: list[Diagnostic]) -> tuple[Texte | None, list[Diagnostic]]:
    if any(ligne.texte.strip() for ligne in texte.lignes):
        return texte, found
    return None, [
        _refus("RLU003", "le fichier ne contient pas de texte", texte.fichier, "vérifier le fichier")
    ]


def _pages(numeros: tuple[int, ...]) -> str:
    """« page 4 », « pages 3 à 7 et 9 »."""
    suites: list[list[int]] = []
    for n in numeros:
        if suites and suites[-1][-1] == n - 1:
            suites[-1].append(n)
        else:
            suites.append([n])
    noms = [f"{s[0]}" if len(s) == 1 else f"{s[0]} à {s[-1]}" for s in suites]
    liste = " et ".join([", ".join(noms[:-1]), noms[-1]]) if len(noms) > 1 else noms[0]
    return f"{'pages' if len(numeros) > 1 else 'page'}\u00a0{liste}"


def _encore(nature: str) -> str:
    return f"demander de nouveau ce {nature}, ou l’enregistrer une seconde fois"


def _refus(code: str, message: str, fichier: str, aide: str) -> Diagnostic:
    return Diagnostic(code, message, Span(fichier), help=aide)
