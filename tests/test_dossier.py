"""The dossier of deliberation 2024-587, from records to PDF, as a user makes it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pypdf
import pytest

from generator.load import load
from generator.money import parse_euros
from generator.relecture import relire
from tests.dossier_kit import DATA, TEMPLATES, convenant, pattern, text

pytestmark = pytest.mark.xdist_group("dossier")
NUMERO = "2024-587"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole dossier, built once."""
    out = tmp_path_factory.mktemp("sortie")
    done = convenant("generer", NUMERO, "--sortie", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return out / NUMERO


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict:
    return json.loads((built / "manifest.json").read_text("utf-8"))


def project(tmp_path: Path) -> Path:
    """A copy of the records that a test may spoil."""
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path


def generate(folder: Path, *args: str, **env: str) -> tuple[int, str, str]:
    done = convenant("--gabarits", str(TEMPLATES), "generer", NUMERO, *args, cwd=folder, **env)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def replace(path: Path, old: str, new: str) -> None:
    found = path.read_text("utf-8")
    assert found.count(old) >= 1, old
    path.write_text(found.replace(old, new, 1), "utf-8")


def states(stdout: str) -> dict[str, str]:
    """State of each document, from the plain lines of the command."""
    rows = [line.split("\t") for line in stdout.splitlines() if line.count("\t") == 2]
    return {row[2]: row[0] for row in rows}


def walk(item: pikepdf.OutlineItem) -> Iterator[pikepdf.OutlineItem]:
    for child in item.children:
        yield child
        yield from walk(child)


def bound(manifest: dict) -> list[dict]:
    """The documents that the dossier binds: letters and list go with it, apart."""
    return [d for d in manifest["documents"] if d["sorte"] not in ("lettre-notification", "bordereau")]


def pdf_text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def test_every_document_is_there_in_word_and_pdf(built: Path, manifest: dict) -> None:
    idents = {d["ident"] for d in manifest["documents"]}
    assert {"01-rapport", "02-deliberation", "annexe-04-repartition-financiere"} <= idents
    assert {f"annexe-{n:02d}" for n in range(1, 11)} <= {i[:9] for i in idents}
    assert sum(i.startswith("actes/") for i in idents) == 20  # 14 avenants, 6 conventions
    assert sum(i.startswith("lettres/") for i in idents) == 21  # annexe 10 is an act to sign, too
    assert "bordereau-actes-a-signer" in idents
    assert len(idents) == 54
    for d in manifest["documents"]:
        for kind in ("docx", "pdf"):
            data = (built / d[kind]["chemin"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == d[kind]["sha256"]
        assert d["pages"] == len(pypdf.PdfReader(built / d["pdf"]["chemin"]).pages)
    assert not list(built.rglob("*.tmp"))


def test_each_act_says_its_true_number_of_pages(built: Path, manifest: dict) -> None:
    counted = 0
    for d in manifest["documents"]:
        word = "\n".join(text(built / d["docx"]["chemin"]))
        said = re.findall(r"comprend\s+(\S+)\s+pages", word)
        if d["sorte"] in ("avenant", "convention", "modele-avenant"):
            assert said == [str(d["pages"])], d["ident"]
            shown = re.findall(r"comprend\s+(\S+)\s+pages", pdf_text(built / d["pdf"]["chemin"]))
            assert shown == said
            counted += 1
    assert counted == 26


def test_the_proofreader_has_nothing_to_say(built: Path) -> None:
    """Of none of the files, Word or PDF; the blanks of the modeles are counted, not reproached."""
    modeles = 0
    for path in sorted(p for p in built.rglob("*") if p.suffix in (".docx", ".pdf")):
        codes = [d.code for d in relire(path).diagnostics]
        assert set(codes) <= {"RLB002"}, path
        assert not codes or path.stem.startswith(("annexe-", "dossier-")), path
        modeles += len(codes)
    assert modeles == 15  # five modeles, in Word, in PDF and in the dossier


def test_nominative_documents_hold_no_blank(built: Path, manifest: dict) -> None:
    for d in manifest["documents"]:
        word = "\n".join(text(built / d["docx"]["chemin"]))
        blank = "XXXX" in word
        assert blank == (d["sorte"] == "modele-avenant"), d["ident"]
        assert not re.search(r"\bNone\b|\{\{|\{%|Undefined", word)


def test_fictitious_data_is_shown_as_such(built: Path, manifest: dict) -> None:
    for d in manifest["documents"]:
        word = "\n".join(text(built / d["docx"]["chemin"]))
        if d["sorte"] in ("avenant", "convention"):
            assert ("données fictives" in word) == d["fictif"], d["ident"]
    real = [d["ident"] for d in manifest["documents"] if d["sorte"] == "avenant" and not d["fictif"]]
    assert real == ["annexe-10-avenant-pas-de-calais-actif"]


def test_acts_are_in_the_terms_of_the_modele(built: Path, manifest: dict) -> None:
    """Outside the blanks, an act has the words of the modele that was voted."""
    modeles = {d["ident"][:9]: d for d in manifest["documents"] if d["sorte"] == "modele-avenant"}
    compared = 0
    for d in manifest["documents"]:
        name = re.search(r"^actes/.+avenant-(annexe-\d\d)$", d["ident"])
        if not name:
            continue
        model = [x for x in text(built / modeles[name[1]]["docx"]["chemin"]) if not x.startswith("ANNEXE")]
        act = [x for x in text(built / d["docx"]["chemin"]) if "données fictives" not in x]
        assert len(model) == len(act), d["ident"]
        for expected, found in zip(model, act, strict=True):
            if "comprend" in expected:
                expected = re.sub(r"(comprend\s)\d+(\spages)", rf"\g<1>{d['pages']}\g<2>", expected)
            assert pattern(expected).fullmatch(found), f"{d['ident']} : {expected!r} ≠ {found!r}"
        compared += 1
    assert compared == 14


def test_published_sums_are_printed(built: Path) -> None:
    delib = "\n".join(text(built / "02-deliberation.docx"))
    for figure in ("712 000", "99 998", "59 220", "8 589 450,00", "13 789 480,46", "130 000,00"):
        assert figure.replace(" ", "\u00a0") in delib
    rapport = "\n".join(text(built / "01-rapport.docx"))
    for figure in ("915 067,73", "203 067,73", "620 612,11", "520 614,11", "90 500,00", "31 280,00"):
        assert figure.replace(" ", "\u00a0") in rapport
    table = "\n".join(text(built / "annexe-04-repartition-financiere.docx"))
    for figure in ("4 783", "2 706", "567 150,00", "69 998,00", "59 220,00", "871 218,00"):
        assert figure.replace(" ", "\u00a0") in table


def test_dossier_has_cover_bookmarks_and_running_foot(built: Path, manifest: dict) -> None:
    path = built / f"dossier-{NUMERO}.pdf"
    with pikepdf.open(path) as pdf:
        pages = len(pdf.pages)
        assert pages == manifest["dossier"]["pages"]
        with pdf.open_outline() as outline:
            groups = {str(i.title): i for i in outline.root}
            titles = [str(d.title) for g in outline.root for d in g.children]
            annexe10 = next(d for g in outline.root for d in g.children if "Annexe 10" in str(d.title))
            articles = [str(a.title).replace("\u00a0", " ") for a in walk(annexe10)]
    assert [g for g in groups if g in ("Rapport et délibération", "Annexes", "Actes nominatifs")] == [
        "Rapport et délibération",
        "Annexes",
        "Actes nominatifs",
    ]
    assert len([t for t in titles if "Lettre de notification" in t or "Liste des actes" in t]) == 0
    assert len(titles) >= len(bound(manifest)) == 32
    assert "Pièces d’envoi" not in groups
    assert any(a.startswith("Article 2") for a in articles)
    reader = pypdf.PdfReader(path)
    for n in (1, 2, pages // 2, pages):
        assert f"dossier page {n} / {pages}" in reader.pages[n - 1].extract_text()


def test_contents_page_tells_the_right_pages(built: Path, manifest: dict) -> None:
    reader = pypdf.PdfReader(built / f"dossier-{NUMERO}.pdf")
    cover = manifest["dossier"]["pages"] - sum(d["pages"] for d in bound(manifest))
    lines = "\n".join(reader.pages[n].extract_text() for n in range(cover))
    said = [int(n) for n in re.findall(r"[.…]{3,}\s*(\d+)\s*$", lines, re.MULTILINE)]
    assert len(said) == len(bound(manifest)) and said == sorted(said)
    for n in said:  # each is the first page of a document
        assert re.search(r"Page\s+1\s+sur", reader.pages[n - 1].extract_text())


def test_letters_and_list_follow_the_acts_and_the_vote(built: Path, manifest: dict) -> None:
    """One letter and one line per act; the list adds up to what the budget table proposes."""
    by_kind = {d["ident"]: d["sorte"] for d in manifest["documents"]}
    acts = [i for i, kind in by_kind.items() if kind in ("avenant", "convention")]
    named = {re.sub(r"^annexe-10-avenant-(.+)$", r"\1-avenant-annexe-10", i.split("/")[-1]) for i in acts}
    letters = [i for i, kind in by_kind.items() if kind == "lettre-notification"]
    assert sorted(i.removeprefix("lettres/") for i in letters) == sorted(named) and len(acts) == 21
    assert all(d["pages"] == 1 for d in manifest["documents"] if d["ident"] in letters)

    records, _ = load(DATA)
    proposed = sum(line.proposition for line in records.dossiers[NUMERO].deliberation.budget)
    listed = [
        [c.strip() for c in line.strip("| ").split("|")]
        for line in text(built / "bordereau-actes-a-signer.docx")
        if line.startswith("|")
    ]
    rows = [r for r in listed if r[0].isdigit()]
    assert [int(r[0]) for r in rows] == list(range(1, len(acts) + 1))

    def cents(shown: str) -> int:
        return 0 if shown == "–" else parse_euros(shown)

    assert sum(cents(r[-1]) for r in rows) == proposed
    totals = [cents(r[-1]) for r in listed if r[0].startswith("Total")]
    assert totals == [proposed, proposed]  # by structure, by line of the budget
    for ident, row in zip(sorted(letters, key=_rank(manifest)), rows, strict=True):
        letter = "\n".join(text(built / f"{ident}.docx"))
        number = row[3].split("n°\u00a0")[-1]
        assert number in letter, ident
        assert (row[-1] == "–") != (f"s’élève à {row[-1]}\u00a0€" in letter), ident


def _rank(manifest: dict) -> Callable[[str], int]:
    return [d["ident"] for d in manifest["documents"]].index


def test_contents_page_is_clickable(built: Path, manifest: dict) -> None:
    with pikepdf.open(built / f"dossier-{NUMERO}.pdf") as pdf:
        first = {page.objgen: n for n, page in enumerate(pdf.pages, 1)}
        links = [a for a in pdf.pages[0].get("/Annots", []) if a.get("/Subtype") == "/Link"]
        targets = {first[a.A.D[0].objgen] for a in links}
    lines = pypdf.PdfReader(built / f"dossier-{NUMERO}.pdf").pages[0].extract_text()
    said = {int(n) for n in re.findall(r"[.…]{3,}\s*(\d+)\s*$", lines, re.MULTILINE)}
    assert targets == said


def test_second_run_changes_nothing(built: Path) -> None:
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in built.rglob("*") if p.is_file()}
    done = convenant("generer", NUMERO, "--sortie", str(built.parent))
    assert done.returncode == 0
    assert set(states(done.stdout).values()) == {"à jour"}
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in built.rglob("*") if p.is_file()}


def test_same_inputs_same_bytes(built: Path, tmp_path: Path) -> None:
    done = convenant(
        "generer", NUMERO, "--sortie", str(tmp_path), "--structure", "faimah", "--document", "convention"
    )
    assert done.returncode == 0, done.stderr
    again = [p for p in (tmp_path / NUMERO).rglob("*") if p.suffix in (".docx", ".pdf")]
    assert len(again) == 4
    for p in again:
        assert p.read_bytes() == (built / p.relative_to(tmp_path / NUMERO)).read_bytes(), p.name


def test_one_faulty_structure_blocks_only_what_depends_on_it(tmp_path: Path) -> None:
    folder = project(tmp_path)
    path = folder / "data/structures/horizons-et-parcours.yaml"
    siret = re.search(r'siret: "(\d{14})"', path.read_text("utf-8"))
    assert siret
    wrong = siret[1][:-1] + str((int(siret[1][-1]) + 1) % 10)
    replace(path, siret[1], wrong)
    code, out, err = generate(folder, "--sans-pdf")
    assert code == 1
    assert re.search(r"structures/horizons-et-parcours\.yaml:\d+:\d+: erreur\[IDN001\]", err)
    blocked = {name for name, state in states(out).items() if state == "bloqué"}
    assert blocked == {
        "annexe-04-repartition-financiere",
        "actes/horizons-et-parcours-avenant-annexe-05",
        "bordereau-actes-a-signer",
        "lettres/horizons-et-parcours-avenant-annexe-05",
    }
    assert sum(s == "écrit" for s in states(out).values()) == 50


def test_what_is_no_longer_true_is_removed(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert generate(folder, "--sans-pdf")[0] == 0
    act = folder / "output/2024-587/actes/horizons-et-parcours-avenant-annexe-05.docx"
    assert act.exists()
    replace(folder / "data/structures/horizons-et-parcours.yaml", "siret:", "sirett:")
    code, _, err = generate(folder, "--sans-pdf")
    assert code == 1 and "vouliez-vous écrire « siret »" in err
    assert not act.exists()
    assert not (folder / "output/2024-587/annexe-04-repartition-financiere.docx").exists()
    assert (folder / "output/2024-587/02-deliberation.docx").exists()


def test_without_libreoffice_word_files_are_made(tmp_path: Path) -> None:
    folder = project(tmp_path)
    code, out, err = generate(folder, CONVENANT_SOFFICE=str(tmp_path / "absent"))
    assert code == 1
    assert "LibreOffice est introuvable" in err and "CNV002" in err
    assert set(states(out).values()) == {"écrit"}
    assert len(list((folder / "output").rglob("*.docx"))) == 54
    assert not list((folder / "output").rglob("*.pdf"))


def test_dead_libreoffice_is_reported_document_by_document(tmp_path: Path) -> None:
    folder = project(tmp_path)
    fake = tmp_path / "soffice"
    fake.write_text("#!/bin/sh\ncase \"$*\" in *--version*) echo 'LibreOffice 7.4 0';; *) exit 77;; esac\n")
    fake.chmod(0o755)
    code, _, err = generate(folder, "--structure", "faimah", CONVENANT_SOFFICE=str(fake))
    assert code == 1
    assert err.count("CNV001") == 6  # an avenant, two conventions, their letters
    assert len(list((folder / "output").rglob("*.docx"))) == 6
    assert not list((folder / "output").rglob("*.pdf"))


def test_read_only_output_is_said_before_any_work(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "output").write_text("un fichier à la place du dossier", "utf-8")
    code, _, err = generate(folder, "--sans-pdf")
    assert code == 1 and "SOR001" in err and "--sortie" in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--structure", "faimha"), "vouliez-vous écrire « faimah » ?"),
        (("--document", "conventions"), "vouliez-vous écrire « convention » ?"),
    ],
)
def test_unknown_choice_is_suggested(tmp_path: Path, args: tuple[str, str], said: str) -> None:
    code, _, err = generate(project(tmp_path), *args)
    assert code == 1 and said in err
    assert not list((tmp_path / "output").rglob("*.docx"))


def test_unknown_deliberation(tmp_path: Path) -> None:
    done = convenant("generer", "2024-578", "--sortie", str(tmp_path))
    assert done.returncode == 1 and "vouliez-vous écrire « 2024-587 » ?" in done.stderr


def test_a_faulty_modele_blocks_what_counts_the_annexes(tmp_path: Path) -> None:
    """The deliberation and the rapport name every annexe: one that cannot be read may not be left out."""
    folder = project(tmp_path)
    replace(folder / "data/deliberations/2024-587/modeles/annexe-08.yaml", "financier:", "financierr:")
    code, out, err = generate(folder, "--sans-pdf")
    assert code == 1 and "annexe-08.yaml" in err
    blocked = {name for name, state in states(out).items() if state == "bloqué"}
    assert {"01-rapport", "02-deliberation"} <= blocked
    assert states(out)["annexe-01-thematique-1"] == "écrit"


def test_amounts_of_tens_of_millions_fit_in_the_table_of_the_rapport(tmp_path: Path) -> None:
    """A cell too narrow breaks the figure, and the PDF no longer says what the Word file does (CNV001)."""
    folder = project(tmp_path)
    for name in ("budget/2024.yaml", f"deliberations/{NUMERO}/deliberation.yaml"):
        replace(folder / "data" / name, "ae: 8 589 450,00", "ae: 98 589 450,00")
    record = folder / f"data/deliberations/{NUMERO}/deliberation.yaml"
    replace(record, "disponible: 915 067,73", "disponible: 90 915 067,73")
    replace(record, "solde: 203 067,73", "solde: 90 203 067,73")
    code, out, err = generate(folder, "--document", "rapport", "--sortie", str(tmp_path / "sortie"))
    assert code == 0, out + err
    text = "\n".join(p.extract_text() for p in pypdf.PdfReader(next(tmp_path.rglob("*rapport*.pdf"))).pages)
    for amount in ("98 589 450,00", "90 915 067,73", "90 203 067,73"):
        assert amount in text.replace("\u00a0", " ")
