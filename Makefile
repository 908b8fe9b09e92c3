# Nightfeed. The two commands: `make demo` and `make test`.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

NIGHTFEED := jobs/bin/nightfeed
DEMO := target/demo
DEMO_FIRST := 2025-06-08
DEMO_LAST := 2025-06-14
SOURCES := $(shell find pom.xml udfs jobs/pom.xml jobs/src/main -type f 2>/dev/null)

.PHONY: help
help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: prerequisites
prerequisites:
	@command -v java >/dev/null || { echo "Nightfeed needs a JDK 17: 'java' is not on the PATH." >&2; exit 2; }
	@java -version 2>&1 | grep -q 'version "17' || { echo "Nightfeed needs a JDK 17, found: $$(java -version 2>&1 | head -1). Set JAVA_HOME and PATH to one." >&2; exit 2; }
	@command -v javac >/dev/null || { echo "Nightfeed needs a JDK 17, found only a JRE: 'javac' is not on the PATH." >&2; exit 2; }
	@command -v mvn >/dev/null || { echo "Nightfeed needs Apache Maven 3.8 or later: 'mvn' is not on the PATH." >&2; exit 2; }
	@command -v python3 >/dev/null || { echo "Nightfeed needs Python 3: 'python3' is not on the PATH." >&2; exit 2; }

jobs/target/nightfeed.jar: $(SOURCES)
	@$(MAKE) --no-print-directory prerequisites
	mvn -q package -DskipTests
	@touch $@

.PHONY: build
build: jobs/target/nightfeed.jar ## Build the jar and the local Spark folder

.PHONY: models
models: build ## Unpack the language models and check their digests
	@$(NIGHTFEED) models --artifacts jobs/target/encoder-artifacts

.PHONY: demo
demo: models ## Simulate a platform, run seven nights, show recommendations with reasons
	@rm -rf $(DEMO)
	$(NIGHTFEED) simulate --users 200 --posts 400 --days 14 --first-day 2025-06-01 --first-night $(DEMO_FIRST) --seed 7 --to $(DEMO)/raw
	$(NIGHTFEED) ingest --config conf/demo.conf --run-date 2025-06-07
	$(NIGHTFEED) nightly --config conf/demo.conf --run-date $(DEMO_FIRST) --through $(DEMO_LAST)
	@$(NIGHTFEED) show --config conf/demo.conf --run-date $(DEMO_LAST) --users 3 --top 5
	@$(NIGHTFEED) hash gold.recommendations --config conf/demo.conf

.PHONY: test
test: prerequisites ## Run every test
	mvn -q test-compile -DskipTests
	mvn verify

.PHONY: clean
clean: ## Remove everything built, the demonstration included
	rm -rf target
	mvn -q clean
