"""A finished document that says something else than its records is found out, and set aside."""

from __future__ import annotations

import io
import multiprocessing
import re
import shutil
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator import model, reconciliation
from generator.convert import convert, find_soffice
from generator.diagnostics import Diagnostic
from generator.documents import Document, Ouvrage
from generator.documents.couverture import dossier
from generator.load import Records, load
from generator.model import Racine
from generator.reconciliation import MONTANTS, Reconciliation
from generator.render import Engine
from tests.dossier_kit import DATA, ROOT, TEMPLATES, convenant

sys.path.insert(0, str(ROOT / "tools"))
from amorce_package import read_package, write_package

AVENANT = "actes/faimah-avenant-annexe-06"
CONVENTION = "actes/faimah-convention-faj-collectif"
FINANCES = "annexe-04-repartition-financiere"
AMOUNT = r"\d{1,3}(?:\u00a0\d{3})*,\d{2}"


class Atelier:
    """One work, whose documents a test renders, spoils and reads back."""

    def __init__(self, records: Records, work: Ouvrage, folder: Path) -> None:
        self.work, self.folder = work, folder
        self.engine, self.reader = Engine(TEMPLATES), Reconciliation(records, TEMPLATES)
        self.documents = {d.ident: d for d in work.documents}

    def docx(self, d: Document, pages: str = "7") -> bytes:
        ctx = d.contexte()
        if "pages" in ctx and pages:
            ctx = {**ctx, "pages": pages}
        return self.engine.render(d.template, ctx, titre=d.titre, jour=self.work.jour, nominatif=d.nominatif)

    def read(self, d: Document, data: bytes, name: str = "x.docx") -> list[Diagnostic]:
        path = self.folder / name
        path.write_bytes(data)
        used = (d.template, *self.engine.closure(d.template, d.contexte()))
        return self.reader.document(d, self.work.jour, used, {path: name})

    def spoil(self, ident: str, change: Callable[[str], str]) -> list[Diagnostic]:
        d = self.documents[ident]
        return self.read(d, edited(self.docx(d), change))


