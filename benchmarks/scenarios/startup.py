"""Time to the first result and peak memory, measured in a process of its own.

`python -m edgebreed.benchmarks.scenarios.startup IMAGE MODEL ENGINE THREADS` is that process.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from edgebreed.edge.engines import EngineOptions
from edgebreed.errors import EdgebreedError, EngineError

LATER_IMAGES = 3  # after the first, so that the peak holds what an engine only allocates then


@dataclass(frozen=True)
class Startup:
    """A fresh process on its way to the first result.

    Attributes:
        ready_ms: from the start of the process until the model can take an image.
        import_ms: of which Python and the packages took this.
        open_ms: of which reading the model and preparing it took this.
        first_image_ms: latency of the first image.
        peak_memory_mb: largest resident set of the process after a few images.
    """

    ready_ms: float
    import_ms: float
    open_ms: float
    first_image_ms: float
    peak_memory_mb: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def measure_startup(model: Path, options: EngineOptions, image: Path) -> Startup:
    """Starts Python, opens the model in the same engine and processes one image file.

    Raises:
        EngineError: the process failed; the message has its last line.
    """
    arguments = [str(image), str(model), json.dumps(asdict(replace(options, allow_fallback=True)))]
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "edgebreed.benchmarks.scenarios.startup", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EngineError(f"a fresh process with {model} failed: {reason}")
    times = json.loads(done.stdout.splitlines()[-1])
    return Startup(
        ready_ms=(times["ready"] - start) * 1e3,
        import_ms=(times["imported"] - start) * 1e3,
        open_ms=(times["ready"] - times["imported"]) * 1e3,
        first_image_ms=(times["first_result"] - times["ready"]) * 1e3,
        peak_memory_mb=times["peak_kb"] / 1024,
    )


def _child(image: str, model: str, options: str) -> dict[str, float]:
    """Runs in the fresh process; `time.monotonic` is one clock for all processes of a Linux machine."""
    from edgebreed.edge.pipeline import Pipeline

    imported = time.monotonic()
    pipeline = Pipeline.open(Path(model), EngineOptions(**json.loads(options)))
    ready = time.monotonic()
    pipeline.process(Path(image))
    first_result = time.monotonic()
    for _ in range(LATER_IMAGES):
        pipeline.process(Path(image))
    return {"imported": imported, "ready": ready, "first_result": first_result, "peak_kb": _peak_kb()}


def _peak_kb() -> float:
    """Largest resident set of this program.

    `getrusage` would include the parent, of which this process was a copy until it became this program.
    """
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return next(float(fields[1]) for fields in lines if fields[0] == "VmHWM:")


if __name__ == "__main__":
    try:
        print(json.dumps(_child(*sys.argv[1:4]), allow_nan=False))
    except EdgebreedError as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(1)  # an engine that did not open in time may still run, and unloading it would crash
