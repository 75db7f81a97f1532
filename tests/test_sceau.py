"""What was voted is frozen: nothing changes afterwards without being told, an erratum reopens one act."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import convenant
from generator.cli.socle import USAGE
from generator.conformite import Passage, empreinte_du_texte
from generator.diagnostics import Diagnostic, to_text
from generator.model import Deliberation
from generator.model.actes import ActeOperation, AnnonceActe, ConventionInitiale, Repartition
from generator.plan import Choix
from generator.sceau.forme import (
    Erratum,
    Sceau,
    Texte,
    en_texte,
    en_yaml,
    fichier_du_texte,
    lire_sceau,
    lire_texte,
)
from generator.sceau.montants import champs_montants
from generator.service import Options as Production
from generator.service import Workspace
from generator.service.conformite import Conformite
from generator.service.conformite import Options as Examen
from generator.service.scelles import Scelles
from tests.dossier_kit import DATA, TEMPLATES
from tests.finances_kit import Muet

NUMERO, LE = "2024-587", dt.date(2024, 12, 9)
ACTE = "actes/faimah-avenant-annexe-06"


@pytest.fixture(scope="module")
def scelle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose deliberation is sealed; copied by each test that changes it."""
    folder = tmp_path_factory.mktemp("scelle")
    shutil.copytree(DATA, folder / "data")
    shutil.copytree(TEMPLATES, folder / "templates")
    done = Scelles(atelier(folder)).sceller(NUMERO, "Sabine DESPIERRE", LE, Muet())
    assert (done.modeles, done.actes, done.diagnostics) == (5, 21, [])
    return folder


