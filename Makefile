# On Record. The two commands that matter: `make serve` and `make test`.
# Needs python3 (3.11 or newer), pip and make; everything else goes into .venv.

PYTHON ?= python3
PORT ?= $(or $(ONRECORD_PORT),8000)
SEEDS ?= $(or $(ONRECORD_SEEDS),seeds)
PROCESSES ?= auto
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Byte code is what makes a start quick; an environment that forbids it would cost seconds each time.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help serve demo test test-browser test-postgres test-cluster test-stores check format lock readme evaluate bench \
	bench-readme floors answers faults fuzz hostile load audit image-check train clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "On Record needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; exit 1; }
	@test -x $(BIN)/python || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@echo "Installing into $(VENV) from requirements.lock (a minute or two, once) …"
	@$(BIN)/python -m pip install --quiet --compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q app
	@touch $@

serve: $(READY) ## Serve the seed articles: make serve [PORT=8123] [SEEDS="folder other"]
	@ONRECORD_PORT="$(PORT)" ONRECORD_SEEDS="$(SEEDS)" $(BIN)/onrecord serve

demo: $(READY) ## Serve the seed article and our own invented ones
	@ONRECORD_PORT="$(PORT)" ONRECORD_SEEDS="seeds tests/articles" \
		ONRECORD_DATABASE_URL="$(or $(ONRECORD_DATABASE_URL),sqlite:///data/demo.db)" $(BIN)/onrecord serve

# Each process reads the files of tests that it is given whole, so that what a file shares is made
# once; in the order of tests/conftest.py, slow ones first.
test: $(READY) ## Run every test that this machine can run: make test [ARGS="-k quotes"] [PROCESSES=1]
	@$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

test-browser: $(READY) ## Look at every page in Chromium (apt-get install chromium)
	@$(BIN)/python -m pytest -m browser $(ARGS)

test-postgres: $(READY) ## Run what runs on PostgreSQL, there (apt-get install postgresql)
	@ONRECORD_TEST_REQUIRE=postgresql $(BIN)/python -m pytest -m postgresql $(ARGS)

test-cluster: $(READY) ## Ingest on a Dask cluster of this machine's processes
	@$(BIN)/python -m pytest -m cluster $(ARGS)

# Beside the environment and over it, so that this keeps to its lock.
STORES := .venv-stores
$(STORES)/.ready: $(READY) pyproject.toml
	@rm -rf $(STORES) && $(PYTHON) -m venv $(STORES)
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
		> "$$($(STORES)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/below.pth"
	@$(BIN)/python -c 'import tomllib; \
		print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["stores"], sep="\n")' \
		| $(STORES)/bin/python -m pip install --quiet --compile -r /dev/stdin
	@touch $@

test-stores: $(STORES)/.ready ## Read from servers of S3 and Google Cloud Storage, on the cluster too
	@$(STORES)/bin/python -m pytest -m stores $(ARGS)

check: $(READY) ## Style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(READY) ## Bring the code into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## Renew requirements.lock: make lock [ARGS=--upgrade]
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --no-header --universal \
		$(ARGS) -o requirements.lock

readme: $(READY) ## Write the answer and the settings that the README shows anew
	@ONRECORD_WRITE_README=1 $(BIN)/python -m pytest -q tests/test_readme.py -k "answer_shown"

evaluate: $(READY) ## Measure extraction against gold data
	@$(BIN)/python -m tests.quality.evaluate $(ARGS)

faults: $(READY) ## Break ingest in every way there is, and count what is lost: make faults [ARGS="--kills 20"]
	@$(BIN)/python -m tests.faults $(ARGS)

fuzz: $(READY) ## Read and parse 20,000 files that nobody would write, and time against size
	@$(BIN)/python -m tests.fuzz $(ARGS)

hostile: $(READY) ## Ill-treat a running server: 2,000 connections, slow clients, floods
	@$(BIN)/python -m tests.hostile $(ARGS)

load: $(READY) ## Mixed traffic with re-ingests, then too much: make load [ARGS="--minutes 2"]
	@$(BIN)/python -m tests.load $(ARGS)

audit: $(READY) ## Known vulnerabilities, bandit, ruff S, and an SBOM in sbom.json: make audit [ARGS=--offline]
	@$(BIN)/python .ci/audit $(ARGS)

image-check: ## Build the Dockerfile for real and run it (root, buildah, debootstrap)
	@.ci/image-check

BENCH := $(VENV)/.bench
$(BENCH): $(READY) pyproject.toml
	@$(BIN)/python -c 'import tomllib; \
		print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["bench"], sep="\n")' \
		| $(BIN)/python -m pip install --quiet --compile -r /dev/stdin
	@touch $@

bench: $(BENCH) ## Measure speed: make bench [ARGS=--quick] (apt-get install wrk; 45 minutes at first, then 30, quick: 5)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

bench-readme: $(BENCH) ## Write the README's table of speed from benchmarks.json
	@$(BIN)/python -m tests.benchmarks --readme

floors: $(READY) ## Hold the figures that extraction reaches now
	@$(BIN)/python -m tests.quality.write_floors

answers: $(READY) ## Write the answers that the OpenAPI document shows anew
	@$(BIN)/python -m tests.contract.write_answers

SHARED ?= ../shared
MINUTES ?= 77
TRAIN := training/runs/.venv/bin/python
train: ## Train the reader anew: make train [SHARED=../shared] [MINUTES=77]; resumes where it stopped
	@test -d "$(SHARED)/polnear" || { echo "make train needs PolNeAR's texts in $(SHARED)/polnear"; exit 1; }
	@test -x $(TRAIN) || $(PYTHON) -m venv training/runs/.venv
	$(TRAIN) -m pip install --quiet --compile --require-hashes -r requirements.lock
	$(TRAIN) -m pip install --quiet --compile -r training/requirements.txt
	test -e training/runs/silver.pt || $(TRAIN) -m training.silver --shared "$(SHARED)"
	$(TRAIN) -m training.train --name reader --minutes $(MINUTES) --shared "$(SHARED)" \
		--silver training/runs/silver.pt --entity-share 0.15 --claim-share 0.4
	$(TRAIN) -m training.export --run reader --share 0.5 --version reader-local
	$(TRAIN) -m training.calibrate --shared "$(SHARED)"
	$(TRAIN) -m training.measure_checks --shared "$(SHARED)"
	$(TRAIN) -m training.evaluate --shared "$(SHARED)"

clean: ## Remove the environment and everything that was made
	rm -rf $(VENV) $(STORES) data .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
