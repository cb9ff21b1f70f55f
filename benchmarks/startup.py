"""What a user waits for before the first answer, and the memory that it takes: in a process of its own.

`python -m edgebreed.benchmarks.startup PHOTO [MODEL [ENGINE [THREADS]]]` is that process.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgebreed.edge.engines import EngineOptions
from edgebreed.errors import EngineError

WARM = 3  # images after the first, so that the peak holds what an engine only allocates then


@dataclass(frozen=True)
class Startup:
    """A fresh process's way to its first answer.

    Attributes:
        ready_ms: from the start of the process until the model could take an image.
        import_ms: of which Python and the packages took this.
        open_ms: of which reading the model and making it ready took this.
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


def measure_startup(model: Path, options: EngineOptions, photo: Path) -> Startup:
    """Starts Python anew, opens the model in the same engine and answers one photo.

    Raises:
        EngineError: the process failed; its last line tells why.
    """
    words = [str(photo), str(model), options.engine, str(options.threads)]
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "edgebreed.benchmarks.startup", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EngineError(f"a fresh process with {model} failed: {reason}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Startup(
        ready_ms=(told["ready"] - start) * 1e3,
        import_ms=(told["imported"] - start) * 1e3,
        open_ms=(told["ready"] - told["imported"]) * 1e3,
        first_image_ms=(told["answered"] - told["ready"]) * 1e3,
        peak_memory_mb=told["peak_kb"] / 1024,
    )


def _child(photo: str, model: str, engine: str, threads: str) -> dict[str, float]:
    """Runs in the fresh process; `time.monotonic` is one clock for all processes of a Linux machine."""
    from edgebreed.edge.pipeline import Pipeline

    imported = time.monotonic()
    pipeline = Pipeline.open(Path(model), EngineOptions(engine, int(threads), allow_fallback=True))
    ready = time.monotonic()
    pipeline.process(Path(photo))
    answered = time.monotonic()
    for _ in range(WARM):
        pipeline.process(Path(photo))
    return {"imported": imported, "ready": ready, "answered": answered, "peak_kb": _peak_kb()}


def _peak_kb() -> float:
    """Largest resident set of this program.

    `getrusage` would tell that of the process, which was a copy of its parent until it became this program.
    """
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return next(float(words[1]) for words in lines if words[0] == "VmHWM:")


if __name__ == "__main__":
    print(json.dumps(_child(*sys.argv[1:5])))
