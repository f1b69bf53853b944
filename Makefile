# Every target sets up what it needs; the first time takes some minutes, later ones milliseconds.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Each target is one story told in order; `make -j` would only mix their lines.
.NOTPARALLEL:

BIN := .venv/bin
NPM := npm --prefix web --silent run
BENCHMARKS = $(wildcard benchmarks/bench_*.py)

# Where `scripts/set-up` puts a Node of its own on machines that have none.
export PATH := $(CURDIR)/.venv/node:$(PATH)

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: ## Install, build, and start Diorama on this machine (DIORAMA_PORT, DIORAMA_HOST, DIORAMA_DATA)
	@scripts/set-up python worlds web
	@exec $(BIN)/diorama up

.PHONY: web
web: ## Build the portal's and the player's pages
	@scripts/set-up web

.PHONY: test
test: ## Install all that tests need, then check, and run every test
	@scripts/set-up dev chromium coturn worlds web
	@$(MAKE) --no-print-directory check
	@echo "==> Tests of the web parts"
	@$(NPM) test
	@echo "==> Tests"
	@scripts/run-tests

.PHONY: check
check: ## Format, lint, types and import direction, of Python and of TypeScript
	@scripts/set-up dev node
	@echo "==> Format of Python"
	@$(BIN)/ruff format --check .
	@echo "==> Lint of Python"
	@$(BIN)/ruff check .
	@echo "==> Types of Python"
	@$(BIN)/mypy
	@echo "==> Import direction"
	@$(BIN)/lint-imports
	@echo "==> Types of TypeScript"
	@$(NPM) typecheck
	@echo "==> Lint of TypeScript"
	@$(NPM) lint
	@echo "==> Format of TypeScript"
	@$(NPM) format:check

.PHONY: evidence
evidence: ## Simulate a whole Diorama for HOURS simulated hours (20), from SEED if given
	@scripts/set-up dev
	@$(BIN)/python -m tests.simulation --hours $(or $(HOURS),20) $(if $(SEED),--seed $(SEED))

.PHONY: format
format: ## Write Python and TypeScript as `check` wants them
	@scripts/set-up dev node
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(NPM) format

.PHONY: generate
generate: ## Write the docs pages and the TypeScript that follow from the code
	@scripts/set-up dev node
	@$(BIN)/python -m diorama.protocol.generate
	@$(BIN)/python -m diorama.sessions.lifecycle_page
	@$(BIN)/python -m diorama.projects.rules_page
	@$(BIN)/python -m diorama.gateway.configuration_page
	@$(NPM) generate -w @diorama/protocol
	@$(BIN)/python -m diorama.gateway.openapi
	@$(NPM) generate -w @diorama/portal

.PHONY: bench
bench: ## Measure speed (benchmarks/bench_*.py)
	@scripts/set-up dev web
	@[ -n "$(BENCHMARKS)" ] || { echo "benchmarks/ holds no bench_*.py" >&2; exit 1; }
	@for script in $(BENCHMARKS); do echo "==> $$script"; $(BIN)/python $$script; done

.PHONY: lock
lock: ## Write the Python lock files from pyproject.toml (ARGS="--upgrade" moves versions)
	@scripts/set-up dev
	@scripts/lock $(ARGS)

.PHONY: clean
clean: ## Remove what was installed and built here, and nothing else
	@rm -rf .venv build dist src/diorama/gateway/static
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find web -name node_modules -prune -exec rm -rf {} +
	@find web -name dist -prune -exec rm -rf {} +
