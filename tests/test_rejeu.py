"""A second run: exactly what depends on a change is made again, and what is kept is never stale."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from generator import fabrique, ingredients, manifest, programme, reprise
from generator.cli.socle import dossier_de_cache
from generator.convert import find_soffice
from generator.diagnostics import Diagnostic, Span
from generator.documents import Document, couverture
from generator.inventaire import Inventaire
from generator.load import load
from generator.plan import planifier
from generator.render import Engine
from generator.service import Choix, Options, Production, Workspace
from tests.dossier_kit import ROOT, TEMPLATES, convenant, text

sys.path.insert(0, str(ROOT / "benchmarks"))
import synthese

NUMERO = "2024-1"
NEUF = "<w:body><w:p><w:r><w:t>Neuf</w:t></w:r></w:p>"
RAPPORT, DELIBERATION, ANNEXE_1, ANNEXE_3 = (
    "01-rapport",
    "02-deliberation",
    "annexe-01-thematique-1",
    "annexe-03-repartition-financiere",
)


class Etapes:
    """A display that keeps the names of the stages and their numbers of steps."""

    def __init__(self) -> None:
        self.totaux: dict[str, int] = {}
        self.pas_de: dict[str, list[str]] = {}
        self.a_chaque: Callable[[str], None] = lambda etape: None

    def debut(self, etape: str, total: int) -> None:
        self.etape = etape
        self.totaux[etape] = total
        self.pas_de[etape] = []
        self.a_chaque(etape)

    def pas(self, detail: str) -> None:
        self.pas_de[self.etape].append(detail)

    def fin(self) -> None:
        pass


@dataclass
class Projet:
    """Four structures, their conventions and letters, in a folder of its own."""

    racine: Path
    options: Options = field(default_factory=lambda: Options(pdf=False))
    etapes: Etapes = field(default_factory=Etapes)

    @property
    def sortie(self) -> Path:
        return self.racine / "output"

    def generer(self, sortie: str = "output", cache: str | None = "cache") -> Production:
        self.etapes = Etapes()
        return self.lancer(self.etapes, sortie, cache)

    def lancer(self, etapes: Etapes, sortie: str = "output", cache: str | None = "cache") -> Production:
        door = Workspace(
            self.racine / "data",
            self.racine / "templates",
            self.racine / sortie,
            self.racine / cache if cache else None,
        )
        return door.generer(NUMERO, self.options, etapes)

    def remplacer(self, chemin: str, old: str, new: str) -> None:
        path = self.racine / chemin
        found = path.read_text("utf-8")
        assert old in found
        path.write_text(found.replace(old, new), "utf-8")

    def modele(self, name: str, old: str, new: str) -> None:
        """Save a Word template with other words, as Word would: a new file, its date set back."""
        path = self.racine / "templates" / name
        out, before = io.BytesIO(), path.stat()
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
            for item in source.infolist():
                data = source.read(item)
                if item.filename == "word/document.xml":
                    assert old.encode() in data
                    data = data.replace(old.encode(), new.encode())
                target.writestr(item, data)
        path.write_bytes(out.getvalue())
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns - 10**12))


def refaits(production: Production) -> dict[str, tuple[str, ...]]:
    """The documents that were made, with the reasons."""
    assert not [d.message for d in production.diagnostics if d.is_error]
    return {f.document.ident: f.motifs for f in production.resultat.faits if f.etat != "à jour"}


def contenus(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.docx")}


@pytest.fixture(scope="module")
def fait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project and what its first run leaves, named as a user would from its folder."""
    racine = tmp_path_factory.mktemp("projet")
    synthese.ecrire(racine / "data", 8)
    shutil.copytree(TEMPLATES, racine / "templates")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(racine)
        first = refaits(Projet(Path()).generer())
    assert set(first.values()) == {("nouveau document",)} and len(first) > 10
    return racine


