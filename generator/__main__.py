"""`python -m generator` is the command `convenant`."""

import gc
import gettext
import os
import sys
import tempfile
import traceback
from pathlib import Path
from types import TracebackType

RAMASSAGE = (100_000, 20, 100)
"""How often garbage is looked for (`gc.set_threshold`): records live to the end, to look at them is lost."""


def _unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in French that the program is at fault, and keep the trace in a file for its makers."""
    with tempfile.NamedTemporaryFile("w", prefix="convenant-", suffix=".log", delete=False) as log:
        traceback.print_exception(kind, error, trace, file=log)
    print(
        f"Erreur interne du programme ({kind.__name__}). Rien d’incomplet n’a été écrit.\n"
        f"Transmettre ce fichier à l’équipe de Convenant\u00a0: {log.name}",
        file=sys.stderr,
    )


def main() -> None:
    """Speak French whatever the machine's language, then run the command."""
    sys.excepthook = _unexpected
    gc.set_threshold(*RAMASSAGE)
    os.environ["LANGUAGE"] = "fr"  # click words its messages through gettext
    gettext.bindtextdomain("convenant", str(Path(__file__).parent / "locale"))
    gettext.textdomain("convenant")
    from generator.cli import main as run

    run()


if __name__ == "__main__":
    main()
