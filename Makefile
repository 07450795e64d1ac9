# mis_bridge: `make run` tries it, `make test` tests it; each sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
SOURCES := mis_bridge adapters mappings webhooks tests scripts

.PHONY: help run install dev test check format lint types imports dead-code secrets audit lock assets clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: install ## Set everything up and start the demo: an invented authority with a demo MIS
	$(BIN)/mis-bridge demo

install: $(VENV)/.installed ## Build .venv with everything for running

dev: $(VENV)/.developed ## Add the developers' tools to .venv

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed and was not found. / Mae angen Python 3.11 ac ni chafwyd hyd iddo." >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed; set PYTHON=/path/to/python3.11. / Mae angen Python 3.11; gosodwch PYTHON=/llwybr/i/python3.11." >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements/runtime.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@bash scripts/provide-pdf.sh
	@touch $@

$(VENV)/.developed: $(VENV)/.installed requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

test: dev ## Set everything up and run all tests, on SQLite and PostgreSQL, with a headless browser
	bash scripts/test.sh

check: format-check lint types imports dead-code secrets test ## Everything that CI checks, tests last

format: dev ## Format the code
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

.PHONY: format-check
format-check: dev
	$(BIN)/ruff format --check $(SOURCES)

lint: dev ## Lint
	$(BIN)/ruff check $(SOURCES)

types: dev ## Check types, strictly
	$(BIN)/mypy

imports: dev ## Check the import contracts and the declared dependencies
	$(BIN)/lint-imports
	$(BIN)/deptry .

dead-code: dev ## Look for code that nothing uses
	$(BIN)/vulture

secrets: dev ## Look for secrets written into the code
	$(BIN)/python scripts/secrets.py

audit: dev ## Look for known holes in what we depend on (asks the package registry)
	$(BIN)/pip-audit --require-hashes -r requirements/runtime.txt

lock: dev ## Lock the requirements again, with hashes and without any host name
	cd requirements && ../$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url runtime.in -o runtime.txt
	cd requirements && ../$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url dev.in -o dev.txt

assets: ## Build the style sheet and script again (needs Node.js; their output is committed)
	npm ci --omit=optional
	npm run assets

clean: ## Remove what the targets above made
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis test-artifacts
