# One command from a fresh clone: `make app` or `make test`. Needs git, make and Python 3.11 to 3.13.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
ARGS ?=
# The first interpreter that runs and that the lock was made for; or say PYTHON=/path/to/python.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
# Without a screen the app must not try to open a browser.
HEADLESS := $(shell if [ "$$(uname)" = Darwin ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; \
	then echo false; else echo true; fi)
# Invented data never goes into a store that somebody named.
DEMO = test -n "$$WETLAND_STORE" || $(BIN)/wetland demo prepare --if-missing

.PHONY: help
help: ## Show this list
	@echo "usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(VENV)/.assets ## Make .venv with the locked packages, the project and the map scripts

.PHONY: app
app: install ## Prepare the demo store on first run, then open the app in the browser
	@$(DEMO)
	@echo "http://127.0.0.1:$(PORT)"
	$(BIN)/streamlit run app.py --server.address=127.0.0.1 --server.port=$(PORT) \
		--server.headless=$(HEADLESS) --server.showEmailPrompt=false \
		--server.fileWatcherType=none --browser.gatherUsageStats=false \
		--client.toolbarMode=viewer --client.showErrorDetails=none --client.showErrorLinks=false $(ARGS)

.PHONY: demo
demo: install ## Make the demo store
	$(BIN)/wetland demo prepare $(ARGS)

.PHONY: test
test: install ## Run all tests (ARGS="-k law" for some)
	$(BIN)/python -m pytest -n auto --maxprocesses=4 $(ARGS)

.PHONY: check
check: install ## Lint, format, types, architecture, docs
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_project_docs.py tests/test_project_form.py

.PHONY: format
format: install docs ## Format the code and write the generated pages anew
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: docs
docs: install ## Write docs/cli.md from the commands
	$(BIN)/python docs/build.py

.PHONY: bench
bench: install ## Measure screening beside its peers in one run
	$(BIN)/python benchmarks/screening.py $(ARGS)

.PHONY: benchwater
benchwater: install ## Measure trends and classes of water beside their peers in one run
	$(BIN)/python benchmarks/water.py $(ARGS)

.PHONY: benchbirds
benchbirds: install ## Measure TRIM beside its peers, and the import of a large archive
	$(BIN)/python benchmarks/birds.py $(ARGS)

.PHONY: benchvisitors
benchvisitors: install ## Measure forecasts of visitors and car parks beside their peers in one run
	$(BIN)/python benchmarks/visitors.py $(ARGS)

.PHONY: peers
peers: ## Install what the benchmark compares with into build/peers, beside the project
	$(PYTHON) -m venv build/peers
	build/peers/bin/python -m pip install --disable-pip-version-check --quiet -r benchmarks/requirements.txt
	$(PYTHON) -m venv build/ecoscope
	build/ecoscope/bin/python -m pip install --disable-pip-version-check --quiet -r benchmarks/requirements-ecoscope.txt

.PHONY: report
report: install ## Write the findings of the store as a sheet to print and a table into .wetland/report
	@$(DEMO)
	@mkdir -p .wetland/report && rm -f .wetland/report/findings.*
	$(BIN)/wetland findings sheet --out .wetland/report/findings.html
	$(BIN)/wetland findings export --out .wetland/report/findings.csv

.PHONY: soak
soak: install ## Run the long tests, and the property tests with many more examples (an hour)
	$(BIN)/python -m pytest -m soak $(ARGS)
	$(BIN)/python -m pytest -n auto --maxprocesses=4 --hypothesis-profile=soak $(ARGS)

.PHONY: lock
lock: ## Resolve requirements.lock anew (ARGS=--upgrade for newer versions)
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --group dev $(ARGS) -o requirements.lock pyproject.toml

.PHONY: assets
assets: $(VENV)/.project ## Put the map scripts in place again
	$(BIN)/python web/install.py
	@touch $(VENV)/.assets

# Stamps: each step runs again only when what it depends on is newer.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "no Python 3.11, 3.12 or 3.13 found; say: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments here. On Debian or Ubuntu run:"; \
		echo "    sudo apt-get install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.lock: requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.assets: web/package-lock.json web/assets.json web/install.py $(VENV)/.project
	$(BIN)/python web/install.py
	@touch $@
