# The two commands of README.md: `make dossier` and `make test`.
DELIBERATION ?= 2024-587

.PHONY: dossier test verifier schema bench verrous

dossier:  ## install what is needed, then build output/2024-587/
	@tools/preparer.sh production
	@.venv/bin/convenant generer $(DELIBERATION)

test:  ## install what the tests need, then run every check
	@tools/preparer.sh dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/python -m pytest -n auto --dist loadgroup

verifier:  ## apply every rule to every record
	@tools/preparer.sh production
	@.venv/bin/convenant verifier

schema:  ## write the JSON Schemas of the records
	@.venv/bin/convenant schema

bench:  ## measure rendering, conversion to PDF, assembly and checking against the usual ways
	@tools/preparer.sh dev
	.venv/bin/python benchmarks/render.py
	.venv/bin/python benchmarks/pdf.py
	.venv/bin/python benchmarks/assemblage.py
	.venv/bin/python benchmarks/controle.py

verrous:  ## lock the packages again (needs pip-tools in .venv)
	tools/verrouiller.sh
