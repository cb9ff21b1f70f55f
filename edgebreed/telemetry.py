"""Nothing phones home."""

import sys


def block() -> None:
    """Keeps NNCF and OpenVINO from sending usage figures.

    Both send through `openvino_telemetry` without asking, and both go on without it where it does not
    import. Call this before either is imported.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python marks a module as absent
