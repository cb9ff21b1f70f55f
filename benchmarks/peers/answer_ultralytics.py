"""Answers photos with Ultralytics' `predict`, a line each: the photo's path in, JSON out.

Runs in Ultralytics' environment. The model is built from its description, so its weights are random and
its answers mean nothing; its arithmetic is the same. It is exported by Ultralytics itself.
"""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

from ultralytics import YOLO

MODEL = "yolo11l-cls"

with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
    with contextlib.redirect_stdout(sys.stderr):
        exported = YOLO(f"{MODEL}.yaml", task="classify").export(format="onnx", imgsz=224)
        model = YOLO(exported, task="classify")
    size = Path(exported).stat().st_size
    for line in sys.stdin:
        start = time.perf_counter_ns()
        with contextlib.redirect_stdout(sys.stderr):
            model.predict(line.strip(), verbose=False)
        told = {"ms": (time.perf_counter_ns() - start) / 1e6, "answer": None, "bytes": size}
        print(json.dumps(told), flush=True)
