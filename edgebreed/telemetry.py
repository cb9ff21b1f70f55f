"""Keeps dependencies from sending usage statistics, and from writing where nobody asked them to."""

import os
import sys
from importlib import import_module
from types import ModuleType


def import_quietly(name: str) -> ModuleType:
    """Imports a package that would send usage statistics, with these off.

    Args:
        name: ONNX Runtime, OpenVINO, NNCF, or a module of theirs.

    Raises:
        ImportError: it is not installed.
    """
    disable()
    return import_module(name)


def disable() -> None:
    """Keeps ONNX Runtime, NNCF and OpenVINO from sending usage statistics; to be called before their import.

    All send them without asking, and leave a lasting identifier in the user's home. ONNX Runtime has a
    variable against it, and a function where a program has imported it before. NNCF and OpenVINO send them
    through the package `openvino_telemetry`, and work without it if it cannot be imported.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python marks a module as absent
    off = getattr(sys.modules.get("onnxruntime"), "disable_telemetry_events", None)
    if off is not None:
        off()
