# The two commands: `make run` and `make test`. Each does all the set-up it needs. `make run ARGS=--once` stops after a briefing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.8
SOURCES := service jobs templates tests

.PHONY: run install extras install-dev test check format bench train chaos lock clean

run: install
	@$(BIN)/reveille run $(ARGS)

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Reveille needs Python 3.11 or newer as $(PYTHON): install it, or run 'make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing: install it ('apt install python3-venv' on Debian or Ubuntu) and run make again." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.installed: deploy/requirements.txt pyproject.toml | $(UV)
	@echo "Installing Reveille into $(VENV) …"
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes --compile-bytecode -r deploy/requirements.txt
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps -e .
	@$(BIN)/python -m compileall -q service jobs templates  # the first start would take twice as long without
	@touch $@

# What some connections need beside the core: make extras EXTRAS=google,microsoft,slack,caldav
EXTRAS ?= connections
extras: install
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --compile-bytecode -c deploy/requirements-dev.txt -e '.[$(EXTRAS)]'

$(VENV)/.installed-dev: deploy/requirements-dev.txt $(VENV)/.installed
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes --compile-bytecode -r deploy/requirements-dev.txt
	@touch $@

test: install-dev
	@$(BIN)/python -m pytest --numprocesses 4 --dist worksteal --durations 15

check: install-dev
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install-dev
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

$(VENV)/.installed-bench: deploy/requirements-bench.txt $(VENV)/.installed-dev
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes --compile-bytecode -r deploy/requirements-bench.txt
	@touch $@

bench: install-dev $(VENV)/.installed-bench
	@$(BIN)/python -m tests.bench

# The classifiers' weights, from the data that tests/training/sources.py names. `make train ARGS=--check` says whether they are the same.
train: install-dev
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.training $(ARGS)

# Every fault at a hundred random points: hours. Goes on where it was left; `make chaos ARGS=--table` prints what there is.
chaos: install-dev
	@$(BIN)/python -m tests.e2e.chaos $(ARGS)

# Universal locks with hashes and no index address: they install from whatever index the machine is set up for.
LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
lock: $(UV)
	@$(UV) $(LOCK) pyproject.toml -o deploy/requirements.txt
	@$(UV) $(LOCK) pyproject.toml --extra server -o deploy/requirements-server.txt
	@$(UV) $(LOCK) pyproject.toml --extra server --extra connections --extra keyring --extra pdf --group dev -o deploy/requirements-dev.txt
	@$(UV) $(LOCK) pyproject.toml --extra server --extra connections --extra keyring --extra pdf --group dev --group bench -o deploy/requirements-bench.txt
	@$(UV) $(LOCK) deploy/requirements-build.in -o deploy/requirements-build.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis dist build
