"""Redlines are proved: random edits of our documents, what Word can do, and a checker that can say no."""

from __future__ import annotations

import copy
import datetime as dt
import io
import os
import random
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from generator.comparaison import Comparaison, Demande, Par, Sens, comparer, fusion, moteur
from generator.comparaison.canonique import canoniser
from generator.comparaison.equivalence import differences, ecarts, resolu, revisions
from generator.comparaison.mots import mots
from generator.comparaison.paquet import DOCUMENT, W, ouvrir
from generator.comparaison.redline import par_moteur
from tests import comparaison_word_kit as word
from tests.comparaison_kit import EDITS, modifier, octets, ouvrir_docx, produire
from tests.comparaison_word_kit import TEXTE, docx, p, r, tableau, textes

ROOT = Path(__file__).resolve().parent.parent
JOUR = dt.datetime(2024, 12, 9)
COMBIEN = int(os.environ.get("CONVENANT_COMPARAISONS", "48"))
"""Random pairs: 48 in a common run, 200 for the full proof."""
COUPLES = word.couples()


def demande(a: bytes, b: bytes, suivi: Sens | None = None, avec_moteur: bool = True) -> Comparaison:
    """The comparison of two drafts in memory."""
    return comparer(Demande("x", ("a.docx", "b.docx"), a, b, "Relecteur", JOUR, suivi, avec_moteur))


def prouve(a: bytes, b: bytes, avec_moteur: bool = True) -> Comparaison:
    """The comparison, once its redline is checked from its bytes."""
    done = demande(a, b, avec_moteur=avec_moteur)
    assert done.redline is not None, done.diagnostics
    assert ecarts(ouvrir(done.redline), ouvrir(a), ouvrir(b)) == []
    return done


def marques(done: Comparaison) -> str:
    """The body of the redline, as XML."""
    assert done.redline is not None
    return zipfile.ZipFile(io.BytesIO(done.redline)).read(DOCUMENT).decode()


