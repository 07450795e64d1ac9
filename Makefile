VENV := .venv
install: $(VENV)/.installed
