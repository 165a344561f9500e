# Two commands matter on a fresh machine: `make demo` and `make test`. Each sets up what it needs.

PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test fast golden lint bench fuzz mutants soak docs schema pins clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' Makefile

.venv/.ready: tests/requirements.txt pyproject.toml tools/environment.sh
	@sh tools/environment.sh

demo: .venv/.ready ## The main job, seen: compile a spec, validate good data, block bad data
	@$(PY) tools/demo.py

test: .venv/.ready lint ## Everything that this machine can run; ends with the engines that it did not find
	@$(PY) -m pytest -n 2 --dist loadfile $(ARGS)
	@$(PY) tools/mutants.py

fast: .venv/.ready ## The inner loop: under 30 seconds
	@MLOPSC_SEQUENCES=300 MLOPSC_EXAMPLES=20 $(PY) -m pytest -n 2 --dist loadfile -m "not slow" --ignore tests/engines --ignore tests/journeys $(ARGS)

golden: .venv/.ready ## Write golden/ anew, with the product's own command
	@$(PY) tools/golden.py

lint: .venv/.ready ## ruff, mypy, bandit, shellcheck, import rules; on mlopsc and on what it generates
	@$(PY) tools/lint.py

bench: .venv/.ready ## Ratios in one run: against copier, bare python, and over many specs
	@$(PY) tools/bench.py $(ARGS)

fuzz: .venv/.ready ## 100,000 mutated specs: diagnostics or a compile, never a traceback
	@$(PY) tools/fuzz.py $(ARGS)

mutants: .venv/.ready ## Apply each small patch of tests/mutants; each must turn its test red
	@$(PY) tools/mutants.py $(ARGS)

soak: .venv/.ready ## 2,000 rollouts under random faults, on a virtual clock
	@$(PY) -m tests.engines.rollout.soak 2000

docs: .venv/.ready ## Write docs/ anew: commands, fields, diagnostics
	@$(PY) tools/docs.py

schema: .venv/.ready ## Write schemas/mlops.schema.json anew
	@$(PY) tools/schema.py

pins: .venv/.ready ## Show what is pinned and how it is renewed; renew tests/requirements.txt
	@$(PY) tools/pins.py
	@uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --upgrade \
	  tests/requirements.in -o tests/requirements.txt

clean: ## Remove what the commands above made
	@rm -rf .venv .cache build dist
