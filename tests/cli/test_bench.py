"""`edgebreed bench` and `edgebreed bench compare`."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.stats.compare import ComparisonOutcome
from edgebreed.edge.formats import write_model

from ..benchmarks.results import latencies, result, write
from ..conftest import Cli, colour_manifest, colour_model
from ..edge import bombs


@pytest.mark.slow
def test_bench_prints_what_it_promises(cli: Cli, colours: Path) -> None:
    """Every figure by name."""
    data = cli("bench", "--model", colours, "--duration", "0.3", "--json").json
    assert ("single-stream", "onnxruntime/CPUExecutionProvider") == (data["scenario"], data["engine"])
    assert {"decode", "detect", "resize", "inference", "decision"} == set(data["stages_ms"])
    assert {"p50", "p90", "p99"} <= set(data["stages_ms"]["inference"])
    assert {"latency_ms", "samples", "images_per_second", "warmup", "machine", "model"} <= set(data)
    assert ("INVALID", True) == (data["verdict"], bool(data["why"]))


@pytest.mark.slow
def test_bench_takes_photos_a_folder_or_a_comparison(
    cli: Cli, tmp_path: Path, colours: Path, photo: Path
) -> None:
    """A photo, a folder, two results: one command line."""
    (tmp_path / "dir").mkdir()
    photo.rename(tmp_path / "dir" / "photo.png")
    options = ("--model", colours, "--duration", "0.1")
    assert "whole" in cli("bench", "dir/photo.png", *options).out
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(cli("bench", "dir", "--json", *options).out)
    compared = cli("bench", "compare", "a.json", "b.json", "--json")
    assert {"ratio", "interval", "verdict"} <= set(compared.json)
    assert compared.json["verdict"] in list(ComparisonOutcome)  # a tenth of a second proves neither


def test_a_regression_is_exit_code_1(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Over the bound, and for CI."""
    for name, factor in (("a.json", 1.0), ("b.json", 1.2)):
        write(tmp_path / name, result(colours, latencies(0, factor=factor)))
    outcome = cli("bench", "compare", "a.json", "b.json")
    assert (1, True) == (outcome.code, "slower: ratio 1.200" in outcome.out)
    assert [0, 0] == [
        cli("bench", "compare", "a.json", "b.json", "--bound", "0.3").code,
        cli("bench", "compare", "b.json", "a.json").code,
    ]


@pytest.mark.long
@pytest.mark.slow
def test_bench_side_by_side(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """A table, JSON with a run each, CSV and a page, which are not overwritten."""
    options = ("--model", colours, "--engine", "cpu", "--engine", "openvino", "--duration", "0.1")
    files = ("--csv", "t.csv", "--report", "r.html")
    runs = cli("bench", *options, *files, "--json").json["runs"]
    assert ["onnxruntime/CPUExecutionProvider", "openvino/CPU"] == [run["engine"] for run in runs]
    assert 3 == len((tmp_path / "t.csv").read_text().splitlines())
    assert "</html>" in (tmp_path / "r.html").read_text()
    refused = cli("bench", *options, *files)
    assert (2, "edgebreed: t.csv exists: pass --overwrite or another name\n") == (refused.code, refused.err)
    lines = cli("bench", *options).out.splitlines()
    assert 1 == sum("colours fp32" in line and "│ openvino │" in line for line in lines)


@pytest.mark.slow
def test_the_largest_photo_can_be_set(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """In millions of pixels, as in `predict`, also where photos become camera frames."""
    (tmp_path / "a.bmp").write_bytes(bombs.bmp(2000, 1000))
    for scenario in ("single-stream", "camera"):
        arguments = ("bench", "a.bmp", "--model", colours, "--scenario", scenario, "--duration", "0.1")
        outcome = cli(*arguments, "--max-pixels", 1)
        assert 2 == outcome.code
        assert "a.bmp has 2,000x1,000 pixels (2.0 Mpx to decode), at most 1 Mpx" in outcome.err
        assert 0 == cli(*arguments, "--max-pixels", 2).code


@pytest.mark.slow
def test_a_model_may_have_any_name(cli: Cli, tmp_path: Path) -> None:
    """It is no markup, alone or in a table."""
    write_model(tmp_path / "m.onnx", colour_model(), colour_manifest(name="[/]"))
    for engines in (("--engine", "cpu"), ("--engine", "cpu", "--engine", "openvino")):
        outcome = cli("bench", "--model", "m.onnx", *engines, "--duration", "0.1")
        assert 0 == outcome.code, outcome.err
        assert "[/]" in outcome.out
        assert outcome.out.replace("\n", "").isprintable()
