# The commands of the project. Each sets up what it needs and skips what is set up already.
PYTHON ?= python3
BIN := .venv/bin
EMULATOR := .local/emulator-venv
CLIENTS := .local/clients
SHELL := /bin/bash

export PATH := $(CURDIR)/$(BIN):$(PATH)
export UV_COMPILE_BYTECODE := 1
# The CDK's template linter slows the start of every process, so only `kit check` runs it (see docs/architecture.md).
export CDK_VALIDATION := false
export CDK_DISABLE_CLI_TELEMETRY := true
# What your shell sets for another Python or another install does not reach this one.
unexport $(filter-out PYTHON,$(filter PYTHON%,$(.VARIABLES))) PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER UV_PYTHON UV_SYSTEM_PYTHON
# The CDK, npm and uv hang or fail where they cannot write below HOME.
ifneq ($(shell [ -d "$$HOME" ] || echo missing),)
$(shell mkdir -p .local/home)
export HOME := $(CURDIR)/.local/home
else ifneq ($(shell [ -w "$$HOME" ] || echo read-only),)
export CDK_HOME := $(CURDIR)/.local/cache/cdk
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/.local/cache/jsii
export npm_config_cache := $(CURDIR)/.local/cache/npm
export PIP_CACHE_DIR := $(CURDIR)/.local/cache/pip
export UV_CACHE_DIR := $(CURDIR)/.local/cache/uv
endif
CHECKED := deployment.toml tests/stacks/full.toml tests/stacks/full_east.toml tests/iam/encrypted.toml tests/stacks/pipeline.toml
UNCHECKED = @echo "the validation of templates is off here (CDK_VALIDATION=false); kit check runs it, cfn-lint and cdk-nag" >&2

.PHONY: up demo-capacity demo-methods demo-stores down test test-nightly check fuzz setup synth deploy lock lock-check types-check templates-check sbom clean again

up: setup ## deploy, train, ingest and ask, on an embedded AWS
	@$(BIN)/python -m kit local up

demo-capacity: setup ## a provisioned throughput bought, swapped and released under a client's calls, on an embedded AWS
	@$(BIN)/python -m examples.capacity_demo

demo-methods: setup ## every way to a custom model on an embedded AWS: training, distillation, reinforcement, copy, SageMaker, import
	@$(BIN)/python -m examples.methods

demo-stores: setup ## the same documents in each store of vectors on an embedded AWS: recall, latency, ingestion time, idle cost
	@$(BIN)/python -m examples.stores

# What runs is found by its command, with any Python: .venv or .local may be gone.
down: ## stop the embedded AWS and everything it started
	@if [ -e .venv/complete ]; then $(BIN)/python -m kit local down; else $(PYTHON) -m local_aws.processes .local; fi

test: setup ## every test, including the end-to-end run
	@$(BIN)/python -m pytest

test-nightly: setup $(CLIENTS)-venv/complete $(CLIENTS)-npm/complete ## the tests that take long for one case, and every client of docs/clients.md
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --require-hashes -r requirements-nightly.txt
	@$(BIN)/python -m pytest -m nightly

check: setup lock-check ## format, lint, types, lock files, templates
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(MAKE) --no-print-directory --jobs=2 types-check templates-check

types-check: ## mypy
	@$(BIN)/mypy

templates-check: ## kit check of the kit's own stacks: as shipped, everything on in both regions, customer keys
	@$(BIN)/python -m kit check $(CHECKED:%=--config %)

fuzz: setup ## coverage-guided fuzzing, FUZZ_SECONDS (60) for each target of tests/fuzz
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --require-hashes -r requirements-nightly.txt
	@$(BIN)/python -m tests.fuzz.run $(or $(FUZZ_SECONDS),60) $(FUZZ_TARGETS)

synth: setup ## templates into cdk.out/
	$(UNCHECKED)
	@$(BIN)/node node_modules/aws-cdk/bin/cdk synth --quiet $(ARGS)

deploy: setup ## to the AWS account of your credentials (ARGS go to kit deploy; it passes those after -- to cdk deploy)
	$(UNCHECKED)
	@$(BIN)/python -m kit deploy $(ARGS)

sbom: setup ## a CycloneDX bill of what the kit installs and ships, into .local/sbom.json (or ARGS=FILE)
	@$(BIN)/python -m tests.sbom $(ARGS)

setup: .venv/complete $(EMULATOR)/complete node_modules/complete ## .venv, the emulator's environment, node_modules: each is whole when its file `complete` exists

# An environment whose interpreter was removed or replaced is made anew.
broken = $(if $(realpath $(1)/bin/python),,again)

# For $(shell): it passes on what is unexported.
PLAIN = env -u PYTHONHOME -u PYTHONPATH $(PYTHON)

