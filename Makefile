# Every target builds the virtual environment that it needs by itself.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_OPTIONS ?= -n 2

.PHONY: run test check translations benchmark test-lowest clean

run: $(VENV)/run.stamp ## serve the research page, on the bundled sample at first
	$(BIN)/python run.py

test: check ## all checks and all tests, the browser's included
	$(BIN)/pytest $(PYTEST_OPTIONS)

check: $(VENV)/dev.stamp ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

translations: $(VENV)/dev.stamp ## collect the sentences of the code and compile their translations
	for package in indexer webui; do \
	  $(BIN)/pybabel -q extract -F babel.cfg -k N_ -k gettext -k ngettext:1,2 --no-location --sort-output \
	    --omit-header -o $(VENV)/$$package.pot $$package $$( [ $$package = indexer ] && echo run.py ) && \
	  $(BIN)/pybabel -q update --no-fuzzy-matching --omit-header -i $(VENV)/$$package.pot -d $$package/translations -l en && \
	  $(BIN)/pybabel -q compile -d $$package/translations -l en || exit 1; \
	done

benchmark: $(VENV)/dev.stamp ## every figure of the documents
	$(BIN)/python -m benchmarks.add --documents 20000

test-lowest: ## the tests with the oldest versions that requirements.txt allows
	$(MAKE) test VENV=.venv-lowest CONSTRAINTS="-c tests/constraints-lowest.txt"

clean: ## remove what was built; the data folder stays
	rm -rf $(VENV) .venv-lowest .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/run.stamp: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check $(CONSTRAINTS) -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check $(CONSTRAINTS) -r requirements-dev.txt
	touch $@ $(VENV)/run.stamp
