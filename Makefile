# Everything happens in .venv; nothing outside the checkout is changed.
#   make demo     a site to try, at http://localhost:8000/ (options: make demo ARGS="--port 9000")
#   make test     everything that must pass before a change goes in
#   make docs     the documentation, in docs/_build/html
#   make screenshots   its pictures, from the demo site (needs Chromium; options: make screenshots ARGS="admin-lab")
#   make bench    measures relevance and speed (options: make bench BENCH_DATA="folders in BEIR layout")
PYTHON ?= python3
ARGS ?=
BENCH_DATA ?= $(patsubst %/corpus.jsonl,%,$(wildcard ../shared/data/*/corpus.jsonl))
BENCH_PAGES ?= 1000,10000

BIN := .venv/bin
RUN := $(BIN)/python
SOURCES := wagtail_vector_search testproject tests manage.py $(wildcard benchmarks)

.DEFAULT_GOAL := help
.PHONY: help install demo test bench lint format docs screenshots clean

help:
	@sed -n 's/^#   //p' Makefile

# The environment is made again only when pyproject.toml has changed.
install: .venv/installed
.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; this is `$(PYTHON) --version`. Try: make PYTHON=python3.12"; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python's venv is missing (on Debian: apt install python3-venv)"; exit 1; }
	$(RUN) -m pip install --quiet --disable-pip-version-check --editable ".[dev,docs,bench]"
	@touch $@

demo: install
	@exec $(RUN) manage.py demo $(ARGS)

test: lint
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) -m pytest $(ARGS)

bench: install
	$(if $(BENCH_DATA),$(RUN) -m benchmarks.relevance $(BENCH_DATA) --typos --reference --json .data/bench/relevance.json,\
		@echo "Relevance is not measured: set BENCH_DATA to folders in BEIR layout.")
	$(RUN) -m benchmarks.speed --pages $(BENCH_PAGES) --json .data/bench/speed.json --plot .data/bench/speed.svg

lint: install
	$(RUN) -m ruff format --check $(SOURCES)
	$(RUN) -m ruff check $(SOURCES)
	$(RUN) -m mypy
	$(BIN)/lint-imports

format: install
	$(RUN) -m ruff format $(SOURCES)
	$(RUN) -m ruff check --fix $(SOURCES)

docs: install
	$(RUN) -m sphinx --fail-on-warning --keep-going docs docs/_build/html

# Writes docs/images; the demo site is as it was afterwards.
screenshots: install
	$(RUN) manage.py screenshots $(ARGS)

clean:
	rm -rf .venv .data docs/_build
