# The pipeline: chapter -> notebook -> executed notebook -> staged book -> build/html. `make help` lists the targets.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.DEFAULT_GOAL := help

CHAPTER ?=
SCALE ?= paper
DEVICE ?= cpu
JOBS ?= 2
PORT ?= 8000
PYTHON ?= $(or $(shell command -v python3.11),$(shell command -v python3),python3)
BIN := .venv/bin

# A chapter may be given as dp/ising or as book/chapters/dp/ising.py.
override CHAPTER := $(patsubst book/chapters/%.py,%,$(CHAPTER))
CHAPTERS := $(patsubst book/chapters/%.py,%,$(wildcard book/chapters/*/*.py))
# What chapters are executed with; a record may rest on records, and an experiment on modules, of any paper.
CODE := $(shell find spinlib $(wildcard book/spinbook book/experiments) -name '*.py' -o -name '*.mplstyle')
RECORDS := $(if $(wildcard book/records),$(shell find book/records))
# Compiled kernels; spinlib.compilation keeps those of each version of its sources apart.
export NUMBA_CACHE_DIR := $(CURDIR)/build/numba
# Kernels run side by side, so each gets one thread.
ONE_THREAD := env OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1
# Kernels that start together must not be given the same port: book/spinbook/kernels.py.
export JUPYTER_DEFAULT_PROVISIONER_NAME := spinbook-sockets
# Modules, not scripts: a script's first line names an interpreter, and a path with a space does not fit there.
RUN := "$(BIN)/python" -m
JUPYTER_BOOK := "$(BIN)/python" -c 'import sys; from jupyter_book.cli.main import main; sys.exit(main())'
# A cell that takes longer hangs.
CELL_SECONDS := 600
# Chapters that are tested side by side share their smoke runs, those of this make: book/spinbook/records/shared_runs.py.
SMOKE_RUNS := build/smoke_runs
PYTEST := rm -rf $(SMOKE_RUNS); $(ONE_THREAD) SPINBOOK_SMOKE_RUNS="$(CURDIR)/$(SMOKE_RUNS)" \
  $(RUN) pytest -n $(JOBS) --nbmake --nbmake-timeout=$(CELL_SECONDS)
# What writes the same files is done by one make at a time: the targets called -alone run under a lock.
LOCK := "$(PYTHON)" -I book/spinbook/lock.py

.PHONY: help book test chapter smoke record audit wanted bench serve clean notebooks pins
.PHONY: install-alone book-alone test-alone bench-alone

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12
	@echo "Variables: CHAPTER=dp/ising SCALE=smoke|laptop|paper DEVICE=cpu|cuda RECORD=dp/name NAME=dp/topic JOBS=2 PORT=8000"

# A rerun after a change of the pins only installs what differs; an interrupted install is finished by the next make.
.venv/installed: pyproject.toml constraints.txt
	@$(LOCK) build/lock 'make .venv/installed' $(MAKE) --no-print-directory install-alone

install-alone:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is older" >&2; exit 1; }
	$(RUN) pip --version > /dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	$(RUN) pip install -q -c constraints.txt -e '.[book,test]'
	touch .venv/installed

book: ## build the book from the shipped records: build/html/index.html and build/scorecard.json
	@$(LOCK) build/lock 'make book' $(MAKE) --no-print-directory book-alone

book-alone: .venv/installed
	@rm -rf build/failed
	@$(MAKE) --no-print-directory -k -j$(JOBS) $(CHAPTERS:%=build/executed/%.ipynb)
	@$(RUN) spinbook stage build/stage
	@rm -rf build/sphinx
	$(JUPYTER_BOOK) build build/stage --config build/stage/_config.yml --toc "$(CURDIR)/build/stage/_toc.yml" \
	  --path-output build/sphinx -n -W --keep-going --all -q
	@rm -rf build/html && mv build/sphinx/_build/html build/html
	@echo "The book is build/html/index.html, the scorecard build/scorecard.json"

# Executed from records only; written under a temporary name, so that an interrupted build resumes with what is missing.
# A folder of records is newer where one was added or removed.
build/executed/%.ipynb: book/chapters/%.py book/claims/$$(*D).yml $(RECORDS) $(CODE) .venv/installed
	@mkdir -p $(@D) build/log/$(*D) build/failed/$(*D)
	@echo "executing $*"
	@if { $(RUN) spinbook notebook $* build/notebook/$*.ipynb && $(ONE_THREAD) $(RUN) papermill \
	  --no-progress-bar --kernel python3 --cwd . --execution-timeout $(CELL_SECONDS) -p scale recorded \
	  build/notebook/$*.ipynb $(@D)/$(*F).part.ipynb; \
	  } > build/log/$*.txt 2>&1; then mv $(@D)/$(*F).part.ipynb $@; \
	else mv build/log/$*.txt build/failed/$*.txt; tail -n 60 build/failed/$*.txt >&2; \
	  echo "chapter $* failed, its traceback is build/failed/$*.txt" >&2; exit 1; fi

# nbmake injects no parameters, so they stand in the notebooks that it runs. These have a folder of their own, so that
# `make smoke` may run beside `make book`.
build/smoke/%.ipynb: book/chapters/%.py .venv/installed
	@mkdir -p $(@D)
	@$(RUN) spinbook notebook $* $@ --scale smoke

smoke: $(if $(CHAPTER),$(CHAPTER:%=build/smoke/%.ipynb),$(CHAPTERS:%=build/smoke/%.ipynb)) ## execute all chapters, or CHAPTER, at smoke scale
	$(PYTEST) $^

test: ## linters, types, the book, chapters at smoke scale, unit and page tests
	@$(LOCK) build/lock 'make test' $(MAKE) --no-print-directory test-alone

test-alone: .venv/installed $(CHAPTERS:%=build/smoke/%.ipynb)
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	@$(MAKE) --no-print-directory book-alone
	$(PYTEST) $(CHAPTERS:%=build/smoke/%.ipynb) tests

chapter: .venv/installed ## write a running chapter with its experiment and claim under NAME, as a start
	$(if $(NAME),,$(error give a name, as in: make chapter NAME=dp/annealing))
	@$(RUN) spinbook chapter "$(NAME)"

record: .venv/installed ## compute RECORD, or all of CHAPTER, at SCALE on DEVICE and store them under book/records
	$(if $(RECORD)$(CHAPTER),,$(error give a record or a chapter, as in: make record RECORD=dp/magnetization SCALE=paper))
	$(RUN) spinbook run $(or $(RECORD),book/chapters/$(CHAPTER).py) --scale $(SCALE) --device $(DEVICE) --record

audit: .venv/installed ## recompute one shipped record (RECORD, else at random) and compare it within errors
	$(RUN) spinbook audit --device $(DEVICE) $(if $(RECORD),--record $(RECORD)) $(if $(SEED),--seed $(SEED))

wanted: .venv/installed ## list the claims whose paper-scale record is missing, with estimated times
	@$(RUN) spinbook wanted

bench: ## time our samplers, the paper's method and other packages in one run: build/benchmarks.json
	@$(LOCK) build/bench.lock 'make bench' $(MAKE) --no-print-directory bench-alone

bench-alone: .venv/installed build/peers/installed
	"$(BIN)/python" benchmarks/run.py build/benchmarks.json

# Complete only when all of them are there, so that the next make tries again what did not install.
build/peers/installed: benchmarks/peers.txt
	build/peers/bin/python -m pip --version > /dev/null 2>&1 || "$(PYTHON)" -m venv --clear build/peers
	@grep -v '^#' $< | { complete=yes; while read -r peer; do \
	  build/peers/bin/python -m pip install -q --disable-pip-version-check --prefer-binary -c $< "$$peer" || \
	    { complete=no; echo "$$peer does not install here, the comparison goes on without it"; }; \
	done; [ $$complete = no ] || touch $@; }

serve: book ## build the book and show it at http://localhost:PORT
	$(RUN) http.server --bind localhost --directory build/html $(PORT)

notebooks: .venv/installed ## write book/notebooks, the unexecuted chapters for Colab and Binder
	@for chapter in $(CHAPTERS); do $(RUN) spinbook notebook $$chapter book/notebooks/$$chapter.ipynb; done

pins: ## write constraints.txt from what .venv holds
	@mkdir -p build
	@{ head -n 1 constraints.txt; $(RUN) pip freeze --exclude-editable | sed 's/+cpu$$//'; } > build/constraints.txt
	@mv build/constraints.txt constraints.txt

clean: ## remove build/
	@$(LOCK) build/lock 'make clean' rm -rf build

.PHONY: audit-one refresh

audit-one: .venv/installed # recompute the record that the commit's hash chooses, one of at most two minutes
	$(RUN) spinbook audit --of-commit

test-alone: audit-one

refresh: .venv/installed ## compute the smoke runs that stored records keep for comparison, and keep them anew
	$(ONE_THREAD) $(RUN) spinbook refresh $(or $(RECORD),$(CHAPTER:%=book/chapters/%.py))

# In a copy of the tree; kernels are compiled for every fault in them, so this is for a night and not for every change.
.PHONY: mutants
mutants: .venv/installed ## plant known faults in a copy of the tree and see that their tests catch them (FAULT=part of a name)
	$(ONE_THREAD) "$(BIN)/python" tests/mutants/plant.py $(if $(FAULT),"$(FAULT)")
