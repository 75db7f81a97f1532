"""The same documents from a cluster: a real scheduler, real workers, some of which die."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from generator import convert, grappe, redaction
from generator.diagnostics import Diagnostic, Span
from generator.grappe import envoi
from generator.grappe.commun import GrappeError, ecart
from generator.ingredients import conversion
from generator.redaction import Rendu, Travail
from generator.render import Engine
from generator.service import Options, Production, Workspace
from tests.dossier_kit import ROOT, TEMPLATES, convenant
from tests.finances_kit import Muet
from tests.grappe_kit import Grappe

from .render_files import JOUR, engine, write

sys.path.insert(0, str(ROOT / "benchmarks"))
import synthese

NUMERO = "2024-1"


@pytest.fixture(scope="module")
def deux(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grappe]:
    """Two workers; the second one has no LibreOffice."""
    with Grappe(tmp_path_factory.mktemp("grappe"), 1) as found:
        found.ajouter(CONVENANT_SOFFICE="/nulle/part")
        yield found


@pytest.fixture(scope="module")
def projet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("projet")
    synthese.ecrire(folder / "data", 8)
    shutil.copytree(TEMPLATES, folder / "templates")
    return folder


def generer(projet: Path, sortie: str, cluster: str = "", pdf: bool = False) -> Production:
    door = Workspace(projet / "data", projet / "templates", projet / sortie)
    return door.generer(NUMERO, Options(pdf=pdf, cluster=cluster), Muet())


def fichiers(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@dataclass
class Atelier:
    """A template of one line, and jobs that fill it."""

    engine: Engine

    def travaux(self, nombre: int) -> list[Travail]:
        return [
            Travail(f"d{n}", "documents/d.docx", {"nom": f"Zoé {n}"}, f"Titre {n}", JOUR, True)
            for n in range(nombre)
        ]

    def sur(self, adresse: str, travaux: list[Travail], **parts: str) -> Iterator[Rendu]:
        return grappe.rediger(adresse, self.engine, travaux, parts, 60)


@pytest.fixture
def atelier(tmp_path: Path) -> Atelier:
    write(tmp_path / "templates", "documents/d.docx", "Bonjour {{ nom }}")
    return Atelier(engine(tmp_path / "templates"))


def ici(atelier: Atelier, travaux: list[Travail]) -> dict[str, Rendu]:
    return {r.ident: r for r in redaction.rediger(atelier.engine, travaux)}


def une_fois(rendus: Iterator[Rendu]) -> dict[str, Rendu]:
    """The results by name; each comes once."""
    found: dict[str, Rendu] = {}
    for r in rendus:
        assert r.ident not in found
        found[r.ident] = r
    return found


def code(rendus: Iterator[Rendu] | list[Rendu]) -> str:
    """The one code that all results carry."""
    (only,) = {r.faute.code for r in rendus if r.faute is not None and not r.docx}
    return only


# --- the same result --------------------------------------------------------------------------------


def test_the_same_folder_to_the_byte(projet: Path, deux: Grappe) -> None:
    assert generer(projet, "ici").reussie
    assert generer(projet, "grappe", deux.adresse).reussie
    assert fichiers(projet / "ici") == fichiers(projet / "grappe")
    assert len(fichiers(projet / "ici")) > 8
    assert deux.restes() == [] and deux.taches() == 0


def test_pdfs_come_from_the_nodes_that_can_make_them(projet: Path, deux: Grappe) -> None:
    """One node has LibreOffice and one has not: both word, one converts, the rest is converted here."""
    soffice = convert.find_soffice()
    assert soffice is not None
    assert generer(projet, "ici-pdf", pdf=True).reussie
    assert generer(projet, "grappe-pdf", deux.adresse, pdf=True).reussie
    assert fichiers(projet / "ici-pdf") == fichiers(projet / "grappe-pdf")

    write(projet / "seul", "documents/d.docx", "Bonjour {{ nom }}, {{ pages }} page")
    shop = Atelier(engine(projet / "seul"))
    jobs = [replace(t, contexte={**t.contexte, "pages": "0"}) for t in shop.travaux(8)]
    parts = conversion(convert.version(soffice), convert.fonts())
    found = une_fois(shop.sur(deux.adresse, jobs, **parts))
    made = {i: r for i, r in found.items() if r.pdf}
    assert 0 < len(made) < len(found) == 8
    local = ici(shop, [t for t in (t.pagine(1) for t in jobs) if t])
    assert all(r.docx == local[i].docx and r.pages == 1 for i, r in made.items())
    other = une_fois(shop.sur(deux.adresse, jobs, **{**parts, "LibreOffice": "99"}))
    assert [r.pdf for r in other.values()] == [None] * 8


def test_a_fault_of_a_document_comes_back_as_it_is_here(atelier: Atelier, deux: Grappe) -> None:
    jobs = atelier.travaux(3)
    jobs[1] = replace(jobs[1], contexte={"nom": "XXXX"})
    found = une_fois(atelier.sur(deux.adresse, jobs))
    assert found == ici(atelier, jobs)
    assert found["d1"].faute is not None and found["d1"].faute.code == "TPL009"


def test_few_lots_fly_and_stopping_cancels_them(atelier: Atelier, deux: Grappe) -> None:
    results = atelier.sur(deux.adresse, atelier.travaux(2000))
    next(results)
    assert 0 < deux.taches() <= 4
    assert len(deux.restes()) == 2
    results.close()  # type: ignore[attr-defined] -- what Ctrl-C does to a generator
    assert deux.restes() == [] and deux.taches() == 0


def test_a_node_that_joins_late_gets_the_templates(atelier: Atelier, tmp_path: Path) -> None:
    with Grappe(tmp_path, 1) as one:
        jobs = atelier.travaux(3000)
        results = atelier.sur(one.adresse, jobs)
        found = [next(results)]
        one.ajouter()
        one.tuer(0)
        found += results
        assert une_fois(iter(found)) == ici(atelier, jobs)


# --- nodes that die ---------------------------------------------------------------------------------


def test_a_node_killed_in_the_middle_loses_nothing(atelier: Atelier, tmp_path: Path) -> None:
    with Grappe(tmp_path, 2) as two:
        jobs = atelier.travaux(2000)
        results = atelier.sur(two.adresse, jobs)
        found = [next(results)]
        two.tuer(0)
        found += results
        assert une_fois(iter(found)) == ici(atelier, jobs)


class Mortel:
    """Kills whoever unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _mourir, (os.getpid(),)


