"""Loading: what is wrong in a file is said at its line and column, and costs that file only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator import source
from generator.diagnostics import Diagnostic, Span, to_text
from generator.identifiants import BIC, CODE_POSTAL, IBAN, RNA
from generator.load import Records, load, show_path
from generator.load.typage import _FORMES, type_record
from generator.model import Racine, Structure
from generator.schema import schemas

from .records_kit import BASE, DATA, DELIBERATION, examine, places, project

NB = "\u00a0"
STRUCTURE = (BASE / "structures/ccas-de-valmer.yaml").read_text(encoding="utf-8")
ACTES = f"{DELIBERATION}/actes/ccas-de-valmer.yaml"


def problems(text: str, model: type[Racine] = Structure) -> list[str]:
    """« line:column-end CODE message | help » for each finding, with plain spaces."""
    src, found = source.parse(text, "f.yaml")
    if src is not None:
        record, more = type_record(src, model)
        assert (record is None) == bool(more)
        found = [*found, *more]
    return [
        f"{d.span.line}:{d.span.column}-{d.span.end_column} {d.code} {d.message} | {d.help}".replace(NB, " ")
        for d in found
    ]


def spoilt(old: str, new: str) -> list[str]:
    assert STRUCTURE.count(old) == 1
    return problems(STRUCTURE.replace(old, new))


def test_good_structure() -> None:
    assert problems(STRUCTURE) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "nom: Centre communal d’action sociale de Valmer\n",
            "",
            "1:1-19 REC001 champ obligatoire absent : « nom » | ajouter la ligne « nom: … » à cet endroit",
        ),
        (
            '  code_postal: "62998"\n',
            "",
            "5:1-6 REC001 champ obligatoire absent : « code_postal » "
            "| ajouter la ligne « code_postal: … » à cet endroit",
        ),
        (
            "fictif: true",
            "fictive: true",
            "11:1-8 REC002 clé inconnue : « fictive » | vouliez-vous écrire « fictif » ?",
        ),
        (
            "fictif: true",
            "xyz: true",
            "11:1-4 REC002 clé inconnue : « xyz » | supprimer cette ligne",
        ),
        (
            "  commune: Valmer",
            "  commune: Valmer\n  comune: Valmer",
            "9:3-9 REC002 clé inconnue : « comune » | vouliez-vous écrire « commune » ?",
        ),
        (
            "forme: ccas",
            "forme: mairie",
            "3:8-14 REC003 « mairie » n’est pas une valeur admise | valeurs admises : association, "
            "fondation, ccas, cias, gip, commune, epci ou societe",
        ),
        (
            "forme: ccas",
            "forme: [ccas]",
            "3:1-6 REC003 cette valeur n’est pas une valeur admise | valeurs admises : association, "
            "fondation, ccas, cias, gip, commune, epci ou societe",
        ),
        (
            "nom: Centre communal d’action sociale de Valmer",
            "nom:",
            "2:1-4 REC003 champ vide : « nom » "
            "| écrire une valeur, ou supprimer la ligne si le champ est facultatif",
        ),
        (
            "nom: Centre communal d’action sociale de Valmer",
            'nom: "  "',
            "2:6-10 REC003 champ vide : « nom » | corriger la valeur",
        ),
        (
            "nom: Centre communal d’action sociale de Valmer",
            "nom: [Centre, communal]",
            "2:1-4 REC003 un texte est attendu pour « nom » | corriger la valeur",
        ),
        (
            '"62998"',
            '"9910"',
            "7:16-22 IDN009 code postal « 9910 » : cinq chiffres attendus "
            "| écrire entre guillemets les cinq chiffres du code postal",
        ),
        (
            "id: ccas-de-valmer",
            "id: CCAS",
            "1:5-9 REC003 « CCAS » n’a pas la forme attendue pour « id » "
            "| forme attendue : des minuscules sans accent, des chiffres et des traits d’union",
        ),
        (
            'siret: "99999002100019"',
            "siret: 99999002100091",
            "4:8-22 IDN001 SIRET « 99999002100091 » : la clé de contrôle (Luhn) est fausse "
            "| recopier, entre guillemets, les 14 chiffres de l’avis de situation de l’Insee",
        ),
        (
            'siret: "99999002100019"',
            "siret: 999 990 021 00019",
            "4:8-25 IDN001 SIRET « 999 990 021 00019 » : 14 chiffres attendus, sans espace ni lettre "
            "| recopier, entre guillemets, les 14 chiffres de l’avis de situation de l’Insee",
        ),
        (
            "fictif: true",
            "fictif: peut-être",
            "11:9-18 NOM002 « peut-être » n’est ni oui ni non | écrire true (oui) ou false (non)",
        ),
        (
            "fictif: true",
            "fictif: {a: b}",
            "11:1-7 REC003 cette valeur ne convient pas pour « fictif » | corriger la valeur",
        ),
    ],
)
def test_schema_errors(old: str, new: str, expected: str) -> None:
    assert spoilt(old, new) == [expected]


def test_every_error_of_a_file_is_reported_at_once() -> None:
    text = STRUCTURE.replace("ccas\n", "mairie\n", 1).replace("commune: Valmer", "commune:")
    text = text.replace("fictif: true", "fictif: oh")
    assert [p.split(" ")[1] for p in problems(text)] == ["REC003", "REC003", "NOM002"]


def test_known_keys_are_noted() -> None:
    src, _ = source.parse(STRUCTURE.replace("voie:", "rue:"), "f.yaml")
    assert src is not None
    _, found = type_record(src, Structure)
    (unknown,) = [d for d in found if d.code == "REC002"]
    assert [n.text for n in unknown.notes] == [f"clés connues ici{NB}: voie, code_postal, commune"]


def test_very_long_value_is_clipped() -> None:
    (line,) = spoilt("forme: ccas", "forme: " + "x" * 5000)
    assert "« " + "x" * 39 + "… »" in line


def test_excerpt_shows_the_value(tmp_path: Path) -> None:
    folder = project(tmp_path)
    path = folder / "structures/ccas-de-valmer.yaml"
    path.write_text(STRUCTURE.replace("forme: ccas", "forme: mairie"), encoding="utf-8")
    records, (found,) = examine(folder)
    text = to_text(found, records.sources[found.span.file].lines)
    assert "  3 | forme: mairie\n    |        ^^^^^^\n" in text


def test_every_pattern_has_words() -> None:
    """A pattern of a model is never shown as such to the user."""

    def patterns(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
            return own.union(*(patterns(v) for v in node.values()))
        if isinstance(node, list):
            return set().union(*(patterns(v) for v in node))
        return set()

    has_its_own_code = {"^[0-9]{14}$"}  # IDN001
    has_its_own_code |= {f"^{p}$" for p in (RNA, IBAN, BIC, CODE_POSTAL)}  # IDN006 to IDN009
    assert {p for p in patterns(schemas()) if "\\d" not in p} - has_its_own_code == set(_FORMES)


# --- what a faulty file costs ---------------------------------------------------------------------


def spoil(folder: Path, name: str, old: str, new: str) -> tuple[Records, list[Diagnostic]]:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return examine(folder)


def test_unknown_code_in_actes_costs_that_structure_only(tmp_path: Path) -> None:
    records, found = spoil(project(tmp_path), ACTES, "quantite: 10", "quantites: 10")
    assert places(records, found) == [(ACTES, 13, "REC002")]
    dossier = records.dossiers["2030-001"]
    assert sorted(dossier.actes) == ["amis-du-phare", "atelier-du-bassin"]
    key = records.cle(ACTES)
    assert key in dossier.fichiers_actes and key in records.fautifs
    assert found[0].blocked == {key}


def test_faulty_structure_does_not_make_it_unknown(tmp_path: Path) -> None:
    name = "structures/ccas-de-valmer.yaml"
    records, found = spoil(project(tmp_path), name, "forme: ccas", "forme: mairie")
    assert places(records, found) == [(name, 3, "REC003")]
    assert "ccas-de-valmer" not in records.structures
    assert records.connu(name) and not records.connu("structures/inconnue.yaml")


@pytest.mark.parametrize(
    "name",
    [
        "territoires.yaml",
        "dispositifs/2030/accueil.yaml",
        "conventions-types/2029-06-01.yaml",
        "budget/2030.yaml",
        f"{DELIBERATION}/modeles/annexe-04.yaml",
    ],
)
def test_unreadable_file_has_no_cascade(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path)
    with (folder / name).open("a", encoding="utf-8") as stream:
        stream.write("\ttabulation: 1\n")
    records, found = examine(folder)
    assert {(file, code) for file, _, code in places(records, found)} == {(name, "YML002")}


def test_file_name_differs_from_id(tmp_path: Path) -> None:
    folder = project(tmp_path)
    old = folder / "structures/ccas-de-valmer.yaml"
    old.rename(folder / "structures/ccas-valmer.yaml")
    records, found = load(folder)
    (wrong,) = found
    assert (wrong.code, wrong.span.line, wrong.span.column) == ("REC004", 1, 5)
    assert wrong.message.replace(NB, " ") == (
        "« ccas-de-valmer » n’est pas le nom du fichier, qui est « ccas-valmer »"
    )
    assert "id: ccas-valmer" in wrong.help
    assert "ccas-de-valmer" not in records.structures


def test_millesime_differs_from_folder(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "dispositifs/2030").rename(folder / "dispositifs/2029")
    _, found = load(folder)
    assert [d.code for d in found] == ["REC004", "REC004"]
    assert f"le nom du dossier, qui est «{NB}2029{NB}»" in found[0].message


@pytest.mark.parametrize("name", ["ccas-de-valmer.yml", "ccas-de-valmer.YAML"])
def test_suffix_nearly_right_is_not_ignored(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / ACTES).rename((folder / ACTES).with_name(name))
    records, found = examine(folder)
    assert places(records, found) == [(f"{DELIBERATION}/actes/{name}", 0, "REC005")]


def test_folder_named_as_a_record(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "structures/dossier.yaml").mkdir()
    records, found = examine(folder)
    assert places(records, found) == [("structures/dossier.yaml", 0, "REC005")]


def test_other_files_and_hidden_ones_are_left_alone(tmp_path: Path) -> None:
    folder = project(tmp_path)
    for name in ("LISEZ-MOI.md", ".cache.yaml", "._ccas-de-valmer.yaml"):
        (folder / "structures" / name).write_text("x: [", encoding="utf-8")
    (folder / "deliberations/.git").mkdir()
    _, found = examine(folder)
    assert found == []


def test_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path)
    real = Path.iterdir

    def refuse(self: Path) -> object:
        if self == folder / DELIBERATION / "actes":  # root reads everything: a mode would not do
            raise PermissionError(13, "Permission denied", str(self))
        return real(self)

    monkeypatch.setattr(Path, "iterdir", refuse)
    records, found = examine(folder)
    assert places(records, found) == [(f"{DELIBERATION}/actes", 0, "YML001")]


def test_folder_that_does_not_exist(tmp_path: Path) -> None:
    records, (found,) = load(tmp_path / "rien")
    assert found.code == "YML001" and found.help and not records.dossiers


def test_paths_are_shown_as_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert show_path(tmp_path / "data") == "data"
    assert show_path(Path("data")) == "data"
    records, _ = load(Path("data"))
    assert "data/departement.yaml" in records.sources
    assert records.span("data/territoires.yaml", "territoires", 1, "nom") == Span(
        "data/territoires.yaml", 5, 10, 16
    )
    assert records.span("data/inconnu.yaml", "x") == Span("data/inconnu.yaml")
    monkeypatch.chdir(tmp_path / "data" / "structures")
    assert show_path(tmp_path / "data") == (tmp_path / "data").as_posix()


def test_records_of_the_base() -> None:
    records, found = load(BASE)
    assert found == []
    assert list(records.dossiers) == ["2030-001", "2031-05-12"]
    dossier = records.dossiers["2030-001"]
    assert dossier.cle.endswith(f"{DELIBERATION}/deliberation.yaml")
    assert list(records.territoires) == ["littoral", "plaine", "bassin"]
    assert list(records.dispositifs) == ["2030/accueil", "2030/ateliers", "2031/deplacements", "2031/suivi"]
    assert list(records.budgets) == [2030]
    assert list(dossier.modeles) == ["annexe-04", "annexe-05"]
    assert len(dossier.fichiers_actes) == 3
    assert len(records.sources) == len(list(BASE.rglob("*.yaml")))


def test_no_record_says_where_it_was_read() -> None:
    """`origine` is for the program: it is never written back nor part of a schema."""
    records, _ = load(BASE)
    assert all(s.origine.endswith(f"structures/{s.id}.yaml") for s in records.structures.values())
    assert "origine" not in next(iter(records.structures.values())).model_dump()
    assert "origine" not in str(schemas())


def test_loading_does_not_depend_on_the_order_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project(tmp_path).parent)
    here = load(Path("data"))[0]
    real = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda self: sorted(real(self), reverse=True))
    assert list(load(Path("data"))[0].sources) == list(here.sources)


def test_real_data_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    records, found = load(Path(os.path.relpath(DATA)))
    assert found == [] and "2024-587" in records.dossiers
