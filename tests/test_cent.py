"""One cent, or one place, changed anywhere in the real data is seen, and its line is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

from generator.checks import verifier
from generator.diagnostics import Diagnostic, Span, to_text
from generator.load import Records, load
from generator.model import Actes, Budget, Deliberation, Dispositif, Modele, Racine, Structure
from generator.model.types import Entier, Euro
from generator.money import appliquer, parse_euros
from generator.typography import euros

from .records_kit import DATA

NUMERO, EXTRAIT = "2024-587", "2023-09-18"


@cache
def real() -> Records:
    records, found = load(DATA)
    found = [*found, *verifier(records)]
    wrong = [d for d in found if d.is_error]  # a published fiche that contradicts itself is a warning
    assert not wrong, "\n".join(to_text(d) for d in wrong)
    return records


# --- the published figures ------------------------------------------------------------------------


def test_real_data_have_no_error() -> None:
    assert {NUMERO, EXTRAIT} <= set(real().dossiers)


def test_published_sums() -> None:
    """Recomputed from the actes alone, against the text of the deliberation of 9 December 2024."""
    dossier = real().dossiers[NUMERO]
    cents: dict[str, int] = {}
    units: dict[str, int] = {}
    who: dict[str, set[str]] = {}
    for actes in dossier.actes.values():
        for acte in actes.actes:
            for part in acte.operations:
                cents[part.operation] = cents.get(part.operation, 0) + part.montant
                units[part.operation] = units.get(part.operation, 0) + (part.quantite or 0)
                who.setdefault(part.operation, set()).add(actes.structure)
    assert cents == {
        "accueil-brsa": 0,
        "accompagnement-equilibre": 567_150_00,
        "travailleurs-independants": 79_850_00,
        "coaching-familial": 65_000_00,
        "accompagner-autrement": 30_000_00,
        "actions-innovantes": 69_998_00,
        "faj-collectif": 59_220_00,
    }
    assert {k: len(v) for k, v in who.items()} == {
        "accueil-brsa": 8,
        "accompagnement-equilibre": 12,
        "travailleurs-independants": 1,
        "coaching-familial": 1,
        "accompagner-autrement": 1,
        "actions-innovantes": 2,
        "faj-collectif": 2,
    }
    assert units["accueil-brsa"] == 4783
    assert units["accompagnement-equilibre"] == 2706
    assert (units["coaching-familial"], units["accompagner-autrement"], units["actions-innovantes"]) == (
        50,
        100,
        170,
    )
    totals = {th.numero: sum(cents[o.id] for o in th.operations) for th in dossier.deliberation.thematiques}
    assert totals == {1: 712_000_00, 3: 99_998_00, 4: 59_220_00}


def test_published_budget() -> None:
    budget = real().dossiers[NUMERO].deliberation.budget
    assert [(b.code, b.ae, b.disponible, b.disponible - b.proposition) for b in budget] == [
        ("C02-446A05", 8_589_450_00, 915_067_73, 203_067_73),
        ("C01-444H02", 13_789_480_46, 620_612_11, 520_614_11),
        ("C02-428C01", 130_000_00, 90_500_00, 31_280_00),
    ]
    assert [b.solde for b in budget] == [203_067_73, 520_614_11, 31_280_00]


def test_published_acts_of_2023() -> None:
    """Against the text of annexes 5 and 6 of the deliberation of 18 September 2023."""
    dossier = real().dossiers[EXTRAIT]
    (forma,) = dossier.actes["passeport-forma"].actes
    (bleu,) = dossier.actes["le-cheval-bleu"].actes
    assert forma.convention and bleu.convention
    assert (forma.convention.cout, forma.montant, forma.annonce.convention) == (
        89_000_00,
        6_875_00,
        95_875_00,
    )
    assert (bleu.convention.cout, bleu.montant) == (40_000_00, 115_000_00)
    assert [v.montant for v in bleu.convention.versements] == [24_000_00, 16_000_00]
    assert [v.quantite for v in bleu.convention.volumes] == [60, 20, 20]
    assert [r.quantite for r in bleu.operations[0].repartition] == [90, 90, 50]
    rates = [
        [v.taux for v in real().dispositifs[f"2023/{ref}"].financement.versements]
        for ref in ("accompagnement-global", "accompagnement-specifique-brsa")
    ]
    advances = [
        appliquer(a.montant, [r for r in own if r])[0] for a, own in zip((forma, bleu), rates, strict=True)
    ]
    assert advances == [4_125_00, 69_000_00]


def test_every_territoire_and_every_kind_of_acte_is_there() -> None:
    dossier = real().dossiers[NUMERO]
    seen = {
        r.territoire
        for a in dossier.actes.values()
        for x in a.actes
        for o in x.operations
        for r in o.repartition
    }
    assert set(real().territoires) <= seen and len(real().territoires) == 9
    kinds = {len({x.modele or "convention" for x in a.actes}) for a in dossier.actes.values()}
    assert {x.modele for a in dossier.actes.values() for x in a.actes} == {*dossier.modeles, None}
    assert max(kinds) > 1


# --- one cent, one place --------------------------------------------------------------------------


def typed(hint: Any, value: Any, wanted: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Paths of the values whose declared type is `wanted`."""
    if isinstance(value, BaseModel):
        for name, inner in get_type_hints(type(value), include_extras=True).items():
            if name in value.model_fields_set and name != "origine":
                yield from typed(inner, getattr(value, name), wanted, (*path, name))
    elif isinstance(value, tuple):
        for rank, item in enumerate(value):
            yield from typed(inner_of(hint), item, wanted, (*path, rank))
    elif value is not None and (hint == wanted or wanted in get_args(hint)):
        yield path


