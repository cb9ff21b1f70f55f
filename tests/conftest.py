"""Small real things that many tests run on."""

import importlib.util
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from edgebreed import telemetry
from edgebreed.cli import run
from edgebreed.edge.formats import ModelFile, write_model
from edgebreed.edge.images import Frame
from edgebreed.edge.manifest import DetectorConfig, GoldenVector, Manifest, Precision
from edgebreed.edge.preprocess import InputSpec
from edgebreed.edge.task import Rejection, RejectionScore, Task
from edgebreed.train.demo import write_demo

telemetry.disable()  # of packages that tests import themselves
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # also an emulated one, or one with much else to do
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests that run under nohup would hand it on as ignored
if "PYTEST_XDIST_WORKER" in os.environ:
    # Programs that tests start are not measured, which would slow them.
    os.environ.pop("COVERAGE_PROCESS_START", None)

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
FOREIGN = ROOT / "build" / "foreign" / "bin" / "python"  # of `make foreign`
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


def has_rtsp_server() -> bool:
    """Whether the system's Python can serve RTSP; `.ci/run` installs what that takes."""
    code = "import gi; gi.require_version('GstRtspServer', '1.0')"
    try:
        done = subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


NEEDS = {
    "realdata": SHARED.is_dir(),
    "foreign": FOREIGN.is_file(),
    "training": importlib.util.find_spec("keras") is not None,
    "browser": CHROMIUM is not None,
    "broker": MOSQUITTO is not None,
    "prometheus": shutil.which("prometheus") is not None,
    "stream": has_rtsp_server(),
    "strace": shutil.which("strace") is not None,
    "display": shutil.which("Xvfb") is not None,
    "systemd": shutil.which("systemd-analyze") is not None,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves tests out that need what is not here: real photos, a program, or the packages that train."""
    missing = {name for name, there in NEEDS.items() if not there}
    items[:] = [item for item in items if not missing & {mark.name for mark in item.iter_markers()}]


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Outcome:
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


def fresh_python(code: str) -> str:
    """What a new interpreter prints for a piece of code."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def plain(colour: tuple[int, int, int], width: int = 40, height: int = 30) -> Frame:
    """A frame of one BGR colour."""
    return np.full((height, width, 3), colour, np.uint8)


def model_of(path: Path, manifest: Manifest) -> ModelFile:
    """A file's bytes as they are, with any manifest."""
    return ModelFile(path, path.read_bytes(), manifest)


RED, GREEN, BLUE, GREY = (0, 0, 255), (0, 255, 0), (255, 0, 0), (90, 90, 90)  # BGR


def colour_model() -> bytes:
    """An ONNX model that tells a picture's colour: the channels' means, sharpened, softmax."""
    from onnx import TensorProto, checker, helper

    nodes = [
        helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["float"], ["mean"], axes=[1, 2], keepdims=0),
        helper.make_node("Mul", ["mean", "gain"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    gain = helper.make_tensor("gain", TensorProto.FLOAT, [1], [0.05])
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", 8, 8, 3])
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 3])
    graph = helper.make_graph(nodes, "colours", [image], [output], [gain])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def colour_manifest(**changes: Any) -> Manifest:
    """The manifest of `colour_model`."""
    fields: dict[str, Any] = {
        "name": "colours",
        "arch": "mean",
        "classes": ("red", "green", "blue"),
        "labels": ("Red", "Green", "Blue"),
        "input": InputSpec(8, 8),
        "precision": Precision.FP32,
        "task": Task.of("colour", people=True),
        "detector": DetectorConfig("haar"),
        "rejection": Rejection(RejectionScore.MAX_PROBABILITY, 0.5, 0.95),
        "accuracy": None,
        "calibration": None,
        "tolerance": 0.01,
        "source_sha256": "0" * 64,
        "created": "2026-11-24",
        "golden": (
            golden(plain(RED), "red.png", (1.0, 0.0, 0.0)),
            golden(plain(GREY), "grey.png", (1 / 3,) * 3),
        ),
    }
    return Manifest(**{**fields, **changes})


def golden(frame: Frame, name: str, probabilities: tuple[float, ...]) -> GoldenVector:
    """A golden vector of a frame."""
    return GoldenVector(name, cv2.imencode(name[-4:], frame)[1].tobytes(), probabilities)


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    """A model file that tells red, green and blue."""
    path = tmp_path / "colours.onnx"
    write_model(path, colour_model(), colour_manifest())
    return path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A red photo."""
    path = tmp_path / "red.png"
    cv2.imwrite(str(path), plain(RED))
    return path


SHAPES_64 = 64  # px


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of drawn shapes: 12 training photos each, 4 to validate, 4 to test."""
    drawn, small = tmp_path_factory.mktemp("drawn"), tmp_path_factory.mktemp("small")
    write_demo(drawn)
    for split, count in (("train", 12), ("valid", 4), ("test", 4)):
        for name in ("disc", "square", "star"):
            folder = small / split / name
            folder.mkdir(parents=True)
            for path in sorted((drawn / split / name).iterdir())[:count]:
                shutil.copy(path, folder)
    return small


@pytest.fixture(scope="session")
def small_run(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CNN fitted for two epochs: enough to export, not to be right."""
    from edgebreed.train.config import Arch, TrainConfig
    from edgebreed.train.trainer import train

    out = tmp_path_factory.mktemp("runs") / "small"
    train(TrainConfig(out, out / "cache", Arch.SCRATCH, small_data, epochs=2, size=SHAPES_64))
    return out


@pytest.fixture(scope="session")
def several_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 photos that show cracks, stains and scratches, several or none, with `labels.csv`."""
    folder = tmp_path_factory.mktemp("several") / "defects"
    runpy.run_path(str(ROOT / "examples" / "surfaces.py"))["write_several"](folder, 60)
    return folder


@pytest.fixture(scope="session")
def several_run(several_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CNN fitted to several labels an image for two epochs: enough to export, not to be right."""
    from edgebreed.train.config import Arch, TrainConfig
    from edgebreed.train.trainer import train

    out = tmp_path_factory.mktemp("runs") / "several"
    labels = several_data / "labels.csv"
    train(
        TrainConfig(
            out,
            out / "cache",
            Arch.SCRATCH,
            several_data,
            epochs=2,
            size=SHAPES_64,
            subject="defect",
            labels=labels,
        )
    )
    return out
