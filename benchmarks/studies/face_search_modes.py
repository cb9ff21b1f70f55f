"""What does searching faces only where the answer needs them save?

    python -m edgebreed.benchmarks.studies.face_search_modes DIR [--model MODEL] [--seconds S] [--json]

Photos of the model's subject are written as JPEG files of 1280x720 and answered from file to answer by one
engine, with `--faces auto` and `--faces always` in turn.
"""

import tempfile
from pathlib import Path
from typing import Annotated

import cv2
import typer
from rich.console import Console

from edgebreed.benchmarks.scenarios.input_images import camera_frames
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.scenarios.workload import Plan, Workload, measure
from edgebreed.benchmarks.stats.bootstrap import percentile_interval
from edgebreed.benchmarks.stats.samples import Recording
from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.edge.images import find_photos
from edgebreed.edge.percentile import percentile
from edgebreed.edge.pipeline import FaceSearch, Pipeline

MAX_IMAGES = 24


def write_frames(images: list[Path], folder: Path) -> list[Path]:
    """Writes images, evenly out of all, as JPEG files of 1280x720."""
    chosen = images[:: max(1, len(images) // MAX_IMAGES)][:MAX_IMAGES]
    paths = [folder / f"{number:03}.jpg" for number in range(len(chosen))]
    for path, frame in zip(paths, camera_frames(chosen), strict=True):
        cv2.imwrite(str(path), frame)
    return paths


def measure_modes(system: SystemUnderTest, images: list[Path], seconds: float) -> dict[FaceSearch, Recording]:
    """Latencies of both modes, taking turns in one engine."""
    modes = (FaceSearch.AUTO, FaceSearch.ALWAYS)
    workloads = [_workload(system, images, mode) for mode in modes]
    return dict(zip(modes, measure(workloads, Plan(seconds, len(images))), strict=True))


def mode_figures(recordings: dict[FaceSearch, Recording]) -> dict[str, object]:
    """Medians with intervals, in ms, and the ratio of the medians."""
    p50 = {mode: percentile(recording.totals_ms, 50) for mode, recording in recordings.items()}
    return {
        "p50_ms": {mode.value: value for mode, value in p50.items()},
        "interval_ms": {
            mode.value: percentile_interval(recording.totals_ms, 50) for mode, recording in recordings.items()
        },
        "samples": {mode.value: len(recording.samples) for mode, recording in recordings.items()},
        "ratio": p50[FaceSearch.AUTO] / p50[FaceSearch.ALWAYS],
    }


def _workload(system: SystemUnderTest, images: list[Path], mode: FaceSearch) -> Workload:
    opened = system.pipeline
    pipeline = Pipeline(opened.engine, opened.manifest, opened.detector, mode)
    return Workload(mode.value, lambda number: pipeline.process(images[number]).stages_ms)


def main(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Photos that the model recognises.")],
    model: Annotated[Path | None, typer.Option(help="Model file; the one that ships if left out.")] = None,
    engine: Annotated[str, typer.Option(help="As --engine of edgebreed.")] = AUTO,
    seconds: Annotated[float, typer.Option(help="To measure each mode.")] = 30.0,
    json_: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Prints the median time of a photo in both modes, and their ratio."""
    system = SystemUnderTest.open(model, EngineOptions(engine))
    with tempfile.TemporaryDirectory() as frames:
        images = write_frames(find_photos([folder]), Path(frames))
        figures = mode_figures(measure_modes(system, images, seconds))
    figures = {"model": system.name, **figures}
    if json_:
        publish("face_search_modes", len(images), figures)
        return
    for name, value in figures.items():
        Console(highlight=False).print(f"{name}: {value}")


if __name__ == "__main__":
    typer.run(main)