@pytest.fixture
def projet(scelle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    shutil.copytree(scelle, tmp_path / "p", ignore=shutil.ignore_patterns("cache"))
    shutil.copytree(scelle / "cache", tmp_path / "p" / "cache")
    monkeypatch.chdir(tmp_path / "p")
    yield tmp_path / "p"


def atelier(folder: Path) -> Workspace:
    return Workspace(folder / "data", folder / "templates", folder / "output", folder / "cache")


def constats(folder: Path) -> list[Diagnostic]:
    work = atelier(folder)
    etat = work.charger(Muet())
    return [d for d in Scelles(work).controler(etat, NUMERO) if d.code.startswith("SCE")]


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "data" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


FAIMAH = f"deliberations/{NUMERO}/actes/faimah.yaml"
SCEAU = f"deliberations/{NUMERO}/sceau.yaml"


def test_what_has_not_changed_is_not_told(projet: Path) -> None:
    assert constats(projet) == []
    assert [d for d in atelier(projet).verifier(NUMERO, Muet()).diagnostics if d.code.startswith("SCE")] == []


def test_a_comment_in_a_record_changes_nothing(projet: Path) -> None:
    edit(projet, FAIMAH, "fictif: true", "fictif: true  # vu")
    assert constats(projet) == []


def test_an_amount_is_told_at_its_place_and_verifier_tells_it(projet: Path) -> None:
    edit(projet, FAIMAH, "montant: 57 750,00", "montant: 57 751,00")
    found = [d for d in atelier(projet).verifier(NUMERO, Muet()).diagnostics if d.code == "SCE003"]
    (d,) = found
    assert d.is_error and d.span.file.endswith("faimah.yaml") and d.span.line == 26
    assert "57\u00a0750,00\u00a0€ au scellé" in d.message and "57\u00a0751,00\u00a0€" in d.message


def test_an_amount_of_the_deliberation_is_told(projet: Path) -> None:
    edit(projet, f"deliberations/{NUMERO}/deliberation.yaml", "montant: 567 150,00", "montant: 567 151,00")
    assert [d.code for d in constats(projet)] == ["SCE003"]


def test_a_template_is_told_with_what_it_changes(projet: Path) -> None:
    path = projet / "templates/clauses/reste-inchange.docx"
    word = docx.Document(str(path))
    target = next(p for p in word.paragraphs if p.text.strip())
    target.add_run(" Sauf accord contraire.")
    word.save(str(path))
    by_code: dict[str, list[Diagnostic]] = {}
    for d in constats(projet):
        by_code.setdefault(d.code, []).append(d)
    (template,) = by_code["SCE004"]
    assert template.span.file.endswith("templates/clauses/reste-inchange.docx") and not template.is_error
    assert set(by_code) == {"SCE002", "SCE004", "SCE005"}
    for d in (*by_code["SCE002"], *by_code["SCE005"]):
        assert any("Sauf accord contraire" in n.text for n in d.notes)


def test_a_modele_that_changes_is_an_error_and_no_act_is_certified_under_it(projet: Path) -> None:
    edit(projet, f"deliberations/{NUMERO}/modeles/annexe-06.yaml", "pour le plein emploi", "pour le travail")
    found = constats(projet)
    assert {d.code for d in found} == {"SCE002", "SCE005"}
    (modele,) = [d for d in found if d.code == "SCE002"]
    assert "annexe-06-modele-avenant" in modele.message
    assert any("plein emploi" in n.text for n in modele.notes) and any(
        "annexe-06.yaml" in n.text for n in modele.notes
    )
    work = atelier(projet)
    work.generer(NUMERO, Production(choix=Choix(documents=("avenant", "convention")), pdf=False), Muet())
    bilan = Conformite(work).examiner(NUMERO, [], Examen(LE, pdf=False), Muet())
    assert not bilan.conforme and "SCE002" in {d.code for d in bilan.diagnostics}


def test_an_erratum_reopens_one_act_and_only_as_it_was_said(projet: Path) -> None:
    edit(projet, FAIMAH, 'signee_le: "2024-02-26"', 'signee_le: "2024-02-27"')
    assert [d.code for d in constats(projet)] == ["SCE005"]
    work = Scelles(atelier(projet))
    done = work.erratum(
        NUMERO, "faimah-avenant-annexe-06", "Anne PETIT", dt.date(2025, 1, 6), "Date fausse.", Muet()
    )
    assert done.diagnostics == [] and done.fichier is not None
    assert constats(projet) == []
    assert "Anne PETIT" in done.fichier.read_text("utf-8")
    edit(projet, FAIMAH, "montant: 57 750,00", "montant: 57 751,00")
    edit(projet, FAIMAH, "montant: 53 912,45", "montant: 53 911,45")
    edit(projet, FAIMAH, 'signee_le: "2024-02-27"', 'signee_le: "2024-02-28"')
    assert sorted(d.code for d in constats(projet)) == ["SCE003", "SCE003", "SCE005"]


def test_an_erratum_names_a_sealed_act(projet: Path) -> None:
    done = Scelles(atelier(projet)).erratum(NUMERO, "nul", "A", LE, "M", Muet())
    assert [d.code for d in done.diagnostics] == ["SCE007"]
    text = (projet / "data" / SCEAU).read_text("utf-8")
    row = f'errata:\n  - {{acte: nul, par: A, le: "2025-01-01", motif: m, texte: "{"0" * 64}"}}\n'
    (projet / "data" / SCEAU).write_text(text + row, "utf-8")
    assert [d.code for d in constats(projet)] == ["SCE007"]


def test_an_act_after_the_vote_and_an_act_that_is_gone_are_told(projet: Path) -> None:
    path = projet / "data" / FAIMAH
    text = path.read_text("utf-8")
    path.write_text(text.replace("numero: 2025-00044", "numero: 2025-00045", 1), "utf-8")
    assert [d.code for d in constats(projet)] == ["SCE005"]
    path.write_text(text[: text.index("  - numero: 2025-00044")], "utf-8")
    codes = [d.code for d in constats(projet)]
    assert "SCE005" in codes and set(codes) == {"SCE003", "SCE005"}


def test_a_seal_is_written_once_and_tampering_is_seen(projet: Path) -> None:
    again = Scelles(atelier(projet)).sceller(NUMERO, "X", LE, Muet())
    assert [d.code for d in again.diagnostics] == ["SCE008"] and again.fichier is None
    edit(projet, SCEAU, "Sabine DESPIERRE", "Quelqu’un d’autre")
    assert [d.code for d in constats(projet)] == ["SCE001"]


def test_a_seal_that_cannot_be_read_is_located(projet: Path) -> None:
    edit(projet, SCEAU, "par: ", "parr: ")
    found = Scelles(atelier(projet)).controler(atelier(projet).charger(Muet()), NUMERO)
    assert [d.code for d in found] == ["REC002"] and found[0].span.line == 5


def test_nothing_faulty_is_sealed(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    edit(tmp_path, FAIMAH, "montant: 57 750,00", "montant: 57 751,00")
    work = Workspace(tmp_path / "data", TEMPLATES, tmp_path / "output")
    done = Scelles(work).sceller(NUMERO, "X", LE, Muet())
    (d,) = done.diagnostics
    assert d.code == "SCE009" and d.notes and done.fichier is None
    assert not (tmp_path / "data" / SCEAU).exists()
    assert [d.code for d in Scelles(work).sceller("2024-999", "X", LE, Muet()).diagnostics] == ["CHX002"]
    none = Scelles(work).erratum(NUMERO, "x", "X", LE, "m", Muet())
    assert [d.code for d in none.diagnostics] == ["SCE009"]


def test_a_faulty_structure_is_told_and_nothing_is_sealed(tmp_path: Path) -> None:
    """No context can be asked for when the file of a structure has been refused."""
    shutil.copytree(DATA, tmp_path / "data")
    edit(tmp_path, "structures/faimah.yaml", "siret: ", "sirett: ")
    done = Scelles(Workspace(tmp_path / "data", TEMPLATES, tmp_path / "o")).sceller(NUMERO, "X", LE, Muet())
    (d,) = done.diagnostics
    assert d.code == "SCE009" and "la délibération" in d.message and done.fichier is None
    assert any(n.span and n.span.file.endswith("structures/faimah.yaml") for n in d.notes)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("structures/faimah.yaml", "siret: ", "sirett: "), (FAIMAH, "montant: 57 750,00", "montant: 57 751,00")],
    ids=["structure", "montant"],
)
def test_an_act_that_is_blocked_is_not_reopened(projet: Path, name: str, old: str, new: str) -> None:
    edit(projet, name, old, new)
    before = (projet / "data" / SCEAU).read_bytes()
    done = Scelles(atelier(projet)).erratum(NUMERO, ACTE, "Anne PETIT", LE, "Montant faux.", Muet())
    (d,) = done.diagnostics
    assert d.code == "SCE009" and f"l’acte «\u00a0{ACTE}\u00a0» ne peut pas" in to_text(d) and d.notes
    assert done.fichier is None and (projet / "data" / SCEAU).read_bytes() == before


