# Two commands do everything: `make run` and `make test`. See README.md.

BIN := .venv/bin
PINS := constraints.txt pyproject.toml
CONSTRAINTS = $(wildcard tests/*/test_constraints*.py)

.PHONY: run test race rush scramble chaos beckn-demo bench bench-big check format clean
.DELETE_ON_ERROR:

run: .venv/installed
	@exec $(BIN)/baari run

# Each file goes to one worker, so what it starts is started once; the longest begin.
test: .venv/installed-dev
	@$(BIN)/python .ci/browser.py
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# SECONDS=60 and SEED= say how long, and which dice.
race: .venv/installed
	@$(BIN)/python -m drills.race

# MESSAGES=2000, SECONDS=240 and SEED= say how many, how long under fire, and which dice.
chaos: .venv/installed
	@$(BIN)/python -m drills.chaos

# PATIENTS=200, GUESSES=10000 and SEED= say how many come, and which dice.
rush: .venv/installed
	@$(BIN)/python -m drills.rush

# SECONDS=60 and SEED= say how long, and which dice.
scramble: .venv/installed
	@$(BIN)/python -m drills.scramble

# A network on this machine: registry, gateway and a buyer's app, until Ctrl-C.
beckn-demo: .venv/installed
	@exec $(BIN)/python -m network

# Requests a second beside an empty view and bare SQL, in this table and var/bench.json.
# Both fail when a goal is missed.
bench: .venv/installed
	@$(BIN)/python -m bench

# The same again among ten million appointments: about 27 GB on disk while it runs.
# `make bench-big ROWS=1000000` takes less.
bench-big: ROWS ?= 10000000
bench-big: .venv/installed
	@$(BIN)/python -m bench big --rows $(ROWS)

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint templates network/templates
	$(BIN)/djlint --check templates network/templates
	$(BIN)/python .ci/sizes.py
	$(BIN)/python .ci/heads.py
	$(BIN)/python -m pytest -q $(CONSTRAINTS)

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat templates network/templates

# The data of `make run` stay: they are in var/, and removing them is your decision.
clean:
	rm -rf .venv *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.venv/installed: $(PINS)
	@.ci/install .
	@touch $@

.venv/installed-dev: $(PINS)
	@.ci/install '.[dev]'
	@touch .venv/installed $@
