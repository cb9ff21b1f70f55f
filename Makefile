# The two commands of README; everything they need is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# One process more than cores, as tests wait too, and four at most: each loads TensorFlow and trains a network.
JOBS := $(shell echo $$(( $$(nproc) < 3 ? $$(nproc) + 1 : 4 )))
PYTEST := -m pytest --numprocesses $(JOBS) --dist worksteal
# What other targets run: without it, `test` takes five minutes on two cores.
ELSEWHERE := realdata or foreign or hostile or docs
APART := $(ELSEWHERE) or long
SLOW := keras or slow or browser or broker or prometheus or strace or systemd or display or stream
# Material for MkDocs prints advice about MkDocs 2 at every build.
export NO_MKDOCS_2_WARNING := 1

.PHONY: demo test test-long test-fast coverage check docs docs-serve realdata foreign hostile hostile-sample arm runtime lock clean

demo: $(READY)
	rm -rf demo && mkdir demo
	cd demo && ../$(BIN)/edgebreed train
	cd demo && ../$(BIN)/edgebreed export --format onnx --precision int8
	cd demo && ../$(BIN)/edgebreed bench runs/scratch/demo-data/test --model runs/scratch/scratch-int8.onnx
	$(BIN)/python examples/demo_photos.py demo/photos
	cd demo && ../$(BIN)/edgebreed predict photos --save annotated
	@echo "annotated pictures: demo/annotated"

test: $(READY)
	$(BIN)/python $(PYTEST) -m "not ($(APART))"

# Whole trainings and exports, each of which takes ten seconds or more.
test-long: $(READY)
	$(BIN)/python $(PYTEST) -m "long and not ($(ELSEWHERE))"

# At the desk: all but what takes seconds or needs a program beside Python.
test-fast: $(READY)
	$(BIN)/python $(PYTEST) -m "not ($(APART)) and not ($(SLOW))"

# The tests of `test` and `test-long`, and the share of statements that they run in their own processes.
coverage: $(READY)
	$(BIN)/python -m coverage erase
	COVERAGE_PROCESS_START=pyproject.toml $(MAKE) test test-long
	$(BIN)/python -m coverage combine --quiet
	@echo "coverage: $$($(BIN)/python -m coverage report --format total) % of statements"

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/hadolint examples/container/Containerfile
	$(BIN)/mypy

# Builds the pages, with every warning an error, and runs what they show.
docs: $(READY)
	$(BIN)/python -m mkdocs build --strict
	$(BIN)/python -m pytest -m docs tests/docs

docs-serve: $(READY)
	$(BIN)/python -m mkdocs serve

realdata: $(READY)
	$(BIN)/python -m pytest -m "realdata and not foreign"

# Other projects' classifiers come in, and their runtimes open what goes out. Their environment sees the project's.
FOREIGN := build/foreign
SITE := -c "import sysconfig; print(sysconfig.get_path('purelib'))"
foreign: $(READY)
	$(BIN)/python -m venv --clear --without-pip $(FOREIGN)
	$(BIN)/uv pip install --quiet --python $(FOREIGN)/bin/python --no-deps --group foreign
	$(BIN)/python $(SITE) > "$$($(FOREIGN)/bin/python $(SITE))/project.pth"
	$(BIN)/python $(PYTEST) -m foreign tests/foreign

# What takes too long for every change: dozens of killed trainings, thousands of generated inputs.
hostile: $(READY)
	$(BIN)/python -m pytest -m hostile

# Three minutes of it.
hostile-sample: $(READY)
	$(BIN)/python -m pytest -m hostile tests/hostile --every 2

# On emulated ARM cores, from nothing: 40 minutes of one core and 2 GB below build/arm.
arm: $(READY)
	tests/arm/setup.sh build/arm
	test -d build/arm/originals || $(BIN)/python examples/demo_photos.py build/arm/originals
	$(BIN)/python -m tests.arm.inputs build/arm
	$(BIN)/python -m tests.arm.check build/arm

# The runtime's tests on another Python: make runtime PYTHON=python3.10
# With the oldest packages that are allowed, or the newest: VERSIONS="--resolution lowest-direct", or highest.
VERSIONS ?= --constraint constraints.txt
RUNTIME := build/runtime/bin/python
RUNTIME_TESTS ?= tests/edge tests/live tests/outputs tests/cli
runtime: $(READY)
	$(PYTHON) -m venv --clear build/runtime
	$(BIN)/uv pip install --quiet --python $(RUNTIME) $(VERSIONS) --group runtime \
		--editable ".[cpu,litert,openvino,record,serve,mqtt]"
	$(RUNTIME) $(PYTEST) -m "not keras and not realdata and not hostile" \
		$(RUNTIME_TESTS)

# Nothing is installed that is not of the bytes that the lock states, uv itself and setuptools, which builds, included.
$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes --requirement requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

# The exact set that was run together, for every Python that is supported: pins for pip, which takes no hashes for
# an editable project, and the same with hashes. OpenCV without windows takes the place of OpenCV, so it is not locked.
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.10 --no-header --no-annotate --quiet \
	--extra all-cpu --extra openvino --group dev
# pip refuses a release for other Pythons and uv does not: backports-strenum 1.3 is for Python before 3.11.
lock:
	mkdir -p build && echo "backports-strenum<1.3" > build/limits.txt
	$(LOCK) --extra headless --constraint build/limits.txt --output-file constraints.txt
	$(LOCK) --constraint constraints.txt --generate-hashes --output-file requirements.lock

clean:
	rm -rf .venv demo build dist *.egg-info .coverage .coverage.*
