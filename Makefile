# The two commands of README.md: `make dossier` and `make test`.
DELIBERATION ?= 2024-587

.PHONY: dossier test verifier schema demo-signature bench bench-complet verrous

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

demo-signature:  ## play the signature of every act, from the records to accepted: output/demo-signature/
	@tools/preparer.sh dev
	@.venv/bin/python tools/demo_signature.py

bench:  ## run every benchmark in its short form: is anything slower than it was?
	@tools/preparer.sh dev
	.venv/bin/python benchmarks/render.py --rounds 3
	.venv/bin/python benchmarks/pdf.py --rounds 1 --times 3
	.venv/bin/python benchmarks/assemblage.py --sizes 100 300 --rounds 1
	.venv/bin/python benchmarks/controle.py --nombre 2000 --rounds 2
	.venv/bin/python benchmarks/chargement.py --nombre 2000 --tours 1
	.venv/bin/python benchmarks/rejeu.py --actes 200 --pdf 20
	.venv/bin/python benchmarks/echelle.py --nombre 100 --batis 1

bench-complet:  ## the same at full length: the figures of README.md
	@tools/preparer.sh dev
	.venv/bin/python benchmarks/render.py
	.venv/bin/python benchmarks/pdf.py
	.venv/bin/python benchmarks/pdf.py --times 5
	.venv/bin/python benchmarks/assemblage.py
	.venv/bin/python benchmarks/controle.py
	.venv/bin/python benchmarks/chargement.py
	.venv/bin/python benchmarks/rejeu.py --pdf 1000

bench-echelle:  ## measure what 10 to 10 000 acts cost (100 000: COMPLET=--complet)
	@tools/preparer.sh dev
	.venv/bin/python benchmarks/echelle.py $(COMPLET)

verrous:  ## lock the packages again (needs pip-tools in .venv)
	tools/verrouiller.sh
