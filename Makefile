# The two commands of README; everything they need is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# Material for MkDocs prints advice about MkDocs 2 at every build.
export NO_MKDOCS_2_WARNING := 1

.PHONY: demo test coverage check docs docs-serve realdata hostile hostile-sample arm runtime lock clean

demo: $(READY)
	rm -rf demo && mkdir demo
	cd demo && ../$(BIN)/edgebreed train
	cd demo && ../$(BIN)/edgebreed export --format onnx --precision int8
	cd demo && ../$(BIN)/edgebreed bench runs/scratch/demo-data/test --model runs/scratch/scratch-int8.onnx
	$(BIN)/python examples/demo_photos.py demo/photos
	cd demo && ../$(BIN)/edgebreed predict photos --save annotated
	@echo "annotated pictures: demo/annotated"

test: $(READY)
	$(BIN)/python $(TRACE) -m pytest -m "not realdata and not hostile and not docs"

# The same tests, and the share of statements that they run in their own process.
coverage: TRACE := -m coverage run
coverage: test
	@echo "coverage: $$($(BIN)/python -m coverage report --format total) % of statements"

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Builds the pages, with every warning an error, and runs what they show.
docs: $(READY)
	$(BIN)/python -m mkdocs build --strict
	$(BIN)/python -m pytest -m docs tests/docs

docs-serve: $(READY)
	$(BIN)/python -m mkdocs serve

realdata: $(READY)
	$(BIN)/python -m pytest -m realdata

# What takes too long for every change: dozens of killed trainings, thousands of generated inputs.
hostile: $(READY)
	$(BIN)/python -m pytest -m hostile

# Three minutes of it.
hostile-sample: $(READY)
	$(BIN)/python -m pytest -m hostile tests/hostile --every 2

# On emulated ARM cores, from nothing: half an hour and 2 GB below build/arm.
arm: $(READY)
	tests/arm/setup.sh build/arm
	test -d build/arm/originals || $(BIN)/python examples/demo_photos.py build/arm/originals
	$(BIN)/python -m tests.arm.inputs build/arm
	$(BIN)/python -m tests.arm.check build/arm

# The runtime's tests on another Python: make runtime PYTHON=python3.10
runtime: $(READY)
	$(PYTHON) -m venv --clear build/runtime
	$(BIN)/uv pip install --quiet --python build/runtime/bin/python --constraint constraints.txt \
		--group test --group demo --editable ".[cpu,litert,openvino,record,serve,mqtt]" onnx
	build/runtime/bin/python -m pytest -m "not keras and not realdata and not hostile" \
		tests/edge tests/live tests/outputs tests/cli

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt --group dev --editable ".[all-cpu,openvino]"
	touch $@

# The exact set that was run together, for every Python that is supported; pip takes it too.
lock:
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.10 --no-header --no-annotate --quiet \
		--extra all-cpu --extra openvino --extra headless --group dev --output-file constraints.txt

clean:
	rm -rf .venv demo build dist *.egg-info .coverage