def _mourir(pid: int) -> Mortel:
    if os.getpid() != pid:
        os.kill(os.getpid(), signal.SIGKILL)
    return Mortel()


def test_a_document_that_kills_its_node_is_the_only_one_lost(atelier: Atelier, tmp_path: Path) -> None:
    with Grappe(tmp_path, 3, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as three:
        jobs = atelier.travaux(12)
        jobs[5] = replace(jobs[5], contexte={"nom": Mortel()})
        found = une_fois(atelier.sur(three.adresse, jobs))
        assert {i for i, r in found.items() if r.faute} == {"d5"}
        assert found["d5"].faute and found["d5"].faute.code == "GRP005"
        assert len(found) == 12


def test_a_scheduler_that_dies(atelier: Atelier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envoi, "ATTENTE", 2)
    with Grappe(tmp_path, 1) as one:
        results = atelier.sur(one.adresse, atelier.travaux(3000))
        first = next(results)
        one.scheduler.kill()
        rest = list(results)
        assert first.docx and len(rest) == 2999
        assert code(rest) == "GRP002"


# --- clusters that cannot serve ---------------------------------------------------------------------


def test_the_extra_is_not_installed(atelier: Atelier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert code(atelier.sur("tcp://127.0.0.1:1", atelier.travaux(2))) == "GRP001"


@pytest.mark.parametrize("adresse", ["tcp://127.0.0.1:1", "nulle-part", "xyz://127.0.0.1:1"])
def test_nobody_answers(atelier: Atelier, adresse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envoi, "ATTENTE", 1)
    found = list(atelier.sur(adresse, atelier.travaux(2)))
    assert [r.ident for r in found] == ["d0", "d1"] and code(found) == "GRP002"


def test_no_node(atelier: Atelier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envoi, "SANS_NOEUD", 1)
    with Grappe(tmp_path) as none:
        assert code(atelier.sur(none.adresse, atelier.travaux(2))) == "GRP004"


@pytest.mark.parametrize(
    ("avant", "said"),
    [
        ("import generator; generator.__version__ = '0.0'", "là-bas"),
        ("import sys; sys.modules['generator'] = None", "convenant n’y est pas installé"),
    ],
)
def test_a_node_of_another_version(atelier: Atelier, tmp_path: Path, avant: str, said: str) -> None:
    with Grappe(tmp_path) as other:
        other.ajouter(avant)
        found = list(atelier.sur(other.adresse, atelier.travaux(2)))
        assert code(found) == "GRP003"
        assert found[0].faute and said in found[0].faute.message


def test_the_command_says_it_once(projet: Path) -> None:
    args = ("generer", NUMERO, "--sans-pdf", "--sans-cache", "--sortie", "muette")
    done = convenant(*args, "--cluster", "xyz://ailleurs:1", cwd=projet)
    assert done.returncode == 1
    assert done.stderr.count("erreur[GRP002] la grappe ne répond pas") == 1
    assert not (projet / "muette" / NUMERO / "01-rapport.docx").exists()


def test_ecart_names_what_differs() -> None:
    assert ecart({"isal": "1", "lxml": "6"}, {"isal": "1", "lxml": "6"}) == ""
    assert ecart({"isal": "1", "lxml": "6"}, {"isal": "absent", "lxml": "6"}) == "isal 1 ici, absent là-bas"


def test_the_error_survives_pickling() -> None:
    error = GrappeError(Diagnostic("GRP004", "aucun nœud", Span("x")))
    assert pickle.loads(pickle.dumps(error)).diagnostic == error.diagnostic
