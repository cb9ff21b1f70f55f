"""What does a model answer on folders of photos: something it knows, a person, or unknown; and is it right?

    python -m edgebreed.benchmarks.studies.answer_kinds FOLDER... [--model MODEL] [--json]

Photos whose folder bears the name of a class are also counted as right or wrong. The answers are those of
`edgebreed predict`, withheld ones included.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.accuracy import wilson_interval
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.edge.images import find_photos
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.prediction import Kind, Result
from edgebreed.progress import track

LABELS = {
    "folders": "the photos by folder",
    "folder": "its name, with that of the folder above where it is a split",
    "photos": "in the folder",
    "known": "answered with a class",
    "person": "answered as a person",
    "unknown": "answered as unknown",
    "of_known_classes": "photos in folders that bear the name of a class",
    "right": "of these, answered with that class",
    "right_interval": "95 % interval (Wilson) of the share that is right",
}
"""What the keys of the record mean."""


def answers_of(pipeline: Pipeline, folder: Path) -> dict[str, Any]:
    """The answers to the photos of a folder, counted."""
    photos = find_photos([folder])
    results = list(track(pipeline.process_many(photos), folder.name, len(photos)))
    kinds = Counter(result.kind for result in results)
    labels = dict(zip(pipeline.manifest.classes, pipeline.manifest.labels, strict=True))
    named = [result for result in results if _class_folder(result) in labels]
    right = sum(result.label == labels[_class_folder(result)] for result in named)
    return {
        "photos": len(results),
        **{str(kind): kinds[kind] for kind in Kind},
        "of_known_classes": len(named),
        "right": right if named else None,
        "right_interval": wilson_interval(right, len(named)) if named else None,
    }


def _class_folder(result: Result) -> str:
    return Path(result.source).parent.name


def table_of(found: Sequence[dict[str, Any]]) -> Table:
    """The counts, a folder a row."""
    table = Table("folder", "photos", *map(str, Kind), "right, of those in a class's folder")
    for counts in found:
        right = "" if counts["right"] is None else f"{counts['right']} of {counts['of_known_classes']}"
        table.add_row(*(str(counts[key]) for key in ("folder", "photos", *map(str, Kind))), right)
    return table


def main(
    folders: Annotated[list[Path], typer.Argument(help="Folders of photos.")],
    model: Annotated[Path | None, typer.Option(help="Model file; the one that ships if left out.")] = None,
    engine: Annotated[str, typer.Option(help="As --engine of edgebreed.")] = AUTO,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Prints how the photos of each folder are answered."""
    with Pipeline.open(model, EngineOptions(engine)) as pipeline:
        found = [{"folder": _name(folder), **answers_of(pipeline, folder)} for folder in folders]
    if as_json:
        publish("answer_kinds", sum(counts["photos"] for counts in found), {"folders": found})
    else:
        Console().print(table_of(found))


def _name(folder: Path) -> str:
    """The last two parts where the last is a split's name, as `dogs/test`."""
    parts: Sequence[str] = folder.resolve().parts
    return "/".join(parts[-2:]) if parts[-1] in ("train", "valid", "test") else parts[-1]


if __name__ == "__main__":
    typer.run(main)
