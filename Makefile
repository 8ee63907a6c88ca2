PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
# What everything that is served needs; its manifest is written last.
STATIC := staticfiles/staticfiles.json
# Most poisoned releases are found within a week. For a security fix that cannot wait:
# make upgrade DAYS=0
DAYS := 7

.PHONY: help run install dev test test-postgresql bench images screenshots audit upgrade writable

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

run: install ## From nothing to a running site; stop it with Ctrl-C
	@$(BIN)/python manage.py set_up
	@exec $(BIN)/gunicorn clinic_site.wsgi

install: writable .env $(STATIC) ## What run does first: packages, .env, static files

dev: writable .venv/installed .env ## The same while you edit: reloads, and shows errors in full
	@DEBUG=true $(BIN)/python manage.py set_up
	@DEBUG=true $(BIN)/python manage.py runserver $${HOST:-127.0.0.1}:$${PORT:-8000}

test: .venv/installed-dev ## Lint, and run every test, in a real browser too
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@find templates -name '*.html' -exec $(BIN)/djade --check {} +
	@$(BIN)/python -m tests.chromium
	@$(BIN)/pytest

test-postgresql: .venv/installed-dev ## Run the tests again with the data in a real PostgreSQL
	@$(BIN)/python -m tests.backends

bench: .venv/installed-dev ## Measure how fast a page is, against other ways to make it (needs wrk)
	@$(BIN)/python -m bench

images: .venv/installed-dev ## Draw the icons and the share image anew from their SVG
	@$(BIN)/python -m tools.images

screenshots: .venv/installed-dev ## Take pictures of every screen to look at, and those in docs/
	@$(BIN)/python -m tools.screenshots

audit: .venv/installed-dev ## Look up every pinned package among known vulnerabilities
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.txt
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements-dev.txt

upgrade: .venv/installed-dev ## Pin what is newest among releases a week old, and test
	@for name in requirements requirements-dev; do \
		$(LOCK) --upgrade --output-file $$name.txt $$name.in --uploaded-prior-to $$( \
		$(BIN)/python -c "from datetime import *; \
		print((datetime.now(timezone.utc) - timedelta($(DAYS))).isoformat())") || exit 1; \
	done
	@$(MAKE) test

.venv/installed: requirements.txt | writable
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
		{ echo "Python's venv module is missing: sudo apt install python3-venv"; exit 1; }
	@echo "Installing into .venv, a minute or less ..."
	@$(PYTHON) -m venv .venv
	@$(PIP) -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@

writable:
	@for folder in . .venv var; do test ! -e $$folder -o -w $$folder || \
		{ echo "You may not write in this folder: $(CURDIR)/$$folder"; exit 1; }; done

$(STATIC): .venv/installed clinic_site/settings.py $(shell find static -type f) | .env
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@

# For this machine alone; a half-written file is never left behind.
.env: .venv/installed
	@test -e .env || { umask 077; $(BIN)/python -c 'import secrets; print( \
		"# Made by make run for this machine alone. .env.example lists every variable.\n" \
		f"SECRET_KEY={secrets.token_urlsafe(50)}\n" \
		"HTTPS=false\nALLOWED_HOSTS=localhost,127.0.0.1")' > .env.part && mv .env.part .env; }
