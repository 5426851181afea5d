# make demo: an invented street on this machine.  make test: everything that can be tested here.
# The first Python of at least 3.11; another one by `make demo PYTHON=/path/to/python`.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
CODE := manage.py wuyang registry campaigns ledgers reports tests

.PHONY: help demo test quick bench format lint clean
.DEFAULT_GOAL := help

help:
	@echo "make demo     乌杨街道演示：建库、造数据、启动网站（Ctrl-C 结束）；选项：make demo ARGS='--port 8001'"
	@echo "make test     all tests, on SQLite and where they can be had on PostgreSQL and Redis, browser included"
	@echo "make quick    quick tests on SQLite, without browser and worker"
	@echo "make format   rewrite the code in the project's format"
	@echo "make lint     format and lint checks"
	@echo "make bench    both sides of each speed comparison in one run, on PostgreSQL (about half an hour)"
	@echo "make clean    remove .venv and caches; never var/, where the data are"

demo: .venv/runtime
	@$(BIN)/python manage.py demo $(ARGS)

test: .venv/development
	@$(BIN)/python -m tests.run $(ARGS)

quick: .venv/development
	@$(BIN)/python -m pytest -n 2 -m "not browser and not worker and not slow" $(ARGS)

bench: .venv/development
	@$(BIN)/python -m tests.bench.run $(ARGS)

format: .venv/development
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

lint: .venv/development
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/python manage.py makemigrations --check --dry-run

# A stamp per list of requirements: installed again only after the list has changed.
.venv/runtime: requirements.txt | .venv/bin/python
	@echo "正在安装运行所需的软件包（第一次约需半分钟）……"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements.txt
	@touch $@

.venv/development: requirements-dev.txt requirements.txt | .venv/bin/python
	@echo "Installing what runs and tests the project ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements-dev.txt
	@touch $@ .venv/runtime

.venv/bin/python:
	@test -n "$(PYTHON)" || { \
		echo "需要 Python 3.11 或更新的版本，本机没有找到。Debian/Ubuntu：apt-get install python3 python3-venv"; \
		echo "Python 3.11 or newer was not found; another place: make PYTHON=/path/to/python3.11"; exit 1; } >&2
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "这个 Python 缺少 venv 模块。Debian/Ubuntu：apt-get install python3-venv"; \
		echo "$(PYTHON) has no venv module; install python3-venv."; exit 1; } >&2
	@echo "正在建立 Python 虚拟环境 .venv ……"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +
