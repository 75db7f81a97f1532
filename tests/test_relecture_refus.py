"""What the proofreader cannot open, or opens with a word of warning: always a message that says what to
do, never a traceback, in bounded time and memory."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from generator.relecture import relire
from tests.dossier_kit import ROOT
from tests.mutations_kit import DOCUMENT, refait
from tests.relecture_kit import W, acte, codes, corps, lu, p, pdf, word
from tests.test_cli import Run


def _image() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.rect(50, 50, 200, 200, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _protege() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(["secret"]))) as source:
        source.save(out, encryption=pikepdf.Encryption(user="mot", owner="passe"))
    return out.getvalue()


def _mixte() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(["du texte"]))) as a, pikepdf.open(io.BytesIO(_image())) as b:
        for _ in range(2):
            a.pages.extend(b.pages)
        a.save(out)
    return out.getvalue()


def _zip(**parties: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for nom, contenu in parties.items():
            z.writestr(nom.replace("__", "/"), contenu)
    return out.getvalue()


def _autre(partie: str) -> bytes:
    """A sound zip that is no Word file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(partie, b"<x/>")
    return out.getvalue()


def _balises() -> bytes:
    """A bomb of elements: 60 KB of zip, 35 MB of XML, gigabytes in memory."""
    return corps("<w:p/>" * 6_000_000)


def _chiffre() -> bytes:
    data = bytearray(word("x"))
    for signature, decalage in (
        (b"PK\x03\x04", 6),
        (b"PK\x01\x02", 8),
    ):  # the flag « encrypted » of each member
        debut = data.find(signature)
        while debut >= 0:
            data[debut + decalage] |= 1
            debut = data.find(signature, debut + 4)
    return bytes(data)


def _entites(tmp: str) -> bytes:
    def edit(parties: dict[str, bytes]) -> None:
        parties[DOCUMENT] = (
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{tmp}/secret.txt">]>'
            f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'
        ).encode()

    return refait(word("x"), edit)


def _bombe() -> bytes:
    def edit(parties: dict[str, bytes]) -> None:
        parties["word/header1.xml"] = b" " * (300 * 1024 * 1024)

    return refait(word("x"), edit)


def _menteur() -> bytes:
    """A part that unpacks to much more than it says."""
    data = bytearray(refait(word("x"), lambda q: q.update({"word/header1.xml": b" " * 5_000_000})))
    for signature, decalage in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        debut = data.find(signature)
        while debut >= 0:
            nom = data[debut + (30 if decalage == 22 else 46) :]
            if nom.startswith(b"word/header1.xml"):
                data[debut + decalage : debut + decalage + 4] = (100).to_bytes(4, "little")
            debut = data.find(signature, debut + 4)
    return bytes(data)


def _profond() -> bytes:
    return corps("<w:tbl><w:tr><w:tc>" * 80 + p("fond") + "</w:tc></w:tr></w:tbl>" * 80)


ILLISIBLES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "vide": ("a.docx", lambda: b"", "RLU003"),
    "blanc": ("a.txt", lambda: b" \n\n", "RLU003"),
    "sans texte": ("a.docx", lambda: corps("<w:p/>"), "RLU003"),
    "doc": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "RLU002"),
    "doc protégé nommé docx": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "RLU002"),
    "rtf": ("a.rtf", lambda: b"{\\rtf1 x}", "RLU002"),
    "odt": ("a.odt", lambda: _zip(mimetype=b"application/vnd.oasis.opendocument.text"), "RLU002"),
    "image": ("a.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "RLU002"),
    "binaire": ("a.bin", lambda: bytes(range(256)), "RLU002"),
    "xlsx nommé docx": ("a.docx", lambda: _autre("xl/workbook.xml"), "RLU002"),
    "odt nommé docx": ("a.docx", lambda: _autre("content.xml"), "RLU002"),
    "pptx sans extension": ("a", lambda: _autre("ppt/presentation.xml"), "RLU002"),
    "balises": ("a.docx", _balises, "RLU005"),
    "pas un zip": ("a.docx", lambda: b"bonjour", "RLU004"),
    "zip tronqué": ("a.docx", lambda: word("x" * 5000)[:-200], "RLU004"),
    "sans document": ("a.docx", lambda: refait(word("x"), lambda q: q.pop(DOCUMENT)), "RLU004"),
    "xml endommagé": (
        "a.docx",
        lambda: refait(word("x"), lambda q: q.update({DOCUMENT: b"<w:document"})),
        "RLU004",
    ),
    "autre xml": (
        "a.docx",
        lambda: refait(word("x"), lambda q: q.update({DOCUMENT: b"<a><b/></a>"})),
        "RLU004",
    ),
    "taille fausse": ("a.docx", _menteur, "RLU004"),
    "mot de passe du zip": ("a.docx", _chiffre, "RLU005"),
    "bombe": ("a.docx", _bombe, "RLU005"),
    "entités": ("a.docx", lambda: _entites("/tmp"), "RLU005"),
    "pdf endommagé": ("a.pdf", lambda: pdf(["x"])[:300], "RLU006"),
    "pas un pdf": ("a.pdf", lambda: b"bonjour", "RLU006"),
    "pdf protégé": ("a.pdf", _protege, "RLU007"),
    "scan": ("a.pdf", _image, "RLU008"),
}


