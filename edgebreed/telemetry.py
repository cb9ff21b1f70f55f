"""Disables the usage telemetry of dependencies."""

import sys


def disable() -> None:
    """Keeps NNCF and OpenVINO from sending usage statistics; to be called before either is imported.

    Both send them through the package `openvino_telemetry` without asking, and both work without it if it
    cannot be imported.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python marks a module as absent
