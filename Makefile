# The commands of this checkout: `make help` lists them. All they do is in tools/workbench/.

PYTHON ?= python3
COMMANDS := help demo test lint bench shell upgrade i18n stop clean

.DEFAULT_GOAL := help
.PHONY: $(COMMANDS)

export PORT SERVE DATA UNTIL ARGS DB FRESH ALL ODOO_PATH

$(COMMANDS):
	@PYTHONPATH=tools PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m workbench $@
