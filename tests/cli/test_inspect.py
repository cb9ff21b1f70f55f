"""`edgebreed inspect` and `edgebreed verify`."""

import re
from pathlib import Path

from edgebreed.commands.inspect import idle_gpu_rows
from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import DetectorConfig
from edgebreed.edge.task import Task

from ..conftest import Cli, colour_manifest, colour_model


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


def test_inspect_names_the_threshold_of_each_label(cli: Cli, tmp_path: Path) -> None:
    """Of a multi-label model."""
    task = Task.of("colour", multi_label=True)
    manifest = colour_manifest(task=task, thresholds=(0.25, 0.5, 0.75), detector=DetectorConfig())
    write_model(tmp_path / "many.onnx", colour_model(), manifest)
    told = " ".join(cli("inspect", "many.onnx").out.replace("│", " ").split())
    assert "several an image" in told
    assert "'no colour' where every label is below its threshold: Red 0.250, Green 0.500" in told
