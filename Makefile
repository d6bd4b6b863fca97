SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

bin := .venv/bin
python := $(bin)/python
timed := scripts/timed.sh
world := build/world
jobs ?= 4

##@ Use
.PHONY: demo
demo: world ## show one person's way from plan to outcome, in a made-up world
	$(bin)/aftercare demo --world $(world)

.PHONY: up
up: setup ## start the whole system here, embedded
	$(bin)/aftercare up

.PHONY: stop
stop: setup ## stop it, in order; what was written stays in .data
	$(bin)/aftercare stop

.PHONY: world
world: setup ## write a made-up metropolitan area, to read in, into build/world
	$(python) scripts/sample_world.py --out $(world) --seed 7

##@ Change
.PHONY: setup
setup: ## make .venv from requirements.lock (does nothing when it is current)
	@scripts/setup.sh

.PHONY: proto
proto: setup ## lay out protos/ and write services/aftercare from them
	@$(python) scripts/protos.py format --write
	@$(python) scripts/protos.py generate

.PHONY: baseline
baseline: setup ## promise the present protos: write protos/baseline.binpb
	@$(python) scripts/protos.py baseline

.PHONY: format
format: setup ## lay out the code and mend what a machine can mend
	@$(bin)/ruff check --quiet --fix-only .
	@$(bin)/ruff format --quiet .

.PHONY: lock
lock: setup ## choose the newest packages that work together: write requirements.lock
	@$(bin)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade --quiet \
	    --generate-hashes --no-annotate --no-header --no-emit-index-url --output-file requirements.lock
	@scripts/setup.sh

.PHONY: clean
clean: ## remove what was built and measured; keep .venv and .data
	@rm -rf build .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

##@ Check
.PHONY: test
test: ## every check and every test, as the merge asks for it
	@scripts/setup.sh --browser
	@status=0; \
	    $(MAKE) --jobs=$(jobs) --keep-going --output-sync=target checks || status=1; \
	    $(MAKE) tests || status=1; \
	    exit $$status

.PHONY: checks
checks: check-format check-lint check-types check-protos check-proto-format check-generated check-breaking check-imports

.PHONY: lint
lint: setup ## what reads the code without running it
	@$(MAKE) --jobs=$(jobs) --keep-going --output-sync=target checks

.PHONY: types
types: setup check-types ## mypy, strict

.PHONY: tests
tests: setup ## the tests; T="tests/unit -k capacity" chooses some
	@$(python) -m pytest --numprocesses=$(jobs) --dist=loadfile --quiet --durations=5 --durations-min=5 $(T)

.PHONY: prove
prove: setup ## the proofs at full size, into build/prove; F=<figure> chooses one
	@$(python) scripts/proofs/run.py $(F)

# One line each. They run side by side.
.PHONY: check-format check-lint check-types check-protos check-proto-format check-generated check-breaking check-imports
check-format:
	@$(timed) format $(bin)/ruff format --check --quiet --diff .
check-lint:
	@$(timed) lint $(bin)/ruff check --quiet --output-format=concise .
check-types:
	@$(timed) types $(bin)/mypy --no-error-summary services scripts
check-protos:
	@$(timed) protos $(python) scripts/protos.py lint
check-proto-format:
	@$(timed) proto-format $(python) scripts/protos.py format
check-generated:
	@$(timed) generated $(python) scripts/protos.py check
check-breaking:
	@$(timed) breaking $(python) scripts/protos.py breaking
check-imports:
	@$(timed) imports $(python) -m pytest --quiet tests/architecture/test_imports.py -k nobody

.PHONY: help
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z][a-z-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
