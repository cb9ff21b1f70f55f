"""Usage telemetry of dependencies."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, fresh_python


def test_openvino_telemetry_cannot_be_imported_afterwards() -> None:
    """Its users fall back to sending nothing."""
    code = """if True:
        from edgebreed import telemetry

        telemetry.disable()
        try:
            import openvino_telemetry
        except ImportError:
            print("disabled")
    """
    assert "disabled" == fresh_python(code).strip()


@pytest.mark.parametrize("engine", ["cpu", "openvino"])
def test_a_run_leaves_nothing_in_the_home(tmp_path: Path, engine: str) -> None:
    """No identifier and no waiting events; `CI` is unset, as ONNX Runtime sends nothing where it is set."""
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "XDG_CACHE_HOME")}
    home = {**environment, "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "edgebreed", "verify", "--engine", engine]
    done = subprocess.run(command, env=home, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    assert [] == list(tmp_path.rglob("*"))
