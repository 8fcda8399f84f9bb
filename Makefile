# What people and CI call. Each target makes the environment it needs; the second call of any of them is quick.
#   make test PYTHON=python3.13    with another interpreter, in an environment of its own

PYTHON ?= python3
VENV = $(if $(filter python3,$(PYTHON)),.venv,.venv-$(notdir $(PYTHON)))
BIN = $(VENV)/bin
DIST = dist
DATA = ../shared/data/cleaning
DUPLICATES = ../shared/data/duplicates
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test check bench gate soak lowest wheel clean

demo: $(VENV)/.installed  ## clean the dump in fixtures/ into out/
	@$(BIN)/clipclean run fixtures/dump -o out
	@echo
	@echo "Now look at out/clippings.jsonl, or see why one line went:"
	@echo "  $(BIN)/clipclean explain fixtures/dump"

test: $(VENV)/.developing
	$(BIN)/python -m pytest -q -m "not soak"

check: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.developing  ## how quick cleaning, dedup and the index are; more by BENCH="--json FOLDER" COPIES="--full" INDEX="--full"
	@$(BIN)/python tests/bench/cleaning.py $(BENCH)
	@$(BIN)/python tests/bench/duplicates.py $(COPIES)
	@$(BIN)/python tests/bench/index.py $(INDEX)

gate: $(VENV)/.developing  ## whether results are as good as they were; trains and scores on DATA where it is there
	$(if $(wildcard $(DATA)),$(PIP) -e ".[train]")
	$(BIN)/python tests/gate/gate.py $(wildcard $(DATA)) $(addprefix --duplicates ,$(wildcard $(DUPLICATES))) $(GATE)

soak: $(VENV)/.developing
	$(BIN)/python -m pytest -q -s -m soak

lowest: $(VENV)-lowest/.developing  ## the tests (or those of LOWEST) with the lowest versions that pyproject.toml allows
	$(VENV)-lowest/bin/python -m pytest -q -m "not soak" $(LOWEST)

wheel: $(VENV)/.developing
	$(BIN)/python -m build --wheel --outdir $(DIST)

clean:
	rm -rf .venv .venv-* $(DIST) build out .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "clipclean needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)-lowest/.developing: pyproject.toml | $(BIN)/python
	$(BIN)/python -m venv $(VENV)-lowest
	$(BIN)/python tests/lowest.py > $(VENV)-lowest/constraints.txt
	$(subst $(BIN),$(VENV)-lowest/bin,$(PIP)) -c $(VENV)-lowest/constraints.txt -e ".[dev]"
	@touch $@

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(PIP) -e .
	@touch $@

$(VENV)/.developing: pyproject.toml | $(BIN)/python
	$(PIP) -e ".[dev]"
	@touch $@ $(VENV)/.installed
