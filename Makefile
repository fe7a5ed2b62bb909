# Everything is set up by the first command that needs it: Python 3.11 or newer, make and a
# network to the package index are enough.
#
#   make serve    build the database from data/ and open the map
#   make test     lint and test everything
#   make test-fast   test reading, checking, storing and coding: no browser, no server
#   make check    check the data only
#   make lint     style, types, workflows, migrations, the data
#   make fix      put code and data into canonical form
#   make figure   write the map as map.svg
#   make docs     write the generated parts of the documents
#   make bench    measure speed, as ratios
#   make attack   attack the site on this machine, and print the figures
#   make lighthouse   score five pages (needs npm and chromium)
#   make audit    ask whether a weakness of a package is known (needs a network)
#   make sbom     write what the image is made of as sbom.cdx.json

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8001
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PIP := $(INSTALL) --constraint constraints.txt
HASHED := $(INSTALL) --require-hashes --requirement
RUN_READY := $(VENV)/.ready-to-run
DEV_READY := $(VENV)/.ready-to-develop
TEST ?=
# What Python compiles is kept: the tests start the program some hundred times.
export PYTHONDONTWRITEBYTECODE :=
FAST := tests/read tests/check tests/store tests/contribute
WORKFLOWS := $(wildcard .github/workflows/*.yml)

.PHONY: serve check test test-all test-fast lint types style fix figure docs bench attack lighthouse audit sbom clean hashes

serve: $(RUN_READY)
	$(BIN)/marginal-risk serve --open --port $(PORT)

check: $(RUN_READY)
	$(BIN)/marginal-risk check

figure: $(RUN_READY)
	$(BIN)/marginal-risk figure --format svg --output map.svg

docs: $(RUN_READY)
	$(BIN)/python .ci/docs.py

# What lints runs beside the tests: neither needs the other.
test: $(DEV_READY)
	$(MAKE) --no-print-directory --jobs 3 types style test-all

test-all: $(DEV_READY)
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --durations 20 $(TEST)

test-fast: $(DEV_READY)
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m 'not slow' $(FAST)

# Types take about as long as all the rest, so the two run side by side.
lint: $(DEV_READY)
	$(MAKE) --no-print-directory --jobs 2 types style

types: $(DEV_READY)
	$(BIN)/mypy

style: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(BIN)/check-jsonschema --builtin-schema custom.github-workflows-require-timeout $(WORKFLOWS)
	$(BIN)/zizmor --quiet --strict-collection --offline --no-progress --persona auditor .github
	rm -f $(VENV)/lint.db
	$(BIN)/python -m alembic -x url=sqlite:///$(VENV)/lint.db upgrade head
	$(BIN)/python -m alembic -x url=sqlite:///$(VENV)/lint.db check
	$(BIN)/marginal-risk check
	$(BIN)/marginal-risk format --check

fix: $(DEV_READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/marginal-risk format

bench: $(DEV_READY)
	$(BIN)/python -m bench

attack: $(DEV_READY)
	$(BIN)/python -m bench.attack

lighthouse: $(DEV_READY)
	$(BIN)/python -m bench.lighthouse

audit: $(DEV_READY)
	$(BIN)/python .ci/audit.py requirements/dev.txt

# The packages with their hashes; the base of the image has a list of its own.
sbom: $(DEV_READY)
	$(BIN)/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml \
	    --output-reproducible --output-file sbom.cdx.json

clean:
	rm -rf $(VENV) evidence.db sbom.cdx.json

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The build backend comes first, pinned like everything else, so nothing is built with another.
# On CI, nothing is installed whose hash is not on record.
$(RUN_READY): pyproject.toml constraints.txt requirements/run.txt | $(VENV)/bin/python
ifeq ($(CI),true)
	$(HASHED) requirements/run.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
else
	$(PIP) hatchling editables
	$(PIP) --no-build-isolation --editable .
endif
	touch $@

$(DEV_READY): $(RUN_READY) requirements/dev.txt
ifeq ($(CI),true)
	$(HASHED) requirements/dev.txt
else
	$(PIP) --no-build-isolation --editable '.[dev]'
endif
	touch $@

# After a change of constraints.txt or pyproject.toml, with uv installed.
COMPILE = printf 'hatchling\neditables\n' | uv pip compile --quiet --universal --generate-hashes \
    --python-version 3.11 --constraint constraints.txt --no-annotate --no-header
hashes:
	$(COMPILE) --output-file requirements/run.txt pyproject.toml -
	$(COMPILE) --extra dev --output-file requirements/dev.txt pyproject.toml -
