# Every target works on a fresh clone; `make help` lists them.

BIN := .venv/bin
JOBS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help audit test lint docs bench lock clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

audit: .venv/run.stamp ## Audit the example customer and say where the report lies
	@code=0; $(BIN)/auditor audit examples/acme --out build/acme || code=$$?; \
	case $$code in \
	0|10) ;; \
	4) echo "Exit code 4 is right here: examples/acme holds broken files on purpose, and no audit hides that." ;; \
	*) exit $$code ;; \
	esac; \
	echo "Report: $(CURDIR)/build/acme/report.html"

test: debian .venv/test.stamp lint docs ## Install what the tests need, then run everything that must pass
	$(BIN)/auditor checks test --mutants
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

lint: .venv/test.stamp ## Style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/test.stamp ## Check that the generated pages are up to date
	$(if $(wildcard docs/generate.py),$(BIN)/python docs/generate.py --check)

bench: .venv/test.stamp ## Measure speed and memory beside floors and peers
	$(BIN)/python -m benchmarks

lock: .venv/test.stamp ## Resolve the requirements anew (needs a package index)
	cd requirements && for name in run test; do CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile --quiet \
		--upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-options \
		--output-file $$name.txt $$name.in || exit 1; done

clean: ## Remove the environment and everything that was built
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.PHONY: debian
debian:
	@command -v chromium >/dev/null && command -v git >/dev/null && \
	{ ls /usr/lib/postgresql/*/bin/initdb || command -v initdb; } >/dev/null 2>&1 || \
	sh requirements/debian.sh "make test" chromium git postgresql

# Stamps: nothing is installed again until the lists change.
.venv/run.stamp: requirements/run.txt pyproject.toml
	@sh requirements/venv.sh
	@echo "Installing the locked requirements"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/run.txt
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m compileall -q auditor checks
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/test.txt
	@touch $@
