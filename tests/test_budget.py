"""The ledger of a year, the budget rules over several deliberations, the count of votes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.checks import budget_annee, imputations, verifier, votes
from generator.checks.grand_livre import Ecriture, exercices, grand_livre
from generator.diagnostics import Diagnostic
from generator.documents import documents
from generator.load import Dossier, Records, load
from generator.model import Budget, Deliberation, LigneAE, LigneBudget, Mouvement, Virement
from generator.model.deliberation import Deport, Seance, Voix, Vote

from .records_kit import BASE, DATA, DELIBERATION, FIXTURES, examine, parse_fixture, project, spoil

A, B = "C01-100A01", "C01-100B02"


@cache
def base() -> Records:
    return load(BASE)[0]


def ligne(code: str, disponible: int, proposition: int) -> LigneBudget:
    return LigneBudget(
        code=code,
        imputation="65748/93400",
        libelle="Accompagnement",
        ae=1_000_000,
        disponible=disponible,
        proposition=proposition,
        solde=disponible - proposition,
    )


def ae(code: str, disponible: int | None = None) -> LigneAE:
    return LigneAE(
        code=code, imputation="65748/93400", libelle="Accompagnement", ae=1_000_000, disponible=disponible
    )


def engagement(jour: dt.date, code: str, montant: int, nature: str = "engagement") -> Mouvement:
    return Mouvement.model_validate(
        {"date": jour, "code": code, "nature": nature, "montant": montant, "motif": "Marché"}
    )


def deliberation(numero: str | None, jour: dt.date, *lignes: LigneBudget) -> Deliberation:
    whole = base().dossiers["2030-001"].deliberation
    return whole.model_copy(
        update={"numero": numero, "date": jour, "budget": lignes, "origine": f"data/{numero or jour}"}
    )


def records(budget: Budget | None, *voted: Deliberation) -> Records:
    dossiers = {d.id: Dossier(d, {}, {}) for d in voted}
    return Records("data", budgets={2030: budget} if budget else {}, dossiers=dossiers)


def budget(
    *lignes: LigneAE, mouvements: Sequence[Mouvement] = (), virements: Sequence[Virement] = ()
) -> Budget:
    return Budget(exercice=2030, lignes=lignes, mouvements=tuple(mouvements), virements=tuple(virements))


def montants(lines: Sequence[Ecriture]) -> list[tuple[int, int, int]]:
    return [(e.avant, e.montant, e.apres) for e in lines]


# --- the ledger -----------------------------------------------------------------------------------


def test_the_ledger_of_the_published_deliberation() -> None:
    real = load(DATA)[0]
    assert 2024 in exercices(real)
    ledger = grand_livre(real, 2024)
    assert {code: montants(lines) for code, lines in ledger.items()} == {
        "C02-446A05": [(91_506_773, -71_200_000, 20_306_773)],
        "C01-444H02": [(62_061_211, -9_999_800, 52_061_411)],
        "C02-428C01": [(9_050_000, -5_922_000, 3_128_000)],
    }
    (line,) = ledger["C02-446A05"]
    assert (line.objet, line.jour) == ("délibération n°\u00a02024-587", dt.date(2024, 12, 9))
    source = real.sources[line.cle]
    assert source.lines[line.span(real, "solde").line - 1].strip() == "solde: 203 067,73"


def test_the_order_of_a_day() -> None:
    """Movements first, then deliberations by their number, as a number; those without one come first."""
    day = dt.date(2030, 5, 2)
    voted = [deliberation(n, day, ligne(A, 0, 0)) for n in ("2030-10", "2030-9", None)]
    early = deliberation("2030-99", day - dt.timedelta(1), ligne(A, 0, 0))
    ledger = grand_livre(records(budget(ae(A), mouvements=[engagement(day, A, 0)]), *voted, early), 2030)
    assert [e.objet.replace("\u00a0", " ") for e in ledger[A]] == [
        "délibération n° 2030-99",
        "engagement (Marché)",
        "délibération du 02/05/2030",
        "délibération n° 2030-9",
        "délibération n° 2030-10",
    ]


@pytest.mark.parametrize(
    ("disponible", "voted", "expected"),
    [
        (700, True, [(700, -50, 650), (600, -100, 500)]),  # declared: the deliberation may contradict it
        (None, True, [(650, -50, 600), (600, -100, 500)]),  # deduced from the first deliberation
        (None, False, [(1_000_000, -50, 999_950)]),  # nothing else is known than the AE
    ],
)
def test_the_opening(disponible: int | None, voted: bool, expected: list[tuple[int, int, int]]) -> None:
    year = budget(ae(A, disponible), mouvements=[engagement(dt.date(2030, 1, 5), A, 50)])
    d = deliberation("2030-002", dt.date(2030, 6, 1), ligne(A, 600, 100))
    ledger = grand_livre(records(year, *([d] if voted else [])), 2030)
    assert montants(ledger[A]) == expected
    assert [e.attendu for e in ledger[A]][1:] == ([650] if disponible else [600] if voted else [])


def test_an_unknown_code_and_an_unknown_year_have_a_ledger_too() -> None:
    d = deliberation("2030-002", dt.date(2030, 6, 1), ligne(B, 600, 100))
    moved = budget(ae(A), mouvements=[engagement(dt.date(2030, 1, 5), B, 50)])
    assert list(grand_livre(records(moved, d), 2030)) == [A, B]
    assert montants(grand_livre(records(None, d), 2030)[B]) == [(600, -100, 500)]
    assert grand_livre(records(None), 1999) == {}


DAYS = st.dates(dt.date(2030, 1, 1), dt.date(2030, 12, 31))
CENTS = st.integers(0, 10_000)
MOVES = st.lists(
    st.builds(
        engagement,
        DAYS,
        st.sampled_from([A, B]),
        CENTS,
        st.sampled_from(["engagement", "dégagement", "ouverture", "annulation"]),
    ),
    max_size=6,
)
SWAPS = st.lists(
    st.builds(
        lambda jour, ways, montant: Virement(
            date=jour, de=ways[0], vers=ways[1], montant=montant, motif="Décision"
        ),
        DAYS,
        st.permutations([A, B]),
        CENTS,
    ),
    max_size=4,
)


def told(year: Records) -> list[tuple[str, str]]:
    """BUD005 findings: file, first word of the message (the code)."""
    found = budget_annee.disponible_de_proche_en_proche(year)
    return [(d.span.file, d.message.partition("\u00a0")[0]) for d in found]


@settings(max_examples=60, deadline=None)
@given(
    MOVES,
    SWAPS,
    st.lists(st.tuples(DAYS, CENTS), min_size=1, max_size=5, unique_by=lambda x: x[0]),
    st.data(),
)
def test_one_wrong_cent_is_told_once(
    moves: list[Mouvement], swaps: list[Virement], steps: list[tuple[dt.date, int]], data: st.DataObject
) -> None:
    """A chain computed apart is quiet; a cent more in one table accuses that table, and no other.

    What follows the wrong table is not accused: its solde is wrong by the same cent.
    """
    year = budget(ae(A, 500_000), ae(B), mouvements=moves, virements=swaps)
    wrong = data.draw(st.integers(-1, len(steps) - 1))

    def moved(after: dt.date, upto: dt.date) -> int:
        total = 0
        for m in moves:
            if m.code == A and after < m.date <= upto:
                total += m.montant if m.nature in ("dégagement", "ouverture") else -m.montant
        for v in swaps:
            if after < v.date <= upto:
                total += v.montant if v.vers == A else -v.montant
        return total

    left, last, voted = 500_000, dt.date(2029, 12, 31), []
    for rang, (jour, spent) in enumerate(sorted(steps)):
        left += moved(last, jour) + (rang == wrong)
        voted.append(deliberation(f"2030-{rang + 1:03d}", jour, ligne(A, left, spent)))
        left, last = left - spent, jour
    expected = [] if wrong < 0 else [(voted[wrong].origine, A)]
    assert told(records(year, *voted)) == expected
    lines = grand_livre(records(year, *reversed(voted)), 2030)
    assert all(x.apres == y.attendu for x, y in zip(lines[A], lines[A][1:], strict=False))
    end = sum(line[-1].apres for line in lines.values() if line)
    assert isinstance(end, int)


@given(SWAPS, DAYS)
def test_a_virement_creates_no_money(swaps: list[Virement], jour: dt.date) -> None:
    year = budget(ae(A), ae(B), virements=swaps)
    assert (year.ae_au(A, jour) or 0) + (year.ae_au(B, jour) or 0) == 2_000_000
    assert year.ae_au("C09-999Z99", jour) is None


def test_an_unreadable_deliberation_silences_the_chain(tmp_path: Path) -> None:
    """Its solde is not known: the next one is not accused."""
    folder = project(tmp_path)
    spoil(folder, FIXTURES / "BUD005-solde-de-la-precedente.diff")
    assert "BUD005" in {d.code for d in examine(folder)[1]}
    (folder / DELIBERATION / "deliberation.yaml").write_text("numero: [", encoding="utf-8")
    assert "BUD005" not in {d.code for d in examine(folder)[1]}


def test_an_unreadable_budget_silences_the_chain(tmp_path: Path) -> None:
    folder = project(tmp_path)
    spoil(folder, FIXTURES / "BUD005-solde-de-la-precedente.diff")
    (folder / "budget/2030.yaml").write_text("exercice: [", encoding="utf-8")
    assert "BUD005" not in {d.code for d in examine(folder)[1]}


def test_what_the_published_budget_is_told_is_accepted() -> None:
    """6568 for grants, thrice; 93446 for what operators do, once; nothing else of the budget."""
    real = load(DATA)[0]
    found: list[Diagnostic] = []
    for rule in (
        imputations.imputation_connue,
        imputations.nature_d_une_subvention,
        imputations.fonction_d_une_action,
        budget_annee.disponible_de_proche_en_proche,
        budget_annee.mouvement_du_budget,
        budget_annee.mouvement_dans_le_credit,
    ):
        found += rule(real)
    assert sorted((d.code, d.message.partition("\u00a0")[0]) for d in found) == [
        ("BUD007", "C01-444H02"),
        ("BUD007", "C02-428C01"),
        ("BUD007", "C02-446A05"),
        ("BUD008", "C02-446A05"),
    ]
    by = {
        d.acceptation.par if d.acceptation else None
        for d in verifier(real)
        if d.span in {x.span for x in found}
    }
    assert by == {"Direction des finances (exemple)"}


# --- votes ----------------------------------------------------------------------------------------

NAMES = [f"M. Jean MODÈLE-{k}" for k in range(12)]


def reunion(
    lists: tuple[list[str], list[str], list[str]], voix: tuple[int, int, int, int], out: Sequence[Deport] = ()
) -> list[str]:
    """The codes that the rules on votes emit, sorted."""
    d = base().dossiers["2030-001"].deliberation
    seance = Seance(
        president=lists[0][0],
        secretaire=lists[0][-1],
        membres=sum(map(len, lists)),
        presents=tuple(lists[0]),
        excuses=tuple(lists[1]),
        absents=tuple(lists[2]),
    )
    pour, contre, abstention, absents = (Voix(nombre=n) for n in voix)
    vote = Vote(
        pour=pour,
        contre=contre,
        abstention=abstention,
        absents_sans_delegation=absents,
        adopte=voix[0] > voix[1],
    )
    d = d.model_copy(update={"seance": seance, "vote": vote, "deports": tuple(out)})
    own = Records("data", dossiers={"2030-001": Dossier(d, {}, {})})
    rules = (
        votes.votes_et_membres,
        votes.adoption_a_la_majorite,
        votes.une_personne_une_liste,
        votes.president_et_secretaire_presents,
        votes.deports_et_presences,
        votes.deports_et_vote,
        votes.membres_de_la_commission,
    )
    return sorted(x.code for rule in rules for x in rule(own))


@given(st.integers(1, 6), st.integers(0, 3), st.integers(0, 3), st.data())
def test_a_sound_vote_is_quiet_and_one_more_is_told(p: int, e: int, a: int, data: st.DataObject) -> None:
    """Those concerned abstain, the excused give their vote, the absent do not."""
    lists = (NAMES[:p], NAMES[p : p + e], NAMES[p + e : p + e + a])
    concerned = data.draw(st.sets(st.sampled_from(lists[0])))
    away = data.draw(st.sets(st.sampled_from(lists[2]))) if a else set()
    out = [Deport(membres=tuple(sorted(concerned)), etat="presents")] if concerned else []
    out += [Deport(membres=tuple(sorted(away)), etat="excuses")] if away else []
    able = p + e - len(concerned)
    contre = data.draw(st.integers(0, able))
    voix = (able - contre, contre, len(concerned), a)
    assert reunion(lists, voix, out) == []
    more = (voix[0] + 1, *voix[1:])
    assert reunion(lists, more, out) == (["VOT001", "VOT006"] if concerned else ["VOT001"])


@pytest.mark.parametrize(("adopte", "expected"), [(True, []), (False, [])])
def test_the_president_settles_a_tie(adopte: bool, expected: list[str]) -> None:
    """Article L.3121-15: both outcomes are possible."""
    d = base().dossiers["2030-001"].deliberation
    assert d.vote
    vote = d.vote.model_copy(update={"pour": Voix(nombre=1), "contre": Voix(nombre=1), "adopte": adopte})
    d = d.model_copy(update={"vote": vote})
    own = Records("data", dossiers={"2030-001": Dossier(d, {}, {})})
    assert [x.code for x in votes.adoption_a_la_majorite(own)] == expected


def test_a_misspelt_name_is_proposed() -> None:
    d = base().dossiers["2030-001"].deliberation
    assert d.seance
    seance = d.seance.model_copy(update={"secretaire": "M. Zoé INVENTEZ"})
    d = d.model_copy(update={"seance": seance})
    own = Records("data", dossiers={"2030-001": Dossier(d, {}, {})})
    (found,) = votes.president_et_secretaire_presents(own)
    assert "M. Zoé INVENTÉ" in found.help


def test_a_wrong_vote_holds_back_the_deliberation_alone() -> None:
    real = load(DATA)[0]
    dossier = real.dossiers["2024-587"]
    kept = [x.ident for x in documents(real, dossier) if dossier.cle_vote in x.depend]
    assert kept == ["02-deliberation"]
    d = dossier.deliberation
    assert d.vote
    worse = d.model_copy(update={"vote": d.vote.model_copy(update={"pour": Voix(nombre=30)})})
    wrong = replace(real, dossiers={"2024-587": replace(dossier, deliberation=worse)})
    found = [*votes.votes_et_membres(wrong), *votes.deports_et_vote(wrong)]
    assert [x.code for x in found] == ["VOT001", "VOT006"]
    assert {key for x in found for key in x.blocked} == {dossier.cle_vote}


# --- hostile records ------------------------------------------------------------------------------

RICH = (
    "BUD005-mouvement",
    "BUD004-ae-du-jour",
    "BUD009-hors-periode",
    "VOT005-deux-fois",
    "VOT004-secretaire-absent",
)


@pytest.mark.parametrize("name", RICH)
def test_no_line_of_what_the_base_lacks_is_needed_by_a_rule(name: str, tmp_path: Path) -> None:
    """As `test_checks.test_no_line_is_needed_by_a_rule`, over the lines that a fixture adds."""
    fixture = FIXTURES / f"{name}.diff"
    folder = project(tmp_path)
    spoil(folder, fixture)
    tried = 0
    for edit in parse_fixture(fixture.read_text(encoding="utf-8")):
        path = folder / edit.file
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        added = {text for hunk in edit.hunks for text, _ in hunk.new}
        for k, line in enumerate(lines):
            if line.rstrip("\n") not in added:
                continue
            for instead in ("", line.partition(":")[0] + ":\n", line.replace("- ", "  ", 1), line * 2):
                path.write_text("".join([*lines[:k], instead, *lines[k + 1 :]]), encoding="utf-8")
                examine(folder)
                tried += 1
        path.write_text("".join(lines), encoding="utf-8")
    assert tried > 10