def test_a_seal_that_cannot_be_read_is_told_with_the_acts(projet: Path) -> None:
    edit(projet, SCEAU, "par: ", "parr: ")
    work = atelier(projet)
    sceau, found = Scelles(work).modeles_changes(work.charger(Muet()), NUMERO)
    assert sceau is None and [d.code for d in found] == ["REC002"]
    bilan = Conformite(work).examiner(NUMERO, [], Examen(LE, pdf=False), Muet())
    assert not bilan.conforme and "REC002" in {d.code for d in bilan.diagnostics}


@pytest.mark.parametrize(
    "words",
    [["--par", ""], ["--par", "\u00a0"], ["--par", "A", "--erratum", ACTE, "--motif", " "]],
    ids=["par", "espace", "motif"],
)
def test_a_seal_needs_a_name_and_an_erratum_a_reason(projet: Path, words: list[str]) -> None:
    done = CliRunner().invoke(convenant, ["sceller", NUMERO, *words])
    assert done.exit_code == USAGE and "le texte est vide" in done.stderr


def test_the_same_seal_is_the_same_bytes(scelle: Path, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    Scelles(Workspace(tmp_path / "data", TEMPLATES, tmp_path / "o")).sceller(
        NUMERO, "Sabine DESPIERRE", LE, Muet()
    )
    assert (tmp_path / "data" / SCEAU).read_bytes() == (scelle / "data" / SCEAU).read_bytes()


def test_every_field_of_money_is_an_amount() -> None:
    """A new amount of the records is sealed without anything being said here."""
    assert champs_montants(Repartition) == {"montant"}
    assert champs_montants(ActeOperation) == {"valorisation"}
    assert champs_montants(AnnonceActe) == {"operations", "convention"}
    assert champs_montants(ConventionInitiale) == {"cout"}
    assert champs_montants(Deliberation) == frozenset()


LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda t: t.strip())


@given(st.lists(st.tuples(LINE, LINE)))
@settings(max_examples=50, deadline=None)
def test_texts_come_back(tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]]) -> None:
    passages = tuple(Passage("corps", a, b) for a, b in lines)
    folder = tmp_path_factory.mktemp("t")
    sealed = Texte(document="actes/x", texte=empreinte_du_texte(passages))
    path = fichier_du_texte(folder, "actes/x")
    path.parent.mkdir(parents=True)
    path.write_bytes(en_texte(passages))
    again = lire_texte(folder, sealed)
    assert again is not None and [p.mots for p in again] == [p.mots for p in passages]


@given(st.dictionaries(LINE, st.integers(0, 10**12), max_size=4), LINE, LINE)
@settings(max_examples=50, deadline=None)
def test_seals_come_back(
    tmp_path_factory: pytest.TempPathFactory, amounts: dict[str, int], par: str, motif: str
) -> None:
    digest = "0" * 64
    s = Sceau(
        deliberation="2024-587",
        le=LE,
        par=par,
        montants={k.strip(): v for k, v in amounts.items()},
        empreinte=digest,
    )
    s = s.model_copy(
        update={
            "empreinte": s.calcul(),
            "errata": (Erratum(acte="a", par="p", le=LE, motif=motif, texte=digest),),
        }
    )
    folder = tmp_path_factory.mktemp("s")
    (folder / "sceau.yaml").write_bytes(en_yaml(s))
    again, _, found = lire_sceau(folder)
    assert found == [] and again is not None
    assert again.calcul() == s.empreinte and again.errata == s.errata
