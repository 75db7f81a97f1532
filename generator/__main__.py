"""`python -m generator` is the command `convenant`."""

import gettext
import os
from pathlib import Path


def main() -> None:
    """Speak French whatever the machine's language, then run the command."""
    os.environ["LANGUAGE"] = "fr"  # click words its messages through gettext
    gettext.bindtextdomain("convenant", str(Path(__file__).parent / "locale"))
    gettext.textdomain("convenant")
    from generator.cli import main as run

    run()


if __name__ == "__main__":
    main()
