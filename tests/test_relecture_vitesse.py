"""What the reading does quickly says the same as the plain way: patterns, words, paragraphs, shared parts."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator import reconciliation
from generator.relecture import lecture_pdf, motifs
from generator.relecture.lecture import lire
from tests.mutations_kit import refait
from tests.relecture_kit import W, corps, p

NUMEROTATION = "word/numbering.xml"
_MORCEAUX = [
    *(
        "1",
        "12",
        "31",
        "٣",
        "2024",
        "20245",
        "186 200 093 00083",
        "000",
        ",00",
        " ",
        "\u00a0",
        "\n",
        "/",
        ".",
    ),
    *("-", "er", "€", " euros", "EUR", "mars", " août ", "a", "_", "1er janvier 2025", "2024-00123", "x12"),
]
_MOTS = ["1", "12", "a-b", "-", " ", "é", "2024-1"]
_TEXTES = st.lists(st.sampled_from(_MORCEAUX), max_size=14).map("".join)
_MOTIFS = {
    "montant": motifs._MONTANT,
    "date": motifs._DATE,
    "somme": reconciliation._SOMME,
    "table": reconciliation._TABLE,
    "siret": reconciliation._SIRET,
    "convention": reconciliation._CONVENTION,
}


@pytest.mark.parametrize("nom", _MOTIFS)
@given(flux=_TEXTES, bornes=st.tuples(st.integers(0, 8), st.integers(0, 40)))
@example(flux="le 12 mars 2024, 3 mars 20245", bornes=(0, 40))
@example(flux="65 000 000 € et 1 000 000,00", bornes=(0, 40))
def test_a_pattern_tried_at_the_numbers_finds_all_of_its_matches(
    nom: str, flux: str, bornes: tuple[int, int]
) -> None:
    motif, (debut, fin) = _MOTIFS[nom], bornes
    found = motifs.au_chiffre(motif, flux, motifs.nombres(flux, debut, fin), min(fin, len(flux)))
    assert [m.span() for m in found] == [m.span() for m in motif.finditer(flux, debut, fin)]


@given(
    mots=st.lists(st.sampled_from(_MOTS), max_size=4).map("".join),
    texte=st.lists(st.sampled_from([*_MOTS, "a- b", "2024- 1"]), max_size=9),
)
def test_words_are_said_when_no_figure_cuts_them(mots: str, texte: list[str]) -> None:
    mots, shown = " ".join(mots.split()), " ".join("".join(texte).split())
    motif = re.escape(mots).replace(r"\-", r"\-\s?")
    assert reconciliation._dit(mots, shown) == bool(re.search(rf"(?<!\d){motif}(?!\d)", shown))


def test_the_signs_that_are_left_alone_need_nothing() -> None:
    signes = [c for c in map(chr, range(sys.maxunicode + 1)) if lecture_pdf._TEL_QUEL.fullmatch(c)]
    assert len(signes) > 500
    assert [c for c in signes if lecture_pdf._lisible(c) != c] == []


# --- Word files ----------------------------------------------------------------------------------

PARAGRAPHES = (
    '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr>'
    "<w:r><w:t>un<!-- rien -->e</w:t><w:tab/><w:t>fin</w:t></w:r></w:p>",
    "<w:p><w:hyperlink><w:r><w:t>lien</w:t><w:br/></w:r></w:hyperlink><w:r><w:t>▪ puce</w:t></w:r></w:p>",
    "<w:p><w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>champ</w:t></w:r></w:sdtContent></w:sdt>"
    "<w:r><w:noBreakHyphen/><w:instrText>PAGE</w:instrText><w:t>2</w:t></w:r></w:p>",
    "<w:p><w:t>hors</w:t><w:r><w:t>dans</w:t></w:r></w:p>",
    '<w:tbl><w:tblPr/><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    "<w:tc><w:tcPr/><w:p><w:r><w:t>case</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
)
CACHE = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>"


def lignes(dossier: Path, data: bytes) -> list[tuple[str, str]]:
    chemin = dossier / "a.docx"
    chemin.write_bytes(data)
    texte, found = lire(chemin, "a.docx")
    assert texte is not None and not found, found
    return [(ligne.lieu.replace("\u00a0", " "), ligne.texte) for ligne in texte.lignes]


def avec(parts: dict[str, bytes]) -> Callable[[dict[str, bytes]], None]:
    """An edition of a .docx that puts these parts in it."""
    return lambda parties: parties.update(parts)


def test_a_hidden_word_changes_nothing_to_the_other_paragraphs(tmp_path: Path) -> None:
    """It takes the part out of the quick way: both ways read the same."""
    lus = lignes(tmp_path, corps("".join(PARAGRAPHES)))
    assert [texte for _, texte in lus] == ["une\tfin", "lien • puce", "champ-2", "horsdans", "case"]
    assert lignes(tmp_path, corps("".join([*PARAGRAPHES, CACHE]))) == lus


def test_a_part_that_two_files_share_is_read_with_the_lists_of_each(tmp_path: Path) -> None:
    """The same head, a bulleted paragraph, under numbering definitions that differ."""
    tete = (
        f'<w:hdr xmlns:w="{W}"><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        "<w:r><w:t>tête</w:t></w:r></w:p></w:hdr>"
    )
    lus = []
    for forme in ("bullet", "decimal", "bullet"):
        listes = (
            f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
            f'<w:numFmt w:val="{forme}"/></w:lvl></w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
        )
        parts = {"word/header1.xml": tete.encode(), NUMEROTATION: listes.encode()}
        lus.append(lignes(tmp_path, refait(corps(p("corps")), avec(parts))))
    assert [dict(x)["en-tête"] for x in lus] == ["•\ttête", "tête", "•\ttête"]
