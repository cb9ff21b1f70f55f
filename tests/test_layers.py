"""The floors: who may import whom."""

import ast
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from .conftest import ROOT, fresh_python

FLOORS = ("edge", "train", "export", "benchmarks")
GROUND = {"edgebreed.errors", "edgebreed.extras", "edgebreed.str_enum", "edgebreed.telemetry"}
SHARED_BY_ALL_BUT_EDGE = {
    "edgebreed.progress",
    "edgebreed.machine",
    "edgebreed.signals",
    "edgebreed.page_templates",
    "edgebreed.svg",
}
EDGE_MAY_IMPORT = {"numpy", "cv2", "onnxruntime", "openvino", "ai_edge_litert", "edgebreed"}


def imports(path: Path) -> set[str]:
    """The modules that a file names in its imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= (
                {f"{node.module}.{alias.name}" for alias in node.names}
                if node.module == "edgebreed"
                else {node.module}
            )
    return found


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_imports_only_floors_below_it(floor: str) -> None:
    """`edge` < `train` < `export` < `benchmarks`, and the door's own modules where they are allowed.

    Studies are programs that nothing imports, and may measure any part.
    """
    below = FLOORS[: FLOORS.index(floor) + 1]
    allowed = GROUND | (set() if floor == "edge" else SHARED_BY_ALL_BUT_EDGE)
    for path in (ROOT / floor).rglob("*.py"):
        if "studies" in path.parts:
            continue
        ours = {name for name in imports(path) if name.startswith("edgebreed")}
        wrong = {name for name in ours if name.split(".")[1] not in below and name not in allowed}
        assert set() == wrong, f"{path} stands on {floor} and imports {wrong}"


def test_what_is_installed_needs_no_study() -> None:
    """The folder of studies is not in the wheel."""
    for folder in (*FLOORS, "edgebreed"):
        for path in (ROOT / folder).rglob("*.py"):
            if "studies" not in path.parts:
                studies = {name for name in imports(path) if name.startswith("edgebreed.benchmarks.studies")}
                assert set() == studies, path


def test_edge_needs_numpy_opencv_and_one_engine() -> None:
    """Nothing else is imported by the runtime, not even inside functions."""
    for path in (ROOT / "edge").rglob("*.py"):
        roots = {name.split(".")[0] for name in imports(path)}
        assert set() == roots - EDGE_MAY_IMPORT - set(sys.stdlib_module_names), path


def test_importing_the_runtime_loads_no_training_package() -> None:
    """A device without TensorFlow, Keras or onnx can import it, and one with them does not pay for them."""
    heavy = "{'tensorflow', 'keras', 'onnx', 'tf2onnx', 'nncf', 'matplotlib', 'sklearn'}"
    assert "set()" == fresh_python(f"import sys, edgebreed.edge; print({heavy} & set(sys.modules))").strip()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 does not know a wheel's modules")
def test_the_command_line_starts_without_packages_of_extras() -> None:
    """A device that installed no extra can start it, and one that did does not wait for TensorFlow."""
    modules = "import sys, edgebreed.cli, edgebreed.live.options, edgebreed.commands.service"
    loaded = fresh_python(f"{modules}; print(*{{name.split('.')[0] for name in sys.modules}})").split()
    providers = packages_distributions()
    found = {name.lower() for module in loaded for name in providers.get(module, [])}
    assert "numpy" in found
    assert set() == found - base_requirements() - {"edgebreed", "setuptools"}  # setuptools: its start-up hook


def base_requirements() -> set[str]:
    """What `pip install edgebreed` brings without an engine, and OpenCV, which may be the system's."""
    found, waiting = set(), ["edgebreed"]
    while waiting:
        for needed in map(Requirement, requires(waiting.pop()) or []):
            wanted = needed.marker is None or needed.marker.evaluate({"extra": "opencv"})
            if wanted and needed.name.lower() not in found:
                found.add(needed.name.lower())
                waiting.append(needed.name)
    return found
