# Needs Python 3.11, 3.12 or 3.13 and make; everything else is put into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO_CASE ?= demo-case
# Test processes; a file's tests stay together, because they share its fixtures.
WORKERS ?= 2

.PHONY: setup setup-dev demo test test-slow test-spark test-stores stores lint lock docs check clean

setup: $(VENV)/.installed

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "LeakScope needs Python 3.11, 3.12 or 3.13; set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml hatch_build.py $(wildcard leakscope/detection/native/*.[ch]) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

setup-dev: $(VENV)/.installed-dev

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

# The main job on the bundled exposure: the summary on screen, the report on disk.
demo: setup
	@rm -rf $(DEMO_CASE) $(DEMO_CASE).key
	$(BIN)/leakscope demo --case $(DEMO_CASE)

# ISOLATED="unshare -n" runs them in a network namespace without interfaces; leave out what needs a server or browser then.
test: setup-dev
	$(ISOLATED) $(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

test-slow: setup-dev
	$(BIN)/python -m pytest -m slow -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

# The same batches on a real local Spark: needs Java 17 or later.
test-spark: $(VENV)/.installed-spark
	$(BIN)/python -m pytest tests/engines/test_spark.py $(PYTEST_ARGS)

$(VENV)/.installed-spark: requirements-spark.lock $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-spark.lock
	@touch $@

# Live stores against real servers: databases from the system's packages, the others in an environment of their own.
test-stores: setup-dev stores
	$(BIN)/python -m pytest tests/sources/live $(PYTEST_ARGS)

stores: .venv-stores/.installed

.venv-stores/.installed: requirements-stores.lock
	$(PYTHON) -m venv .venv-stores
	.venv-stores/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-stores.lock
	@touch $@

lint: setup-dev
	$(BIN)/ruff check leakscope tests benchmarks training

# Locks what pyproject.toml allows, for Linux, macOS and Windows; no index addresses.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -c requirements.lock -o requirements-dev.lock
	sed -n 's/^spark = \["\(.*\)"\]/\1/p' pyproject.toml | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -c requirements.lock -o requirements-spark.lock
	$(BIN)/uv pip compile --group stores --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements-stores.lock

clean:
	rm -rf $(VENV) .venv-stores $(DEMO_CASE) $(DEMO_CASE).key build dist .pytest_cache .hypothesis .ruff_cache
