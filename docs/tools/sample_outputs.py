"""Runs edgebreed on demonstration photos, for the examples of the page of schemas."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prometheus_client import CollectorRegistry

from edgebreed import Pipeline
from edgebreed.edge.stream import open_source, run_stream
from edgebreed.live.prometheus import PrometheusMetrics
from edgebreed.live.stream_state import StreamState

ROOT = Path(__file__).parent.parent.parent
LONGEST_TEXT, LONGEST_LIST = 72, 6


@dataclass(frozen=True)
class SampleOutputs:
    """What commands printed and wrote.

    Attributes:
        manifest: `edgebreed inspect --json`.
        prediction: `edgebreed predict --json` of a photo.
        events: lines of `edgebreed stream --events`.
        summary: `edgebreed stream --json`.
        bench: `edgebreed bench --json`.
        metrics: what `/metrics` answers from, after a few frames.
    """

    manifest: dict[str, Any]
    prediction: dict[str, Any]
    events: list[dict[str, Any]]
    summary: dict[str, Any]
    bench: dict[str, Any]
    metrics: CollectorRegistry


def run_samples() -> SampleOutputs:
    """Runs every command once in a folder of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _python(folder, str(ROOT / "examples" / "demo_photos.py"), "photos")
        stream = ("stream", "--source", "photos", "--headless", "--events", "events.jsonl", "--json")
        summary = _edgebreed(folder, *stream, "--max-frames", "3")
        return SampleOutputs(
            manifest=_edgebreed(folder, "inspect", "--json"),
            prediction=_edgebreed(folder, "predict", "photos/dog-1.jpg", "--json"),
            events=[json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()],
            summary=summary,
            bench=_edgebreed(folder, "bench", "photos/dog-1.jpg", "--duration", "1", "--json"),
            metrics=_stream_metrics(folder / "photos"),
        )


def _edgebreed(folder: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_python(folder, "-m", "edgebreed", *arguments))
    return found


def _python(folder: Path, *arguments: str) -> str:
    """What a Python program prints; one that fails shows why."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def _stream_metrics(photos: Path) -> CollectorRegistry:
    state = StreamState()
    metrics = PrometheusMetrics(state)
    with Pipeline.open() as pipeline:
        run_stream(open_source(str(photos)), pipeline, [state, metrics])
    return metrics.registry


def shorten(value: Any) -> Any:
    """A JSON value without the rest of long texts and lists; `...` stands for what is left out."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[: LONGEST_TEXT // 2]}..."
    if isinstance(value, dict):
        return {key: shorten(one) for key, one in value.items()}
    if isinstance(value, list):
        rest = ["..."] if len(value) > LONGEST_LIST else []
        return [shorten(one) for one in value[: LONGEST_LIST // 2 if rest else LONGEST_LIST]] + rest
    return round(value, 4) if isinstance(value, float) else value
