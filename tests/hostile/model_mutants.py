"""Opens damaged model files one after another and notes what became of each; run in a process of its own.

    python tests/hostile/model_mutants.py MODEL KIND FIRST COUNT FOLDER

MODEL is a sound file. KIND is `flip` (one bit of the file), or, with a digest made anew, `model` (the model's
bytes), `graph` (a TFLite model's operators and tensors) or `manifest` (a field of it).
"""

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.formats import ModelFile, ModelFormat, onnx, read_model, tflite
from edgebreed.edge.formats.digest import with_digest
from edgebreed.edge.pipeline import Pipeline
from edgebreed.errors import EdgebreedError
from tests.hostile.graph_mutants import rewired

FORMATS = {ModelFormat.ONNX: onnx, ModelFormat.TFLITE: tflite}
ENGINES = {ModelFormat.ONNX: ("cpu", "openvino"), ModelFormat.TFLITE: ("litert",)}
NUMBERS = (0, 1, -1, 2**31, 2**63, 10**400, 1e308, -0.5, float("nan"), float("inf"))
TEXTS = ("", "abc", "a\x1b[31m", "\ud800", "\u202e", "x" * 100_000, "NaN")
OTHERS: tuple[Any, ...] = (None, True, [], {}, [[]] * 20, {"a": {"b": []}}, ["a"] * 5000)
FRAME = np.full((40, 30, 3), 90, np.uint8)


def flipped(data: bytes, rng: random.Random) -> bytes:
    """The file with one bit turned."""
    bit = rng.randrange(8 * len(data))
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Bytes with one to four places changed, removed, added, repeated, or cut off behind."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(changed))
        match rng.randrange(8):
            case 0:
                del changed[at : at + rng.randint(1, 4)]
            case 1:
                changed[at:at] = rng.randbytes(rng.randint(1, 4))
            case 2:
                changed[at:at] = changed[at : at + rng.randint(1, 64)]
            case 3:
                changed[at : at + 4] = rng.choice((0, 1, 2**31 - 1, 2**32 - 1)).to_bytes(4, "little")
            case 4 if rng.randrange(8) == 0:
                del changed[max(1, at) :]
            case _:
                changed[at] = rng.randrange(256)
    return bytes(changed)


def distorted(manifest: Any, rng: random.Random) -> None:
    """Puts something into a place of JSON where it does not belong, or takes a part of it away."""
    part, key = manifest, rng.choice(sorted(manifest))
    while isinstance(part[key], dict | list) and part[key] and rng.random() < 0.8:
        part = part[key]
        key = rng.choice(sorted(part)) if isinstance(part, dict) else rng.randrange(len(part))
    match rng.randrange(5):
        case 0:
            del part[key]
        case 1 if isinstance(part, list):
            part *= rng.choice((2, 50))
            rng.shuffle(part)
        case _:
            part[key] = rng.choice((*NUMBERS, *TEXTS, *OTHERS))


def mutant(model: ModelFile, whole: bytes, kind: str, number: int) -> bytes:
    """The file of a number."""
    rng = random.Random(f"{kind} {number}")
    if kind == "flip":
        return flipped(whole, rng)
    data, manifest = model.data, model.manifest.to_dict()
    if kind == "model":
        data = damaged(data, rng)
    elif kind == "graph":
        data = rewired(data, rng)
    else:
        distorted(manifest, rng)
    return with_digest(FORMATS[model.format].join(data, json.dumps(manifest), ()))


def outcome(path: Path, engine: str) -> str:
    """What opening a file and answering one picture comes to."""
    try:
        with Pipeline.open(path, EngineOptions(engine, threads=1)) as pipeline:
            json.dumps(pipeline.process(FRAME).to_dict(), allow_nan=False)
    except EdgebreedError as error:
        return "refused" if len(str(error).splitlines()) == 1 else f"several lines: {error}"
    except Exception as error:
        return f"foreign: {type(error).__name__}: {error}"
    return "answered"


def most_bytes() -> int:
    """The most memory that this process had; `getrusage` would count the one that started it."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def main() -> None:
    """One JSON object a mutant; its number is written before it is opened, so that a crash has a name."""
    sound, kind, first, count, folder = (
        Path(sys.argv[1]),
        sys.argv[2],
        *map(int, sys.argv[3:5]),
        Path(sys.argv[5]),
    )
    model, whole = read_model(sound), sound.read_bytes()
    with (folder / "results").open("w") as results:  # engines write into standard output
        for number in range(first, first + count):
            path = folder / f"{kind}-{number}"
            path.write_bytes(mutant(model, whole, kind, number))
            for engine in ENGINES[model.format]:
                print(json.dumps({"number": number}), file=results, flush=True)
                start = time.process_time()
                found = outcome(path, engine)
                line = {"found": found, "seconds": time.process_time() - start, "bytes": most_bytes()}
                print(json.dumps(line), file=results, flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
