"""Answers photos with Ultralytics' `predict`, a line each: the photo's path in, JSON out.

Runs in Ultralytics' environment. The model is built from its description, so its weights are random and
its answers mean nothing; its arithmetic is the same. It is exported by Ultralytics itself.
"""

import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Ultralytics logs to standard output

from ultralytics import YOLO  # noqa: E402  (its logger takes standard output as it is now)

MODEL = "yolo11l-cls"

with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
    exported = YOLO(f"{MODEL}.yaml", task="classify").export(format="onnx", imgsz=224)
    model = YOLO(exported, task="classify")
    size = Path(exported).stat().st_size
    for line in sys.stdin:
        start = time.perf_counter_ns()
        model.predict(line.strip(), verbose=False)
        told = {"ms": (time.perf_counter_ns() - start) / 1e6, "answer": None, "bytes": size}
        print(json.dumps(told), file=answers, flush=True)
