# make demo   install the library with its notebooks and show what it does
# make test   lint, types and every test but the slow ones, which .ci/run adds
# make docs   build the documentation as a site, docs/_build/html; warnings are errors
# make bench  measure beside the peers; writes bench-results/
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Modules are compiled when they are first imported: most of a package never is.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# Keep compiled modules, whatever the environment says: without them the tests take much longer.
export PYTHONDONTWRITEBYTECODE =
# check-jsonschema without a grammar of addresses that takes most of its time to load; another package checks those here.
SCHEMA := $(BIN)/python -c "import sys; sys.modules['rfc3987_syntax'] = None; import check_jsonschema as c; c.main()" \
	--builtin-schema
# The lexicon and the sample corpus, built anew for each `make test` and shared by all its processes.
CACHE := $(CURDIR)/$(VENV)/cache

.PHONY: demo test lint types sample tests-with-sample tests docs bench clean

demo: $(VENV)
	$(PIP) ".[notebooks]"
	$(BIN)/corpus-kit demo

test: $(VENV)
	$(PIP) --editable . --group dev
	$(MAKE) --jobs=3 lint types tests-with-sample

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	$(SCHEMA) vendor.readthedocs .readthedocs.yaml
	$(BIN)/zizmor --offline --quiet .github/workflows
	PATH="$(CURDIR)/$(BIN):$$PATH" cython-lint ext/*.pyx ext/*.pxi ext/*.pxd
	$(BIN)/shellcheck --severity=warning .ci/run
	$(SCHEMA) vendor.github-issue-forms .github/ISSUE_TEMPLATE/*_*.yml
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA) vendor.dependabot .github/dependabot.yml
	$(SCHEMA) vendor.citation-file-format CITATION.cff

types:
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest --mypy-config-file tests/stubtest.ini corpus_kit._core

sample:
	rm -rf "$(CACHE)"
	CORPUS_KIT_CACHE="$(CACHE)" $(BIN)/python -c "import corpus_kit; corpus_kit.sample_corpus()"

tests-with-sample: sample
	$(MAKE) tests CORPUS_KIT_CACHE="$(CACHE)"

tests:
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal -m "not slow"

docs: $(VENV)
	$(PIP) --editable . --group docs
	$(BIN)/sphinx-build -W --keep-going -n -q -j auto -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html in a browser."

bench: $(VENV)
	$(PIP) ".[bench]"
	$(BIN)/corpus-kit bench --output bench-results

$(VENV):
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'corpus-kit needs Python 3.11 or newer, this is ' + sys.version.split()[0] + '; run make PYTHON=python3.x')"
	$(PYTHON) -m venv --upgrade-deps $(VENV)

clean:
	rm -rf $(VENV) build dist docs/_build docs/notebooks *.egg-info
