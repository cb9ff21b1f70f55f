"""`edgebreed detect`."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from edgebreed.commands.common import (
    Json,
    Overwrite,
    exit_code,
    pictures_of,
    print_json,
    print_table,
    save_picture,
)
from edgebreed.edge.annotate import draw_faces
from edgebreed.edge.detectors import HaarDetector
from edgebreed.edge.images import find_photos, read_photo
from edgebreed.edge.percentile import summary
from edgebreed.errors import InputError
from edgebreed.progress import track


def detect(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Photos or folders of photos.")],
    save: Annotated[Path | None, typer.Option(help="Folder for the pictures with boxes.")] = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Find faces in photos with a Haar cascade."""
    photos, detector = find_photos(paths), HaarDetector()
    pictures = pictures_of(photos, save, overwrite)
    found: list[dict[str, Any]] = []
    latencies: list[float] = []
    for photo in track(photos, "faces", len(photos)):
        try:
            frame = read_photo(photo)
        except InputError as error:
            print(f"edgebreed: {error}", file=sys.stderr)
            continue
        start = time.perf_counter()
        faces = tuple(detection.box for detection in detector.detect(frame))
        latencies.append((time.perf_counter() - start) * 1e3)
        found.append({"source": str(photo), "faces": [list(box) for box in faces]})
        if photo in pictures:
            save_picture(pictures[photo], draw_faces(frame, faces))
    result: dict[str, Any] = {
        "images": len(found),
        "with_face": sum(bool(one["faces"]) for one in found),
        "faces": sum(len(one["faces"]) for one in found),
        "latency_ms": summary(latencies),
    }
    if json_:
        print_json({**result, "photos": found})
    else:
        latency = result["latency_ms"]
        print_table(
            "faces",
            {**result, "latency_ms": latency and f"p50 {latency['p50']:.1f}, p99 {latency['p99']:.1f}"},
        )
    exit_code(2 if len(found) < len(photos) else 0)
