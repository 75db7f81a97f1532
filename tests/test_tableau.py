"""Tables as text: in the width of a terminal, with whole amounts and the same words whatever the width."""

from __future__ import annotations

import ast
import datetime as dt
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.finances import ecrits, tables
from generator.service import Workspace
from generator.service.conformite import NOM, Conformite, Options
from generator.service.finances import Finances, Livraison
from generator.suivi import COMPTE, Affichage
from generator.tableau import SUITE, Colonne, Tableau, en_csv, en_texte, litteral
from tests.finances_kit import NUMERO, ROOT, Muet
from tests.test_cli import Run
from tests.test_rejeu import Etapes

COMMANDES = {
    "finances": ["finances", NUMERO, "--format", "texte"],
    "grand-livre": ["grand-livre"],
    "donnees-essentielles": ["donnees-essentielles", NUMERO, "--echeances"],
    "suivi": ["suivi", NUMERO],
}
EXACT = re.compile(
    r"−?\d{1,3}(?:\u00a0\d{3})*,\d\d\u00a0€|\d\d/\d\d/\d{4}|\d{14}|\d{4}-\d{5}|C\d\d-\d{3}\w\d\d"
)
"""Amounts, dates, SIRET, numbers of conventions, codes of operations."""


def lancer(folder: Path, nom: str, **env: str) -> str:
    run = Run(folder, "--donnees", str(ROOT / "data"), *COMMANDES[nom], CONVENANT_CACHE="", **env)
    assert run.err == ""
    return run.out


@pytest.fixture(scope="module")
def livraison() -> Livraison:
    """The tables of the deliberation of the repository; nothing is written."""
    return Finances(Workspace(ROOT / "data", ROOT / "templates", Path("nulle-part"))).tables(NUMERO, Muet())


# --- the function --------------------------------------------------------------------------------

SIMPLE = Tableau(
    "Ce qui est voté",
    (
        Colonne("Structure", cle=True),
        Colonne("Somme des actes", droite=True, entiere=True),
        Colonne("Signé le", droite=True, entiere=True),
        Colonne("Observation de la direction"),
    ),
    (
        ("CCAS de Courtefosse", "12 000,00 €".replace(" ", "\u00a0"), "01/02/2025", "rien à signaler"),
        ("FAIMAH", "8,50\u00a0€", "", ""),
    ),
    ("", "12\u00a0008,50\u00a0€", "", ""),
)


def test_without_width_nothing_is_broken() -> None:
    assert en_texte(SIMPLE).replace("\u00a0", " ").splitlines() == [
        "Ce qui est voté",
        "Structure            Somme des actes    Signé le  Observation de la direction",
        "───────────────────  ───────────────  ──────────  ───────────────────────────",
        "CCAS de Courtefosse      12 000,00 €  01/02/2025  rien à signaler",
        "FAIMAH                        8,50 €",
        "Total                    12 008,50 €",
    ]


def test_headings_are_broken_before_texts() -> None:
    assert en_texte(SIMPLE, 65).replace("\u00a0", " ").splitlines()[1:4] == [
        "                                                  Observation de",
        "Structure            Somme des actes    Signé le  la direction",
        "───────────────────  ───────────────  ──────────  ───────────────",
    ]


def test_texts_are_broken_before_the_table_is_cut() -> None:
    assert en_texte(SIMPLE, 55).replace("\u00a0", " ").splitlines()[3:] == [
        "──────────────  ───────────  ──────────  ──────────────",
        "CCAS de         12 000,00 €  01/02/2025  rien à",
        "Courtefosse                              signaler",
        "FAIMAH               8,50 €",
        "Total           12 008,50 €",
    ]


def test_panels_repeat_what_tells_the_rows_apart() -> None:
    assert en_texte(SIMPLE, 45).replace("\u00a0", " ").splitlines() == [
        "Ce qui est voté",
        "                        Somme des",
        "Structure                   actes    Signé le",
        "───────────────────  ────────────  ──────────",
        "CCAS de Courtefosse   12 000,00 €  01/02/2025",
        "FAIMAH                     8,50 €",
        "Total                 12 008,50 €",
        "",
        "Ce qui est voté (suite)",
        "                     Observation de la",
        "Structure            direction",
        "───────────────────  ────────────────────────",
        "CCAS de Courtefosse  rien à signaler",
        "FAIMAH",
    ]


def test_panels_are_even() -> None:
    """Eight columns of 10 in 56 characters: four with the key, then four; not five then three."""
    names = [f"colonne {k:02d}" for k in range(8)]
    made = Tableau("", (Colonne("clé"), *(Colonne(n, entiere=True) for n in names)), (("k", *"abcdefgh"),))
    panels = en_texte(made, 68).split("\n\n")
    assert [len(re.findall("colonne", p)) for p in panels] == [4, 4]
    assert panels[1].startswith(f"{SUITE}\nclé  colonne 04")


def test_a_terminal_too_narrow_for_the_keys() -> None:
    """Fewer keys rather than longer lines; a single amount is longer than the line before it is broken."""
    made = Tableau(
        "Titre",
        (Colonne("Un", cle=True, entiere=True), Colonne("Deux", cle=True, entiere=True), Colonne("Trois")),
        (("1" * 12, "2" * 12, "trois"),),
    )
    assert en_texte(made, 30).splitlines()[1:7:5] == ["Un            Deux", "Un            Trois"]
    assert "1" * 12 in en_texte(made, 5)


