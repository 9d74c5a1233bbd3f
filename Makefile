# Needs Python 3.11+ and make; the rest is set up inside the checkout.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
WEB := webapp/frontend
BROWSER ?= auto
GONGBAN_HOME ?= $(CURDIR)/var

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak setup assets clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

$(VENV)/.installed: requirements/dev.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Gongban needs Python 3.11 or newer; set PYTHON=/path/to/python" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

webapp/static/dist/.built: $(VENV)/.installed $(WEB)/package-lock.json $(shell find $(WEB)/src $(WEB)/public $(WEB)/build -type f 2>/dev/null) $(WEB)/package.json $(WEB)/tsconfig.json $(WEB)/vite.config.ts webapp/translations/zh/LC_MESSAGES/messages.po
	$(BIN)/python -m scripts.build_assets
	@touch $@

setup: $(VENV)/.installed webapp/static/dist/.built

assets: webapp/static/dist/.built ## build the front end

run: setup ## a demonstration on http://127.0.0.1:8000 (Ctrl-C stops it)
	@test -e "$(GONGBAN_HOME)/gongban.db" || GONGBAN_HOME="$(GONGBAN_HOME)" $(BIN)/gongban init --demo >/dev/null
	GONGBAN_HOME="$(GONGBAN_HOME)" $(BIN)/gongban serve

test: setup ## everything: both databases, scenarios, browser
	BROWSER=$(BROWSER) $(BIN)/python -m scripts.run_tests

check: $(VENV)/.installed ## lint, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## measure: table and JSON
	$(BIN)/gongban bench
	$(BIN)/python -m scripts.feel_bench --install

soak: setup ## many cases and killed servers, then 10,000 random sequences of verbs (an hour)
	$(BIN)/gongban bench --soak
	$(BIN)/python -m scripts.verb_soak --sequences 10000

clean: ## remove what this Makefile made, except data in var/
	rm -rf $(VENV) webapp/static/dist $(WEB)/node_modules
