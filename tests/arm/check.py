"""Checks edgebreed on emulated ARM cores and prints a table: `python -m tests.arm.check FOLDER [MODEL...]`.

FOLDER is that of `setup.sh` and `inputs.py`; further model files are verified too. The exit code is 1 where a
check fails. Not proved here is OpenVINO's choice of kernels: it asks Linux for the processor, and the files in
`/sys` are this machine's.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.table import Table

from edgebreed.edge.pipeline import SHIPPED_MODEL

from ..conftest import ROOT
from .emulator import CORES, Machine, arm_machine
from .inputs import FRAMES, PHOTOS

MAX_DIFFERENCE = 0.02
"""Of a photo's probability between ARM and this machine."""
WITHOUT, WITH = "cortex-a72", "cortex-a76"  # dot products
Row = tuple[bool, str]
"""Whether a check passed, and what was measured."""
Check = Callable[[Machine], Row]


def verified(machine: Machine, model: Path, *options: str) -> Row:
    """Golden vectors of a model."""
    (found,) = machine.edgebreed("verify", model, *options)
    return found["passed"], f"off by {found['max_error']:.4f} of {found['tolerance']:.4f}, {found['engine']}"


def same_answers(machine: Machine, folder: Path) -> Row:
    """`predict` on photos, against this machine."""
    here = Machine(sys.executable, {}).edgebreed("predict", folder / "photos")
    pairs = list(zip(here, machine.edgebreed("predict", folder / "photos"), strict=True))
    same = sum((one["kind"], one["label"]) == (other["kind"], other["label"]) for one, other in pairs)
    off = max(abs(one["probability"] - other["probability"]) for one, other in pairs)
    passed = (same, len(pairs)) == (PHOTOS, PHOTOS) and off <= MAX_DIFFERENCE
    return passed, f"{same} of {len(pairs)} answers are this machine's, probabilities off by {off:.4f}"


def streamed(machine: Machine, folder: Path) -> Row:
    """A video, every frame of it."""
    (found,) = machine.edgebreed("stream", "--source", folder / "video.avi", "--headless")
    frames = found["frames"]
    return frames["processed"] == FRAMES, f"{frames['processed']} of {FRAMES} frames processed"


def refused_by_openvino(machine: Machine) -> Row:
    """OpenVINO has no kernels on ARM for a file whose int8 types are x86's, and says so."""
    try:
        return False, str(machine.edgebreed("verify", SHIPPED_MODEL, "--engine", "openvino"))
    except RuntimeError as refusal:
        return "Convolution input precision should be single" in str(refusal), str(refusal)


def tested(machine: Machine, folder: Path) -> Row:
    """The runtime's own tests, with the package that is installed."""
    tests = folder / "tests"
    shutil.rmtree(tests, ignore_errors=True)
    shutil.copytree(ROOT / "tests", tests / "tests")
    shutil.copy(ROOT / "pyproject.toml", tests)
    done = machine.run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/edge", "-k", "not openvino", cwd=tests
    )
    (folder / "tests.log").write_text(done.stdout + done.stderr)
    return done.returncode == 0, done.stdout.strip().splitlines()[-1]


def system_opencv(machine: Machine) -> Row:
    """Debian's OpenCV with GStreamer, which pip leaves alone."""
    (found,) = machine.edgebreed("doctor")
    opencv, pip = found["opencv"], machine.run("-m", "pip", "check")
    packages = [name for name in found["packages"] if name.startswith("opencv")]
    said = f"OpenCV {opencv['version']}, GStreamer {opencv['GStreamer']}, {pip.stdout.strip()}"
    return opencv["GStreamer"] and opencv["haar"] and not packages and pip.returncode == 0, said


def checks(folder: Path, models: list[Path]) -> Iterator[tuple[str, str, Check, str]]:
    """Each core with the name of a check, the check, and the folder of its packages."""
    predicted, streams = partial(same_answers, folder=folder), partial(streamed, folder=folder)
    for core, model in product(CORES, (SHIPPED_MODEL, *models)):
        yield core, f"verify {model.name}", partial(verified, model=model), "wheels"
    for core in (WITHOUT, WITH):
        yield core, "predict", predicted, "wheels"
        yield core, "stream", streams, "wheels"
    yield WITH, "OpenVINO, int8 for x86", refused_by_openvino, "wheels"
    yield WITHOUT, "Debian's OpenCV", system_opencv, "system"
    yield WITHOUT, "Debian's OpenCV: predict", predicted, "system"
    yield WITHOUT, "Debian's OpenCV: stream", streams, "system"
    yield WITH, "tests of edge", partial(tested, folder=folder), "wheels"


def main(folder: Path, further: list[Path]) -> bool:
    """Runs all checks, shows each as it ends, and the table at the end."""
    table, passed = Table("core", "check", "", "measured", title="edgebreed on emulated ARM cores"), True
    models = [path for path in sorted((folder / "models").iterdir()) if path.suffix in (".onnx", ".tflite")]
    for core, name, check, packages in checks(folder, models + further):
        try:
            right, measured = check(arm_machine(folder, core, packages))
        except RuntimeError as error:
            right, measured = False, str(error)
        passed = passed and right
        print(f"{core}: {name}: {measured}", file=sys.stderr, flush=True)
        table.add_row(core, name, "ok" if right else "FAILED", measured)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return passed


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1]).resolve(), [Path(name).resolve() for name in sys.argv[2:]]) else 1)
