# make demo     set up if needed, then crawl a made-up news site on this machine and show what was found
# make test     set up if needed, then run the test suite
# make slow     the long proofs (many kills, many mutations)
# make lint | types | contract | wheel     what .ci/run calls as well
# make bench    the benchmarks, one after the other (each says with --help what else it can measure)
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test slow lint types contract wheel bench clean

demo: $(READY)
	@$(BIN)/standfirst demo

test: $(READY)
	@$(BIN)/python -m pytest -q -n 2 -m "not slow"

slow: $(READY)
	@$(BIN)/python -m pytest -q -n 2 --dist loadscope -m slow

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

contract: $(READY)
	@$(BIN)/lint-imports

# Built, installed where nothing else is, and started: the package must bring all that it needs.
wheel: $(READY)
	@rm -rf dist build/wheel && $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	@$(PYTHON) -m venv build/wheel && build/wheel/bin/python -m pip install --quiet dist/standfirst-*.whl
	@cd build/wheel && bin/standfirst --version && bin/standfirst demo >demo.txt && tail -n 3 demo.txt

bench: $(READY)
	$(BIN)/python benchmarks/extraction.py fixtures/pages
	$(BIN)/python benchmarks/recipes.py fixtures/pages
	$(BIN)/python benchmarks/robustness.py fixtures/pages --mutations 20 --extractions 2000 --runs 3 --only mutations,hashed,memory,same
	$(BIN)/python benchmarks/archive.py --pages 50 --nights 90
	$(BIN)/python benchmarks/rebuild.py --nights 60
	$(BIN)/python benchmarks/crawl.py
	$(BIN)/python benchmarks/night.py

# With uv where there is one and the locked index can be reached, else with the standard library's venv and pip.
$(READY): pyproject.toml uv.lock
	@if command -v uv >/dev/null 2>&1 && uv sync --quiet --frozen --python $(PYTHON); then :; else \
	  echo "setting up $(VENV) with venv and pip" >&2; \
	  rm -rf $(VENV) && $(PYTHON) -m venv $(VENV) \
	  && $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1" \
	  && $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev; fi
	@touch $@

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
