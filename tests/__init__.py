"""The tests keep nothing from one run to the next, unless they say where: see `generator.cli.socle`."""

import os

os.environ["CONVENANT_CACHE"] = ""
