"""What an installation consists of."""

import inspect
import os
import platform
import re
import subprocess
import sys
import textwrap
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

import cv2
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import edgebreed
from edgebreed import errors

from .conftest import RED, ROOT, plain

tomllib = pytest.importorskip("tomllib", reason="Python 3.10 reads no TOML")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FLOORS = ("edge", "train", "export", "benchmarks")


def test_every_package_is_listed() -> None:
    """A folder with an `__init__.py` that is not listed is not in the wheel; the studies must not be."""
    folders = [ROOT / "edgebreed", *(ROOT / floor for floor in FLOORS)]
    found = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for folder in folders
        for path in folder.rglob("__init__.py")
        if not any(parent.is_symlink() for parent in path.parents) and "studies" not in path.parts
    }
    names = {name if name.startswith("edgebreed") else f"edgebreed.{name}" for name in found}
    assert names == set(PROJECT["tool"]["setuptools"]["packages"])


def test_every_page_template_is_in_the_wheel() -> None:
    """A file that is no module is left out where no pattern names it."""
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["edgebreed"]
    packaged = {path for pattern in patterns for path in (ROOT / "edgebreed").glob(pattern)}
    pages = set((ROOT / "edgebreed" / "pages").iterdir())
    assert pages
    assert set() == pages - packaged


@pytest.mark.parametrize("floor", FLOORS)
def test_each_link_leads_to_its_folder(floor: str) -> None:
    """Type checkers and editors see through the links what the import system maps."""
    assert (ROOT / floor).resolve() == (ROOT / "edgebreed" / floor).resolve()


def test_changelog_and_version_agree() -> None:
    """The newest entry of the changelog is this version."""
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert PROJECT["project"]["version"] == headings[0].split()[1] == edgebreed.__version__


def test_public_names_are_what_the_door_offers() -> None:
    """`__all__` is sorted and every name in it exists."""
    assert (
        sorted(edgebreed.__all__, key=lambda name: (name.islower() or name.startswith("_"), name))
        == edgebreed.__all__
    )
    assert all(hasattr(edgebreed, name) for name in edgebreed.__all__)


def test_no_photo_is_committed() -> None:
    """The training photos' licences are unknown."""
    kinds = {".jpg", ".jpeg", ".png", ".npz", ".h5"}
    folders = (ROOT / name for name in (*FLOORS, "edgebreed", "tests"))
    assert [] == [path for folder in folders for path in folder.rglob("*") if Path(path).suffix in kinds]


@pytest.mark.slow
def test_the_example_in_the_package_docstring_runs(tmp_path: Path) -> None:
    """As it stands, in a folder with a photo."""
    cv2.imwrite(str(tmp_path / "photo.jpg"), plain(RED, 320, 240))
    example = re.search(r"^    import cv2.*?(?=^\S)", edgebreed.__doc__ or "", re.MULTILINE | re.DOTALL)
    assert example is not None
    command = [sys.executable, "-c", textwrap.dedent(example[0])]
    path = {"PYTHONPATH": str(ROOT), **os.environ}
    done = subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, text=True, check=True)
    assert 2 + 5 == len(done.stdout.splitlines())


def test_every_pin_is_for_this_python() -> None:
    """Pip refuses a pin that says it is for another, and uv, which writes them, does not."""
    pins = [Requirement(line) for line in (ROOT / "constraints.txt").read_text().splitlines()]
    here = {pin.name: pin for pin in pins if pin.marker is None or pin.marker.evaluate()}
    installed = {name for name, pin in here.items() if _is_installed(pin)}
    assert {"numpy", "onnxruntime", "ai-edge-litert"} <= installed
    wrong = {
        name: allowed
        for name in installed
        if (allowed := metadata(name)["Requires-Python"])
        and platform.python_version() not in SpecifierSet(allowed)
    }
    assert {} == wrong


def test_the_pins_with_and_without_hashes_are_the_same() -> None:
    """But OpenCV without windows, which is installed in place of OpenCV; each pin has a hash."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())
    locked = [block.split(" \\\n")[0] for block in blocks]
    (left_out,) = set((ROOT / "constraints.txt").read_text().splitlines()) - set(locked)
    assert left_out.startswith("opencv-python-headless==")
    assert sorted([*locked, left_out]) == sorted((ROOT / "constraints.txt").read_text().splitlines())
    assert [] == [block for block in blocks if not re.search(r"\n    --hash=sha256:[0-9a-f]{64}", block)]


def _is_installed(pin: Requirement) -> bool:
    try:
        return version(pin.name) in pin.specifier
    except PackageNotFoundError:
        return False


@pytest.mark.parametrize("system", [("x86_64", "tensorflow-cpu"), ("aarch64", "tensorflow")])
def test_training_without_a_gpu_takes_the_package_that_a_processor_has(system: tuple[str, str]) -> None:
    """TensorFlow's build without CUDA is not made for ARM."""
    machine, package = system
    needed = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["train-cpu"]]
    taken = {
        one.name for one in needed if not one.marker or one.marker.evaluate({"platform_machine": machine})
    }
    assert {package, "edgebreed"} == taken


def test_no_engine_that_ends_with_an_illegal_instruction_is_taken() -> None:
    """ONNX Runtime 1.21.0 does on a Raspberry Pi 3 and 4."""
    extras = PROJECT["project"]["optional-dependencies"]
    for extra in ("cpu", "gpu"):
        (needed,) = (one for line in extras[extra] if (one := Requirement(line)).name.startswith("onnx"))
        assert [True, False, True] == [
            release in needed.specifier for release in ("1.20.0", "1.21.0", "1.21.1")
        ]


def test_opencv_comes_with_an_extra() -> None:
    """So that pip does not lay its wheel over JetPack's or Debian's; each extra that computes brings it."""
    assert not any("opencv" in line for line in PROJECT["project"]["dependencies"])
    extras = PROJECT["project"]["optional-dependencies"]
    with_opencv = {name for name, lines in extras.items() if "edgebreed[opencv]" in lines}
    assert {"cpu", "gpu", "rtx", "openvino-ep", "litert", "openvino", "keras", "export"} == with_opencv


def test_public_names_are_documented_and_errors_are_complete() -> None:
    """Each has a docstring, and every class of `edgebreed.errors` is among them."""
    public = [getattr(edgebreed, name) for name in edgebreed.__all__ if name != "__version__"]
    assert [] == [one for one in public if not inspect.getdoc(one)]
    assert {name for name, one in vars(errors).items() if inspect.isclass(one)} <= set(edgebreed.__all__)
