# `make run` and `make test` are all a newcomer needs; each prepares what it needs by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: setup run test check bench bench-engine bench-large bench-crash bench-reload bench-feeds bench-quality lock clean

setup: $(VENV)/ready  ## the environment in .venv, with .venv/bin/paperboy

run: setup  ## Slack when .env holds tokens, else the playground at http://127.0.0.1:3000
	@$(BIN)/paperboy run

test: check  ## check, then the tests with their coverage
	$(BIN)/python -m pytest --cov

check: $(VENV)/ready-dev  ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: setup  ## the tables of speed
	$(BIN)/python -m benchmarks

bench-engine: $(VENV)/ready-dev  ## the search engine beside its peers at up to a million papers: an hour
	@$(BIN)/python -m benchmarks engine

bench-large: setup  ## the app over a million papers, right after its start: a quarter of an hour
	@$(BIN)/python -m benchmarks large

bench-crash: setup  ## 300 digests delivered while the process is killed and Slack fails: ten minutes
	@$(BIN)/python -m benchmarks crash

bench-reload: setup  ## a million papers loaded, killed, loaded again, searched beside; make bench-reload PAPERS=20000
	@$(BIN)/python -m benchmarks.reload $(if $(PAPERS),--papers $(PAPERS))

bench-feeds: setup  ## fetches of 2,000 entries from a stand-in for arXiv, weighed and searched beside: five minutes
	@$(BIN)/python -m benchmarks.feeds $(if $(PAPERS),--papers $(PAPERS))

bench-quality: $(VENV)/ready-dev  ## the table of quality beside other engines: make bench-quality IR=<folder>
	@$(BIN)/python -m benchmarks quality "$(or $(IR),$(error Name judged collections: make bench-quality IR=<folder>))"

lock: $(VENV)/ready-dev  ## pin every dependency, with hashes for all platforms and no host
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 pyproject.toml --group build -o deploy/requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --group dev -c deploy/requirements.txt -o tests/requirements.txt

clean:  ## everything that was made here except the data
	rm -rf $(VENV) .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/ready: pyproject.toml deploy/requirements.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else \
		f"Paperboy needs Python 3.11 or later; this is {v[0]}.{v[1]}. Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo "Preparing .venv, a minute the first time."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r deploy/requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready tests/requirements.txt
	@$(PIP) install --require-hashes -r tests/requirements.txt
	@touch $@