@pytest.fixture
def projet(fait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Projet:
    """A copy of that project, to be spoilt."""
    shutil.copytree(fait, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Projet(Path())


def verifie(projet: Projet) -> None:
    """What is in the folder is what a first run, without any memory, would have written."""
    Path("sans-documents").mkdir()
    for name in (
        "fiches.sqlite3",
        "constats.sqlite3",
    ):  # tested elsewhere: checking takes longer than building
        shutil.copy(Path("cache") / name, "sans-documents")
    projet.generer("temoin", "sans-documents")
    assert contenus(projet.sortie) == contenus(Path("temoin"))


# --- nothing changed ------------------------------------------------------------------------------


def test_nothing_changed_every_stage_is_up_to_date(projet: Projet) -> None:
    before = {p: p.stat().st_mtime_ns for p in projet.sortie.rglob("*") if p.is_file()}
    assert refaits(projet.generer()) == {}
    shown = projet.etapes
    assert [shown.totaux[e] for e in ("rédaction", "relecture")] == [0, 0]
    assert shown.pas_de["lecture"][0].endswith("à jour") and shown.pas_de["contrôle"] == ["à jour"]
    assert before == {p: p.stat().st_mtime_ns for p in projet.sortie.rglob("*") if p.is_file()}


def test_without_memory_the_output_folder_is_enough(projet: Projet) -> None:
    assert refaits(projet.generer(cache=None)) == {}


def test_no_context_is_made_when_nothing_changed(projet: Projet, monkeypatch: pytest.MonkeyPatch) -> None:
    projet.generer()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("nothing is to be worked out again")

    monkeypatch.setattr(ingredients.Ingredients, "composition", never)
    assert refaits(projet.generer()) == {}


def test_what_one_structure_says_is_all_that_is_worked_out_again(
    projet: Projet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documents of the others are known by their records; an output folder that was lost asks nothing."""
    shutil.rmtree("cache")
    shutil.rmtree(projet.sortie)
    first = {f.document.ident for f in projet.generer().resultat.faits}
    asked: list[str] = []
    real = ingredients.Ingredients.composition

    def composition(self: ingredients.Ingredients, d: Document, *rest: Any) -> ingredients.Composition:
        asked.append(d.ident)
        return real(self, d, *rest)

    monkeypatch.setattr(ingredients.Ingredients, "composition", composition)
    shutil.rmtree(projet.sortie)
    assert {f.etat for f in projet.generer().resultat.faits} == {"repris"}
    assert asked == [] and projet.etapes.totaux["relecture"] == 0
    projet.remplacer("data/structures/structure-000002.yaml", "commune: Escalmont", "commune: Escalmonx")
    made = refaits(projet.generer())
    of_others = {i for i in first if "structure-" in i and "structure-000002" not in i}
    assert of_others and set(asked) == first - of_others
    assert set(made) <= set(asked)
    verifie(projet)


def test_a_template_saved_during_the_run_leaves_no_note(projet: Projet) -> None:
    """What was worked out from two states of a template is not kept under the name of one of them."""
    shutil.rmtree("cache")
    shutil.rmtree(projet.sortie)
    etapes = Etapes()

    def save(etape: str) -> None:
        if etape == "relecture":
            projet.modele("documents/rapport.docx", "<w:body>", NEUF)

    etapes.a_chaque = save
    assert not projet.lancer(etapes).reussie
    with sqlite3.connect("cache/documents.sqlite3") as base:
        (kept,) = base.execute("SELECT count(*) FROM entree").fetchone()
    base.close()
    assert kept == len(contenus(projet.sortie))  # the documents, and no note


# --- each dependency in turn ----------------------------------------------------------------------


def test_a_structure(projet: Projet) -> None:
    projet.generer()
    fiche = "data/structures/structure-000002.yaml"
    projet.remplacer(fiche, "commune: Escalmont", "commune: Escalmont-le-Neuf")
    made = refaits(projet.generer())
    of_it = {i for i in made if i.startswith(("actes/structure-000002", "lettres/structure-000002"))}
    assert len(of_it) == 2
    assert set(made) - of_it <= {ANNEXE_3, "bordereau-actes-a-signer"}
    assert not any("structure-000000" in i for i in made)
    assert all(f"fiche modifiée\u00a0: {fiche}" == m[0] for m in made.values())
    verifie(projet)


def test_an_amount_reaches_the_totals_that_contain_it(projet: Projet) -> None:
    projet.generer()
    # The same total, shared out otherwise between two territoires of one act.
    acte = f"data/deliberations/{NUMERO}/actes/structure-000002.yaml"
    found = (projet.racine / acte).read_text("utf-8")
    projet.remplacer(acte, "territoire: audomarois", "territoire: ternois")
    assert found != (projet.racine / acte).read_text("utf-8")
    made = refaits(projet.generer())
    assert any(i.startswith("actes/structure-000002") for i in made)
    assert any("repartition" in i for i in made)
    assert not any("structure-000004" in i for i in made)
    verifie(projet)


def test_the_dispositif(projet: Projet) -> None:
    projet.generer()
    path = next((projet.racine / "data/dispositifs/2024").glob("accompagnement-equilibre.yaml"))
    found = path.read_text("utf-8")
    title = next(line for line in found.splitlines() if line.startswith("intitule:"))
    path.write_text(found.replace(title, f"{title} renforcé"), "utf-8")
    made = refaits(projet.generer())
    assert sum(i.startswith("actes/") for i in made) == 4
    assert all("accompagnement-equilibre.yaml" in m[0] for m in made.values())
    verifie(projet)


def test_a_template_and_only_its_documents(projet: Projet) -> None:
    projet.generer()
    projet.modele("documents/rapport.docx", "<w:body>", NEUF)
    made = refaits(projet.generer())
    assert made == {RAPPORT: ("modèle Word modifié\u00a0: documents/rapport.docx",)}
    assert "Neuf" in text(projet.sortie / NUMERO / f"{RAPPORT}.docx")
    verifie(projet)


def test_an_included_clause(projet: Projet) -> None:
    projet.generer()
    clause = next(p for p in sorted((projet.racine / "templates/articles").glob("*.docx")))
    name = clause.relative_to(projet.racine / "templates").as_posix()
    read = manifest.lire(projet.sortie / NUMERO)
    assert read is not None
    used = {e.ident for e in read.documents if name in read.jeux[e.jeu]}
    assert len(used) >= 4
    projet.modele(name, "<w:body>", NEUF)
    made = refaits(projet.generer())
    assert set(made) == used
    assert set(made.values()) <= {(f"modèle Word modifié\u00a0: {name}",)}
    verifie(projet)


def test_a_template_put_back_brings_back_the_first_words(projet: Projet) -> None:
    projet.generer()
    first = contenus(projet.sortie)
    saved = (projet.racine / "templates/documents/rapport.docx").read_bytes()
    projet.modele("documents/rapport.docx", "<w:body>", NEUF)
    projet.generer()
    assert contenus(projet.sortie) != first
    (projet.racine / "templates/documents/rapport.docx").write_bytes(saved)
    again = projet.generer()
    assert [f.etat for f in again.resultat.faits if f.document.ident == RAPPORT] == ["repris"]
    assert contenus(projet.sortie) == first


def test_the_engine(projet: Projet, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {f.document.ident for f in projet.generer().resultat.faits}
    real = ingredients.programme
    monkeypatch.setattr(ingredients, "programme", lambda *a, **k: "autre" + real(*a, **k))
    made = refaits(projet.generer())
    assert set(made) == first
    assert set(made.values()) == {("moteur de rédaction modifié",)}
    assert {f.etat for f in projet.generer().resultat.faits} == {"à jour"}


def test_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = programme.programme("render", paquets=("jinja2",))
    monkeypatch.setattr(programme, "_version", lambda name: "99")
    assert programme.programme.__wrapped__("render", paquets=("jinja2",)) != whole  # as another process would


def test_the_day(projet: Projet) -> None:
    projet.generer()
    projet.remplacer(
        f"data/deliberations/{NUMERO}/deliberation.yaml", 'date: "2024-01-08"', 'date: "2024-01-09"'
    )
    assert len(refaits(projet.generer())) == len(contenus(projet.sortie))
    verifie(projet)


def test_a_record_that_no_document_shows(projet: Projet) -> None:
    projet.generer()
    path = projet.racine / "data/structures/structure-000001.yaml"  # it has no act in this deliberation
    path.write_text(path.read_text("utf-8") + "# une note\n", "utf-8")
    assert refaits(projet.generer()) == {}
    verifie(projet)


# --- the files, the clock, the options ------------------------------------------------------------


def test_files_lost_or_touched_are_made_again(projet: Projet) -> None:
    projet.generer()
    first = contenus(projet.sortie)
    folder = projet.sortie / NUMERO
    (folder / f"{RAPPORT}.docx").unlink()
    (folder / f"{DELIBERATION}.docx").write_bytes(b"autre chose")
    made = refaits(projet.generer())
    assert made == {
        RAPPORT: (f"{RAPPORT}.docx a disparu",),
        DELIBERATION: (f"{DELIBERATION}.docx a été modifié après coup",),
    }
    assert contenus(projet.sortie) == first


def test_no_clock_counts(projet: Projet) -> None:
    projet.generer()
    for rank, path in enumerate(sorted(projet.racine.rglob("*"))):
        if path.is_file() and "cache" not in path.parts:
            os.utime(path, (rank, 4_000_000_000 - rank))
    assert refaits(projet.generer()) == {}
    projet.remplacer("data/structures/structure-000002.yaml", "commune: Escalmont", "commune: Escalmonx")
    os.utime(projet.racine / "data/structures/structure-000002.yaml", (0, 0))
    assert any("structure-000002" in ident for ident in refaits(projet.generer()))
    verifie(projet)


def test_a_part_of_the_work_does_not_vouch_for_the_rest(projet: Projet) -> None:
    projet.generer()
    projet.remplacer("data/structures/structure-000002.yaml", "commune: Escalmont", "commune: Escalmonx")
    projet.options = Options(Choix(documents=("rapport",)), pdf=False)
    assert refaits(projet.generer()) == {}
    projet.options = Options(pdf=False)
    assert any("structure-000002" in ident for ident in refaits(projet.generer()))
    verifie(projet)


def test_a_manifest_of_an_older_version_is_not_believed(projet: Projet) -> None:
    projet.generer(cache=None)
    path = projet.sortie / NUMERO / "manifest.json"
    path.write_text(path.read_text("utf-8").replace('"format": 2', '"format": 1'), "utf-8")
    assert set(refaits(projet.generer(cache=None)).values()) == {("nouveau document",)}


# --- the reserve of finished documents ------------------------------------------------------------


def test_another_folder_takes_the_finished_documents(projet: Projet) -> None:
    shutil.rmtree("cache")
    shutil.rmtree(projet.sortie)
    projet.generer()
    other = projet.generer("ailleurs")
    assert {f.etat for f in other.resultat.faits} == {"repris"}
    assert projet.etapes.totaux["rédaction"] == 0
    assert projet.etapes.totaux["relecture"] == 0  # these very bytes were read back against these records
    assert contenus(projet.sortie) == contenus(projet.racine / "ailleurs")


def test_a_damaged_reserve_gives_nothing_wrong(projet: Projet) -> None:
    projet.generer()
    with sqlite3.connect(projet.racine / "cache" / reprise.NOM) as base:
        base.execute("UPDATE entree SET contenu = zeroblob(length(contenu))")
    base.close()
    other = projet.generer("ailleurs")
    assert {f.etat for f in other.resultat.faits} == {"écrit"}
    assert contenus(projet.sortie) == contenus(projet.racine / "ailleurs")
    (projet.racine / "cache" / reprise.NOM).write_bytes(b"x" * 9000)
    assert {f.etat for f in projet.generer("encore").resultat.faits} == {"écrit"}
    assert contenus(projet.sortie) == contenus(projet.racine / "encore")


def test_what_fails_its_reading_back_is_not_kept(projet: Projet, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Diagnostic("RAP001", "le document ne dit pas le montant", Span("x.docx"))
    shutil.rmtree(projet.sortie)
    (Path("cache") / reprise.NOM).unlink()
    with monkeypatch.context() as patch:
        patch.setattr(fabrique, "examiner_tous", lambda examens, _: [(i, [wrong]) for i in examens])
        assert {f.etat for f in projet.generer().resultat.faits} == {"échec"}
    assert {f.etat for f in projet.generer("ailleurs").resultat.faits} == {"écrit"}


def test_a_template_saved_during_the_run(projet: Projet) -> None:
    """Whichever state the document shows, it is not kept as that of the state that was known."""
    projet.generer()
    saved = (projet.racine / "templates/documents/rapport.docx").read_bytes()
    first = contenus(projet.sortie)
    projet.remplacer(f"data/deliberations/{NUMERO}/deliberation.yaml", "lieu: Arras", "lieu: Lens")
    etapes = Etapes()

    def save(etape: str) -> None:
        if etape == "rédaction":
            projet.modele("documents/rapport.docx", "<w:body>", NEUF)

    etapes.a_chaque = save
    done = projet.lancer(etapes)
    assert [d.code for d in done.diagnostics if d.is_error] == ["TPL016"]
    assert not (projet.sortie / NUMERO / f"{RAPPORT}.docx").exists()
    (projet.racine / "templates/documents/rapport.docx").write_bytes(saved)
    made = refaits(projet.generer())
    assert set(made) == {RAPPORT}
    assert "Neuf" not in text(projet.sortie / NUMERO / f"{RAPPORT}.docx")
    assert contenus(projet.sortie) != first
    verifie(projet)


# --- with LibreOffice -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def avec_pdf(tmp_path_factory: pytest.TempPathFactory) -> Projet:
    """The same project with its PDFs and its dossier, made once."""
    racine = tmp_path_factory.mktemp("pdf")
    synthese.ecrire(racine / "data", 2)
    shutil.copytree(TEMPLATES, racine / "templates")
    projet = Projet(racine, Options())
    assert find_soffice() is not None
    assert projet.generer().reussie
    return projet


def test_pdf_nothing_changed(avec_pdf: Projet) -> None:
    before = {p: p.read_bytes() for p in avec_pdf.sortie.rglob("*") if p.is_file()}
    again = avec_pdf.generer()
    assert refaits(again) == {} and again.resultat.dossier and not again.resultat.dossier_motifs
    totals = avec_pdf.etapes.totaux
    assert [totals[e] for e in ("rédaction", "conversion en PDF", "relecture", "assemblage")] == [0, 0, 0, 0]
    assert before == {p: p.read_bytes() for p in avec_pdf.sortie.rglob("*") if p.is_file()}


def test_pdf_in_another_folder(avec_pdf: Projet) -> None:
    other = avec_pdf.generer("ailleurs")
    assert {f.etat for f in other.resultat.faits} == {"repris"}
    assert avec_pdf.etapes.totaux["conversion en PDF"] == 0
    for path in (avec_pdf.sortie / NUMERO).rglob("*.pdf"):
        assert (
            path.read_bytes()
            == (avec_pdf.racine / "ailleurs" / path.relative_to(avec_pdf.sortie)).read_bytes()
        )


@pytest.mark.parametrize(
    ("part", "said"),
    [("LibreOffice", "LibreOffice\u00a0: 7"), ("polices", "polices\u00a0: "), ("conversion", "tr")],
)
def test_pdf_another_libreoffice_other_fonts(avec_pdf: Projet, part: str, said: str) -> None:
    """Every PDF is out of date and says why, with both versions; none would come from the reserve."""
    records, _ = load(avec_pdf.racine / "data")
    work = couverture.dossier(records, records.dossiers[NUMERO])
    plan, _ = planifier(work, [], Choix(), lambda *_: frozenset())
    found = manifest.lire(avec_pdf.sortie / NUMERO)
    assert found is not None
    now = {name: found.versions[name] for name in ("LibreOffice", "polices", "conversion")}
    reserve = reprise.Reserve(avec_pdf.racine / "cache")
    for parts, fresh in ((now, True), ({**now, part: "99"}, False)):
        engine = Engine(avec_pdf.racine / "templates")
        stock = Inventaire(records, plan, engine, avec_pdf.sortie / NUMERO, parts, reserve)
        assert stock.inchange is fresh
        for task in plan.taches:
            assert (stock.examiner(task) is not None) is fresh
            if not fresh:
                (why,) = stock.motifs[task.document.ident]
                assert why.startswith(said)
                assert reserve.prendre(stock.cle(task.document.ident), True) is None
    reserve.fermer()


def test_pdf_one_structure_changed(avec_pdf: Projet) -> None:
    shutil.copytree(avec_pdf.racine, avec_pdf.racine.parent / "change", dirs_exist_ok=True)
    projet = Projet(avec_pdf.racine.parent / "change", Options())
    path = projet.racine / "data/structures/structure-000000.yaml"
    projet.remplacer(path.relative_to(projet.racine).as_posix(), "prenom: Éric", "prenom: Erik")
    made = projet.generer()
    idents = {f.document.ident for f in made.resultat.faits if f.etat == "écrit"}
    assert any(i.startswith("actes/structure-000000") for i in idents)
    assert idents < {f.document.ident for f in made.resultat.faits}
    assert made.resultat.dossier_motifs[0].startswith(("document refait", "documents refaits"))


# --- the command ----------------------------------------------------------------------------------


def test_the_command_says_why(projet: Projet, tmp_path: Path) -> None:
    base = ("--donnees", "data", "--gabarits", "templates")
    args = (*base, "generer", NUMERO, "--sans-pdf", "--expliquer")
    env = {"CONVENANT_CACHE": str(tmp_path / "mon-cache")}
    shutil.rmtree(projet.sortie)
    first = convenant(*args, cwd=tmp_path, **env)
    assert first.returncode == 0, first.stderr
    assert "Motif : nouveau document\n    01-rapport\n" in first.stdout
    assert {p.name for p in (tmp_path / "mon-cache").iterdir()} == {
        "constats.sqlite3",
        "documents.sqlite3",
        "fiches.sqlite3",
    }
    again = convenant(*args, cwd=tmp_path, **env)
    assert "Motif" not in again.stdout and "rien à refaire" in again.stdout
    for stage in ("lecture", "contrôle", "rédaction", "relecture"):
        assert any(line.startswith(stage) and "à jour" in line for line in again.stderr.splitlines()), stage
    projet.remplacer("data/structures/structure-000002.yaml", "commune: Escalmont", "commune: Escalmonx")
    changed = convenant(*args, cwd=tmp_path, **env)
    assert "Motif : fiche modifiée : data/structures/structure-000002.yaml" in changed.stdout


def test_without_cache_nothing_is_left_anywhere(projet: Projet, tmp_path: Path) -> None:
    base = ("--donnees", "data", "--gabarits", "templates")
    chosen = tmp_path / "mon-cache"
    for args, env in (
        (("--sans-pdf", "--sans-cache"), {"CONVENANT_CACHE": str(chosen)}),
        (("--sans-pdf",), {"CONVENANT_CACHE": "", "XDG_CACHE_HOME": str(chosen)}),
    ):
        done = convenant(*base, "generer", NUMERO, *args, cwd=tmp_path, **env)
        assert done.returncode == 0 and not chosen.exists()


def test_the_folder_by_default_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONVENANT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert dossier_de_cache() == tmp_path / "convenant"