def edited(data: bytes, change: Callable[[str], str]) -> bytes:
    """A .docx whose document.xml is changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "word/document.xml":
                text = body.decode("utf-8")
                after = change(text)
                assert after != text
                body = after.encode("utf-8")
            new.writestr(name, body)
    return out.getvalue()


@pytest.fixture(scope="module")
def atelier(tmp_path_factory: pytest.TempPathFactory) -> Atelier:
    records = load(DATA)[0]
    work = dossier(records, records.dossiers["2024-587"])
    return Atelier(records, work, tmp_path_factory.mktemp("lus"))


def test_every_document_agrees_with_its_records(atelier: Atelier) -> None:
    found = {d.ident: atelier.read(d, atelier.docx(d)) for d in atelier.work.documents}
    assert {ident: [x.message for x in wrong] for ident, wrong in found.items() if wrong} == {}
    assert len(found) == 54


def test_acts_have_statements(atelier: Atelier) -> None:
    for d in atelier.work.documents:
        if d.sorte in ("avenant", "convention", "annexe-financiere", "deliberation", "rapport"):
            assert d.enonces is not None and len(list(d.enonces())) >= 5, d.ident


def amounts(atelier: Atelier, ident: str) -> Iterator[str]:
    text = (
        zipfile.ZipFile(io.BytesIO(atelier.docx(atelier.documents[ident]))).read("word/document.xml").decode()
    )
    yield from sorted(set(re.findall(rf"(?<!\d){AMOUNT}", text)))


@pytest.mark.parametrize("ident", [AVENANT, CONVENTION, FINANCES])
def test_one_cent_on_any_amount_is_seen(atelier: Atelier, ident: str) -> None:
    """Each amount is changed by a cent wherever it stands in the document.

    The two halves of an odd sum differ by a cent: one in the place of the other passes, hence two cents.
    """
    checked = 0
    known = set(amounts(atelier, ident))
    for amount in known:
        others = (amount[:-1] + str((int(amount[-1]) + n) % 10) for n in (1, 2))
        other = next(x for x in others if x not in known)
        pattern = rf"(?<!\d){re.escape(amount)}(?!\d)"
        found = atelier.spoil(ident, lambda text, p=pattern, o=other: re.sub(p, o, text, count=1))
        assert any(other.replace("\u00a0", " ") in d.message for d in found if d.code == "RAP002"), amount
        checked += 1
    assert checked >= 3


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (r"000\u00a0169\u00a0029\u00a000048", "000\u00a0169\u00a0029\u00a000047", "RAP002"),
        (r"2024-00096", "2024-00069", "RAP002"),
        (r"9\u00a0décembre 2024", "8\u00a0décembre 2024", "RAP002"),
        (r"D’HAENENS", "D’HAENEN", "RAP001"),
        (r"Fédération artésienne", "Fédération", "RAP001"),
    ],
)
def test_who_when_and_which_are_checked(atelier: Atelier, old: str, new: str, code: str) -> None:
    found = atelier.spoil(AVENANT, lambda text: re.sub(old, new, text))
    assert code in {d.code for d in found}
    assert all(d.is_error for d in found)


PDF = (
    (r"(?<!\d)34\u00a0720,56", "34\u00a0720,57", "34 720,57"),
    (r"000\u00a0169\u00a0029\u00a000048", "000\u00a0169\u00a0029\u00a000030", "000 169 029 00030"),
    (r"2024-00096", "2024-00069", "2024-00069"),
    (r"9\u00a0décembre 2024", "8\u00a0décembre 2024", "8 décembre 2024"),
    (r"D’HAENENS", "D’HAENEN", "D’HAENENS"),
    (r"Fédération artésienne", "Fédération", "Fédération artésienne"),
)
"""What is put in a PDF in the place of what, and what the diagnostic says of it."""


def test_a_pdf_is_read_back_as_well(atelier: Atelier) -> None:
    """The finished PDF, made by LibreOffice: the sound one agrees, each fault of the other is told."""
    d = atelier.documents[AVENANT]
    juste = atelier.docx(d, pages="")  # LibreOffice counts them
    texte = zipfile.ZipFile(io.BytesIO(juste)).read("word/document.xml").decode()
    fautes = [f for f in PDF if re.search(f[0], texte)]
    assert len(fautes) >= 5
    faux = juste
    for old, new, _ in fautes:
        faux = edited(faux, lambda text, o=old, n=new: re.sub(o, n, text))
    soffice = find_soffice()
    assert soffice
    done = list(convert({"juste": juste, "faux": faux}, soffice=soffice, jour=atelier.work.jour))
    assert all(c.pdf for c in done), [c.error for c in done]
    faits = {c.key: c.pdf or b"" for c in done}
    assert atelier.read(d, faits["juste"], "x.pdf") == []
    found = atelier.read(d, faits["faux"], "x.pdf")
    assert all(x.is_error and x.span.file == "x.pdf" for x in found)
    said = "\n".join(x.message for x in found)
    assert [w for _, _, w in fautes if w not in said.replace("\u00a0", " ")] == []


def test_amounts_are_the_fields_that_the_models_call_euros() -> None:
    def fields(schema: dict, name: str = "") -> Iterator[str]:
        if "Montant en euros" in str(schema.get("description", "")):
            yield name
        for key, sub in schema.get("properties", {}).items():
            yield from fields(sub, key)
        for choice in (*schema.get("anyOf", ()), *schema.get("$defs", {}).values()):
            if isinstance(choice, dict):
                yield from fields(choice, name)

    kinds = [k for k in vars(model).values() if isinstance(k, type) and issubclass(k, Racine)]
    found = {name for kind in kinds for name in fields(kind.model_json_schema())} - {""}
    assert found - MONTANTS == set()


def test_a_document_that_contradicts_its_record_is_set_aside(tmp_path: Path) -> None:
    """A Word template that prints the wrong amount."""
    templates = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    clause = templates / "articles" / "cout.docx"
    parts = read_package(clause)
    text = parts["word/document.xml"].decode("utf-8")
    assert "{{ cout.total }}" in text
    parts["word/document.xml"] = text.replace("{{ cout.total }}", "34\u00a0720,57\u00a0€").encode()
    write_package(clause, parts)
    out = tmp_path / "sortie"
    args = ("--donnees", str(DATA), "--gabarits", str(templates), "generer", "2024-587", "--sans-pdf")
    done = convenant(*args, "--document", CONVENTION, "--sortie", str(out), cwd=tmp_path)
    assert done.returncode == 1
    assert "RAP002" in done.stderr and "34 720,57 €" in done.stderr
    work = out / "2024-587"
    assert not (work / f"{CONVENTION}.docx").exists()
    assert (work / "refuses" / f"{CONVENTION}.docx").exists()
    good = ("--donnees", str(DATA), "--gabarits", str(TEMPLATES), "generer", "2024-587", "--sans-pdf")
    done = convenant(*good, "--document", CONVENTION, "--sortie", str(out), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (work / f"{CONVENTION}.docx").exists()
    assert not (work / "refuses" / f"{CONVENTION}.docx").exists()


def test_two_processes_find_what_one_finds(
    atelier: Atelier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examens = {}
    for rank, ident in enumerate((AVENANT, CONVENTION, FINANCES)):
        d, path = atelier.documents[ident], tmp_path / f"{rank}.docx"
        good = atelier.docx(d)
        path.write_bytes(edited(good, lambda text: re.sub(AMOUNT, "1,23", text)) if rank == 1 else good)
        used = (d.template, *atelier.engine.closure(d.template, d.contexte()))
        examens[ident] = atelier.reader.examen(d, atelier.work.jour, used, {path: path.name})
    alone = dict(reconciliation.examiner_tous(examens, 1))
    assert {ident: bool(found) for ident, found in alone.items()} == {
        AVENANT: False,
        CONVENTION: True,
        FINANCES: False,
    }
    monkeypatch.setattr(reconciliation, "PLUSIEURS", 2)
    started = threading.active_count()
    together = reconciliation.examiner_tous(examens, 2)
    first = next(together)
    assert multiprocessing.active_children() and threading.active_count() > started
    assert dict([first, *together]) == alone
