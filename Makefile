# `make help` lists the targets: everything after ## on a target's line.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PACKAGES := $(wildcard libs/* services/*)
PROJECTS := $(wildcard libs/*/pyproject.toml services/*/pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help install run reset test check proof judge provider-check bench lint fmt types proto words lock migration up clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-11s %s\n", $$1, $$2}'

install: $(STAMP) ## Virtual environment with the locked dependencies

$(STAMP): requirements.lock $(PROJECTS) tools/venv.sh
	@sh tools/venv.sh $(PYTHON) $(VENV) $(PACKAGES)
	@touch $@

run: $(STAMP) ## The whole platform on this machine, with a demo merchant
	@exec $(BIN)/python -m kontor_standalone run

reset: $(STAMP) ## Empty what `make run` keeps in .kontor
	@$(BIN)/python -m kontor_standalone reset

test: $(STAMP) ## All tests, on real PostgreSQL, RabbitMQ and Chromium
	@$(BIN)/python tools/suites.py

check: $(STAMP) ## The tests of what changed since main
	@$(BIN)/python tools/check.py

# Two to three hours, most of them the half hours of kills; KONTOR_SOAK_MINUTES changes those.
proof: $(STAMP) ## The long tests: 10,000 operations per fault, half an hour of kills, a million readings
	KONTOR_PROOF=1 $(BIN)/python -m pytest tests/faults --timeout=3600
	KONTOR_PROOF=1 $(BIN)/python -m pytest tests/security/test_security_texts.py --timeout=3600
	KONTOR_PROOF=1 $(BIN)/python -m pytest tests/e2e -k "bulk or look" --timeout=3600
	KONTOR_PROOF=1 $(BIN)/python -m pytest libs services -m hypothesis --timeout=3600

judge: $(STAMP) ## Before programs that are not ours: invoices (veraPDF, EN 16931, XRechnung), the bus (AsyncAPI), the double of PayPal
	$(BIN)/python -m tests.judge

# The keys of test accounts: docs/payment-providers.md.
provider-check: $(STAMP) ## The adapters before real test modes: make provider-check STRIPE_KEY=… PAYPAL_CLIENT_ID=… PAYPAL_SECRET=…
	@STRIPE_KEY="$(STRIPE_KEY)" PAYPAL_CLIENT_ID="$(PAYPAL_CLIENT_ID)" PAYPAL_SECRET="$(PAYPAL_SECRET)" $(BIN)/python -m tools.provider_check

bench: $(STAMP) ## Measure; writes bench/results.json
	$(BIN)/python -m tests.bench

lint: $(STAMP) types ## Style, types, layers, descriptions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/layers.py
	$(BIN)/python tools/schemas.py --check

types: $(STAMP) ## Types only
	$(BIN)/mypy $(wildcard libs/*/kontor_* services/*/kontor_*)

fmt: $(STAMP) ## Format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

proto: $(STAMP) ## Generate code from proto/, schemas of what is handed in, docs/asyncapi.json
	PATH="$(CURDIR)/$(BIN):$$PATH" libs/kontor-events/generate.sh
	$(BIN)/python tools/schemas.py

words: $(STAMP) ## Extract messages, write the German catalogs anew, say what is missing
	$(BIN)/python tools/catalog.py

lock: $(STAMP) ## Resolve pyproject.toml into requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group dev pyproject.toml -o requirements.lock

migration: $(STAMP) ## What the models have and the database lacks: make migration service=payments name=add_wallet
	$(BIN)/python -m kontor_service.new_migration $(service) $(name)
	@$(BIN)/ruff check -q --fix services/$(service)/migrations
	@$(BIN)/ruff format -q services/$(service)/migrations

up: ## Each service in its own container: docker compose up
	docker compose up --build

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
