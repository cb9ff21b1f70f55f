"""`edgebreed inspect` and `edgebreed verify`."""

import re
from pathlib import Path

from edgebreed.commands.inspect import idle_gpu_rows

from ..conftest import Cli


def test_inspect_prints_the_manifest(cli: Cli, colours: Path) -> None:
    """As JSON, or as a table."""
    assert ["red", "green", "blue"] == cli("inspect", colours, "--json").json["classes"]
    table = cli("inspect", colours).out
    assert "resized by squash" in table
    assert re.search(r"JPEG decoding +│ full", table)


def test_verify_replays_the_golden_vectors(cli: Cli, colours: Path) -> None:
    """Exit code 0 if they pass."""
    outcome = cli("verify", colours, "--json")
    assert (0, True, 2) == (outcome.code, outcome.json["passed"], outcome.json["vectors"])


def test_an_engine_is_missed_only_where_its_gpu_is() -> None:
    """Elsewhere the rows would read as failures."""
    rejected = {"cuda": "not in this ONNX Runtime", "litert": "not installed"}
    assert {"cuda not used": "not in this ONNX Runtime"} == idle_gpu_rows(rejected, has_gpu=True)
    assert {} == idle_gpu_rows(rejected, has_gpu=False)
