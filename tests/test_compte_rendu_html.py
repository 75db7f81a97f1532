"""The printed reports: one page that needs nothing else, that no data can break, that everyone can read."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checks import verifier
from generator.compte_rendu import Etat, rediger
from generator.compte_rendu.balises import markdown, page, tableau
from generator.compte_rendu.constats import lignes
from generator.compte_rendu.relecture import en_html as page_de_relecture
from generator.diagnostics import Diagnostic, Severity, Span
from generator.load import load
from generator.relecture import relire
from tests.cli_kit import commands
from tests.records_kit import BASE, DATA, DELIBERATION, project
from tests.test_cli import Run

HOSTILE = "<script>alert(1)</script> </style> \" ' & <b onload=x>"
ACTES = f"{DELIBERATION}/actes"


def etat_de(folder: Path, numero: str | None = None, *more: Diagnostic) -> Etat:
    records, found = load(folder)
    return Etat(records, tuple(verifier(records, [*found, *more])), numero)


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Etat:
    """The base project with a fault in an act, a structure whose name attacks, a dispositif, a template."""
    folder = project(tmp_path_factory.mktemp("faulty"))
    spoil(
        folder / DELIBERATION / "deliberation.yaml",
        "quantite: 12\n          montant: 5 000,50",
        "quantite: 12\n          montant: 5 000,51",
    )
    name = folder / "structures/amis-du-phare.yaml"
    text = re.sub(r"(?m)^nom_court:.*\n", "", name.read_text(encoding="utf-8"))
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    text = re.sub(r"(?m)^nom:.*$", lambda _: f'nom: "{quoted}"', text)
    name.write_text(re.sub(r"(?m)^siret:.*$", 'siret: "12345678901234"', text), encoding="utf-8")
    root = load(folder)[0].racine
    warning = Diagnostic(
        "TAU102",
        "les parts font 50 %",
        Span(f"{root}/dispositifs/2030/accueil.yaml", 3, 1, 4),
        Severity.AVERTISSEMENT,
    )
    word = Diagnostic("TPL001", f"balise inconnue {HOSTILE}", Span("templates/documents/acte.docx"))
    return etat_de(folder, None, warning, word)


@pytest.fixture(scope="module")
def tree(faulty: Etat) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(rediger(faulty, "html"))


@pytest.fixture(scope="module")
def relecture(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("relecture")
    act = folder / "acte.txt"
    act.write_text(
        f"Convention {HOSTILE}\nIl reste XXXX {HOSTILE} à écrire.\n10 places à 90,00 €, soit 1 000,00 €.\n",
        encoding="utf-8",
    )
    (folder / "juste.txt").write_text("Rien à dire.\n", encoding="utf-8")
    (folder / "perdu.pdf").write_bytes(b"%PDF-1.7 perdu")
    names = ["acte.txt", "juste.txt", "perdu.pdf"]
    return page_de_relecture([relire(folder / name, name) for name in names])


@pytest.fixture(params=["controle", "sain", "relecture"])
def any_page(request: pytest.FixtureRequest, faulty: Etat, relecture: str) -> str:
    if request.param == "relecture":
        return relecture
    return rediger(faulty if request.param == "controle" else etat_de(BASE, "2030-001"), "html")


def words(node: lxml.html.HtmlElement) -> str:
    return " ".join(node.text_content().replace("\u00a0", " ").split())


# --- every page ----------------------------------------------------------------------------------


def test_the_page_needs_nothing_else(any_page: str) -> None:
    root = lxml.html.document_fromstring(any_page)
    assert not root.xpath("//script | //link | //img | //iframe | //object | //form | //base | //*[@src]")
    assert not root.xpath("//@*[starts-with(name(), 'on')] | //@style")
    assert all(href.startswith("#") for href in root.xpath("//@href"))
    (style,) = root.xpath("//style/text()")
    assert "url(" not in style and "@import" not in style


def test_the_page_is_sound_html(any_page: str) -> None:
    root = lxml.html.document_fromstring(any_page)
    assert any_page.startswith("<!doctype html>")
    assert root.get("lang") == "fr" and root.xpath("//meta/@charset") == ["utf-8"]
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in root.xpath("//@href")} | set(root.xpath("//@aria-labelledby")) <= set(ids)


def test_headings_follow_each_other(any_page: str) -> None:
    levels = [
        int(node.tag[1]) for node in lxml.html.document_fromstring(any_page).xpath("//h1|//h2|//h3|//h4")
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_tables_can_be_heard(any_page: str) -> None:
    tables = lxml.html.document_fromstring(any_page).xpath("//table")
    assert tables
    for table in tables:
        assert table.xpath("./caption/text()")
        columns = table.xpath("./thead/tr/th[@scope='col']")
        assert len(columns) == len(table.xpath("./thead/tr/*"))
        for row in table.xpath("./tbody/tr"):
            assert [cell.tag for cell in row] == ["th", *["td"] * (len(columns) - 1)]
            assert row[0].get("scope") == "row"


def test_spaces_are_those_of_french(any_page: str) -> None:
    root = lxml.html.document_fromstring(any_page)
    for node in root.xpath("//pre | //style | //blockquote"):
        node.drop_tree()
    text = root.text_content().replace(HOSTILE, "")
    assert "\u202f" not in text
    assert re.findall(r".{20} [;:?!»](?=\s|$)|« .{20}", text) == []


def test_what_stands_in_the_data_stays_text(any_page: str, faulty: Etat) -> None:
    if "alert(1)" not in any_page:
        assert "Il n’y a rien à traiter." in any_page
        return
    assert "&lt;script&gt;alert(1)" in any_page
    assert not re.search(r"<script|<b\b|</style>.*</style>", any_page, re.DOTALL)


# --- the report of a check -----------------------------------------------------------------------


def test_findings_are_grouped_by_subject(tree: lxml.html.HtmlElement) -> None:
    titles = [words(node) for node in tree.xpath("//section[@aria-labelledby='constats']//h3")]
    assert titles[0] == f"{HOSTILE} données fictives – 1 erreur"
    assert titles[1].startswith("Délibération n° 2030-001 du ")
    assert [t.partition(" – ")[0] for t in titles[2:]] == ["Budget", "Dispositifs", "Modèles Word"]


def test_a_finding_tells_all(tree: lxml.html.HtmlElement) -> None:
    (found,) = [a for a in tree.xpath("//article[@class='constat erreur']") if "MNT104" in words(a)]
    text = words(found)
    assert "les actes font 5 000,50 €, la délibération annonce 5 000,51 €" in text
    assert re.search(r"deliberation\.yaml, ligne \d+", text)
    assert found.xpath(".//mark/text()") == ["5 000,51"]
    assert found.xpath(".//ul/li") and "Que faire : corriger le montant d’un acte" in text
    assert found.xpath(".//h4//a/@href") == ["#code-MNT104"]
    (meaning,) = tree.xpath("//*[@id='code-MNT104']")
    assert "Que faire :" in words(meaning)


def test_counts_and_verdict(tree: lxml.html.HtmlElement, faulty: Etat) -> None:
    errors = sum(d.is_error for d in faulty.ouverts)
    assert words(tree.xpath("//p[contains(@class, 'verdict')]")[0]).startswith(f"{errors} erreurs : ")
    rows = {words(r[0]): words(r[1]) for r in tree.xpath("(//table)[1]/tbody/tr")}
    assert rows["Erreurs"] == str(errors)
    assert rows["Fiches contrôlées"] == str(len(faulty.records.sources))


def test_the_sums_are_shown_with_their_difference(tree: lxml.html.HtmlElement) -> None:
    text = words(tree.xpath("//section[@aria-labelledby='verifie']")[0])
    assert "Du premier acte à la ligne budgétaire" in text
    assert "méthode du plus fort reste" in text
    gaps = [words(cell) for cell in tree.xpath("//details[@open]//strong[@class='faux']/..")]
    assert sorted(gaps) == ["0,01 € BUD001", "0,01 € MNT107", "−0,01 € MNT104"]


def test_sound_records_say_what_was_proved() -> None:
    root = lxml.html.document_fromstring(rediger(etat_de(BASE, "2030-001"), "html"))
    text = words(root)
    assert "les documents peuvent être produits" in text
    assert "tout concorde." in text
    gaps = root.xpath("//details[@class='preuves']/table/tbody/tr/td[3]")
    assert gaps and {words(g) for g in gaps} == {"aucun"}


def test_accepted_warnings_say_who_when_and_why() -> None:
    etat = etat_de(DATA, "2024-587")
    root = lxml.html.document_fromstring(rediger(etat, "html"))
    rows = root.xpath("//section[@aria-labelledby='acceptes']//tbody/tr")
    assert len(rows) == len(etat.acceptes) >= 4
    for row, d in zip(rows, etat.acceptes, strict=True):
        assert d.acceptation is not None
        cells = [words(c) for c in row]
        assert cells[0].startswith(d.code) and cells[1] == d.acceptation.par
        assert cells[2] == "18 novembre 2024" and cells[3].startswith(d.acceptation.motif)
    assert "constat " not in {a.get("class") for a in root.xpath("//article")}


def test_same_records_same_page_and_no_clock(faulty: Etat) -> None:
    assert rediger(faulty, "html") == rediger(faulty, "html")
    assert "Établi le" not in rediger(faulty, "html")
    dated = rediger(replace(faulty, le=dt.date(2026, 12, 1)), "html")
    assert "Établi le 1er\u00a0décembre 2026" in dated


def test_the_report_of_nothing(tmp_path: Path) -> None:
    records, found = load(tmp_path / "absent")
    text = rediger(Etat(records, tuple(found)), "html")
    assert "1\u00a0erreur" in text and "YML001" in text


# --- the report of the proofreader ---------------------------------------------------------------


def test_relecture_shows_each_document(relecture: str) -> None:
    root = lxml.html.document_fromstring(relecture)
    titles = [words(n) for n in root.xpath("//h2")]
    assert titles[0] == "1. Résultat" and titles[-1] == "5. Sens des codes"
    assert [t.partition(" – ")[0] for t in titles[1:4]] == ["2. acte.txt", "3. juste.txt", "4. perdu.pdf"]
    assert "1 document n’a pas pu être lu" in words(root)
    assert {"XXXX", "1 000,00"} <= {words(m).removesuffix(" €") for m in root.xpath("//mark")}
    assert "Rien n’est à signaler." in words(root)


# --- parts ---------------------------------------------------------------------------------------


@given(st.text())
def test_any_text_gives_a_page_that_can_be_saved(text: str) -> None:
    out = page(text, "x", tableau(text, [text], [(text,)]), lignes(Span("f", 1, 1, 3), [text]))
    root = lxml.html.document_fromstring(out.encode("utf-8"))
    assert not root.xpath("//script")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", out)


def test_the_page_of_the_rules_is_rendered_without_its_links() -> None:
    out = markdown("Un **fort**, `code`, [lien](javascript:x), <script>x</script>\n\nFin : non")
    assert str(out) == (
        "<p>Un <strong>fort</strong>, <code>code</code>, [lien](javascript:x), "
        "&lt;script&gt;x&lt;/script&gt;</p>\n<p>Fin\u00a0: non</p>\n"
    )
    assert str(markdown("Voir [ici](page.md).")) == "<p>Voir ici.</p>\n"


def luminance(colour: str) -> float:
    if len(colour) == 4:
        colour = "#" + "".join(2 * c for c in colour[1:])
    values = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("encre", "#fff"),
        ("encre", "fond-rouge"),
        ("encre", "fond-ambre"),
        ("encre", "#ffe39a"),
        ("gris", "#fff"),
        ("gris", "#f6f7f9"),
        ("marine", "fond"),
        ("rouge", "#fff"),
        ("#fff", "rouge"),
        ("ambre", "fond-ambre"),
        ("vert", "#fff"),
        ("marine", "#fffbe6"),
    ],
)
def test_contrast_of_the_style(ink: str, paper: str) -> None:
    """WCAG 2.1, 1.4.3: at least 4.5."""
    css = (Path(page.__code__.co_filename).parent / "page.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", css))
    light, dark = sorted((luminance(named.get(c, c)) for c in (ink, paper)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert all(c in css for c in (ink, paper) if c.startswith("#"))


# --- commands ------------------------------------------------------------------------------------


def test_verifier_writes_the_page(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "data")
    run = Run(tmp_path, "verifier", "2030-001", "--format", "html", "--date", "2026-12-01")
    run.french()
    path = tmp_path / "output/compte-rendu-2030-001.html"
    assert run.out.endswith("Compte rendu\u00a0: output/compte-rendu-2030-001.html\n")
    text = path.read_text(encoding="utf-8")
    assert "2030-001" in text and "Établi le 1er\u00a0décembre 2026" in text
    other = Run(tmp_path, "verifier", "--vers", "ici/page.html")
    assert "ici/page.html" in other.out
    assert (tmp_path / "ici/page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_relire_writes_the_page(tmp_path: Path) -> None:
    (tmp_path / "acte.txt").write_text("Il reste XXXX à écrire.\n", encoding="utf-8")
    run = Run(tmp_path, "relire", "acte.txt", "--format", "html")
    run.french()
    assert (run.code, run.err) == (1, "")
    assert "RLB001" in (tmp_path / "output/compte-rendu-acte.html").read_text(encoding="utf-8")
    run = Run(tmp_path, "relire", "acte.txt", "--vers", "acte.json")
    assert "RLB001" in (tmp_path / "acte.json").read_text(encoding="utf-8")
    (tmp_path / "plein").write_text("", encoding="utf-8")
    run = Run(tmp_path, "relire", "acte.txt", "--vers", "plein/page.html")
    run.french()
    assert run.code == 1 and "erreur[SOR001]" in run.err


def test_the_help_of_both_names_the_page() -> None:
    for name in ("verifier", "relire"):
        assert "html" in next(p for p in commands()[name].params if p.name == "forme").type.choices
