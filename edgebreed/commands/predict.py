"""`edgebreed predict`."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    Faces,
    InferenceTimeout,
    Json,
    MaxPixels,
    Model,
    OpenTimeout,
    Overwrite,
    Threads,
    UnknownBelow,
    annotated_paths,
    exit_code,
    mark_saved,
    print_json_line,
    print_line,
    save_jpeg,
)
from edgebreed.edge.annotate import draw_result
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits
from edgebreed.edge.images import find_photos
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.prediction import Result
from edgebreed.errors import InputError

_LOG = logging.getLogger(__name__)


def predict(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Images or folders of images.")],
    model: Model = None,
    save: Annotated[Path | None, typer.Option(help="Folder to write annotated images to.")] = None,
    faces: Faces = FaceSearch.AUTO,
    unknown_below: UnknownBelow = None,
    engine: EngineName = AUTO,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    open_timeout: OpenTimeout = None,
    inference_timeout: InferenceTimeout = None,
    max_pixels: MaxPixels = DEFAULT_LIMITS.megapixels,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Classify images."""
    images = find_photos(paths)
    annotated = annotated_paths(images, save, overwrite)
    options = EngineOptions(engine, threads, allow_fallback, open_timeout, inference_timeout)
    pipeline = Pipeline.open(model, options, faces, unknown_below, ImageLimits(max_pixels))
    mark_saved(save)
    failures = 0
    for image in images:
        try:
            source, result = pipeline.read_and_process(image)
            drawn = draw_result(source.whole, result) if image in annotated else None
        except InputError as error:  # one bad image must not stop the others
            _LOG.warning("%s", error)
            failures += 1
            continue
        if drawn is not None:
            save_jpeg(annotated[image], drawn)
        if json_:
            print_json_line(result.to_dict())
        else:
            _show(result)
    if not json_:
        _show_total(pipeline, len(images) - failures, save)
    exit_code(2 if failures else 0)


def _show(result: Result) -> None:
    shown = result.labels or result.top[:1]
    others = [f"{other.label} {_share(other.probability)}" for other in result.top if other not in shown][:2]
    line = f"{result.source}: {result.summary}"
    print_line(f"{line}; then {', '.join(others)}" if result.label and others else line)


def _share(probability: float) -> str:
    return "<1%" if 0 < probability < 0.005 else f"{probability:.0%}"


def _show_total(pipeline: Pipeline, count: int, save: Path | None) -> None:
    images = "1 image" if count == 1 else f"{count} images"
    saved = f", annotated images in {save}" if save else ""
    print_line(f"{images}, {pipeline.manifest.name} in {pipeline.engine.name}{saved}")
