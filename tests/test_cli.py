"""The command line as a user meets it: a real process, in French whatever the machine's language."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import jsonschema
import pytest

from generator import __version__
from tests.cli_kit import commands

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = [
    "approuver",
    "archiver",
    "attribuer",
    "comparer",
    "conformite",
    "consolider",
    "controler-retour",
    "documents",
    "donnees-essentielles",
    "envoyer",
    "expliquer",
    "fiches",
    "finances",
    "generer",
    "grand-livre",
    "impact",
    "importer",
    "importer-scdl",
    "inscrire",
    "modele",
    "modele verifier",
    "publier",
    "relire",
    "sceller",
    "schema",
    "signer",
    "suivi",
    "verifier",
    "viser",
]
LANGUAGES = {
    "C": {"LANG": "C", "LC_ALL": "C"},
    "english": {"LANG": "en_US.UTF-8", "LANGUAGE": "en"},
    "ascii": {"LANG": "C", "PYTHONIOENCODING": "ascii"},
    "ascii-arguments": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
ENGLISH = re.compile(
    r"Usage:|Options:|Commands|COMMAND |ARGS|Error|Try |Show |Did you|[Nn]o such|Invalid|Missing|Aborted"
    r"|\bis not\b|\brequired?s?\b|\bdefault\b|\brange\b|<=|\.\.\.|\b(TEXT|INTEGER|PATH|FILE|DIRECTORY)\b"
)


class Run:
    """What a run of the command left: `code`, `out` and `err` as text (strict UTF-8)."""

    def __init__(self, folder: Path, *args: str | bytes, **env: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "generator", *args],
            cwd=folder,
            env={"PATH": os.environ["PATH"], **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in self.out + self.err

    def french(self, signs: bool = True) -> None:
        """Fails on a word of English and, with `signs`, on a sign without its non-breaking space."""
        for line in (self.out + self.err).splitlines():
            assert not ENGLISH.search(line), line
            assert not signs or not re.search(r" [:;?!»]|« |\u202f", line), line


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the records and of the Word templates of the repository."""
    folder = tmp_path_factory.mktemp("projet")
    for name in ("data", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("~$*", ".~lock*"))
    return folder


# --- help ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [100, 60])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_french(command: str, columns: int, tmp_path: Path) -> None:
    run = Run(tmp_path, *command.split(), "--help", COLUMNS=str(columns))
    run.french()
    assert (run.code, run.err) == (0, "")
    assert max(map(len, run.out.splitlines())) <= columns
    assert run.out.startswith("Utilisation\u00a0: ")
    assert "\nOptions\u00a0:\n" in run.out
    assert "-h, --help, --aide" in run.out and "Afficher cette aide." in run.out


def test_help_names_every_command_and_cuts_no_description(tmp_path: Path) -> None:
    assert sorted(commands()) == COMMANDS
    for whole, command in commands().items():
        *group, name = whole.split()
        flat = " ".join(Run(tmp_path, *group, "--help", COLUMNS="60").out.split())
        assert "[OPTIONS] COMMANDE [ARGUMENTS]…" in flat
        assert command.help
        first = " ".join(command.help.split("\n\n")[0].split())
        assert f"{name} {first}" in flat
        for option in command.params:
            assert isinstance(option, click.Argument) or (isinstance(option, click.Option) and option.help)


def test_help_words_the_bounds_of_a_number(tmp_path: Path) -> None:
    assert "[de\u00a01\u00a0à\u00a064]" in Run(tmp_path, "generer", "-h", COLUMNS="100").out


def test_version(tmp_path: Path) -> None:
    assert Run(tmp_path, "--version").out == f"convenant, version {__version__}\n"


def test_alone_it_shows_its_help(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.french()
    assert run.code == 2 and "Commandes\u00a0:" in run.err


# --- wrong usage ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["generrer"], "la commande «~generrer~» n’existe pas. Vouliez-vous écrire «~generer~»~?"),
        (["zzz"], "la commande «~zzz~» n’existe pas."),
        (
            ["verifier", "--formt", "json"],
            "l’option «~--formt~» n’existe pas. Vouliez-vous écrire «~--format~»~?",
        ),
        (["verifier", "--format"], "l’option «~--format~» demande une valeur."),
        (["generer", "1", "--sans-pdf=1"], "l’option «~--sans-pdf~» ne prend pas de valeur."),
        (["generer"], "il manque l’argument «~NUMÉRO~»."),
        (["documents", "a"], "argument en trop~: a"),
        (["documents", "a", "b"], "arguments en trop~: a b"),
        (
            ["generer", "1", "--jobs", "l'x"],
            "valeur refusée pour «~--jobs~»~: «~l'x~» n’est pas un nombre entier.",
        ),
        (
            ["generer", "1", "--jobs", "65"],
            "valeur refusée pour «~--jobs~»~: 65 est hors des limites (de~1~à~64).",
        ),
        (
            ["verifier", "--format", "xml"],
            "valeur refusée pour «~--format~»~: «~xml~» n’est pas admis~; "
            "valeurs possibles~: «~texte~», «~json~», «~sarif~», «~html~».",
        ),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else "",
)
def test_wrong_usage(args: list[str], message: str, tmp_path: Path) -> None:
    run = Run(tmp_path, *args)
    run.french()
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[-1] == "Erreur\u00a0: " + message.replace("~", "\u00a0")


