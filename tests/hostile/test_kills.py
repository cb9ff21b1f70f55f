"""Trainings that are killed at any moment, and resumed."""

import json
import random
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.files import OUTPUT_MARKER
from edgebreed.train.run_record import CHECKPOINT, METRICS, MODEL, RECORD

from ..conftest import ROOT
from .tally import Tally

pytestmark = pytest.mark.keras

DIE_AT = Path(__file__).with_name("die_at.py")
SIGKILL = -9
KILLS = {"scratch": 40, "fine-tune": 20}
SCRATCH = ("--arch", "scratch", "--size", 32)


@dataclass(frozen=True)
class Moment:
    """When a training is killed: at a file operation, see `die_at.py`, or after a share of its duration."""

    name: str
    event: str = "open"
    part: str = ""
    count: int = 1
    milliseconds: int = 0

    def prefix(self) -> list[str]:
        """The program that runs `edgebreed` until this moment."""
        watched = [self.event, self.part, str(self.count), str(self.milliseconds)]
        return [sys.executable, str(DIE_AT), *watched] if self.part else [sys.executable, "-m", "edgebreed"]


FIRST_SAVE_BEGINS = Moment("first save begins", "open", f".{CHECKPOINT}")
SECOND_SAVE_ENDS = Moment("second save ends", "os.rename", f".{CHECKPOINT}", 2)
RECORD_IS_WRITTEN = Moment("record is written", "os.rename", f".{RECORD}")
MOMENTS = (
    FIRST_SAVE_BEGINS,
    Moment("first save ends", "os.rename", f".{CHECKPOINT}"),
    Moment("inside the first save", "open", f".{CHECKPOINT}", milliseconds=4),
    Moment("inside the second save", "open", f".{CHECKPOINT}", 3, 4),  # each save opens its file twice
    SECOND_SAVE_ENDS,
    Moment("third save begins", "open", f".{CHECKPOINT}", 5),
    Moment("features are cached", "os.rename", ".npy", 20),
    Moment("model is written", "open", f".{MODEL}", 2, 8),
    Moment("metrics are written", "os.rename", f".{METRICS}"),
    RECORD_IS_WRITTEN,
    Moment("curves are drawn", "open", ".curves.png"),
    Moment("report is written", "os.rename", ".report.html"),
)
"""Chosen moments; features are also the hashes by which images are compared, so both trainings cache some."""


@dataclass(frozen=True)
class Training:
    """A training: its name and the options that it is always started with."""

    name: str
    options: tuple[object, ...]

    def start(self, out: Path, moment: Moment, *more: object) -> "subprocess.Popen[str]":
        """The process, with a feature cache of its own beside the run."""
        options = (*self.options, "--out", out, "--cache", out.with_suffix(".cache"), "--json", *more)
        command = [*moment.prefix(), "train", *map(str, options)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)

    def finish(self, out: Path, *more: object) -> str:
        """Runs it to its end; what it printed on standard error."""
        process = self.start(out, Moment("never"), *more)
        _, errors = process.communicate(timeout=900)
        assert 0 == process.returncode, errors
        return errors


def outcome_of(out: Path) -> tuple[dict[str, Any], bytes]:
    """What a run measured and the weights of its model, without what differs by name or by the clock."""
    metrics = json.loads((out / METRICS).read_text())
    assert {"run", "seconds"} <= set(metrics)
    with zipfile.ZipFile(out / MODEL) as model:
        weights = model.read("model.weights.h5")
    return {key: value for key, value in metrics.items() if key not in ("run", "seconds")}, weights


def resume(training: Training, out: Path) -> str:
    """Ends a killed training as its state demands, and says how."""
    if (out / RECORD).exists() and not (out / CHECKPOINT).exists():
        training.finish(out, "--overwrite")
        return "rerun"
    if not out.exists():
        training.finish(out)
        return "rerun"
    return "started over" if "it starts over" in training.finish(out, "--resume") else "resumed"


