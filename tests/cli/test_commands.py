"""Each command on small real input, and the JSON that it promises."""

import io
import json
from pathlib import Path

import cv2
import pytest
from rich.console import Console

from edgebreed.benchmarks.stats.compare import ComparisonOutcome
from edgebreed.commands.bench_view import announce
from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import Accuracy

from ..benchmarks.results import latencies, result, write
from ..conftest import BLUE, RED, Cli, colour_manifest, colour_model, plain
from ..edge.camera.test_on_disk import write_video


def test_predict_prints_an_object_a_line_in_order(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """A folder gives its photos by name."""
    for name, colour in (("b", BLUE), ("a", RED)):
        (tmp_path / "p").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "p" / f"{name}.png"), plain(colour))
    outcome = cli("predict", "p", "--model", colours, "--json", "--save", "out")
    results = [json.loads(line) for line in outcome.out.splitlines()]
    assert [("p/a.png", "known", "Red"), ("p/b.png", "known", "Blue")] == [
        (r["source"], r["kind"], r["label"]) for r in results
    ]
    assert {"source", "kind", "label", "probability", "top", "summary", "faces", "stages_ms"} == set(
        results[0]
    )
    assert ["a.jpg", "b.jpg"] == sorted(path.name for path in (tmp_path / "out").iterdir())


def test_predict_for_people(cli: Cli, photo: Path, colours: Path) -> None:
    """A sentence a photo, and what ran."""
    outcome = cli("predict", photo, "--model", colours)
    assert "red.png: colour: Red (100%); then" in outcome.out
    assert "1 photos, colours in onnxruntime/CPUExecutionProvider" in outcome.out


def test_saved_pictures_are_not_overwritten(cli: Cli, photo: Path, colours: Path) -> None:
    """Unless that is asked for."""
    arguments = ("predict", photo, "--model", colours, "--save", "out")
    assert [0, 2, 0] == [cli(*arguments).code, cli(*arguments).code, cli(*arguments, "--overwrite").code]


