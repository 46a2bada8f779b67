# The commands of the project. `make up` and `make test` set up whatever they need; second runs skip what is done.
PYTHON ?= python3
BIN := .venv/bin
EMULATOR := .local/emulator-venv
SHELL := /bin/bash

export PATH := $(CURDIR)/$(BIN):$(PATH)
export UV_COMPILE_BYTECODE := 1
# The CDK's own template linter starts slowly in every process; it runs in one gate only: `make check` (see docs/architecture.md).
export CDK_VALIDATION := false
export CDK_DISABLE_CLI_TELEMETRY := true
unexport PYTHONDONTWRITEBYTECODE

COMPILE := $(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url

.PHONY: up demo-capacity down test check fuzz setup synth deploy lock lock-check templates-check clean

up: setup ## deploy, train, ingest and ask, on an embedded AWS
	@$(BIN)/python -m kit local up

demo-capacity: setup ## a provisioned throughput bought, swapped and released under a client's calls, on an embedded AWS
	@$(BIN)/python -m examples.capacity_demo

down: ## stop the embedded AWS and everything it started
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m kit local down; else echo "nothing is set up, nothing runs"; fi

test: setup ## every test, the end-to-end run included
	@$(BIN)/python -m pytest

check: setup lock-check ## format, lint, types, lock files, templates
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory templates-check

templates-check: ## the CDK's own validation as errors, in both regions (tests hold the templates against cfn-lint and cdk-nag)
	@CDK_VALIDATION=true $(BIN)/python -m tests.validate_templates

fuzz: setup ## coverage-guided fuzzing, FUZZ_SECONDS (60) for each target of tests/fuzz
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --require-hashes -r requirements-nightly.txt
	@$(BIN)/python -m tests.fuzz.run $(or $(FUZZ_SECONDS),60) $(FUZZ_TARGETS)

synth: setup ## templates into cdk.out/
	@$(BIN)/node node_modules/aws-cdk/bin/cdk synth --quiet $(ARGS)

deploy: setup ## to the AWS account of your credentials (ARGS go to cdk deploy)
	@$(BIN)/python -m kit deploy $(ARGS)

setup: .local/setup.done

.local/setup.done: requirements.txt requirements-dev.txt requirements-setup.txt local_aws/requirements.txt package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is %d.%d; set PYTHON=..." % sys.version_info[:2])'
	@mkdir -p .local
	@echo "set-up 1/4: virtual environment"
	@[ -x $(BIN)/uv ] || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt; }
	@echo "set-up 2/4: packages (CDK, boto3, Node 24, tests)"
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --require-hashes -r requirements-setup.txt -r requirements.txt -r requirements-dev.txt
	@echo "set-up 3/4: embedded AWS"
	@[ -d $(EMULATOR) ] || $(BIN)/uv venv -q --python $(BIN)/python $(EMULATOR)
	@VIRTUAL_ENV=$(EMULATOR) $(BIN)/uv pip install -q --require-hashes -r local_aws/requirements.txt
	@echo "set-up 4/4: CDK CLI"
	@$(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

lock: setup ## compile the lock files anew (ARGS=--upgrade for newer versions)
	@$(COMPILE) $(ARGS) requirements.in -o requirements.txt
	@$(COMPILE) $(ARGS) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	@$(COMPILE) $(ARGS) -c requirements.txt -c requirements-dev.txt requirements-nightly.in -o requirements-nightly.txt
	@$(COMPILE) $(ARGS) -c requirements.txt requirements-optional.in -o requirements-optional.txt
	@$(COMPILE) $(ARGS) local_aws/requirements.in -o local_aws/requirements.txt
	@$(COMPILE) $(ARGS) requirements-setup.in -o requirements-setup.txt

lock-check: setup ## the lock files belong to the *.in files
	@rm -rf .local/lock && mkdir -p .local/lock/local_aws && cp requirements*.txt requirements*.in .local/lock/ && cp local_aws/requirements.* .local/lock/local_aws/
	@cd .local/lock && for f in requirements.in local_aws/requirements.in requirements-setup.in; do $(CURDIR)/$(subst $(BIN),.venv/bin,$(COMPILE)) $$f -o $${f%.in}.txt || exit 1; done; \
	  $(CURDIR)/$(COMPILE) -c requirements.txt requirements-dev.in -o requirements-dev.txt; \
	  $(CURDIR)/$(COMPILE) -c requirements.txt -c requirements-dev.txt requirements-nightly.in -o requirements-nightly.txt; \
	  $(CURDIR)/$(COMPILE) -c requirements.txt requirements-optional.in -o requirements-optional.txt
	@for f in requirements.txt requirements-dev.txt requirements-nightly.txt requirements-optional.txt requirements-setup.txt local_aws/requirements.txt; do cmp -s $$f .local/lock/$$f || { echo "$$f does not belong to $${f%.txt}.in: run make lock"; exit 1; }; done
	@echo "lock files: fresh"

clean: down ## everything that set-up and runs made
	@rm -rf .venv .local node_modules cdk.out
