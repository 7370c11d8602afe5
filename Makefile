# GenAIOps. `make` lists what there is; docs/operations.md describes a served site.
# Needs git, make and Python 3.11 to 3.13. Another Python than the one found: `make test PYTHON=/path/to/python3.12`.

PYTHON ?=
PORT ?= 8000
PYTEST_ARGS ?= -n 2

VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
REQUIREMENTS := requirements.txt workers/requirements.txt tests/requirements.txt constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo run test lint check bench system clean

help:  ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: $(READY)  ## The whole job on real input, from data set to verified audit pack, in a few minutes
	@$(PY) -m workers.demo

run: $(READY)  ## Portal and workers at http://127.0.0.1:8000, or PORT=…
	@$(PY) -m genaiops_site.launch --port $(PORT)

test: $(READY)  ## Every test; needs no server and no network
	$(PY) -m pytest $(PYTEST_ARGS)

lint: $(READY)  ## Format, style, types, import floors, missing migrations
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(PY) manage.py makemigrations --check --dry-run

check: lint test  ## lint, then test

bench: $(READY)  ## Measures this project and its peers side by side; writes benchmarks/RESULTS.md
	@$(PY) -m benchmarks

system:  ## Checks the system libraries; as root on Debian or Ubuntu installs what is missing
	@PYTHON="$(PYTHON)" sh .ci/prepare system

clean:  ## Removes the environment, the local database and everything else that make wrote
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is newer than every requirement file only after an installation that succeeded.
$(READY): $(REQUIREMENTS)
	@PYTHON="$(PYTHON)" sh .ci/prepare install $(VENV)
	@touch $(READY)
