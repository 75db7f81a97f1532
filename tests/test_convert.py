"""Real LibreOffice for what it does, small shell scripts in its place for the ways it fails."""

from __future__ import annotations

import datetime
import io
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pikepdf
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from generator.convert import (
    Conversion,
    OfficeError,
    convert,
    find_soffice,
    normalise,
    office,
    pages,
    polices,
    screen,
    version,
)

JOUR = datetime.date(2024, 9, 16)
ROOT = Path(__file__).resolve().parent.parent
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word(*headings: str, title: str = "Convention d’été", broken_pages: bool = False) -> bytes:
    """A small Word file: a heading and a paragraph each, on its own page if asked."""
    document = docx.Document()
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "fr-FR")
    document.core_properties.title = title
    document.core_properties.author = "DPID"
    for number, heading in enumerate(headings):
        if number and broken_pages:
            document.add_page_break()
        document.add_heading(heading, 1)
        document.add_paragraph("Le Département verse « 1 000 € » à l’association.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_parts(data: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The same archive, each member passed through `change`, with others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
        for name, content in more.items():
            target.writestr(name, content)
    return out.getvalue()


def with_relation(kind: str, target: str, mode: str = ' TargetMode="External"', body: bytes = b"") -> bytes:
    """A Word file whose body has one more relationship, `rIdX`, and the XML `body`."""

    def change(name: str, content: bytes) -> bytes:
        if name == "word/_rels/document.xml.rels":
            relation = f'<Relationship Id="rIdX" Type="{R}/{kind}" Target="{target}"{mode}/>'
            return content.replace(b"</Relationships>", relation.encode() + b"</Relationships>")
        if name == "word/document.xml":
            return content.replace(b"<w:sectPr", body + b"<w:sectPr", 1)
        return content

    return with_parts(word("Titre"), change)


def linked() -> bytes:
    """A Word file with a link that LibreOffice exports (its run has a character style)."""
    document = docx.Document()
    paragraph = document.add_paragraph("Voir ")
    relation = document.part.relate_to("https://www.pasdecalais.fr/", f"{R}/hyperlink", is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    document.styles.add_style("Hyperlink", 2)
    link.append(paragraph.add_run("le site", style="Hyperlink")._r)
    paragraph._p.append(link)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture(scope="session")
def soffice() -> Path:
    found = find_soffice()
    assert found, "LibreOffice is needed: apt-get install libreoffice-writer-nogui"
    return found


def run(items: dict[str, bytes], soffice: Path, **options: object) -> dict[str, Conversion]:
    done = list(convert(items, soffice=soffice, jour=JOUR, **options))  # type: ignore[arg-type]
    assert sorted(c.key for c in done) == sorted(items)  # one answer each, no more
    return {c.key: c for c in done}


@pytest.fixture(scope="session")
def real(soffice: Path) -> dict[str, Conversion]:
    """Documents of all kinds, some that fail, converted by two LibreOffice at once."""
    one = word("Article 1 – Objet", "Article 2 – Durée", broken_pages=True)
    hollow = io.BytesIO()
    with zipfile.ZipFile(hollow, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    items = {
        "acte": one,
        "jumeau": one,
        "lien": linked(),
        "creux": hollow.getvalue(),
        "sans titre": word("Titre", title=""),
        "faux": b"ceci n'est pas un document Word",
        "dehors": with_relation("image", "file:///etc/hostname"),
    }
    return run(items, soffice, titres={"jumeau": "Un autre titre"})


def fake(folder: Path, script: str) -> Path:
    """A program in LibreOffice's place; `$out` is where PDFs are expected, `$*` its arguments."""
    path = folder / "soffice"
    head = """#!/bin/bash
    prev=; n=0
    for a in "$@"; do
      [ "$prev" = --outdir ] && out="$a"
      case "$a" in *.docx) n=$((n+1)); last="$a";; esac
      prev="$a"
    done
    mkdir -p "$out"
    """
    path.write_text(textwrap.dedent(head) + textwrap.dedent(script), "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture()
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The temporary folder of the test, which must be empty in the end."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"  # dead, and nobody has asked for its status yet


def gone(pid: int, seconds: float = 10) -> bool:
    limit = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return not alive(pid)


def xmp(pdf: bytes) -> str:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return document.Root.Metadata.read_bytes().decode("utf-8")


# --- what LibreOffice does -------------------------------------------------------------------------


def test_documents_are_converted_and_their_pages_counted(real: dict[str, Conversion]) -> None:
    assert real["acte"].error == ""
    assert real["acte"].pages == 2
    assert real["acte"].pdf is not None
    assert pages(real["acte"].pdf) == 2


def test_two_conversions_of_a_document_give_the_same_bytes(
    real: dict[str, Conversion], soffice: Path
) -> None:
    one = word("Article 1 – Objet", "Article 2 – Durée", broken_pages=True)
    again = run({"acte": one}, soffice)["acte"]
    assert again.pdf == real["acte"].pdf
    jumeau = real["jumeau"].pdf
    assert jumeau is not None
    assert jumeau != real["acte"].pdf  # its title differs
    assert normalise(jumeau, JOUR) == jumeau  # nothing is left to settle


def test_the_allocation_of_memory_changes_no_byte(
    real: dict[str, Conversion], soffice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(Path("/").glob("usr/lib*/**/libtcmalloc_minimal.so.4")), "tools/preparer.sh installs it"
    monkeypatch.setattr(office, "_ALLOCATORS", ())
    one = word("Article 1 – Objet", "Article 2 – Durée", broken_pages=True)
    assert run({"acte": one}, soffice)["acte"].pdf == real["acte"].pdf


def test_libreoffice_is_given_the_allocation_that_is_installed(
    tmp_path: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    taken = tmp_path / "usr" / "libtcmalloc_minimal.so.4"
    taken.parent.mkdir()
    taken.touch()
    monkeypatch.setattr(office, "_ALLOCATORS", (f"{tmp_path}/*/{taken.name}",))
    monkeypatch.setenv("LD_PRELOAD", "")
    run({"a": word("a")}, fake(tmp_path, f"echo $LD_PRELOAD > {said}"))
    assert said.read_text() == f"{taken}\n"


def test_the_temporary_folder_is_in_memory_unless_one_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(office, "_MEMORY_DISK", memory)
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    with office.Office(Path("soffice")) as one:
        assert one.room.parent == memory
    assert list(memory.iterdir()) == []
    monkeypatch.setattr(office, "_AMPLE", 10**18)
    with office.Office(Path("soffice")) as one:
        assert one.room.parent == Path("/tmp")
    monkeypatch.setattr(office, "_AMPLE", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with office.Office(Path("soffice")) as one:
        assert one.room.parent == tmp_path


def test_tags_say_nothing_of_the_layout(real: dict[str, Conversion]) -> None:
    pdf = real["acte"].pdf
    assert pdf is not None
    with pikepdf.open(io.BytesIO(pdf)) as document:
        parents = document.Root.StructTreeRoot.ParentTree.Nums
        elements = [e for row in parts(parents)[1::2] for e in parts(row)]
        assert len(elements) >= 4
        assert not any("/A" in e or "/Type" in e for e in elements)
        assert all("/Pg" in e for e in elements)


def parts(array: pikepdf.Object) -> list[pikepdf.Object]:
    return [array[k] for k in range(len(array))]


def test_dates_and_titles_are_those_asked(real: dict[str, Conversion]) -> None:
    pdf = real["jumeau"].pdf
    assert pdf is not None
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.docinfo.Title) == "Un autre titre"
        assert str(document.docinfo.CreationDate) == "D:20240916000000Z" == str(document.docinfo.ModDate)
        assert str(document.docinfo.Producer).startswith("LibreOffice")
        assert "/DocChecksum" not in document.trailer
        assert document.Root.ViewerPreferences.DisplayDocTitle is True
        icc = document.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        assert icc[24:36] == bytes(12)
        assert icc[36:40] == b"acsp"
    assert xmp(pdf).count("2024-09-16T00:00:00Z") == 3
    assert '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Un autre titre</rdf:li>' in xmp(pdf)
    assert "<rdf:li>DPID</rdf:li>" in xmp(pdf)


def test_the_pdf_is_archivable_and_accessible(real: dict[str, Conversion]) -> None:
    pdf = real["acte"].pdf
    assert pdf is not None
    packet = re.sub(r"\s+", " ", xmp(pdf))
    assert "<pdfaid:part>2</pdfaid:part> <pdfaid:conformance>B</pdfaid:conformance>" in packet
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    assert "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" in packet
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked is True
        assert str(document.Root.Lang) == "fr-FR"
        roles = [str(kid.S) for kid in document.Root.StructTreeRoot.K[0].K]
        assert roles.count("/H1") == 2
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles == ["Article 1 – Objet", "Article 2 – Durée"]
    assert polices(pdf)
    assert all("+" not in name for name in polices(pdf))


def test_pages_with_links_follow_the_order_of_the_tags(real: dict[str, Conversion]) -> None:
    pdf = real["lien"].pdf
    assert pdf is not None
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0].obj
        assert str(page.Annots[0].A.URI) == "https://www.pasdecalais.fr/"
        assert page.Tabs == pikepdf.Name.S
        assert isinstance(page.Tabs, pikepdf.Name)


def test_a_document_that_fails_harms_no_other(real: dict[str, Conversion]) -> None:
    failed = {c.key: c.error for c in real.values() if c.pdf is None}
    assert failed == {
        "creux": "LibreOffice n’a pas pu convertir « creux » : aucun PDF lisible n’a été produit.",
        "faux": "« faux » n’est pas converti : le fichier n’est pas un document Word lisible.",
        "dehors": "« dehors » n’est pas converti : il va chercher un contenu à l’extérieur "
        "(« file:///etc/hostname »).",
    }
    assert all(c.pages == 0 for c in real.values() if c.pdf is None)
    assert all(c.error == "" and c.pages for c in real.values() if c.pdf is not None)


def test_version_and_place_of_libreoffice(
    soffice: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert re.fullmatch(r"\d+\.\d+(\.\d+)*", version(soffice))
    monkeypatch.setenv("CONVENANT_SOFFICE", str(soffice))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_soffice() == soffice
    monkeypatch.setenv("CONVENANT_SOFFICE", str(tmp_path / "absent"))
    assert find_soffice() is None
    monkeypatch.delenv("CONVENANT_SOFFICE")
    (tmp_path / "soffice").write_text("#!/bin/sh\n")
    (tmp_path / "soffice").chmod(0o755)
    assert find_soffice() == tmp_path / "soffice"


# --- what is refused before LibreOffice sees it ----------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "target", "mode"),
    [
        ("image", "http://example.org/a.png", ' TargetMode="External"'),
        ("image", "file:///etc/hostname", ' TargetMode="external"'),
        ("image", "file:///etc/hostname", ""),
        ("image", "//example.org/a.png", ""),
        ("attachedTemplate", "https://example.org/a.dotm", ' TargetMode="External"'),
        ("oleObject", "file:///srv/a.xlsx", ' TargetMode="External"'),
        ("hyperlink", "file:///etc/hostname", ' TargetMode="External"'),
        ("aFChunk", "chunk.html", ""),
    ],
)
def test_what_reaches_outside_is_refused(kind: str, target: str, mode: str) -> None:
    assert screen(with_relation(kind, target, mode)) != ""


def test_a_link_is_allowed_but_not_as_the_source_of_a_picture() -> None:
    link = b'<w:p><w:hyperlink r:id="rIdX"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>'
    assert screen(with_relation("hyperlink", "https://example.org/", body=link)) == ""
    assert screen(with_relation("hyperlink", "mailto:a@example.org", body=link)) == ""
    assert screen(linked()) == ""
    picture = (
        b'<w:p><w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        b' r:link="rIdX"/></w:drawing></w:r></w:p>'
    )
    assert "un de ses liens" in screen(with_relation("hyperlink", "https://example.org/a.png", body=picture))


def test_damaged_files_and_entities_are_refused() -> None:
    good = word("Titre")
    cut = with_parts(good, lambda name, data: data[:-40] if name == "word/document.xml" else data)
    for bad in (cut, b"", b"PK\x03\x04", good[: len(good) // 2], with_parts(good, lambda n, d: d)[:-30]):
        assert screen(bad) == "le fichier n’est pas un document Word lisible"
    doctype = b'<!DOCTYPE r [<!ENTITY e "file:///etc/hostname">]>'
    entity = with_parts(
        good,
        lambda n, d: d.replace(b"<Relationships", doctype + b"<Relationships", 1) if n[-5:] == ".rels" else d,
    )
    assert screen(entity) == "le fichier n’est pas un document Word lisible"
    assert screen(good) == ""


# --- LibreOffice that fails ------------------------------------------------------------------------


def test_a_run_that_writes_nothing_is_not_a_success(tmp_path: Path, room: Path) -> None:
    done = run({"a": word("a"), "b": word("b")}, fake(tmp_path, "exit 0"))
    assert done["a"].error == "LibreOffice n’a pas pu convertir « a » : aucun PDF lisible n’a été produit."
    assert done["b"].pdf is None


@pytest.mark.parametrize("content", ["", "%PDF-1.7", "%PDF-1.7\n%%EOF\n", "PK"])
def test_a_file_that_is_not_a_pdf_is_not_a_success(content: str, tmp_path: Path, room: Path) -> None:
    done = run({"a": word("a")}, fake(tmp_path, f'printf "{content.replace("%", "%%")}" > "$out/0000.pdf"'))
    assert done["a"].pdf is None
    assert "aucun PDF lisible" in done["a"].error


def test_a_crash_keeps_what_is_done_and_retries_alone_the_document_it_was_at(
    real: dict[str, Conversion], tmp_path: Path, room: Path
) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(real["acte"].pdf or b"")
    script = f'echo $n >> {tmp_path}/runs; cp {good} "$out/0000.pdf"; [ $n = 1 ] || kill -9 $$'
    done = run({f"d{i}": word("Article") for i in range(5)}, fake(tmp_path, script), jobs=1)
    assert [c.pages for c in done.values()] == [2] * 5
    assert (tmp_path / "runs").read_text().split() == ["5", "1", "3", "1", "1"]


def test_the_document_that_kills_libreoffice_is_named(
    real: dict[str, Conversion], tmp_path: Path, room: Path
) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(real["acte"].pdf or b"")
    (tmp_path / "poison").write_bytes(word("poison"))
    script = f"""
    i=0
    for a in "$@"; do case "$a" in *.docx)
      cmp -s "$a" {tmp_path}/poison && kill -SEGV $$
      cp {good} "$out/$(basename "$a" .docx).pdf";;
    esac; done
    """
    items = {"a": word("Objet"), "mauvais": (tmp_path / "poison").read_bytes(), "b": word("Durée")}
    done = run(items, fake(tmp_path, script), jobs=1)
    assert done["mauvais"].error == (
        "LibreOffice n’a pas pu convertir « mauvais » : le programme a été arrêté (signal 11)."
    )
    assert done["a"].pdf and done["b"].pdf


def test_a_hang_is_killed_with_its_children(tmp_path: Path, room: Path) -> None:
    script = f"sleep 3600 & echo $! >> {tmp_path}/pids; wait"
    done = run({"a": word("a")}, fake(tmp_path, script), timeout=0.5)
    assert done["a"].error == "LibreOffice n’a pas pu convertir « a » : rien au bout de 0,5 s."
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2  # the batch, then the document alone
    assert all(gone(pid) for pid in pids)


def test_a_libreoffice_that_always_hangs_is_given_up(tmp_path: Path, room: Path) -> None:
    script = f"echo >> {tmp_path}/runs; sleep 3600"
    done = run({f"d{i}": word("Article") for i in range(12)}, fake(tmp_path, script), jobs=1, timeout=0.2)
    assert all(c.pdf is None for c in done.values())
    assert "LibreOffice ne répond pas" in done["d11"].error
    assert len((tmp_path / "runs").read_text().splitlines()) == 3


def test_leaving_the_loop_kills_what_runs(real: dict[str, Conversion], tmp_path: Path, room: Path) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(real["acte"].pdf or b"")
    script = f'cp {good} "$out/0000.pdf"; sleep 3600 & echo $! >> {tmp_path}/pids; wait'
    found = convert(
        {"a": word("Objet"), "b": word("Durée")}, soffice=fake(tmp_path, script), jour=JOUR, jobs=1
    )
    assert next(found).pages == 2  # as soon as it appears: the run is not over
    found.close()  # type: ignore[attr-defined]
    assert all(gone(int(pid)) for pid in (tmp_path / "pids").read_text().split())


PROGRAM = """
import datetime, pathlib, sys
sys.path.insert(0, sys.argv[1])
from generator.convert import OfficeError, convert
docx = pathlib.Path(sys.argv[2]).read_bytes()
try:
    for c in convert({"a": docx}, soffice=pathlib.Path(sys.argv[3]), jour=datetime.date(2024, 9, 16)):
        print(c.error)
except KeyboardInterrupt:
    print("interrompu")
except OfficeError as error:
    print(error.message)
"""


def program(tmp_path: Path, soffice: Path, before: str = "") -> subprocess.Popen[str]:
    """Another process that converts one document, its temporary files in `tmp_path / "tmp"`."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "a.docx").write_bytes(word("a"))
    arguments = [str(ROOT), str(tmp_path / "a.docx"), str(soffice)]
    return subprocess.Popen(
        [sys.executable, "-c", before + PROGRAM, *arguments],
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    ("signum", "said"), [(signal.SIGINT, "interrompu\n"), (signal.SIGTERM, ""), (signal.SIGKILL, "")]
)
def test_nothing_survives_this_program(signum: signal.Signals, said: str, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    process = program(
        tmp_path, fake(tmp_path, f"sleep 3600 & echo $$ $! > {pids}.new; mv {pids}.new {pids}; wait")
    )
    limit = time.monotonic() + 30
    while not pids.exists() and time.monotonic() < limit:
        time.sleep(0.02)
    started = [int(pid) for pid in pids.read_text().split()]
    assert len(started) == 2 and all(alive(pid) for pid in started)
    process.send_signal(signum)
    assert process.communicate(timeout=30)[0] == said
    assert all(gone(pid) for pid in started)
    limit = time.monotonic() + 10
    while list((tmp_path / "tmp").iterdir()) and time.monotonic() < limit:
        time.sleep(0.02)
    assert list((tmp_path / "tmp").iterdir()) == []


# --- no room, no program ---------------------------------------------------------------------------


def test_a_disk_that_takes_no_more_is_said_in_french(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
    process = program(tmp_path, fake(tmp_path, "exit 0"), before=limit)
    assert process.communicate(timeout=30)[0] == (
        "Impossible d’écrire les fichiers temporaires : la taille permise pour un fichier est dépassée.\n"
    )
    assert list((tmp_path / "tmp").iterdir()) == []


def test_no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    with pytest.raises(OfficeError, match="Impossible de créer un dossier temporaire"):
        list(convert({"a": word("a")}, soffice=tmp_path / "soffice", jour=JOUR))


def test_a_program_that_cannot_be_run(tmp_path: Path, room: Path) -> None:
    absent = tmp_path / "absent"
    with pytest.raises(OfficeError) as caught:
        list(convert({"a": word("a")}, soffice=absent, jour=JOUR))
    assert caught.value.message == (
        f"Impossible de lancer LibreOffice (« {absent} ») : le fichier ou le dossier n’existe pas."
    )
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message
    with pytest.raises(OfficeError, match="ne donne pas sa version"):
        version(fake(tmp_path, "echo bonjour"))


def test_nothing_to_do_starts_nothing(tmp_path: Path) -> None:
    assert list(convert({}, soffice=tmp_path / "absent", jour=JOUR)) == []
    (only,) = convert({"faux": b""}, soffice=tmp_path / "absent", jour=JOUR)
    assert only.pdf is None


def test_the_numbers_of_the_objects_leave_no_trace(real: dict[str, Conversion]) -> None:
    """LibreOffice was seen to number the same objects in another order on another machine."""
    pdf = real["acte"].pdf
    assert pdf is not None
    plain = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(plain, qdf=True, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        count = len(document.objects)
    # Every object takes the number at the other end; the reader rebuilds the table of places.
    other = re.sub(
        rb"(?<![\d.])([1-9]\d*) 0 (obj|R)\b",
        lambda m: b"%d 0 %s" % (10 * count - int(m[1]), m[2]),
        plain.getvalue(),
    )
    assert other != plain.getvalue()
    assert normalise(other, JOUR) == normalise(plain.getvalue(), JOUR)