# Why PYTHON cannot be used, or nothing. The command itself runs in any Python, 2.7 included.
REFUSAL = $(shell \
  if ! command -v $(PYTHON) > /dev/null; then echo '$(PYTHON) was not found; install Python 3.11 or newer, or name one: make setup PYTHON=python3.12'; \
  elif ! $(PLAIN) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
    echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PLAIN) -V 2>&1 | head -1); name another one: make setup PYTHON=python3.12"; \
  elif ! $(PLAIN) -c 'import venv; from ensurepip import bootstrap' 2> /dev/null; then \
    echo '$(PYTHON) cannot make virtual environments; install its venv package (Debian and Ubuntu: apt-get install python3-venv)'; fi)

# Runs a command without its output. A failure shows the output; Ctrl-C shows one line instead of tracebacks.
QUIETLY = @trap 'printf "\nset-up interrupted; the same command goes on from here\n" >&2; exit 130' INT; \
  quietly() { output=$$("$$@" 2>&1) || { echo "$$output" >&2; exit 1; }; }; quietly

.venv/complete: requirements.txt requirements-dev.txt requirements-setup.txt $(call broken,.venv)
	$(if $(REFUSAL),$(error $(REFUSAL)))
	@echo "set-up 1/4: virtual environment"
	$(QUIETLY) eval '[ -e $@ ] && $(BIN)/python -m uv --version || { $(PYTHON) -m venv --clear .venv && $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt; }'
	@rm -f $@; echo "set-up 2/4: packages (CDK, boto3, Node 24, tests)"
	$(QUIETLY) env VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --require-hashes -r requirements-setup.txt -r requirements.txt -r requirements-dev.txt
	@touch $@

$(EMULATOR)/complete: local_aws/requirements.txt $(call broken,$(EMULATOR)) | .venv/complete
	@echo "set-up 3/4: embedded AWS"
	$(QUIETLY) eval '[ -e $@ ] && $(EMULATOR)/bin/python -c "" || $(BIN)/uv venv -q --clear --python $(BIN)/python $(EMULATOR)'
	@rm -f $@
	$(QUIETLY) env VIRTUAL_ENV=$(EMULATOR) $(BIN)/uv pip install -q --require-hashes -r local_aws/requirements.txt
	@touch $@

node_modules/complete: package-lock.json | .venv/complete
	@rm -f $@; echo "set-up 4/4: CDK CLI"
	$(QUIETLY) $(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

# The clients of docs/clients.md need other versions than the kit, so they have environments of their own.
$(CLIENTS)-venv/complete: tests/clients/requirements.txt $(call broken,$(CLIENTS)-venv) | .venv/complete
	@echo "clients 1/2: Python packages"
	$(QUIETLY) $(BIN)/uv venv -q --clear --python $(BIN)/python $(CLIENTS)-venv
	$(QUIETLY) env VIRTUAL_ENV=$(CLIENTS)-venv $(BIN)/uv pip install -q --require-hashes -r tests/clients/requirements.txt
	@touch $@

$(CLIENTS)-npm/complete: tests/clients/npm/package-lock.json | .venv/complete
	@rm -f $@; mkdir -p $(@D); echo "clients 2/2: npm packages"
	@cp tests/clients/npm/package.json tests/clients/npm/package-lock.json $(@D)/
	$(QUIETLY) $(BIN)/npm ci --prefix $(@D) --silent --no-audit --no-fund
	@touch $@

# The order matters: a file is compiled with the versions of those above it.
COMPILE_ALL = set -e; compile() { $(CURDIR)/$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url $(ARGS) "$$@"; }; \
  compile requirements.in -o requirements.txt; \
  compile -c requirements.txt requirements-dev.in -o requirements-dev.txt; \
  compile -c requirements.txt -c requirements-dev.txt requirements-nightly.in -o requirements-nightly.txt; \
  compile -c requirements.txt requirements-optional.in -o requirements-optional.txt; \
  compile requirements-setup.in -o requirements-setup.txt; \
  compile local_aws/requirements.in -o local_aws/requirements.txt; \
  compile tests/clients/requirements.in -o tests/clients/requirements.txt

lock: setup ## compile the lock files (ARGS=--upgrade for newer versions)
	@$(COMPILE_ALL)

lock-check: setup ## the lock files match their *.in files
	@rm -rf .local/lock && mkdir -p .local/lock/local_aws .local/lock/tests/clients && cp requirements*.txt requirements*.in .local/lock/ && cp local_aws/requirements.* .local/lock/local_aws/ && cp tests/clients/requirements.* .local/lock/tests/clients/
	@cd .local/lock && $(COMPILE_ALL)
	@for file in requirements*.txt local_aws/requirements.txt tests/clients/requirements.txt; do cmp -s $$file .local/lock/$$file || { echo "$$file does not match $${file%.txt}.in; run make lock"; exit 1; }; done
	@echo "lock files: up to date"

clean: ## stop every embedded AWS of this project, remove what set-up and runs made
	@$(PYTHON) -m local_aws.processes .local
	@rm -rf .venv .local node_modules cdk.out
