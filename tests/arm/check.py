"""Checks edgebreed on emulated ARM cores and prints a table: `python -m tests.arm.check FOLDER [MODEL...]`.

FOLDER is that of `setup.sh` and `inputs.py`; further model files are verified too. The exit code is 1 where a
check fails. Which kernels OpenVINO takes is not proved here: it asks Linux for the processor in `/sys`, and
finds this machine's.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from edgebreed.edge.pipeline import SHIPPED_MODEL

from ..conftest import ROOT
from .emulator import CORES, Machine, arm_machine
from .inputs import FRAMES, PHOTOS

MAX_DIFFERENCE = 0.02
"""Of the probability of a photo's label between ARM and this machine."""
HERE = Machine(sys.executable, {})
WITHOUT, WITH = "cortex-a72", "cortex-a76"  # dot products
NOT_EMULATED = "not (openvino or ask_for_too_much or takes_no_more_than or too_little_memory)"
"""Left out: what asks Linux for the processor, and what measures time and memory: the emulator's own."""
PATIENT = ("--open-timeout", 600, "--inference-timeout", 600)
"""An emulated core can take over 30 s for one photo."""
VERIFY = """
import json, sys
from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.formats import read_model
from edgebreed.edge.verify import verify

patient = EngineOptions(open_timeout_s=600, inference_timeout_s=600)
for path in sys.argv[1:]:
    model = read_model(path)
    result = verify(load_engine(model, patient), model.manifest)
    print(json.dumps({"model": path, **result.to_dict()}), flush=True)
"""


class Row(NamedTuple):
    """A check, whether it passed, and what was measured."""

    check: str
    passed: bool
    measured: str


def verified(machine: Machine, models: list[Path]) -> Iterator[Row]:
    """Golden vectors of each model, in one process: the start takes longer than a small model."""
    done = machine.run("-c", VERIFY, *models)
    for line in done.stdout.splitlines():
        found = json.loads(line)
        measured = f"off by {found['max_error']:.4f} of {found['tolerance']:.4f}, {found['engine']}"
        yield Row(f"verify {Path(found['model']).name}", found["passed"], measured)
    if done.returncode:
        yield Row("verify", False, done.stderr.strip().splitlines()[-1])


def same_answers(machine: Machine, folder: Path) -> Row:
    """`predict` on photos, against this machine; of an unknown one the probability answers nothing."""
    here, there = (one.edgebreed("predict", folder / "photos", *PATIENT) for one in (HERE, machine))
    pairs = list(zip(here, there, strict=True))
    same = sum((one["kind"], one["label"]) == (other["kind"], other["label"]) for one, other in pairs)
    off = [(one["label"] is not None, abs(one["probability"] - other["probability"])) for one, other in pairs]
    named = max(value for has_label, value in off if has_label)
    unknown = max(value for has_label, value in off if not has_label)
    measured = f"{same} of {len(pairs)} answers as here, off by {named:.4f}; {unknown:.4f} where unknown"
    return Row("predict", same == len(pairs) == PHOTOS and named <= MAX_DIFFERENCE, measured)


def same_faces(machine: Machine, folder: Path) -> Row:
    """`detect` on photos, against this machine."""
    (here,), (there,) = (one.edgebreed("detect", folder / "photos") for one in (HERE, machine))
    same = sum(
        one["faces"] == other["faces"] for one, other in zip(here["photos"], there["photos"], strict=True)
    )
    return Row("detect", same == PHOTOS, f"{same} of {PHOTOS} photos have the same faces as here")


def streamed(machine: Machine, folder: Path) -> Row:
    """A video, every frame of it, with a small model."""
    model = folder / "models/onnx-int8-arm.onnx"
    source = ("--source", folder / "video.avi", "--headless")
    (found,) = machine.edgebreed("stream", *source, "--model", model, *PATIENT)
    frames = found["frames"]["processed"]
    return Row("stream", frames == FRAMES, f"{frames} of {FRAMES} frames processed")


def refused_by_openvino(machine: Machine) -> Row:
    """OpenVINO has no kernels on ARM for a file whose int8 types are x86's, and says so."""
    done = machine.run("-m", "edgebreed", "verify", SHIPPED_MODEL, "--engine", "openvino")
    said = done.stderr.strip().splitlines()[-1]
    passed = done.returncode == 2 and "Convolution input precision should be single" in said
    return Row("OpenVINO refuses int8 for x86", passed, said)


def system_opencv(machine: Machine) -> Row:
    """Debian's OpenCV with GStreamer, which pip leaves alone."""
    (found,) = machine.edgebreed("doctor")
    opencv, pip = found["opencv"], machine.run("-m", "pip", "check")
    pulled = [name for name in found["packages"] if name.startswith("opencv")]
    passed = opencv["GStreamer"] and opencv["haar"] and not pulled and pip.returncode == 0
    measured = f"OpenCV {opencv['version']}, GStreamer {opencv['GStreamer']}, {pip.stdout.strip()}"
    return Row("doctor, pip check", passed, measured)


def tested(machine: Machine, folder: Path) -> Row:
    """The runtime's own tests, with the package that is installed."""
    tests = folder / "tests"
    shutil.rmtree(tests, ignore_errors=True)
    shutil.copytree(ROOT / "tests", tests / "tests")
    shutil.copy(ROOT / "pyproject.toml", tests)
    options = ("-q", "-p", "no:cacheprovider", "-k", NOT_EMULATED, "-m", "not keras and not realdata")
    done = machine.run("-m", "pytest", "tests/edge", *options, cwd=tests)
    (folder / "tests.log").write_text(done.stdout + done.stderr)
    return Row("tests of edge", done.returncode == 0, done.stdout.strip().splitlines()[-1])


def checks(folder: Path, models: list[Path]) -> Iterator[tuple[str, Row]]:
    """Each core and what it gave."""
    for core in CORES:
        for row in verified(arm_machine(folder, core), [SHIPPED_MODEL, *models]):
            yield core, row
    for core in (WITHOUT, WITH):
        yield core, same_answers(arm_machine(folder, core), folder)
        yield core, streamed(arm_machine(folder, core), folder)
    yield WITH, refused_by_openvino(arm_machine(folder, WITH))
    debian, machine = f"{WITHOUT}, Debian's OpenCV", arm_machine(folder, WITHOUT, "system")
    yield debian, system_opencv(machine)
    for row in verified(machine, [SHIPPED_MODEL]):
        yield debian, row
    for check in (same_faces, streamed):
        yield debian, check(machine, folder)
    yield WITH, tested(arm_machine(folder, WITH), folder)


def main(folder: Path, further: list[Path]) -> bool:
    """Runs all checks, shows each as it ends, and the table at the end."""
    table, passed = Table("core", "check", "", "measured", title="edgebreed on emulated ARM cores"), True
    models = [path for path in sorted((folder / "models").iterdir()) if path.suffix in (".onnx", ".tflite")]
    for core, row in checks(folder, models + further):
        passed = passed and row.passed
        verdict = "ok" if row.passed else "FAILED"
        print(core, *row, sep=": ", file=sys.stderr, flush=True)
        table.add_row(core, row.check, verdict, row.measured)
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    return passed


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1]).resolve(), [Path(name).resolve() for name in sys.argv[2:]]) else 1)