def test_wrong_usage_says_where_the_help_is(tmp_path: Path) -> None:
    lines = Run(tmp_path, "generer").err.splitlines()
    assert lines[0] == "Utilisation\u00a0: python -m generator generer [OPTIONS] NUMÉRO"
    assert lines[1] == "Aide\u00a0: python -m generator generer --help"


@pytest.mark.parametrize("args", [["expliquer", b"\xff"], [b"\xe9"], ["verifier", b"\xe9t\xe9"]])
def test_argument_that_is_not_text(args: list[str | bytes], tmp_path: Path) -> None:
    assert Run(tmp_path, *args).code in (1, 2)


# --- languages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("args", [["--help"], ["documents"], ["verifier"], ["generer"]], ids=lambda a: a[0])
def test_french_whatever_the_language_of_the_machine(args: list[str], tmp_path: Path) -> None:
    # A stage that finds its work in the cache says so: what ran before must not matter.
    ours = Run(tmp_path, *args, LANG="fr_FR.UTF-8", PYTHONUTF8="1", CONVENANT_CACHE="")
    no_time = re.compile(r"\([\d,]+\ss\)")
    assert not (ours.out + ours.err).isascii()
    for name, env in LANGUAGES.items():
        run = Run(tmp_path, *args, **env, CONVENANT_CACHE="")
        assert (name, run.code, run.out) == (name, ours.code, ours.out)
        assert (name, no_time.sub("", run.err)) == (name, no_time.sub("", ours.err))


# --- commands ------------------------------------------------------------------------------------


def test_documents(tmp_path: Path) -> None:
    run = Run(tmp_path, "documents")
    run.french(signs=False)
    names = [line for line in run.out.splitlines() if not line.startswith(" ")]
    assert run.code == 0
    assert {"deliberation", "rapport", "convention", "avenant"} <= set(names)
    assert run.out.count("\n    fiches\u00a0: ") == len(names)


@pytest.mark.parametrize("code", ["MNT104", "mnt104"])
def test_expliquer(code: str, tmp_path: Path) -> None:
    run = Run(tmp_path, "expliquer", code)
    assert (run.code, run.err) == (0, "")
    assert "MNT104" in run.out and "opération" in run.out


def test_expliquer_unknown_code(tmp_path: Path) -> None:
    run = Run(tmp_path, "expliquer", "ZZZ999")
    run.french()
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("«\u00a0ZZZ999\u00a0» n’est pas un code connu")


def test_schema(tmp_path: Path) -> None:
    run = Run(tmp_path, "schema", "--vers", "ici/schemas")
    assert (run.code, run.err) == (0, "")
    found = sorted((tmp_path / "ici/schemas").iterdir())
    names = {p.name for p in found}
    assert {"structure.schema.json", "deliberation.schema.json", "actes.schema.json"} <= names
    for path in found:
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


def test_schema_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "plein").write_text("", "utf-8")  # a file stands where the folder should be
    run = Run(tmp_path, "schema", "--vers", "plein")
    assert (run.code, run.out) == (1, "")
    assert "erreur[SOR001]" in run.err
    assert (tmp_path / "plein").is_file()


def test_verifier_an_empty_folder(tmp_path: Path) -> None:
    run = Run(tmp_path, "verifier")
    assert run.code == 1
    assert "data: erreur[YML001] dossier de données introuvable" in run.err
    assert run.out == "0 fiches contrôlées\u00a0: 1 erreur\n"


def test_verifier_json_alone_on_stdout(tmp_path: Path) -> None:
    run = Run(tmp_path, "verifier", "--format", "json")
    (found,) = json.loads(run.out)
    assert (run.code, run.err) == (1, "")
    assert (found["code"], found["gravite"], found["fichier"]) == ("YML001", "erreur", "data")


def test_verifier_other_folders(project: Path, tmp_path: Path) -> None:
    folders = ["--donnees", str(project / "data"), "--gabarits", str(project / "templates")]
    found = json.loads(Run(tmp_path, *folders, "verifier", "--format", "json").out)
    assert "YML001" not in {d["code"] for d in found}


@pytest.mark.parametrize("command", ["verifier", "generer"])
def test_unknown_deliberation(command: str, project: Path) -> None:
    run = Run(project, command, "2024-857")
    assert run.code == 1
    assert "erreur[CHX002] délibération inconnue" in run.err
    assert "2024-587" in run.err  # the nearest one
    assert not (project / "output").exists()


def test_a_fault_of_the_program_shows_no_traceback(tmp_path: Path) -> None:
    """Whatever happens, the user reads French and the trace goes to a file."""
    code = "import generator.cli, generator.__main__ as m; generator.cli.main = lambda: 1 / 0; m.main()"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "TMPDIR": str(tmp_path)}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, encoding="utf-8", env=env, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "Erreur interne du programme" in done.stderr
    (log,) = tmp_path.glob("convenant-*.log")
    assert str(log) in done.stderr and "ZeroDivisionError" in log.read_text("utf-8")
