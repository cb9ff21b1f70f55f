"""Disables the usage telemetry of dependencies."""

import os
import sys


def disable() -> None:
    """Keeps ONNX Runtime, NNCF and OpenVINO from sending usage statistics; to be called before their import.

    All send them without asking, and leave a lasting identifier in the user's home. ONNX Runtime has a
    variable against it. NNCF and OpenVINO send them through the package `openvino_telemetry`, and work
    without it if it cannot be imported.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python marks a module as absent
