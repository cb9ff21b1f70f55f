"""`edgebreed predict`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    Faces,
    Json,
    Model,
    Overwrite,
    Threads,
    UnknownBelow,
    console,
    exit_code,
    pictures_of,
    print_json_line,
    save_picture,
)
from edgebreed.edge.annotate import draw_result
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.edge.images import find_photos
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.prediction import Result
from edgebreed.errors import InputError


def predict(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Photos or folders of photos.")],
    model: Model = None,
    save: Annotated[Path | None, typer.Option(help="Folder for the annotated pictures.")] = None,
    faces: Faces = FaceSearch.AUTO,
    unknown_below: UnknownBelow = None,
    engine: EngineName = AUTO,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Classify photos, in the model's own words."""
    photos = find_photos(paths)
    pictures = pictures_of(photos, save, overwrite)
    pipeline = Pipeline.open(model, EngineOptions(engine, threads, allow_fallback), faces, unknown_below)
    failures = 0
    for photo in photos:
        try:
            frame, result = pipeline.read_and_process(photo)
        except InputError as error:  # one bad photo must not cost the others their answer
            print(f"edgebreed: {error}", file=sys.stderr)
            failures += 1
            continue
        if photo in pictures:
            save_picture(pictures[photo], draw_result(frame, result))
        if json_:
            print_json_line(result.to_dict())
        else:
            _show(result)
    if not json_:
        _close(pipeline, len(photos) - failures, save)
    exit_code(2 if failures else 0)


def _show(result: Result) -> None:
    others = ", ".join(f"{other.label} {other.probability:.0%}" for other in result.top[1:3])
    line = f"{result.source}: {result.summary}"
    console().print(f"{line}; then {others}" if result.label else line, soft_wrap=True, markup=False)


def _close(pipeline: Pipeline, answered: int, save: Path | None) -> None:
    where = f", pictures in {save}" if save else ""
    console().print(
        f"{answered} photos, {pipeline.manifest.name} in {pipeline.engine.name}{where}", markup=False
    )
