"""An OpenCV that is not installed, or does not load: each command says what to do, in one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edgebreed.errors import OpenCVError
from edgebreed.opencv import MissingOpenCV, load_opencv, require_opencv

from .conftest import ROOT

NO_LIBRARY = 'raise ImportError("libxcb.so.1: cannot open shared object file: No such file or directory")'
INSTALL = "run `apt-get install libgl1 libglib2.0-0`"
COMMANDS = [
    "predict x.jpg",
    "detect x.jpg",
    "stream --source 0",
    "verify",
    "bench",
    "tune",
    "train",
    "export",
]
COMMANDS += ["evaluate x", "data check x"]
FAULTS = [
    (NO_LIBRARY, INSTALL),
    ('raise ModuleNotFoundError("No module named \'cv2\'", name="cv2")', 'pip install "edgebreed[opencv]"'),
    ('print("a page"); raise ImportError("numpy.core.multiarray failed to import")', 'pip install "numpy<2"'),
    ('raise AttributeError("_ARRAY_API not found")', 'pip install "numpy<2"'),
    ('raise ImportError("GLIBC_2.39 not found")', "OpenCV does not load, GLIBC_2.39 not found: install it"),
    ("raise ImportError", "OpenCV does not load, ImportError: install it again"),
]


def with_broken_opencv(folder: Path, code: str, arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder where `import cv2` runs some code."""
    (folder / "cv2.py").write_text(code)
    path = os.pathsep.join([str(folder), str(ROOT)])
    command = [sys.executable, "-m", "edgebreed", *arguments.split()]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_library_is_one_line_in_every_command(tmp_path: Path, command: str) -> None:
    """With the packages to install, before anything is written."""
    done = with_broken_opencv(tmp_path, NO_LIBRARY, command)
    (line,) = done.stderr.splitlines()
    assert (2, "") == (done.returncode, done.stdout)
    assert line.startswith("edgebreed: OpenCV does not load, libxcb.so.1: cannot open shared")
    assert line.endswith(INSTALL)
    assert {"cv2.py", "__pycache__"} >= {path.name for path in tmp_path.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize(("code", "remedy"), FAULTS)
def test_each_fault_has_its_remedy(tmp_path: Path, code: str, remedy: str) -> None:
    """Whatever OpenCV and NumPy print beside it."""
    done = with_broken_opencv(tmp_path, code, "detect x.jpg")
    (line,) = done.stderr.splitlines()
    assert (2, "", True) == (done.returncode, done.stdout, remedy in line)


@pytest.mark.slow
def test_doctor_shows_what_it_can(tmp_path: Path) -> None:
    """And says the same line at the end."""
    done = with_broken_opencv(tmp_path, NO_LIBRARY, "doctor --json")
    data = json.loads(done.stdout)
    assert data["engines"]["cpu"]["available"]
    assert data["opencv"]["version"] is None
    assert INSTALL in data["opencv"]["reason"]
    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))


@pytest.mark.slow
@pytest.mark.parametrize("command", ["--version", "--help", "predict --help", "inspect --json"])
def test_what_computes_nothing_works(tmp_path: Path, command: str) -> None:
    """Help, the version, and a model's manifest."""
    done = with_broken_opencv(tmp_path, NO_LIBRARY, command)
    assert (0, "") == (done.returncode, done.stderr)


def test_an_opencv_that_loads_is_kept() -> None:
    """It is the real module afterwards."""
    load_opencv()
    require_opencv()
    assert not isinstance(sys.modules["cv2"], MissingOpenCV)


def test_the_stand_in_raises_its_reason() -> None:
    """For whatever a program asks of OpenCV, but not for what Python itself looks at."""
    with pytest.raises(OpenCVError, match="what to do"):
        _ = MissingOpenCV("what to do").imread
    assert not hasattr(MissingOpenCV("what to do"), "__path__")