def test_a_table_without_rows() -> None:
    assert en_texte(Tableau("T", (Colonne("A"), Colonne("B")), ())) == "T\nA  B\n─  ─\n(aucune ligne)\n"


WORDS = st.text(st.sampled_from("aéb-\u00a0 "), max_size=40)
AMOUNTS = st.integers(-(10**9), 10**9).map(lambda n: f"{n:,}".replace(",", "\u00a0"))


@st.composite
def tableaux(draw: st.DrawFn) -> Tableau:
    columns = draw(
        st.lists(
            st.builds(
                Colonne,
                st.text("abc ", min_size=1, max_size=20),
                st.booleans(),
                st.booleans(),
                st.booleans(),
                st.just(34),
            ),
            min_size=1,
            max_size=7,
        )
    )
    rows = draw(st.lists(st.tuples(*(AMOUNTS if c.entiere else WORDS for c in columns)), max_size=4))
    return Tableau(draw(st.sampled_from(["", "Un titre"])), tuple(columns), tuple(rows))


@given(tableaux(), st.integers(80, 160))
def test_any_table_fits_and_keeps_its_cells(made: Tableau, width: int) -> None:
    """Two columns at most need more than half of 80 characters: every line fits."""
    text = en_texte(made, width)
    assert max(map(len, text.splitlines())) <= width
    for row in made.lignes:
        for cell, column in zip(row, made.colonnes, strict=True):
            if column.entiere:
                assert cell in text
            else:
                assert all(w in text for w in re.split(r"[\s-]", cell) if len(w) <= 14)


def test_the_csv_is_literal() -> None:
    assert en_csv(["a", "b"], [[litteral("=1+1"), litteral("x;y")]]).decode("utf-8-sig") == (
        'a;b\r\n\'=1+1;"x;y"\r\n'
    )
    assert [litteral(x)[0] for x in ("+1", "-1", "@a", "\ta", "\ra")] == ["'"] * 5
    assert litteral("a=1") == "a=1" and litteral("") == ""


# --- the tables of finance, the four commands ----------------------------------------------------


@pytest.mark.parametrize("nom", COMMANDES)
def test_a_narrow_terminal_cuts_no_line_and_no_amount(nom: str, tmp_path: Path) -> None:
    free = lancer(tmp_path, nom)
    assert max(map(len, free.splitlines())) > 100
    text = lancer(tmp_path, nom, COLUMNS="100")
    assert max(map(len, text.splitlines())) <= 100
    assert Counter(EXACT.findall(text)) >= Counter(EXACT.findall(free))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_table_of_finance_fits(width: int, livraison: Livraison) -> None:
    for table in livraison.tables:
        free, text = ecrits.en_texte(table), ecrits.en_texte(table, width)
        assert max(map(len, text.splitlines())) <= width
        assert Counter(EXACT.findall(text)) >= Counter(EXACT.findall(free))


def test_nothing_is_broken_when_the_output_is_not_a_terminal(tmp_path: Path, livraison: Livraison) -> None:
    assert lancer(tmp_path, "finances") == "\n".join(map(ecrits.en_texte, livraison.tables))


def test_the_width_of_a_terminal(tmp_path: Path) -> None:
    """A real terminal of 90 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 90, 0, 0))
    call = [sys.executable, "-m", "generator", "--donnees", str(ROOT / "data"), "grand-livre"]
    env = {"PATH": os.environ["PATH"], "CONVENANT_CACHE": "", "TERM": "dumb"}
    with subprocess.Popen(
        call, cwd=tmp_path, env=env, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL
    ) as run:
        os.close(theirs)
        seen = b""
        try:
            while block := os.read(ours, 65536):
                seen += block
        except OSError:  # how Linux says that the other side is closed
            pass
        os.close(ours)
    assert run.returncode == 0
    widest = max(map(len, seen.decode().splitlines()))
    assert 80 < widest <= 90


@pytest.mark.parametrize("rang", range(len(tables.NOMS)))
def test_panels_tell_every_row_apart(rang: int, livraison: Livraison) -> None:
    """The columns repeated in each panel are enough to know the row, in each table of the repository."""
    made = livraison.tables[rang]
    keys = [k for k, c in enumerate(made.colonnes) if c.cle and c.papier] or [0]
    seen = [tuple(row[k] for k in keys) for row in made.lignes]
    assert len(set(seen)) == len(seen)


# --- what the progress counts --------------------------------------------------------------------


def test_the_certificate_of_an_earlier_run_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "acte-relu.docx").write_bytes(b"")
    (tmp_path / f"{NOM}.docx").write_bytes(b"")
    seen = Etapes()
    atelier = Workspace(ROOT / "data", ROOT / "templates", tmp_path)
    Conformite(atelier).examiner(NUMERO, [tmp_path], Options(dt.date(2024, 12, 20), pdf=False), seen)
    assert seen.totaux["conformité"] == 1 and seen.pas_de["conformité"] == ["acte-relu.docx"]


def test_every_stage_says_what_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    named = set()
    for path in (ROOT / "generator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            single = len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
            if called == "_chacun" or (called == "debut" and not single):
                named.add(node.args[0].value)
    assert named == set(COMPTE)
    show = Affichage()
    for total in (21, 1, 0):
        show.debut("conversion en PDF", total)
        show.fin()
    lines = [line.rpartition(" (")[0] for line in capsys.readouterr().err.splitlines()]
    assert lines == [
        "conversion en PDF\u00a0: 21\u00a0documents",
        "conversion en PDF\u00a0: 1\u00a0document",
        "conversion en PDF\u00a0: à jour",
    ]