def inner_of(hint: Any) -> Any:
    """The type of the elements of `hint`, a tuple, perhaps constrained."""
    args = get_args(hint)
    while args and get_args(args[0]) and Ellipsis not in args:
        args = get_args(args[0])
    return args[0] if args else Any


def records_of(kind: type[Racine]) -> Sequence[Racine]:
    """Every record of a kind; of the dispositifs, those that a deliberation funds."""
    r = real()
    dossiers = list(r.dossiers.values())
    found: dict[type[Racine], Sequence[Racine]] = {
        Actes: [a for d in dossiers for a in d.actes.values()],
        Budget: list(r.budgets.values()),
        Deliberation: [d.deliberation for d in dossiers],
        Modele: [m for d in dossiers for m in d.modeles.values()],
        Structure: list(r.structures.values()),
        Dispositif: [r.dispositifs[x] for x in funded()],
    }
    return found[kind]


def funded() -> list[str]:
    """Keys of the dispositifs that a deliberation funds: « 2023/accompagnement-global »."""
    heads = [p.read_text(encoding="utf-8") for p in sorted(DATA.glob("deliberations/*/deliberation.yaml"))]
    return sorted({key for text in heads for key in re.findall(r"^ +dispositif: (\S+)$", text, re.M)})


@cache
def amounts() -> dict[str, list[Span]]:
    """Place of every amount, by file, relative to the data folder."""
    out: dict[str, list[Span]] = {}
    for kind in (Actes, Budget, Deliberation, Modele, Structure, Dispositif):
        for record in records_of(kind):
            for path in typed(None, record, Euro, ()):
                out.setdefault(record.origine, []).append(real().span(record.origine, *path))
    return out


@cache
def quantities() -> dict[str, list[Span]]:
    """Place of every number of diagnostics, places, persons… by file."""
    out: dict[str, list[Span]] = {}
    for kind in (Actes, Deliberation):
        for record in records_of(kind):
            for path in typed(None, record, Entier, ()):
                if path[-1] in {"quantite", "quantite_initiale", "structures", "dispositifs"}:
                    out.setdefault(record.origine, []).append(real().span(record.origine, *path))
    return out


def replaced(text: str, span: Span, new: str) -> str:
    lines = text.splitlines(keepends=True)
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + new + line[span.end_column - 1 :]
    return "".join(lines)


def written(text: str, span: Span) -> str:
    return text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]


def names(found: list[Diagnostic], span: Span) -> bool:
    """True when an error stands at the line of `span`, or points at it in a note."""
    spans = [s for d in found if d.is_error for s in (d.span, *(n.span for n in d.notes))]
    return any(s is not None and (s.file, s.line) == (span.file, span.line) for s in spans)


def bump(text: str, by: int) -> str:
    """The amount `text` changed by `by` cents, between quotes if it was."""
    quote = '"' * text.startswith('"')
    return quote + euros(parse_euros(text.strip('"')) + by).removesuffix("\u00a0€") + quote


def plus(text: str, by: int) -> str:
    return str(int(re.sub(r"\D", "", text)) + by)


PRICED = [
    f"dispositifs/{x}.yaml"
    for x in funded()
    if "couts:" in (DATA / f"dispositifs/{x}.yaml").read_text("utf-8")
]
FILES = PRICED + sorted(
    p.relative_to(DATA).as_posix()
    for pattern in ("deliberations/*/deliberation.yaml", "deliberations/*/actes/*.yaml", "budget/*.yaml")
    for p in DATA.glob(pattern)
)


def test_the_walk_finds_every_amount() -> None:
    """As many amounts as values that look like one under a key that can only hold one.

    The unit costs of a dispositif that no deliberation funds are not those of an act: nothing adds up
    to them.
    """
    euro = "montant|valorisation|cout|cout_unitaire|operations|convention|ae|disponible|proposition|solde"
    whole = "quantite|quantite_initiale|structures|dispositifs"
    for walk, keys in ((amounts(), euro), (quantities(), whole)):
        for name, src in real().sources.items():
            relative = name.removeprefix(f"{real().racine}/")
            if "/dispositifs/" in name and relative not in PRICED:
                continue
            found = re.findall(rf"^\s*(?:- )?(?:{keys}): \"?[0-9]", "\n".join(src.lines), re.M)
            assert len(walk.get(name, [])) == len(found), name
        assert {name.removeprefix(f"{real().racine}/") for name in walk} <= set(FILES)


@pytest.mark.parametrize("relative", FILES)
def test_one_cent_or_one_place_is_seen(relative: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(DATA, tmp_path / "data"))
    for unused in set(real().dispositifs) - set(funded()):
        (copy / f"dispositifs/{unused}.yaml").unlink()  # they take most of the time, and prove nothing
    name, path = real().cle(relative), copy / relative
    text = path.read_text(encoding="utf-8")
    shown = load(copy)[0].cle(relative)
    changes = [
        (s, bump(written(text, s), by))
        for s in amounts().get(name, [])
        for by in (1, -1)
        if by > 0 or parse_euros(written(text, s).strip('"'))
    ]
    changes += [(s, plus(written(text, s), by)) for s in quantities().get(name, []) for by in (1, -1)]
    assert changes
    for span, new in changes:
        path.write_text(replaced(text, span, new), encoding="utf-8")
        records, found = load(copy)
        assert not found, "the new figure must be read"
        errors = verifier(records)
        where = Span(shown, span.line)
        assert names(errors, where), f"{name}:{span.line} « {written(text, span)} » → « {new} » : rien"
