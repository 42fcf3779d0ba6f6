# Every target does its own set-up; all that is needed is Python 3.11, pip, git and make.
PY ?= python3
BIN = .venv/bin
UV = .venv/boot/bin/uv
EXTRAS ?= dev

.PHONY: demo hub test test-long check bench map golden clean

demo: .venv/.core
	@$(BIN)/tandem demo --out tandem-out

# A hub with the sample world, in tandem-data, for the browser; begun again, it goes on with what is there.
DATA ?= tandem-data
PORT ?= 8000
hub: .venv/.core
	@$(BIN)/tandem serve --data $(DATA) --port $(PORT) $(if $(wildcard $(DATA)/hub.db),,--sample)

# The tests of one file stay together: they share what is costly to make. The longest begin first (tests/conftest.py).
test: .venv/.with-$(EXTRAS)
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

test-long: .venv/.with-$(EXTRAS)
	@$(BIN)/pytest -m long

check: .venv/.with-$(EXTRAS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory test

bench: .venv/.with-$(EXTRAS)
	@for each in $$(grep -l __main__ bench/*.py); do \
	  echo "== $$each"; $(BIN)/python -m "bench.$$(basename $$each .py)" || exit 1; done

map: .venv/.core
	@$(BIN)/python docs/map.py
	@$(BIN)/python docs/services_page.py
	@$(BIN)/python docs/moves.py
	@$(BIN)/python docs/commands.py

golden: .venv/.with-$(EXTRAS)
	@$(BIN)/python -m tests.interfaces.help_pages

clean:
	rm -rf .venv tandem-out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# uv installs in seconds what takes pip a minute; where there is no uv for the platform, pip does it.
.venv/.made:
	@echo "setting up .venv ..."
	@$(PY) -m venv --without-pip .venv
	@$(PY) -m pip install -q --disable-pip-version-check --target .venv/boot uv >/dev/null 2>&1 || true
	@touch $@

.venv/.core: .venv/.made pyproject.toml constraints.txt
	@echo "installing tandem ..."
	@$(call install,-e .)
	@touch $@

.venv/.with-$(EXTRAS): .venv/.core
	@echo "installing the tools for tests ..."
	@$(call install,-e ".[$(EXTRAS)]")
	@touch $@

define install
if [ -x $(UV) ]; then $(UV) pip install -q --python $(BIN)/python -c constraints.txt $(1); \
else $(PY) -m pip --python $(BIN)/python install -q --disable-pip-version-check -c constraints.txt $(1); fi
endef
