# make demo    set up if needed, then crawl a made-up news site on this machine and show what was found
# make test    set up if needed, then run the test suite
# make lint types contract slow docs   what .ci/run calls as well
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test slow lint types contract wheel clean bench
demo: $(READY)
	@$(BIN)/standfirst demo

test: $(READY)
	@$(BIN)/python -m pytest -q -n 2 -m "not slow"

slow: $(READY)
	@$(BIN)/python -m pytest -q -n 2 -m slow

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

contract: $(READY)
	@$(BIN)/lint-imports

# uv where there is one (and where the locked index can be reached), else the standard library's venv and pip.
$(READY): pyproject.toml uv.lock
	@if command -v uv >/dev/null 2>&1 && uv sync --quiet --frozen --python $(PYTHON); then :; else \
	  echo "setting up $(VENV) with venv and pip" >&2; \
	  rm -rf $(VENV) && $(PYTHON) -m venv $(VENV) \
	  && $(BIN)/python -m pip install --quiet --upgrade "pip>=25.1" \
	  && $(BIN)/python -m pip install --quiet --editable . --group dev; fi
	@touch $@

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
