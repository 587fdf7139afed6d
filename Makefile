# make demo   the whole loop on real flights, ends by itself
# make up     Dagster and MLflow on loopback over the state that is there; Ctrl-C stops it
# make test   the whole suite          make check   format, lint, types, layers, definitions, doctests, advisories
# make soak   the whole of `up` on a moved clock: 65 days with kills, late and corrected files
# make bench  what is claimed about speed, measured -> benchmarks/results/
# make clean  removes what this Makefile and the platform made
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:

VENV := .venv
BIN := $(VENV)/bin
# The platform starts many processes: without compiled modules each begins with seconds of compiling.
unexport PYTHONDONTWRITEBYTECODE
export VIRTUAL_ENV := $(abspath $(VENV))
export PATH := $(abspath $(BIN)):$(PATH)
# What the demo needs, and what testing needs besides: two stamps, so that `make demo` installs less.
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

.PHONY: help demo up test check soak bench clean constraints
help:
	sed -n 's/^# make/make/p' Makefile

demo: $(RUNTIME)
	$(BIN)/ml-platform demo

up: $(RUNTIME)
	$(BIN)/ml-platform up

test: $(DEV)
	$(BIN)/python -m pytest -n auto

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/dg check yaml
	$(BIN)/dg check defs
	$(BIN)/python -m pytest -q --doctest-modules ml_platform
	$(BIN)/python scripts/audit

bench: $(DEV)
	$(BIN)/python -m benchmarks

soak: $(DEV)
	$(BIN)/python -m ml_platform_tests.soak --folder .soak

# Versions of everything, on every platform and Python this project supports.
constraints: $(DEV)
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --no-header \
	  --no-emit-index-url --no-emit-find-links --upgrade -q -o constraints.new
	{ echo "# The versions that were tested together; 'make constraints' renews them."; \
	  cat constraints.new; } > constraints.txt
	rm constraints.new

$(VENV)/bin/uv:
	./scripts/create-venv $(VENV)

$(RUNTIME): pyproject.toml constraints.txt | $(VENV)/bin/uv
	./scripts/install $(VENV) .
	touch $@

$(DEV): pyproject.toml constraints.txt | $(VENV)/bin/uv
	./scripts/install $(VENV) ".[dev]"
	touch $@ $(RUNTIME)

clean:
	rm -rf $(VENV) .ml_platform .soak build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis \
	  .coverage htmlcov benchmarks/scratch
	find ml_platform ml_platform_tests -name __pycache__ -type d -prune -exec rm -rf {} +
