# 接诉 (Jiesu). `make help` lists the targets.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
# Rasa's metadata asks for Python <3.11, so it is resolved by itself; it runs on 3.11.
LOCK := uv pip compile -q --no-deps --generate-hashes --no-header --no-annotate --no-emit-index-url

export RASA_TELEMETRY_ENABLED := false
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test check unit dialogue end-to-end train bench-nlu policy-check policy-diff policy-import stuck recompute rotate-keys audit-verify migrate lock clean python311

help: ## 列出所有命令
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

run: $(INSTALLED) ## 安装、训练（有变化时）、启动全部进程；Ctrl-C 停止
	@$(BIN)/python -m processes

test: check unit dialogue end-to-end ## 全部检查：格式、类型、单元、对话、端到端

check: $(INSTALLED) ## 只做静态检查（ruff、mypy）
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: $(INSTALLED) ## 单元测试与数据检查
	$(BIN)/python -m processes.rule_search
	$(BIN)/python -m pytest tests/unit tests/nlu

dialogue: $(INSTALLED) ## 对话规则：校验数据并跑测试故事
	$(BIN)/python -m processes.prepare
	$(BIN)/python -m pytest tests/dialogue

end-to-end: $(INSTALLED) ## 用真实进程和真实浏览器走完整流程
	$(BIN)/python -m processes.prepare
	$(BIN)/python -m pytest tests/browser tests/end_to_end tests/kills

train: $(INSTALLED) ## 只训练模型（没有变化就跳过）；EXTRA=标注.jsonl 加入自己的标注，EXTRA=none 去掉
	@$(BIN)/python -m processes.prepare $(if $(EXTRA),--extra "$(EXTRA)")

bench-nlu: $(INSTALLED) ## 本模型与 Rasa 默认管线并排比较（很慢）；FILES="标注.jsonl …" [EXAMPLES=条数]
	@test -n "$(FILES)" || { echo '请给出标注文件：make bench-nlu FILES="a.jsonl b.jsonl"' >&2; exit 2; }
	@$(BIN)/python -m benchmarks.side_by_side $(FILES) $(if $(EXAMPLES),--examples $(EXAMPLES))

policy-check: $(INSTALLED) ## 检查 data/policy：改完规则先跑这个
	@$(BIN)/python -m processes.policy_check

policy-diff: $(INSTALLED) ## 改规则后哪些答复变了；BEFORE=旧文件夹或提交 [FILES=问题.jsonl]
	@test -n "$(BEFORE)" || { echo '请给出旧版本：make policy-diff BEFORE=HEAD' >&2; exit 2; }
	@$(BIN)/python -m processes.policy_check --before "$(BEFORE)" $(FILES)

policy-import: $(INSTALLED) ## 导入法规原文，核对引用它的规则；DOCUMENT=D21 FILE=原文.docx [DRY_RUN=1 只试读]
	@test -n "$(DOCUMENT)" -a -n "$(FILE)" || { echo '请给出文件：make policy-import DOCUMENT=D21 FILE=原文.docx' >&2; exit 2; }
	@$(BIN)/python -m processes.policy_import "$(DOCUMENT)" "$(FILE)" $(if $(DRY_RUN),--dry-run)

stuck: $(INSTALLED) ## 卡住的投递和定时；RETRY="键 …" 再试，GIVE_UP="键 …" 不再办
	@$(BIN)/python -m processes.stuck $(if $(RETRY),--retry $(RETRY)) $(if $(GIVE_UP),--give-up $(GIVE_UP))

recompute: $(INSTALLED) ## 改了节假日或期限之后，重算在办工单的承诺日期；先重启
	@$(BIN)/python -m processes.recompute

rotate-keys: $(INSTALLED) ## 换个人信息的密钥，全部重新加密；不用停机，中断了再运行一次
	@$(BIN)/python -m processes.rotate_keys

audit-verify: $(INSTALLED) ## 核对审计链：记录有没有被改、删、插、换；WITNESS=见证文件的副本
	@$(BIN)/python -m processes.audit_verify $(if $(WITNESS),--witness "$(WITNESS)")

migrate: $(INSTALLED) ## 升级工单库（启动时也会自动做）；TO=0001 YES=1 退回旧版本，先停机、先备份
	@$(BIN)/python -m processes.migrate $(if $(TO),--to "$(TO)") $(if $(YES),--yes)

lock: ## 由 requirements.in 重写带哈希的 requirements.txt（需要联网和 uv）
	@{ echo '# Made by `make lock` from requirements.in; install with'; \
	   echo '# --require-hashes --no-deps --ignore-requires-python (docs/decisions/0001).'; \
	   grep -v '^rasa==' requirements.in | $(LOCK) --python-version 3.11 -; \
	   grep '^rasa==' requirements.in | $(LOCK) --python-version 3.10 -; } > requirements.new
	@mv requirements.new requirements.txt

clean: ## 删除环境、模型和缓存；var/ 里的数据不动
	rm -rf $(VENV) models .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(INSTALLED): requirements.txt | python311
	@echo "安装依赖（第一次需要几分钟）……"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on \
	  --require-hashes --no-deps --ignore-requires-python -r requirements.txt
	@touch $(INSTALLED)

python311:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "需要 CPython 3.11：请先安装，或用 make PYTHON=/路径/python3.11 run 指明它在哪里。" >&2; exit 1; }