def test_pictures_of_photos_with_one_name_lie_apart(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """From two folders, and of two formats."""
    for name in ("p/a/1.png", "p/b/1.png", "p/b/1.bmp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / name), plain(RED))
    for command in (("predict", "p", "--model", colours), ("detect", "p/a", "p/b")):
        out = tmp_path / str(command[0])
        assert 0 == cli(*command, "--save", out).code
        saved = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.jpg"))
        assert ["a/1.jpg", "b/1.bmp.jpg", "b/1.png.jpg"] == saved


def test_a_file_in_the_place_of_a_folder_is_one_line(cli: Cli, photo: Path) -> None:
    """With what stands in the way."""
    outcome = cli("detect", photo, "--save", photo)
    assert (2, 1) == (outcome.code, len(outcome.err.splitlines()))
    assert f"cannot write {photo}" in outcome.err


def test_detect_counts(cli: Cli, photo: Path) -> None:
    """Images, images with a face, faces, and the time of each."""
    data = cli("detect", photo, photo, "--json").json
    assert (2, 0, 0) == (data["images"], data["with_face"], data["faces"])
    assert {"p50", "p90", "p95", "p99", "mean", "max"} == set(data["latency_ms"])


def test_stream_accounts_for_its_frames(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Events, recording and summary agree."""
    video = write_video(tmp_path / "v.avi", 6)
    arguments = ("stream", "--source", video, "--model", colours, "--headless", "--json")
    data = cli(*arguments, "--events", "e.jsonl", "--record", "r.mp4").json
    assert {"read": 6, "processed": 6, "dropped": 0, "failed": 0} == data["frames"]
    assert ("ended", "FFMPEG", 0) == (data["state"], data["backend"], data["reconnects"])
    assert data["fps"] > 0
    events = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    assert ["state", *["answer"] * 6, "state"] == [event["type"] for event in events]
    assert ("running", "ended") == (events[0]["state"], events[-1]["state"])
    assert {"source", "kind", "label", "top", "faces", "number", "captured_at", "age_ms"} <= set(events[1])
    assert 6 == cv2.VideoCapture(str(tmp_path / "r.mp4")).get(cv2.CAP_PROP_FRAME_COUNT)


def test_stream_answers_a_folder_like_predict(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """The same answers to the same photos: it is the same path."""
    (tmp_path / "p").mkdir()
    for name, colour in (("a", RED), ("b", BLUE), ("c", RED)):
        cv2.imwrite(str(tmp_path / "p" / f"{name}.png"), plain(colour))
    cli("stream", "--source", "p", "--model", colours, "--headless", "--events", "e.jsonl")
    streamed = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()][1:-1]
    predicted = [
        json.loads(line) for line in cli("predict", "p", "--model", colours, "--json").out.splitlines()
    ]
    for key in ("source", "kind", "label", "top", "faces"):
        assert [answer[key] for answer in predicted] == [answer[key] for answer in streamed]


def test_stream_takes_so_many_frames(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """And refuses to overwrite its events."""
    video = write_video(tmp_path / "v.avi", 6)
    arguments = ("stream", "--source", video, "--model", colours, "--headless", "--max-frames", 2)
    assert "2 answered, 0 dropped, 0 failed" in cli(*arguments, "--events", "e.jsonl").out
    assert "e.jsonl exists: pass --overwrite" in cli(*arguments, "--events", "e.jsonl").err


def test_stream_that_does_not_start_leaves_no_events(cli: Cli, tmp_path: Path) -> None:
    """The next try would be refused over them, or the last stream's be lost."""
    arguments = (
        "stream",
        "--source",
        write_video(tmp_path / "v.avi", 1),
        "--headless",
        "--events",
        "e.jsonl",
    )
    assert 2 == cli(*arguments, "--model", "gone.onnx").code
    assert not (tmp_path / "e.jsonl").exists()


def test_stream_of_nothing_that_decodes_fails(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """With the reason of the last one."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "note.jpg").write_text("hello")
    outcome = cli("stream", "--source", "p", "--model", colours, "--headless", "--json")
    assert (2, "failed") == (outcome.code, outcome.json["state"])
    assert "note.jpg does not decode" in outcome.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--size", "big"), "--size big is no frame size: write width and height in px, as 1280x720"),
        (("--record", "r.gif"), "cannot write video r.gif: name a file .mp4 or .avi"),
        (("--record", "no/r.mp4"), "cannot write video no/r.mp4: name a file .mp4 or .avi"),
        (("--events", "no/e.jsonl"), "cannot write events to no/e.jsonl: No such file"),
    ],
)
def test_stream_refuses_what_it_cannot_do(
    cli: Cli, tmp_path: Path, options: tuple[str, str], message: str
) -> None:
    """Before the first frame, in one line."""
    outcome = cli("stream", "--source", write_video(tmp_path / "v.avi", 1), "--headless", *options)
    assert (2, "") == (outcome.code, outcome.out)
    assert message in outcome.err


def test_stream_without_a_display_says_so(
    cli: Cli, tmp_path: Path, colours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a crash of the window system."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    outcome = cli("stream", "--source", write_video(tmp_path / "v.avi", 3), "--model", colours)
    assert 2 == outcome.code
    assert "pass --headless" in outcome.err


def test_bench_prints_what_it_promises(cli: Cli, colours: Path) -> None:
    """Every figure by name."""
    data = cli("bench", "--model", colours, "--duration", "0.3", "--json").json
    assert ("single-stream", "onnxruntime/CPUExecutionProvider") == (data["scenario"], data["engine"])
    assert {"decode", "detect", "resize", "inference", "decision"} == set(data["stages_ms"])
    assert {"p50", "p90", "p99"} <= set(data["stages_ms"]["inference"])
    assert {"latency_ms", "samples", "images_per_second", "warmup", "machine", "model"} <= set(data)
    assert ("INVALID", True) == (data["verdict"], bool(data["why"]))


def test_inspect_prints_the_manifest(cli: Cli, colours: Path) -> None:
    """For programs and for people."""
    assert ["red", "green", "blue"] == cli("inspect", colours, "--json").json["classes"]
    assert "resized by squash" in cli("inspect", colours).out


def test_verify_passes_and_fails_by_its_exit_code(cli: Cli, colours: Path) -> None:
    """0 and passed."""
    outcome = cli("verify", colours, "--json")
    assert (0, True, 2) == (outcome.code, outcome.json["passed"], outcome.json["vectors"])


def test_doctor_tells_what_is_here(cli: Cli) -> None:
    """Engines, OpenCV's parts, cameras."""
    data = cli("doctor", "--json").json
    assert data["engines"]["cpu"]
    assert data["opencv"]["haar"]
    assert "CPUExecutionProvider" in data["providers"]
    assert "this machine" in cli("doctor").out


@pytest.mark.keras
def test_the_bare_commands_lead_from_nothing_to_a_model(cli: Cli, tmp_path: Path) -> None:
    """`train`, then `export --format onnx`, on the drawn demo."""
    trained = cli("train", "--epochs", 1, "--size", 32, "--json")
    assert 0 == trained.code, trained.err
    assert ("runs/scratch", "scratch", "demo") == tuple(trained.json[key] for key in ("run", "arch", "data"))
    assert "coloured shapes drawn by the program" in trained.err
    exported = cli("export", "--format", "onnx", "--json")
    assert 0 == exported.code, exported.err
    assert (tmp_path / exported.json["path"]).is_file()
    measured = cli("evaluate", "runs/scratch/demo-data", "--model", exported.json["path"], "--json").json
    assert measured["top1"] == pytest.approx(trained.json["test"]["top1"])


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


def test_a_folder_called_compare_can_be_measured(
    cli: Cli, tmp_path: Path, colours: Path, photo: Path
) -> None:
    """It is measured by its path."""
    (tmp_path / "compare").mkdir()
    photo.rename(tmp_path / "compare" / "photo.png")
    assert 0 == cli("bench", "./compare", "--model", colours, "--duration", "0.1").code


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


def test_bench_says_on_a_terminal_how_long_it_takes() -> None:
    """And nothing where standard error is none."""
    for terminal in (True, False):
        screen = io.StringIO()
        announce(Console(file=screen, force_terminal=terminal, no_color=True), 2, 10.0)
        assert terminal == ("measuring for 2 x 10 s, after a warm-up" in screen.getvalue())


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


def test_tune_keeps_the_fastest(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """From a folder of exported files, without TensorFlow; the file tells how it runs fastest."""
    told = Accuracy("test", 320, 0.97, 0.97)
    (tmp_path / "files").mkdir()
    write_model(tmp_path / "files" / "c.onnx", colour_model(), colour_manifest(accuracy=told))
    outcome = cli("tune", "--package-dir", "files", "--budget", 1, "--json")
    assert 0 == outcome.code, outcome.err
    chosen = outcome.json["chosen"]
    assert ("files/tuned.onnx", True) == (chosen["out"], (tmp_path / "files" / "tuned.onnx").is_file())
    assert chosen["engine"] == cli("inspect", chosen["out"], "--json").json["tuned"]["engine"]
    assert "chosen: " in cli("tune", "--package-dir", "files", "--budget", 1, "--out", "other").out


def test_tune_looks_where_it_will_write_before_it_exports(cli: Cli, tmp_path: Path) -> None:
    """Not after minutes: the run is not even read."""
    (tmp_path / "kept.json").touch()
    outcome = cli("tune", "--run", "gone", "--out", "kept")
    assert (2, True) == (outcome.code, "kept.json exists: pass --overwrite or another --out" in outcome.err)
