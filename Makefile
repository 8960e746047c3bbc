# 山海仓 shanhai: `make run` sets everything up and runs the main job; `make test` runs what CI runs.
# Needs Python 3.11, 3.12 or 3.13 and make, nothing else.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := requirements.lock
# Linters of SQL, images and scripts have an environment of their own; only `make test` needs it.
LINTERS_VENV := .venv-linters
LINTERS_STAMP := $(LINTERS_VENV)/.installed
LINTERS_LOCK := requirements-linters.lock

# The first Python in the path that is new enough; PYTHON=… chooses another.
IS_GOOD := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	if $$name -c '$(IS_GOOD)' >/dev/null 2>&1; then echo $$name; break; fi; done)

.DEFAULT_GOAL := help
.PHONY: help run docs test up down status lint format lock clean

help: ## show the targets · 显示各目标
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 14

run: $(STAMP) ## load, build, test and promote the marts · 装载、构建、检验并发布集市
	@$(BIN)/shanhai run

up: $(STAMP) ## leave Postgres and Airflow running · 启动服务并保持运行
	@$(BIN)/shanhai up

down: ## stop them · 停止服务
	@if [ -x $(BIN)/shanhai ]; then $(BIN)/shanhai down; fi

status: $(STAMP) ## which servers run · 各服务状态
	@$(BIN)/shanhai status

docs: $(STAMP) ## the site of models and their lineage, after `make up` · 生成模型与血缘文档
	@$(BIN)/shanhai release docs

test: lint $(LINTERS_STAMP) ## everything that CI runs · 运行全部检查与测试
	$(BIN)/python -m pytest -n 2 --dist loadscope

lint: $(STAMP) ## ruff and mypy · 静态检查
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP) ## let ruff put the code in order · 自动整理代码
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(STAMP) ## resolve the dependencies anew · 重新锁定依赖
	$(COMPILE) pyproject.toml --extra dev -o $(LOCK)
	$(COMPILE) requirements-linters.in -o $(LINTERS_LOCK)

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --upgrade --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --quiet

# The environment. The lock fixes every version and hash; where packages come from is the machine's own affair
# (pip's and uv's configuration; uv does not read pip's, so the index named there is passed on). uv installs fifteen times as fast as pip and is itself taken from the lock by pip;
# where it cannot be used, pip does the same work.
$(STAMP): $(LOCK) pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11, 3.12 or 3.13 is needed and none was found; install it or say make PYTHON=/path/to/python."; \
		echo "需要 Python 3.11、3.12 或 3.13，但未找到；请先安装，或用 make PYTHON=/路径/python 指定。"; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "This Python cannot make environments; install the package python$$version-venv (apt install python$$version-venv) and try again."; \
		echo "此 Python 无法创建虚拟环境；请先安装 python$$version-venv（apt install python$$version-venv），然后重试。"; exit 1; fi
	@echo "[1/3] Making the environment with $(PYTHON) · 创建虚拟环境"
	@[ -x $(BIN)/python ] && $(BIN)/python -c '$(IS_GOOD)' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' $(LOCK) > $(VENV)/uv.lock
	@$(BIN)/uv --version >/dev/null 2>&1 || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock || \
		echo "uv cannot be had here; going on with pip, which takes a few minutes · 无法获取 uv，改用 pip，需数分钟"
	@echo "[2/3] Installing $$(grep -c '^[a-z0-9].*==' $(LOCK)) packages by hash (about 800 MB) · 安装依赖"
	@if [ -z "$$UV_DEFAULT_INDEX$$UV_INDEX_URL" ]; then \
		index=$$($(BIN)/python -m pip config list 2>/dev/null | sed -n "s/^[^=]*\.index-url='\(.*\)'$$/\1/p" | tail -n 1); \
		if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; fi; \
	if $(BIN)/uv --version >/dev/null 2>&1 && \
		VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --require-hashes --compile-bytecode $(LOCK); then :; else \
		$(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes --progress-bar on -r $(LOCK); fi
	@echo "[3/3] Installing shanhai itself · 安装本项目"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e . 
	@touch $(STAMP)

$(LINTERS_STAMP): $(LINTERS_LOCK) $(STAMP)
	@echo "Making the environment of the linters · 创建检查工具环境"
	@[ -x $(LINTERS_VENV)/bin/python ] || $(BIN)/python -m venv $(LINTERS_VENV)
	@if $(BIN)/uv --version >/dev/null 2>&1 && \
		VIRTUAL_ENV=$(CURDIR)/$(LINTERS_VENV) $(BIN)/uv pip sync --quiet --require-hashes $(LINTERS_LOCK); then :; else \
		$(LINTERS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(LINTERS_LOCK); fi
	@touch $(LINTERS_STAMP)

clean: down ## remove the environment; ask before removing data · 清除环境，删除数据前询问
	@if [ -e var ]; then \
		printf 'Delete all data in var/ (database, archive, logs)? 删除 var/ 中的全部数据？ [y/N] '; \
		read -r answer || answer=n; \
		if [ "$$answer" = y ] || [ "$$answer" = Y ]; then \
			if [ -x $(BIN)/python ]; then $(BIN)/python -c 'from shanhai.platform import postgres; postgres.remove()'; fi; \
			rm -rf var; \
		else echo 'The data stay · 数据保留'; fi; fi
	rm -rf $(VENV) $(LINTERS_VENV) build dist include/*.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
