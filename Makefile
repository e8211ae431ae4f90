# Short names for what run.py and .venv/bin/quancheng do.
.PHONY: install demo test check bench docs lock ci

install:
	python3 run.py install

demo:
	python3 run.py demo

test:
	python3 run.py test

check:
	.venv/bin/python -m compileall -q quancheng tests run.py
	.venv/bin/ruff check .
	.venv/bin/mypy quancheng
	.venv/bin/lint-imports
	.venv/bin/quancheng check

bench: install
	.venv/bin/quancheng bench

docs: install
	.venv/bin/quancheng docs

# New versions of the libraries: needs uv; the locks hold hashes and name no host.
lock:
	uv pip compile --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header requirements.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header -c requirements.lock requirements-test.in -o requirements-test.lock

ci:
	bash .ci/run