@pytest.mark.parametrize("nom", ILLISIBLES)
def test_unreadable(nom: str, tmp_path: Path) -> None:
    fichier, fait, code = ILLISIBLES[nom]
    found = lu(tmp_path, fait(), fichier)
    assert codes(found) == [code], found.diagnostics
    (d,) = found.diagnostics
    assert found.texte is None and not found.propre and d.help and d.span.line == 0


def test_pages_that_are_images_are_told(tmp_path: Path) -> None:
    found = lu(tmp_path, _mixte(), "a.pdf")
    assert codes(found) == ["RLU009"] and found.propre and found.texte is not None
    assert "pages\u00a02 à 3" in found.diagnostics[0].message


def test_an_entity_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("le secret")
    found = lu(tmp_path, _entites(str(tmp_path)), "a.docx")
    assert codes(found) == ["RLU005"] and "secret" not in str(found.diagnostics)


def test_missing_and_folder(tmp_path: Path) -> None:
    for chemin in (tmp_path / "absent.docx", tmp_path, tmp_path / "a.docx" / "b"):
        assert codes(relire(chemin)) == ["RLU001"]
    assert codes(relire(Path("a\0b.docx"))) == ["RLU001"]


def test_tables_without_end(tmp_path: Path) -> None:
    assert lu(tmp_path, _profond(), "a.docx").diagnostics  # refused or read, never a traceback


def test_macros_are_told_and_the_text_read(tmp_path: Path) -> None:
    data = refait(word("Le total est de 1 000 € + 500 €, soit 1 600 €."), lambda q: q.update(_VBA))
    for nom in ("a.docm", "a.docx"):
        found = lu(tmp_path, data, nom)
        assert codes(found) == ["RLU010", "RLM001"]
        assert "macros" in found.diagnostics[0].message and ".docx" in found.diagnostics[0].help


_VBA = {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(600)}


def test_three_hundred_pages(tmp_path: Path) -> None:
    pages = [[f"ligne {n} de la page", "Le total est de 1 000 € + 500 €, soit 1 500 €."] for n in range(320)]
    found = lu(tmp_path, pdf(*pages, ["Le total est de 1 000 € + 500 €, soit 1 600 €."]), "a.pdf")
    assert found.texte is not None and found.texte.pages == 321
    assert codes(found) == ["RLM001"]
    assert found.texte.lieu(found.diagnostics[0].span) == "page\u00a0321"


def test_a_hundred_thousand_words(tmp_path: Path) -> None:
    """2 000 paragraphs of 50 words, and the fault in the last one."""
    phrase = "La structure rend compte chaque trimestre des actions menées et des places occupées. " * 4
    document = docx.Document()
    for _ in range(2000):
        document.add_paragraph(phrase)
    document.add_paragraph("Le total est de 1\u00a0000\u00a0€ + 500\u00a0€, soit 1\u00a0600\u00a0€.")
    out = io.BytesIO()
    document.save(out)
    found = lu(tmp_path, out.getvalue(), "a.docx")
    assert codes(found) == ["RLM001"] and found.texte is not None
    assert found.texte.lieu(found.diagnostics[0].span) == "paragraphe\u00a02001"


LONGS = {
    "mots": "la convention de l’annexe 2 est signée en 2024 pour 1 000 € et 50 % ; " * 9000,
    "sommes": "1 000 € + " * 40000,
    "chiffres": "1" * 300_000,
    "points": "." * 300_000,
    "soulignés": "_" * 300_000,
    "parts": "50 % soit 10 €, " * 30000,
    "territoires": "10 places, territoires : a (3) b (4) " * 10000,
    "guillemets": "« " * 100_000,
}


@pytest.mark.parametrize("nom", LONGS)
def test_one_endless_line(nom: str, tmp_path: Path) -> None:
    """Each of these took minutes, or hours, when a pattern could be tried from every character."""
    (tmp_path / "a.txt").write_text(LONGS[nom], "utf-8")
    code = "import sys, pathlib, generator.relecture as r; r.relire(pathlib.Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.txt")],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30)),
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_command_never_shows_a_traceback(tmp_path: Path) -> None:
    """All of them at once, and a sound one among them: one message each, and the sound one is read."""
    (tmp_path / "juste.txt").write_text(acte("Article 1 – Objet"), "utf-8")
    noms = []
    for rang, (fichier, fait, _) in enumerate(
        v for k, v in ILLISIBLES.items() if k not in ("bombe", "balises")
    ):
        noms.append(f"{rang}-{fichier}")
        (tmp_path / noms[-1]).write_bytes(fait())
    (tmp_path / "dossier.docx").mkdir()
    run = Run(tmp_path, "relire", *noms, "dossier.docx", "absent.docx", "juste.txt", "mal\x1b[31m\udcff.docx")
    run.french()
    assert run.code == 1 and run.err == "" and "Traceback" not in run.out and "\x1b" not in run.out
    out = run.out.replace("\u00a0", " ")
    assert out.count("erreur[RLU") == len(noms) + 3 and out.count("aide : ") >= len(noms) + 3
    assert "juste.txt : aucune anomalie" in out
