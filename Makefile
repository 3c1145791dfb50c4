# Every target builds the virtual environment that it needs by itself.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_OPTIONS ?= -n 2

.PHONY: run test opensearch check translations benchmark test-lowest audit lock clean

run: $(VENV)/run.stamp ## serve the research page, on the bundled sample at first
	$(BIN)/python run.py

test: check ## all checks and all tests, the browser's included
	$(BIN)/pytest $(PYTEST_OPTIONS) -m 'not opensearch'
	$(BIN)/pytest -m opensearch # one cluster for all of them, and no other test beside it

opensearch: $(VENV)/dev.stamp ## fetch OpenSearch for the tests, once
	$(BIN)/python -m tests.opensearch.jars

check: $(VENV)/dev.stamp ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

translations: $(VENV)/dev.stamp ## collect the sentences of the code and compile their translations
	$(call translate,indexer,indexer run.py webui/__init__.py webui/access.py webui/context.py webui/cors.py webui/passwords.py webui/refusals.py webui/server.py webui/workers.py)
	$(call translate,webui,webui)

define translate
	$(BIN)/pybabel -q extract -F $(1)/babel.cfg --no-location --sort-output --omit-header -o $(VENV)/$(1).pot $(2)
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
	  -i $(VENV)/$(1).pot -d $(1)/translations -l en
	$(BIN)/pybabel -q compile -d $(1)/translations -l en
endef

benchmark: $(VENV)/dev.stamp ## the figures of the documents; those of pages need a GOLD (see README)
	$(BIN)/python -m benchmarks.add --documents 20000
	$(BIN)/python -m benchmarks.places
	$(BIN)/python -m benchmarks.reprints --documents 100000
	$(BIN)/python -m benchmarks.sources
	$(BIN)/python -m benchmarks.engine --docs 100000
	$(BIN)/python -m benchmarks.trees --trees 20000

test-lowest: ## the tests with the oldest versions that requirements.txt allows
	$(MAKE) test VENV=.venv-lowest CONSTRAINTS="-c tests/constraints-lowest.txt"

audit: $(VENV)/dev.stamp ## known vulnerabilities of what the lock installs, where that can be asked
	$(BIN)/python -m tools.audit

lock: $(VENV)/dev.stamp ## requirements.lock anew: exact versions with their hashes, for every Python and system
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header -o requirements.lock requirements.txt
	$(BIN)/python -m tools.licences

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
