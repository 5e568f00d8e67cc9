# The commands of this project: `make demo` shows it, `make test` proves it, and the others are parts of these.
.PHONY: setup demo test faults load lint format lock docs pictures bench northwind

setup: ## only the environment: .venv with .venv/bin/trellis
	@bash tools/setup.sh

demo: setup ## a small filled CRM on 127.0.0.1:8000
	@.venv/bin/trellis demo

# Where Northwind's CSV files lie, for the tests that import them.
export NORTHWIND_DATA ?= $(wildcard ../shared/data/northwind)

test: ## the whole test run, with everything that it needs
	@bash tools/test.sh

faults: ## kills web and worker amid everything, and applies at every boundary, on each database; more than an hour
	@bash tools/setup.sh dev
	@TRELLIS_FAULTS=long .venv/bin/pytest tests/faults -m fault --numprocesses 0

load: ## fifty applies under fifty requests a second on two processes, on each database; some minutes
	@bash tools/setup.sh dev
	@.venv/bin/pytest tests/load -m load --numprocesses 0

backups: ## 20 backups while people write, each restored and compared, on each database; some minutes
	@bash tools/setup.sh dev
	@TRELLIS_BACKUPS=20 .venv/bin/pytest tests/faults/test_backups.py --numprocesses 0

lint: ## the checks that run no code: style, types, layers
	@bash tools/setup.sh dev
	@bash tools/lint.sh

format: ## writes the code in the one style
	@bash tools/setup.sh dev
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .

lock: ## requirements/*.txt anew from pyproject.toml
	@bash tools/setup.sh dev
	@bash tools/lock.sh

docs: ## the guides and the generated reference as a site in dist/docs; a warning is an error
	@bash tools/setup.sh docs
	@.venv/bin/python -m tools.docs

pictures: ## docs/pictures anew, of the demo in a real browser
	@bash tools/setup.sh dev
	@.venv/bin/python -m tools.pictures

bench: ## the yardstick: Trellis beside the same pages by hand and beside Django; about 15 minutes
	@bash tools/setup.sh bench
	@.venv/bin/python -m compileall -q runtime bench # as an installed Trellis is
	@.venv/bin/python -m bench.yardstick $(BENCH)

northwind: setup ## the Northwind sample, from a folder of its CSV files: make northwind DATA=folder
	@.venv/bin/python -m tools.northwind "$(DATA)"
