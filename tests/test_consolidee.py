"""Conventions as they stand on a day: what each avenant puts in the text, and from when."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from generator.documents import Document
from generator.documents.couverture import conventions
from generator.load import Records, load
from generator.render import Engine
from tests.dossier_kit import DATA, TEMPLATES, convenant, text

BLEU, FORMA, ACTIF = "convention-2023-01628", "convention-2023-00963", "convention-2024-01213"


@pytest.fixture(scope="module")
def records() -> Records:
    return load(DATA)[0]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(TEMPLATES)


def works(records: Records, day: str) -> dict[str, Document]:
    return {d.ident: d for d in conventions(records, dt.date.fromisoformat(day)).documents}


def lines(engine: Engine, records: Records, ident: str, day: str) -> list[str]:
    d = works(records, day)[ident]
    jour = dt.date.fromisoformat(day)
    done = engine.render(d.template, d.contexte(), titre=d.titre, jour=jour, nominatif=True)
    return [line.replace("\u00a0", " ") for line in text(done)]


def article(found: list[str], number: int) -> list[str]:
    """What stands under an article."""
    start = next(k for k, line in enumerate(found) if line.startswith(f"Article {number} –"))
    rest = found[start + 1 :]
    end = next((k for k, line in enumerate(rest) if line.startswith(("Article ", "Annexe n°"))), len(rest))
    return rest[:end]


def test_a_convention_appears_on_the_day_it_is_signed(records: Records) -> None:
    assert BLEU not in works(records, "2023-07-02")
    assert BLEU in works(records, "2023-07-03")


def test_before_the_avenant_the_text_is_the_initial_one(records: Records, engine: Engine) -> None:
    found = lines(engine, records, BLEU, "2023-09-17")
    assert "40 000,00 €" in article(found, 4)[0]
    assert not any("115" in line or "Avenant" in line for line in found)
    assert article(found, 7)[5].endswith(
        "jusqu’au 31 décembre 2033 tous les documents qui se rapportent à l’opération."
    )


def test_an_article_that_is_replaced_gives_way_to_the_avenant(records: Records, engine: Engine) -> None:
    found = lines(engine, records, BLEU, "2023-09-18")
    mark = "Avenant n° 1 (délibération du 18 septembre 2023)"
    assert article(found, 3)[0] == mark
    assert "au 31 décembre 2024 inclus" in article(found, 3)[1]
    assert [x for x in article(found, 4) if "115 000,00" in x]
    assert not any(
        "«" in line for line in article(found, 3) + article(found, 4)
    )  # it is no longer a quotation


def test_a_passage_that_is_replaced_leaves_the_rest_of_its_article(records: Records, engine: Engine) -> None:
    before, after = (article(lines(engine, records, BLEU, day), 7) for day in ("2023-09-17", "2023-09-18"))
    assert after[:5] == before[:5]
    assert after[5:7] == [
        "Avenant n° 1 (délibération du 18 septembre 2023)",
        "Tous les documents relatifs à l’opération sont conservés par la structure "
        "jusqu’au 31 décembre 2034.",
    ]
    assert after[7:] == before[6:]


def test_a_list_that_is_completed_keeps_its_items(records: Records, engine: Engine) -> None:
    ident = next(
        i
        for i, d in works(records, "2024-12-09").items()
        if d.structure == "ccas-d-escalmont" and "2024" in i
    )
    found = article(lines(engine, records, ident, "2024-12-09"), 8)
    nine = next(k for k, line in enumerate(found) if line.startswith("9.\t"))
    assert found[nine + 1].startswith("Avenant n° 1 (délibération n° 2024-587")
    assert found[nine + 2].startswith("10. Se servir")


def test_annexes_are_those_of_the_day(records: Records, engine: Engine) -> None:
    early = article(lines(engine, records, FORMA, "2023-09-01"), 12)
    late = article(lines(engine, records, FORMA, "2023-09-18"), 12)
    assert early[-1].startswith("annexes 2 à 4") and "non reproduit" in early[-1]
    assert late[:-1] == [*early[:-1], early[-1].removesuffix(".") + " ;"]
    assert late[-1] == "annexe 5 : « Accompagnement global » (avenant n° 1)."


def test_what_the_records_lack_is_said_to_be_missing(records: Records, engine: Engine) -> None:
    """The titles of the annexes, which the initial article 1 names, are not in the records."""
    found = article(lines(engine, records, FORMA, "2023-09-01"), 1)
    assert len(found) == 1 and found[0].startswith(
        "La rédaction initiale de cet article n’est pas reproduite"
    )


def test_the_end_of_a_convention_is_said(records: Records, engine: Engine) -> None:
    assert "La convention a pris fin le 31 décembre 2024." in lines(engine, records, BLEU, "2025-01-01")
    assert not any("a pris fin" in x for x in lines(engine, records, BLEU, "2024-12-31"))


def second_avenant(tmp_path: Path) -> Path:
    """The data with a later avenant on the same convention, which changes the date of conservation again."""
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    old, new = data / "deliberations" / "2023-09-18", data / "deliberations" / "2024-03-04"
    shutil.copytree(old, new)
    for path in new.rglob("*.yaml"):
        s = path.read_text("utf-8").replace('date: "2023-09-18"', 'date: "2024-03-04"')
        path.write_text(s, "utf-8")
    modele = new / "modeles" / "annexe-06.yaml"
    s = modele.read_text("utf-8").replace('au: "2024-12-31"', 'au: "2025-06-30"')
    modele.write_text(s, "utf-8")
    acte = new / "actes" / "le-cheval-bleu.yaml"
    s = acte.read_text("utf-8").replace(
        "      annexes: 2\n", "      annexes: 2\n      avenants_anterieurs: 1\n"
    )
    acte.write_text(s, "utf-8")
    return data


def test_avenants_apply_in_order(tmp_path: Path, engine: Engine) -> None:
    records = load(second_avenant(tmp_path))[0]
    first, last = (article(lines(engine, records, BLEU, day), 7) for day in ("2024-03-03", "2024-03-04"))
    assert "31 décembre 2034" in first[6] and first[5].startswith("Avenant n° 1")
    assert "31 décembre 2035" in last[6] and last[5].startswith("Avenant n° 2")
    assert len(first) == len(last)  # the first avenant's passage is gone
    table = [x for x in lines(engine, records, BLEU, "2024-03-04") if x.startswith("| Avenant")]
    assert [x.split(" | ")[0] for x in table] == ["| Avenant n° 1", "| Avenant n° 2"]


def test_the_command_builds_one_convention(tmp_path: Path) -> None:
    args = ("consolider", "2023-01628", "--au", "31/12/2023", "--sortie", str(tmp_path))
    done = convenant(*args, "--sans-pdf")
    assert done.returncode == 0, done.stderr
    assert [p.name for p in (tmp_path / "conventions-2023-12-31").glob("*.docx")] == [
        "convention-2023-01628.docx"
    ]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("2023-01629",), "vouliez-vous écrire « 2023-01628 »"),
        (("2023-01628", "--au", "2023-07-02"), "à partir de sa signature"),
        (("--au", "1999-01-01"), "aucune convention signée le 01/01/1999"),
    ],
)
def test_an_unknown_convention_is_said(args: tuple[str, ...], words: str, tmp_path: Path) -> None:
    done = convenant("consolider", *args, "--sortie", str(tmp_path), "--sans-pdf")
    assert done.returncode == 1 and "CHX004" in done.stderr and words in done.stderr


def test_a_date_that_is_none_is_refused() -> None:
    done = convenant("consolider", "--au", "31/02/2024")
    assert done.returncode == 2 and "n’est pas une date" in done.stderr