@pytest.fixture(scope="module")
def actes(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The documents of deliberation 2024-587."""
    folder = produire(ROOT, tmp_path_factory.mktemp("dossier"))
    return [octets(ouvrir_docx(path.read_bytes())) for path in sorted(folder.rglob("*.docx"))]


# --- random edits --------------------------------------------------------------------------------


@pytest.mark.parametrize("graine", range(COMBIEN))
def test_random_edits_are_proved(graine: int, actes: list[bytes]) -> None:
    rng = random.Random(graine)
    avant = rng.choice(actes)
    apres, noms = modifier(avant, rng, rng.randint(1, 6))
    done = demande(avant, apres)
    assert done.redline is not None or done.identiques, (noms, done.diagnostics)
    if done.redline is not None:
        assert ecarts(ouvrir(done.redline), ouvrir(avant), ouvrir(apres)) == [], noms
        assert done.changements, noms


def test_there_are_enough_kinds_of_edits() -> None:
    assert len(EDITS) >= 12


# --- what Word can do ----------------------------------------------------------------------------


@pytest.mark.parametrize("nom", COUPLES)
def test_made_here_it_is_proved(nom: str) -> None:
    done = prouve(*COUPLES[nom], avec_moteur=False)
    assert done.par is Par.CONVENANT and done.changements


@pytest.mark.parametrize("nom", ["note", "entete", "image", "tableaux-imbriques", "section-ajoutee"])
def test_by_the_engine_it_is_proved(nom: str) -> None:
    a, b = (ouvrir(x) for x in COUPLES[nom])
    made = par_moteur(a, b, "Relecteur", JOUR)
    assert made is not None and ecarts(made, a, b) == []


def test_the_engine_is_asked_when_a_passage_moves() -> None:
    assert prouve(*COUPLES["section-ajoutee"]).par is Par.CONVENANT
    lines = [f"Le paragraphe numéro {n} énonce une obligation de la structure." for n in range(12)]
    done = prouve(docx(textes(*lines)), docx(textes(*lines[:2], *lines[3:9], lines[2], *lines[9:])))
    assert done.par is Par.MOTEUR
    assert "<w:moveFrom " in marques(done) and "<w:moveTo " in marques(done)
    a, b = (ouvrir(x) for x in COUPLES["cellules"])
    assert par_moteur(a, b, "x", JOUR) is None  # marks on lone cells, that LibreOffice does not know


@pytest.mark.parametrize("nom", COUPLES)
def test_every_differing_text_is_in_the_redline(nom: str) -> None:
    """Nothing left out: each text of either document is a text of the redline, kept, added or struck out."""
    a, b = COUPLES[nom]
    done = prouve(a, b, avec_moteur=False)
    assert done.redline is not None

    def all_words(data: bytes) -> set[str]:
        parts = ouvrir(data)
        trees = [parts.arbre(n) for n in parts.contenus if n.startswith("word/") and n.endswith(".xml")]
        return {w for t in trees for e in t.iter(f"{W}t", f"{W}delText") for w in mots(e.text or "")}

    assert all_words(a) | all_words(b) <= all_words(done.redline)


def test_whole_figures() -> None:
    for nom, ancien, nouveau, by_engine in (
        ("montant", "45\u00a0000\u00a0€", "47\u00a0500\u00a0€", False),
        ("montant-espace", "45 000\u00a0€", "47 500\u00a0€", False),
        ("montant-espace", "45 000\u00a0€", "47 500\u00a0€", True),
    ):
        a, b = (ouvrir(x) for x in COUPLES[nom])
        made = par_moteur(a, b, "x", JOUR) if by_engine else fusion.fondre(a, b, "x", JOUR)
        assert made is not None
        xml = (
            made.contenus[DOCUMENT].decode()
            if by_engine
            else ouvrir(made.octets()).contenus[DOCUMENT].decode()
        )
        assert f">{ancien}</w:delText>" in xml
        assert f">{nouveau}</w:t>" in xml
        assert xml.index(ancien) < xml.index(nouveau)  # the old before the new


def test_a_renumbering_is_quiet() -> None:
    xml = marques(prouve(*COUPLES["numero"]))
    assert xml.count("<w:del ") == xml.count("<w:ins ") == 1
    assert ">2</w:delText>" in xml


def test_a_moved_article_is_shown_once() -> None:
    done = prouve(*COUPLES["deplacement"])
    notes = [c.note for c in done.changements]
    assert notes and set(notes) == {"déplacé"}
    xml = marques(done)
    assert sum(xml.count(f">{t}</w:delText>") + xml.count(f">{t}</w:t>") for t in TEXTE) == len(TEXTE) + len(
        notes
    )


def test_the_author_and_the_day_are_those_given() -> None:
    root = etree.fromstring(marques(prouve(*COUPLES["montant"])).encode())
    found = {(e.get(f"{W}author"), e.get(f"{W}date")) for e in root.iter(f"{W}ins", f"{W}del")}
    assert found == {("Relecteur", "2024-12-09T00:00:00Z")}


@pytest.mark.parametrize("nom", ["note-ajoutee", "section-ajoutee"])
def test_same_inputs_same_bytes(nom: str) -> None:
    assert demande(*COUPLES[nom]) == demande(*COUPLES[nom])


def test_numbers_of_marks_are_not_repeated() -> None:
    root = etree.fromstring(marques(prouve(*COUPLES["tout"])).encode())
    ids = [e.get(f"{W}id") for e in root.iter(f"{W}ins", f"{W}del", f"{W}rPrChange", f"{W}pPrChange")]
    assert len(ids) == len(set(ids)) > 3


def test_hidden_differences_are_none() -> None:
    """Revision ids, the way runs are cut and the numbers of relationships are not changes."""
    body = textes(*TEXTE)
    other = body.replace("<w:p>", '<w:p w:rsidR="00AB12CD">').replace(
        "Le Département", "Le Dé</w:t></w:r>" + r("partement")[:-12]
    )
    a, b = docx(body), docx(other)
    done = demande(a, b)
    assert done.identiques and done.redline is None


# --- the checker can say no ----------------------------------------------------------------------

FAUTES = {
    "an insertion taken away": lambda root: _remove(root, "ins"),
    "a deletion taken away": lambda root: _remove(root, "del"),
    "a property change taken away": lambda root: _remove(root, "rPrChange"),
    "a row mark taken away": lambda root: _remove(root, "trPr"),
    "a word changed": lambda root: _change(root),
    "a paragraph lost": lambda root: _remove(root, "p"),
    "a style lost": lambda root: _remove(root, "pStyle"),
}


def _remove(root: etree._Element, tag: str) -> None:
    e = next(root.iter(f"{W}{tag}"))
    e.getparent().remove(e)


def _change(root: etree._Element) -> None:
    next(e for e in root.iter(f"{W}t") if e.text == TEXTE[0]).text = "Article 1 – Autre objet"


@pytest.mark.parametrize("faute", FAUTES)
def test_a_spoilt_redline_is_not_proved(faute: str) -> None:
    titre = p(r("Préambule"), '<w:pStyle w:val="Titre1"/>')
    a = docx(titre + textes(*TEXTE) + tableau(("a", "b"), ("c", "d")) + p(r("fin")))
    b = docx(
        titre
        + textes(*TEXTE).replace("45", "47")
        + tableau(("a", "b"), ("x", "y"), ("c", "d"))
        + p(r("fin", "<w:b/>"))
    )
    good = fusion.fondre(ouvrir(a), ouvrir(b), "Moi", JOUR)
    assert ecarts(good, ouvrir(a), ouvrir(b)) == []
    bad = good.copie()
    root = copy.deepcopy(good.arbre(DOCUMENT))
    FAUTES[faute](root)
    bad.remplacer(DOCUMENT, root)
    assert ecarts(bad, ouvrir(a), ouvrir(b)) != []


@pytest.mark.parametrize("nom", COUPLES)
def test_two_different_documents_differ(nom: str) -> None:
    a, b = (canoniser(ouvrir(x)) for x in COUPLES[nom])
    assert differences(a, b, Sens.ACCEPTER) != []
    assert differences(a, a, Sens.ACCEPTER) == []


def test_what_is_not_proved_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that loses a part, and marks of ours that lose it too: named, not given."""
    a, b = COUPLES["entete"]
    nothing = ouvrir(docx(textes(*TEXTE)))
    monkeypatch.setattr(fusion, "fondre", lambda *_: nothing)
    monkeypatch.setattr(moteur, "comparer", lambda *_: b)
    done = demande(a, b)
    assert done.redline is None and done.par is None
    (found,) = done.diagnostics
    assert found.code == "CMP004" and "en-tête de la section 1" in found.message
    assert any("à tout refuser" in n.text for n in found.notes)
    assert done.changements


# --- bad input -----------------------------------------------------------------------------------


def suivi_deja() -> tuple[bytes, bytes]:
    """Two documents of which the first holds tracked changes."""
    marked = demande(*COUPLES["montant"], avec_moteur=False).redline
    assert marked is not None
    return marked, docx(textes(*TEXTE, "Un article de plus."))


def test_tracked_changes_are_refused_unless_told() -> None:
    a, b = suivi_deja()
    done = demande(a, b)
    assert [d.code for d in done.diagnostics] == ["CMP003"] and done.redline is None
    assert (
        done.diagnostics[0].span.file == "a.docx" and "2 modifications suivies" in done.diagnostics[0].message
    )


@pytest.mark.parametrize("sens", list(Sens))
def test_tracked_changes_are_accepted_or_refused(sens: Sens) -> None:
    a, b = suivi_deja()
    done = demande(a, b, suivi=sens, avec_moteur=False)
    assert done.redline is not None
    clean = resolu(ouvrir(a), sens)
    assert revisions(clean) == 0
    assert ecarts(ouvrir(done.redline), clean, ouvrir(b)) == []
    assert ("47" in marques(done)) is (sens is Sens.ACCEPTER)


def zip_of(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for nom, text in parts.items():
            z.writestr(nom.replace("__", "/").replace("_x", ".x"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code", "mot"),
    [
        (b"", "CMP001", "endommagé"),
        (b"rien", "CMP001", "endommagé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "CMP002", "mot de passe"),
        (zip_of(a_xml="<a/>"), "CMP001", "pas un document Word"),
        (zip_of(word__document_xml="<a"), "CMP001", "word/document.xml"),
        (zip_of(word__document_xml="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "CMP002", "DTD"),
        (docx("").replace(b"PK\x01\x02", b"PK\x01\x03"), "CMP001", "endommagé"),
    ],
)
def test_unreadable_files_are_named(data: bytes, code: str, mot: str) -> None:
    good = docx(textes(*TEXTE))
    for a, b, nom in ((data, good, "a.docx"), (good, data, "b.docx")):
        (found,) = demande(a, b).diagnostics
        assert (found.code, found.span.file) == (code, nom) and mot in found.message


def test_a_style_that_changes_is_told() -> None:
    a, b = docx(textes(*TEXTE)), docx(textes(*TEXTE[:4]), corps_police="20")
    done = demande(a, b, avec_moteur=False)
    assert done.hors_suivi == ("la définition du style « Normal »",)
    assert [d.code for d in done.diagnostics] == ["CMP005"] and done.redline is not None
    alone = demande(a, docx(textes(*TEXTE), corps_police="20"))
    assert not alone.identiques and alone.redline is None and alone.hors_suivi


def test_a_long_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """100 000 words: the engine is not asked, the proof is made."""
    monkeypatch.setattr(moteur, "comparer", lambda *_: pytest.fail("the engine was asked"))
    lines = [f"Paragraphe {n} : " + "mot " * 48 for n in range(2000)]
    other = [x.replace("mot", "terme", 1) if n % 100 == 7 else x for n, x in enumerate(lines) if n != 500]
    done = demande(docx(textes(*lines)), docx(textes(*other)))
    assert done.par is Par.CONVENANT
    assert len(done.changements) == 21


def test_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(moteur.MoteurAbsentError):
        moteur.disponible()
    assert demande(*COUPLES["montant"]).par is Par.CONVENANT
