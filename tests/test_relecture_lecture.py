"""What the proofreader reads in a file: text, places, tables, margins; and what the command shows of it."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import docx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.relecture.lecture import lire
from generator.relecture.texte import Zone
from tests.mutations_kit import DOCUMENT, refait
from tests.relecture_kit import W, acte, codes, corps, lu, p, pdf, word
from tests.test_cli import Run

ACTE = acte("Article 1 – Objet", "Article 2 – Coût\nLe coût est de 1 000 € + 500 €, soit 1 500 €.")


def lignes(tmp_path: Path, data: bytes, nom: str = "a.docx") -> list[tuple[str, str]]:
    """(place, text) of each line read."""
    chemin = tmp_path / nom
    chemin.write_bytes(data)
    texte, found = lire(chemin, nom)
    assert texte is not None and not found, found
    return [(ligne.lieu.replace("\u00a0", " "), ligne.texte) for ligne in texte.lignes]


# --- Word files ----------------------------------------------------------------------------------


def test_paragraphs_tables_and_nested_tables(tmp_path: Path) -> None:
    dedans = f"<w:tbl><w:tr><w:tc>{p('fond')}</w:tc></w:tr></w:tbl>"
    cellule = '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("large") + "</w:tc>"
    premier = f"<w:tr><w:tc>{p('a')}</w:tc><w:tc>{p('b')}{dedans}</w:tc></w:tr>"
    table = f"<w:tbl>{premier}<w:tr>{cellule}</w:tr></w:tbl>"
    assert lignes(tmp_path, corps(p("un") + table + p("deux"))) == [
        ("paragraphe 1", "un"),
        ("tableau 1, ligne 1, colonne 1", "a"),
        ("tableau 1, ligne 1, colonne 2", "b"),
        ("tableau 1, ligne 1, colonne 2, tableau, ligne 1, colonne 1", "fond"),
        ("tableau 1, ligne 2, colonne 1", "large"),
        ("paragraphe 2", "deux"),
    ]


def test_what_the_page_does_not_show_is_left_out(tmp_path: Path) -> None:
    cache = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>caché</w:t></w:r><w:r><w:t>vu</w:t></w:r></w:p>"
    parti = "<w:del><w:r><w:delText>parti</w:delText></w:r></w:del>"
    efface = f"<w:p>{parti}<w:moveFrom><w:r><w:t>ôté</w:t></w:r></w:moveFrom></w:p>"
    double = (
        "<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>une</w:t></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:t>deux</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
    )
    champ = (
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3</w:t><w:tab/><w:t>fin</w:t></w:r></w:p>"
    )
    assert [t for _, t in lignes(tmp_path, corps(cache + efface + double + champ))] == ["vu", "une", "3\tfin"]


def test_revisions_are_told(tmp_path: Path) -> None:
    found = lu(tmp_path, corps("<w:p><w:ins><w:r><w:t>ajouté</w:t></w:r></w:ins></w:p>"), "a.docx")
    assert codes(found) == ["RLB005"]
    assert codes(lu(tmp_path, corps(p("rien")), "a.docx")) == []


def test_margins_notes_and_text_boxes(tmp_path: Path) -> None:
    contenu = f"<w:pict><w:txbxContent>{p('en boîte')}</w:txbxContent></w:pict>"
    boite = f"<w:p><w:r><w:t>avec</w:t></w:r><w:r>{contenu}</w:r></w:p>"
    note = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="7">{p("une note")}</w:footnote></w:footnotes>'
    tete = f'<w:hdr xmlns:w="{W}">{p("en haut XXXX")}</w:hdr>'

    def edit(parties: dict[str, bytes]) -> None:
        parties["word/footnotes.xml"], parties["word/header9.xml"] = note.encode(), tete.encode()

    data = refait(corps(boite), edit)
    assert lignes(tmp_path, data) == [
        ("paragraphe 1", "avec"),
        ("zone de texte, paragraphe 1", "en boîte"),
        ("en-tête", "en haut XXXX"),
        ("note de bas de page 7", "une note"),
    ]
    found = lu(tmp_path, data, "a.docx")
    assert codes(found) == ["RLB001"] and found.texte is not None
    assert found.texte.lieu(found.diagnostics[0].span) == "en-tête"
    assert [ligne.zone for ligne in found.texte.lignes].count(Zone.MARGE) == 1


def test_bullets_of_word_are_seen(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Le coût est de 95 857 €, décliné comme suit :")
    document.add_paragraph("pour le premier : 89 000 €", "List Bullet")
    document.add_paragraph("pour le second : 6 875 €", "List Bullet")
    out = io.BytesIO()
    document.save(out)
    assert codes(lu(tmp_path, out.getvalue(), "a.docx")) == ["RLM001"]


def test_articles_that_word_numbers_are_not_judged(tmp_path: Path) -> None:
    def edit(parties: dict[str, bytes]) -> None:
        parties["word/numbering.xml"] = (
            f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
            '<w:numFmt w:val="decimal"/><w:lvlText w:val="Article %1"/></w:lvl></w:abstractNum></w:numbering>'
        ).encode()

    assert codes(lu(tmp_path, refait(word("Article 1 – a", "Article 4 – b"), edit), "a.docx")) == []
    assert codes(lu(tmp_path, word("Article 1 – a", "Article 4 – b"), "a.docx")) == ["RLA002", "RLA002"]


def test_strict_open_xml_is_read(tmp_path: Path) -> None:
    def edit(parties: dict[str, bytes]) -> None:
        parties[DOCUMENT] = parties[DOCUMENT].replace(
            W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
        )

    assert lignes(tmp_path, refait(word("texte strict"), edit)) == [("paragraphe 1", "texte strict")]


# --- PDF and text --------------------------------------------------------------------------------


def test_pages_and_running_heads_of_a_pdf(tmp_path: Path) -> None:
    tete = "Convention n° 2025-00001"
    data = pdf([tete, "Corps de la page une"], [tete, "et de la page deux"], pied="Page {page} sur {pages}")
    chemin = tmp_path / "a.pdf"
    chemin.write_bytes(data)
    texte, _ = lire(chemin, "a.pdf")
    assert texte is not None and texte.pages == 2
    assert texte.flux == "Corps de la page une\net de la page deux"
    assert [x.page for x in texte.lignes] == [1, 1, 1, 2, 2, 2]


def test_columns_of_a_pdf_are_apart(tmp_path: Path) -> None:
    assert lignes(tmp_path, pdf([("a", "2 706", "567 150,00")]), "a.pdf") == [
        ("page 1", "a\t2 706\t567 150,00")
    ]


def test_signs_that_a_pdf_keeps_are_letters_again(tmp_path: Path) -> None:
    assert lignes(tmp_path, pdf(["l’article modi\ufb01\u00e9"]), "a.pdf") == [("page 1", "l’article modifié")]


def test_lines_and_pages_of_a_text(tmp_path: Path) -> None:
    data = "un  deux\r\n\r\nà\u00a0b\f\uf0b7 trois\n".encode("utf-8-sig")
    assert lignes(tmp_path, data, "a.txt") == [
        ("page 1, ligne 1", "un deux"),
        ("page 1, ligne 3", "à\u00a0b"),
        ("page 2, ligne 3", "• trois"),
    ]
    assert lignes(tmp_path, "é€".encode("cp1252"), "b.txt") == [("ligne 1", "é€")]
    assert lignes(tmp_path, "é€".encode("utf-16"), "c.txt") == [("ligne 1", "é€")]


# --- spoilt or odd text --------------------------------------------------------------------------


def test_mutated_pdfs_give_diagnostics(tmp_path: Path) -> None:
    rng = random.Random("relecture-pdf")
    modele = pdf(ACTE.split("\n"), ["Annexe n° 2 – Accueil"])
    for _ in range(60):
        data = bytearray(modele[: rng.randrange(len(modele))] if rng.random() < 0.3 else modele)
        for _ in range(rng.choice((1, 20, 200))):
            if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
        lu(tmp_path, bytes(data), "mutant.pdf")


MOTS = [
    "Article 1",
    "Article 2 :",
    "article 12",
    "«",
    "»",
    "annexe 2 :",
    "Annexe n° 3 –",
    "(annexe 2)",
    "ANNEXE 4",
    "Entre",
    "d’une part",
    "12 500 €",
    "1 000,00",
    "50 %, soit",
    "comme suit :",
    "\n• ",
    "du 31 février 2024",
    "au 01/01/2023",
    "Vu la convention n° 2024-00123",
    "SIRET 123",
    "XXXX",
    "……",
    "Total",
    "\t",
    "\n",
    "places à",
    "\f",
    "soixante euros (",
    "Disponible Proposition Solde",
    "le lundi 9 décembre 2024",
    "{{",
    "délibération n° 2024-1 du",
    "(3)",
    "territoires :",
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mots=st.lists(st.one_of(st.sampled_from(MOTS), st.text(max_size=12)), max_size=60))
def test_any_text_is_read(mots: list[str], tmp_path: Path) -> None:
    found = lu(tmp_path, " ".join(mots).encode("utf-8", "replace"), "a.txt")
    for d in found.diagnostics:
        if found.texte is not None:
            found.texte.extrait(d.span)


# --- the command ---------------------------------------------------------------------------------


def test_the_command_groups_by_file(tmp_path: Path) -> None:
    (tmp_path / "juste.txt").write_text(ACTE, "utf-8")
    (tmp_path / "faux.docx").write_bytes(word("Le coût est de 1 000 € + 500 €, soit 1 600 €."))
    run = Run(tmp_path, "relire", "juste.txt", "faux.docx")
    run.french()
    assert run.code == 1 and run.err == ""
    out = run.out.replace("\u00a0", " ").splitlines()
    assert out[0] == "juste.txt : aucune anomalie"
    assert out[2] == "faux.docx : 1 erreur, 2 remarques"
    rang = next(n for n, ligne in enumerate(out) if "RLM001" in ligne)
    assert (
        out[rang] == "  paragraphe 1 : erreur[RLM001] 1 000 € + 500 € = 1 500 €, le total annoncé est 1 600 €"
    )
    texte, marque = out[rang + 1], out[rang + 2]
    assert texte[marque.index("^") : marque.rindex("^") + 1] == "1 600"
    assert out[-1] == "2 fichiers relus : 1 erreur, 2 remarques"
    assert Run(tmp_path, "relire", "juste.txt").code == 0


def test_the_command_in_json(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["rien"], ["Le total est de 1 000 € + 500 €, soit 1 600 €."]))
    run = Run(tmp_path, "relire", "--format", "json", "a.pdf", "absent.pdf")
    faute, absent = json.loads(run.out)
    assert run.code == 1
    assert (faute["code"], faute["gravite"], faute["fichier"], faute["page"]) == (
        "RLM001",
        "erreur",
        "a.pdf",
        2,
    )
    debut, fin = faute["debut"], faute["debut"] + faute["longueur"]
    assert faute["extrait"][debut:fin] == "1 600"
    assert (absent["code"], absent["page"], absent["extrait"]) == ("RLU001", None, "")
