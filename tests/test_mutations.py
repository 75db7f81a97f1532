"""Spoilt input, by the thousand: whatever a record or a Word file holds, the answer is diagnostics.

5 000 records and 500 Word files at each run, the same ones every time. CONVENANT_MUTATIONS=10 tries ten
times as many, others.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from generator import source
from generator.compte_rendu import Etat
from generator.diagnostics import Diagnostic
from generator.documents.couverture import dossier
from generator.load import Records, load
from generator.load.typage import type_record
from generator.render import Engine
from tests.dossier_kit import DATA, TEMPLATES
from tests.mutations_kit import fiche, fiche_plausible, paquet
from tests.records_kit import BASE, examine, project
from tests.relecture_kit import acte, lu, word

FOIS = int(os.environ.get("CONVENANT_MUTATIONS", "1"))
LOTS = 5
ILLISIBLES, PLAUSIBLES = 4000 * FOIS // LOTS, 1000 * FOIS // LOTS
RELUS, RENDUS, GABARITS = 500 * FOIS // LOTS, 50 * FOIS, 250 * FOIS

_TERMINAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What would move the cursor, ring the bell, or not be written at all."""


def textes(racine: Path) -> dict[str, str]:
    """The text of every record under a folder, by its path there."""
    return {f.relative_to(racine).as_posix(): f.read_text("utf-8") for f in sorted(racine.rglob("*.yaml"))}


def montrables(records: Records, found: Sequence[Diagnostic]) -> None:
    """Every diagnostic can be shown: a place in a file that has it, words that a terminal may be sent."""
    etat = Etat(records, tuple(found))
    for d in found:
        src = records.sources.get(d.span.file)
        assert d.message.strip() and d.span.line >= 0, d
        assert src is None or d.span.line <= len(src.lines) + 1, d
        assert not _TERMINAL.search(etat.texte(d)), (d, etat.texte(d))


def attendue(cle: str, records: Records, found: Iterable[Diagnostic]) -> None:
    """A record that is lost has an error of its own."""
    assert cle in {r.origine for r in records.fiches} or any(d.is_error and d.span.file == cle for d in found)


@pytest.mark.parametrize("lot", range(LOTS))
def test_spoilt_records_give_diagnostics(lot: int, tmp_path: Path) -> None:
    """Each mutant is read and given its type; those that still read as records are checked with the rest."""
    rng = random.Random(f"fiches-{lot}")
    folder = project(tmp_path)
    base, sains = textes(BASE), load(BASE)[0]
    types = {r.origine.removeprefix(f"{sains.racine}/"): type(r) for r in sains.fiches}
    autres = [*base.values(), *textes(DATA / "dispositifs").values()]
    sound = 0
    for _ in range(ILLISIBLES):
        nom = rng.choice(sorted(types))
        path = folder / nom
        path.write_bytes(fiche(rng, base[nom], autres))
        src, found = source.read(path, nom)
        record = None
        if src is not None:
            record, more = type_record(src, types[nom])
            found = [*found, *more]
        montrables(Records("", sources={nom: src} if src else {}), found)
        assert record is not None or any(d.is_error for d in found)
        if record is not None and not any(d.is_error for d in found):
            sound += 1
            montrables(*examine(folder))
        path.write_text(base[nom], "utf-8")
    assert 0 < sound < ILLISIBLES // 2


@pytest.mark.parametrize("lot", range(LOTS))
def test_records_that_say_something_else_give_diagnostics(lot: int, tmp_path: Path) -> None:
    """A figure, a date, a reference that changes, a line that goes: most are records still, and every rule
    has its say."""
    rng = random.Random(f"plausibles-{lot}")
    folder = project(tmp_path)
    base = textes(BASE)
    lues, codes = 0, set()
    for _ in range(PLAUSIBLES):
        nom = rng.choice(sorted(base))
        (folder / nom).write_bytes(fiche_plausible(rng, base[nom], list(base.values())))
        records, found = examine(folder)
        montrables(records, found)
        attendue(records.cle(nom), records, found)
        lues += records.cle(nom) in {r.origine for r in records.fiches}
        codes |= {d.code for d in found}
        (folder / nom).write_text(base[nom], "utf-8")
    assert PLAUSIBLES // 3 < lues < PLAUSIBLES
    assert len(codes) > 20  # the rules are met, not only the reading


def test_any_record_may_be_missing(tmp_path: Path) -> None:
    folder = project(tmp_path)
    for nom, texte in textes(BASE).items():
        (folder / nom).unlink()
        montrables(*examine(folder))
        (folder / nom).write_text(texte, "utf-8")


# --- Word files ----------------------------------------------------------------------------------

MODELE = word(
    *acte("Article 1 – Objet", "Article 2 – Coût\nLe coût est de 1 000 € + 500 €, soit 1 500 €.").split("\n"),
    [("Structure", "Montant (€)"), ("Phare", "2 000,00"), ("Bassin", "3 000,00"), ("Total", "5 000,00")],
)


def relu(dossier: Path, data: bytes) -> bool:
    """Proofread a mutant; True when its text could be read."""
    found = lu(dossier, data, "mutant.docx")
    assert found.texte is not None or not found.propre
    for d in found.diagnostics:
        assert d.message.strip()
        if found.texte is not None:
            found.texte.lieu(d.span)
            found.texte.extrait(d.span)
    return found.texte is not None


@pytest.mark.parametrize("lot", range(LOTS))
def test_spoilt_word_files_give_diagnostics(lot: int, tmp_path: Path) -> None:
    rng = random.Random(f"relecture-{lot}")
    lus = sum(relu(tmp_path, paquet(rng, MODELE)) for _ in range(RELUS))
    assert RELUS // 5 < lus < RELUS  # the mutations are neither harmless nor all fatal


def test_our_own_documents_spoilt_give_diagnostics(tmp_path: Path) -> None:
    records = load(DATA)[0]
    work = dossier(records, records.dossiers["2024-587"])
    engine = Engine(TEMPLATES)
    documents = {d.ident: d for d in work.documents}
    modeles = []
    for ident in ("annexe-04-repartition-financiere", "actes/faimah-avenant-annexe-06"):
        d = documents[ident]
        ctx = {**d.contexte(), "pages": "7"}
        modeles.append(engine.render(d.template, ctx, titre=d.titre, jour=work.jour, nominatif=d.nominatif))
    rng = random.Random("maison")
    lus = sum(relu(tmp_path, paquet(rng, rng.choice(modeles))) for _ in range(RENDUS))
    assert 0 < lus < RENDUS


def test_spoilt_templates_give_diagnostics(tmp_path: Path) -> None:
    """Each template of the project, spoilt where it stands: the lint says so, or finds nothing to say."""
    folder = tmp_path / "templates"
    for path in TEMPLATES.rglob("*.docx"):
        copie = folder / path.relative_to(TEMPLATES)
        copie.parent.mkdir(parents=True, exist_ok=True)
        copie.write_bytes(path.read_bytes())
    engine = Engine(folder)
    rng = random.Random("modeles")
    codes = set()
    for _ in range(GABARITS):
        nom = rng.choice(engine.names())
        path = folder / nom
        sain = path.read_bytes()
        path.write_bytes(paquet(rng, sain))
        found = engine.lint_one(nom)
        montrables(Records(""), found)
        codes |= {d.code for d in found}
        path.write_bytes(sain)
    assert {"TPL001", "TPL011"} <= codes
