# Both commands are small Python scripts, so that Windows users need no make: `py tools\run.py`, `py tools\test.py`.
PYTHON ?= python3
PORT ?= 8501
DATA ?=
export PORT DATA

.PHONY: run test test-long bundle

run:  ## Start the dashboard on 127.0.0.1: make run [PORT=8600] [DATA=folder]
	@$(PYTHON) tools/run.py

test:  ## Install what tests need, then lint, types and all tests
	@$(PYTHON) tools/test.py

test-long:  ## Kill the writer 1,000 times on each database (CCN_KILLS=n for another number)
	@$(PYTHON) tools/test.py --long

bundle:  ## One archive in dist/ that installs on a machine without internet
	@$(PYTHON) tools/bundle.py
