# motcua: `make help` lists what can be done. A machine with Python >= 3.11, pip and make is enough.

PYTHON ?= python3
UV := PYTHONPATH=.uv UV_PYTHON_DOWNLOADS=never $(PYTHON) -m uv
BIN := .venv/bin

.PHONY: help setup run test check format evaluate learn bench lock clean browser mariadb

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.uv/uv/__init__.py:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "motcua needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12")'
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .uv uv

# The environment for running: locked, hashed, without the tools of development.
.venv/.run-ready: requirements.lock pyproject.toml | .uv/uv/__init__.py
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@test -e .venv/.dev-ready || $(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

# The environment for developing: everything above and the tools.
.venv/.dev-ready: requirements-dev.lock pyproject.toml | .uv/uv/__init__.py
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@ .venv/.run-ready

setup: .venv/.dev-ready  ## install everything, tools of development included

run: .venv/.run-ready  ## start the desk with demonstration data on http://127.0.0.1:8080
	@exec $(BIN)/motcua serve --with-demo

test: .venv/.dev-ready browser mariadb  ## run all tests
	@$(BIN)/python -m pytest $(ARGS)

browser:  # a headless Chromium for the page tests, where Debian's packages can be installed
	@$(PYTHON) tests/find_chromium.py --install || true

mariadb:  # a MariaDB server for the tests of sources, where Debian's packages can be installed
	@$(PYTHON) tests/mariadb.py --install || true

check: .venv/.dev-ready  ## format, lint, types, import arrows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/.dev-ready  ## format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

evaluate: .venv/.run-ready  ## figures over a question set: make evaluate QUESTIONS=file.jsonl
	@$(BIN)/motcua evaluate $(QUESTIONS)

learn: .venv/.run-ready  ## learn the matcher's weights from labelled questions: make learn QUESTIONS="a.jsonl b.jsonl"
	@$(BIN)/motcua learn $(QUESTIONS) --to knowledge/lexicon/weights.json

bench: .venv/.dev-ready  ## measure: start, import, memory, turns; matching beside peers; lookups; guessing; photos; deadlines; sources; Zalo tokens (half an hour)
	@$(BIN)/python -m tests.bench $(ARGS)
	@$(BIN)/python -m tests.bench_matching
	@$(BIN)/python -m tests.bench_lookup
	@$(BIN)/python -m tests.bench_lookup_postgres 1000000
	@$(BIN)/python -m tests.bench_guessing
	@$(BIN)/python -m tests.bench_deadlines
	@$(BIN)/python -m tests.bench_sources
	@$(BIN)/python -m tests.bench_photos
	@$(BIN)/python -m tests.bench_zalo_tokens

lock: | .uv/uv/__init__.py  ## renew the lock files from pyproject.toml
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate --python-version 3.11 --group dev pyproject.toml -o requirements-dev.lock

clean:  ## remove what can be made again (not ./var)
	@rm -rf .venv .uv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache dist
