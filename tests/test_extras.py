"""How an optional part is installed: by its extra, or by its packages beside another OpenCV."""

import os
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

import numpy as np
import pytest

from edgebreed.extras import has_other_opencv, install_command, installed_runtime, plugin_command

from .conftest import ROOT

SHOW = "import sys; from edgebreed.extras import install_command; print(install_command(sys.argv[1]))"


def test_with_opencvs_wheel_an_extra_is_installed_by_its_name() -> None:
    """It brings nothing that is not here."""
    assert not has_other_opencv()
    assert 'pip install "edgebreed[cpu]"' == install_command("cpu")


PLUGIN = '"onnxruntime-ep-nv-tensorrt-rtx<1,>=0.5"'


@pytest.mark.parametrize(
    ("package", "release", "command"),
    [
        ("onnxruntime-gpu", "1.31.1", f"`pip install {PLUGIN}`"),
        ("onnxruntime", "1.23.0", f"`pip install {PLUGIN}`"),
        ("onnxruntime-gpu", "1.22.0", '`pip uninstall onnxruntime-gpu`, then `pip install "edgebreed[rtx]"`'),
        ("onnxruntime", "1.22.0", '`pip install "edgebreed[rtx]"`'),
        ("another", "1.0", '`pip install "edgebreed[rtx]"`'),
    ],
)
def test_a_plug_in_does_not_lay_another_onnx_runtime_over_the_one_that_is_here(
    package: str, release: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two packages share its folder: the plug-in is named alone, or what to remove before."""
    for name, data in (("edgebreed", str(metadata("edgebreed"))), (package, f"Version: {release}\n")):
        folder = tmp_path / f"{name.replace('-', '_')}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(data)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr("edgebreed.extras.has_other_opencv", lambda: False)
    assert command == plugin_command("rtx")
    assert (None if package == "another" else package) == installed_runtime()


CV2 = """
def __getattr__(name):
    if name.isupper():
        return 0
    raise AttributeError(name)
"""


@pytest.fixture
def beside_another_opencv(tmp_path: Path) -> dict[str, str]:
    """The environment of a Python that sees edgebreed, and an OpenCV that is not `opencv-python`, alone."""
    (tmp_path / "cv2.py").write_text(CV2)
    folder = tmp_path / f"edgebreed-{metadata('edgebreed')['Version']}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(str(metadata("edgebreed")))
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("extra", "package"),
    [
        ("cpu", "onnxruntime"),
        ("gpu", "onnxruntime-gpu"),
        ("litert", "ai-edge-litert"),
        ("openvino", "openvino"),
        ("serve", "starlette"),
        ("train", "keras"),
        ("export", "nncf"),
    ],
)
def test_beside_another_opencv_its_wheel_is_not_advised(
    beside_another_opencv: dict[str, str], extra: str, package: str
) -> None:
    """It would replace an OpenCV that has GStreamer by one that has not."""
    command = [sys.executable, "-S", "-c", SHOW, extra]
    done = subprocess.run(command, env=beside_another_opencv, capture_output=True, text=True, check=True)
    assert done.stdout.startswith('pip install "')
    assert f'"{package}' in done.stdout
    assert "opencv" not in done.stdout
    assert "edgebreed" not in done.stdout


def test_an_extra_that_is_not_known_is_advised_by_its_name(beside_another_opencv: dict[str, str]) -> None:
    """An older installation may have no list of it."""
    command = [sys.executable, "-S", "-c", SHOW, "later"]
    done = subprocess.run(command, env=beside_another_opencv, capture_output=True, text=True, check=True)
    assert 'pip install "edgebreed[later]"' == done.stdout.strip()


NO_CASCADES = """
from edgebreed.edge.detectors import cascade
cascade._SYSTEM_FOLDERS = ()
cascade.cascade_folder()
"""


def test_missing_cascades_come_from_where_opencv_came(
    beside_another_opencv: dict[str, str], tmp_path: Path
) -> None:
    """Debian has them in a package of their own."""
    for folder in Path(np.__file__).parents[1].glob("numpy*"):
        (tmp_path / folder.name).symlink_to(folder)
    command = [sys.executable, "-S", "-c", NO_CASCADES]
    done = subprocess.run(command, env=beside_another_opencv, capture_output=True, text=True, check=False)
    assert "no haarcascade files on this machine: run `apt-get install opencv-data`" in done.stderr
