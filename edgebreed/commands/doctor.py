"""`edgebreed doctor`."""

import platform
from pathlib import Path
from typing import Any

import cv2

from edgebreed.commands.common import Json, print_json, print_table
from edgebreed.edge.engines import AUTO, ENGINES
from edgebreed.edge.engines.onnx_runtime import available, loadable
from edgebreed.edge.engines.registry import unavailable
from edgebreed.edge.processor import fitting_target
from edgebreed.errors import OpenCVError
from edgebreed.machine import board, device_tree, first_line, jetson_release, processor, versions
from edgebreed.opencv import require_opencv

PACKAGES = (
    "edgebreed",
    "numpy",
    "opencv-python",
    "opencv-python-headless",
    "onnxruntime",
    "onnxruntime-gpu",
    "openvino",
    "ai-edge-litert",
    "keras",
)


def doctor(json_: Json = False) -> None:
    """Show what this machine has: engines, providers, OpenCV build, cameras, GPU, Jetson release."""
    data: dict[str, Any] = {
        "machine": processor(),
        "board": board(),
        "device_tree": device_tree(),
        "target": fitting_target(loadable()),
        "python": platform.python_version(),
        "engines": {
            name: {"formats": list(ENGINES[name].formats), "available": reason is None, "reason": reason}
            for name, reason in unavailable().items()
        },
        "providers": list(available()),
        "opencv": _opencv(),
        "cameras": [str(path) for path in sorted(Path("/dev").glob("video*"))],
        "gpu": first_line(Path("/proc/driver/nvidia/version")),
        "jetson": jetson_release(),
        "packages": versions(PACKAGES),
    }
    _show(data, json_)
    require_opencv()


def _show(data: dict[str, Any], json_: bool) -> None:
    if json_:
        print_json(data)
        return
    engines, machine = data.pop("engines"), data.pop("machine")
    rows = {**_processor_rows(machine), **data}
    print_table("this machine", {name: _line(value) for name, value in rows.items()})
    print_table(
        f"engines, in the order in which {AUTO} tries them",
        {name: _engine_line(one) for name, one in engines.items()},
    )


def _processor_rows(machine: dict[str, Any]) -> dict[str, Any]:
    return {
        "processor": f"{machine['cpu']}, {machine['architecture']}, {machine['cores']} cores",
        "int8 instructions": machine["int8"],
        "float instructions": machine["float"],
        "system": machine["system"],
    }


def _engine_line(engine: dict[str, Any]) -> str:
    formats = " and ".join(engine["formats"])
    return f"runs {formats}" if engine["available"] else f"missing: {engine['reason']}"


def _opencv() -> dict[str, Any]:
    try:
        require_opencv()
    except OpenCVError as error:
        return {"version": None, "reason": str(error)}
    build = cv2.getBuildInformation()
    parts = {name: _built(build, name) for name in ("GStreamer", "v4l/v4l2", "FFMPEG")}
    return {
        "version": cv2.__version__,
        "file": cv2.__file__,
        "haar": hasattr(cv2, "CascadeClassifier"),
        **parts,
    }


def _built(build: str, name: str) -> bool:
    return any(line.strip().startswith(f"{name}:") and "YES" in line for line in build.splitlines())


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_word(inner)}" for key, inner in value.items())
    return ", ".join(value) or "none" if isinstance(value, list) else str(value or "none")


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
