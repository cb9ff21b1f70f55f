"""`edgebreed doctor`."""

import pytest

from ..conftest import Cli


def test_doctor_shows_what_the_machine_has(cli: Cli) -> None:
    """Engines, providers, OpenCV's parts."""
    data = cli("doctor", "--json").json
    assert data["engines"]["cpu"]
    assert data["opencv"]["haar"]
    assert "CPUExecutionProvider" in data["providers"]
    assert {"formats": ["onnx"], "available": True, "reason": None} == data["engines"]["cpu"]


def test_the_tables_fit_a_narrow_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is cut off, and each engine that is missing says what to install."""
    monkeypatch.setenv("COLUMNS", "60")
    out = cli("doctor").out
    assert 60 >= max(map(len, out.splitlines()))
    assert "\u2026" not in out
    rows = " ".join(out.replace("\u2502", " ").split())
    assert "cpu runs onnx" in rows
    assert (
        "cuda missing: CUDAExecutionProvider is not in this ONNX Runtime: `pip uninstall onnxruntime`, then"
        in rows
    )
