"""Writes a model file again in today's schema."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from edgebreed.edge.formats import onnx, read_model
from edgebreed.edge.formats.digest import has_digest
from edgebreed.edge.pipeline import SHIPPED_MODEL

from ..conftest import ROOT, colour_manifest, colour_model


def renew(path: Path) -> None:
    """Runs the program."""
    subprocess.run([sys.executable, str(ROOT / "examples" / "renew_model.py"), str(path)], check=True)


def test_an_older_file_gets_a_digest(tmp_path: Path) -> None:
    """Model and manifest are the same, and a second time changes nothing."""
    model, path = colour_model(), tmp_path / "old.onnx"
    data = {**colour_manifest().to_dict(), "schema": 2, "sha256": hashlib.sha256(model).hexdigest()}
    path.write_bytes(model + onnx.metadata_entry(b"edgebreed", json.dumps(data).encode()))
    renew(path)
    renewed = path.read_bytes()
    assert has_digest(renewed)
    assert (model, colour_manifest()) == (read_model(path).data, read_model(path).manifest)
    renew(path)
    assert renewed == path.read_bytes()


def test_the_model_that_ships_has_one() -> None:
    """Over all of its bytes."""
    assert has_digest(SHIPPED_MODEL.read_bytes())
    assert read_model(SHIPPED_MODEL).manifest.labels
