# Everything a stranger needs: `make review`, `make test`, `make check`.
# Nothing but Python 3.11+, git and make has to be there; nothing is written outside this folder
# and the data folder (REVIEW_HOME, by default in the user's data directory).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

# Prefect makes its folder wherever it is imported: for lint and tests, inside of ours.
check test quick: export PREFECT_HOME := $(CURDIR)/$(VENV)/prefect

# Files of tests side by side, one more than there are cores: they also wait. In the order of their
# names, which has the long ones first; each worker starts servers of its own.
SIDE_BY_SIDE := --numprocesses $(shell $(PYTHON) -c "import os; print(min(4, os.cpu_count() + 1))") --dist loadfile --no-loadscope-reorder

# An environment may forbid bytecode; without it everything starts at half speed.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: review up down demo cluster descriptions test quick slow check format lock system clean help
.DEFAULT_GOAL := help

help: ## show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --compile -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q flows tasks blocks deployments
	@touch $(READY)

review: $(READY) ## review this repository's own last commit
	@base=$$(git rev-parse --verify --quiet HEAD~1 || git hash-object -t tree /dev/null); \
	$(BIN)/review pr --base $$base

up: $(READY) ## turn this machine into a review service, in the background
	@$(BIN)/review up --detach

demo: $(READY) ## let that service review a pull request on a GitHub of its own, and show it
	@$(BIN)/python -m tests.fake_github.demo

down: $(READY) ## end the service
	@$(BIN)/review down

cluster: $(READY) ## try many machines: PostgreSQL, Redis, two API replicas, three workers, a load
	@$(BIN)/python -m benchmarks.load --reviews 40 --stay

descriptions: $(READY) ## fetch what the tests hold our GitHub calls against; once
	-@$(BIN)/python -m tests.fake_github.descriptions

test: $(READY) descriptions ## every test, with coverage
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest $(SIDE_BY_SIDE) tests
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

quick: $(READY) descriptions ## the tests that need no server and no patience
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) tests/tasks -m 'not slow'

check: $(READY) ## lint, formatting, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## resolve the dependencies anew into requirements.lock
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra quality --extra security --extra docker --extra js --extra types --extra k8s --group dev -o requirements.lock pyproject.toml

system: ## install the system packages that the tests use, where we may
	@.ci/system

clean: ## remove the environment and what tests left
	rm -rf $(VENV) .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
