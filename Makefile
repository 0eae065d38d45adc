# Everything a person does with this clone. The work itself is in tools/.
BIN := .venv/bin
WORKERS ?= 3
ONLY ?=
# Whatever the shell says: every worker and program the tests start would compile all modules for itself.
COMPILED := env -u PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo test soak lint format bench pictures wheel \
	wheels-check constraints clean

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1 \t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup:  ## system libraries and .venv with the mapdesk command
	@tools/setup_machine.sh desk

setup-tests:
	@tools/setup_machine.sh tests

demo: setup  ## open the demo district (with no display: draw it to a picture)
	@tools/demo.sh

test: setup-tests  ## the test suite, under ten minutes (WORKERS=3)
	@$(COMPILED) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

soak: setup-tests  ## the long counts
	@$(COMPILED) HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "soak or hypothesis" \
		--timeout 7200 --soak-report=docs/soak.md tests

lint: setup  ## style, types, layers, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/house_checks.py

format: setup  ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-tests  ## benchmarks against their peers; ONLY=scene for one group
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

pictures: setup  ## the pictures in docs/pictures; ONLY="demo-* delft" for some
	@$(BIN)/python tools/pictures.py $(foreach name,$(ONLY),'$(name)')

wheel: setup  ## the wheel, in dist/
	@$(BIN)/python -m build --wheel --no-isolation

wheels-check: setup  ## prove that every pin has wheels for Linux, Windows and macOS
	@$(BIN)/python tools/check_wheels.py

constraints: setup  ## pin anew what pyproject.toml asks for
	@tools/write_constraints.sh

clean:  ## what was built, not .venv
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