def kill(training: Training, out: Path, moment: Moment, seconds: float | None = None) -> bool:
    """Starts a training and kills it at a moment or after some seconds; False if it ended before."""
    process = training.start(out, moment)
    try:
        _, errors = process.communicate(timeout=seconds or 900)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    assert process.returncode in (0, SIGKILL), errors
    return process.returncode == SIGKILL


@pytest.fixture(scope="module")
def scratch(small_data: Path) -> Training:
    """A small network from random weights, in two epochs."""
    return Training("scratch", ("--data", small_data, *SCRATCH, "--epochs", 2))


@pytest.mark.long
def test_a_run_killed_at_a_chosen_moment_ends_as_an_undisturbed_one(
    scratch: Training, tmp_path: Path
) -> None:
    """In the first epoch's save, before the second one counts, and when the record is written."""
    scratch.finish(tmp_path / "undisturbed")
    moments = {
        FIRST_SAVE_BEGINS: "started over",
        SECOND_SAVE_ENDS: "resumed",
        RECORD_IS_WRITTEN: "resumed",
    }
    for moment, expected in moments.items():
        out = tmp_path / moment.name.replace(" ", "-")
        assert kill(scratch, out, moment), moment
        assert not (out / RECORD).exists()
        assert expected == resume(scratch, out)
        assert outcome_of(tmp_path / "undisturbed") == outcome_of(out)
        assert [OUTPUT_MARKER] == [path.name for path in out.iterdir() if path.name.startswith(".")]


def trainings(data: Path, folder: Path) -> Iterator[Training]:
    """From scratch, and fine-tuned on random weights that tell the drawn classes apart."""
    from edgebreed.train.keras_setup import keras

    yield Training("scratch", ("--data", data, *SCRATCH, "--epochs", 6))
    keras.utils.set_random_seed(0)
    network = keras.applications.MobileNetV3Small(include_top=False, weights=None, input_shape=(32, 32, 3))
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0  # takes the statistics of the one batch below, else all features vanish
    network(np.random.default_rng(0).uniform(0, 255, (64, 32, 32, 3)), training=True)
    network.save_weights(folder / "random.weights.h5")
    backbone = ("--backbone", "MobileNetV3Small", "--weights", folder / "random.weights.h5", "--size", 32)
    tuning = ("--epochs", 8, "--fine-tune", "--fine-tune-epochs", 4)
    yield Training("fine-tune", ("--data", data, *backbone, *tuning))


def campaign(training: Training, folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Kills and resumes a training: moment, way of resuming, whether its end is the undisturbed one."""
    begun = time.monotonic()
    training.finish(folder / training.name)
    duration, expected = time.monotonic() - begun, outcome_of(folder / training.name)
    for number in range(KILLS[training.name]):
        out = folder / f"{training.name}-{number}"
        yield kill_once(training, out, number, duration), resume(training, out), outcome_of(out) == expected


@pytest.mark.hostile
def test_sixty_kills_end_as_undisturbed_runs(small_data: Path, tmp_path: Path, tally: Tally) -> None:
    """From scratch and fine-tuned, at chosen and at random moments: all metrics and weights agree."""
    endings = []
    for training in trainings(small_data, tmp_path):
        for moment, ending, equal in campaign(training, tmp_path):
            tally.count(f"kills, train {training.name}", f"{ending}, {'equal' if equal else 'DIFFERENT'}")
            endings.append((moment, equal))
    assert 60 == len(endings)
    assert [] == [moment for moment, equal in endings if not equal]


def kill_once(training: Training, out: Path, number: int, duration: float) -> str:
    """Kills a training at the chosen moment of this number, or at a random one; returns the moment's name."""
    if number < len(MOMENTS) and kill(training, out, MOMENTS[number]):
        return MOMENTS[number].name
    rng = random.Random(f"{training.name} {number}")
    share = rng.uniform(0.05, 0.95)
    while True:
        shutil.rmtree(out, ignore_errors=True)
        if kill(training, out, Moment("random"), share * duration):
            return "random"
        share *= 0.8  # it ended before: the machine is faster now
