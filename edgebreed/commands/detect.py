"""`edgebreed detect`."""

import logging
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from edgebreed.commands.common import (
    Json,
    MaxPixels,
    Overwrite,
    annotated_paths,
    exit_code,
    mark_saved,
    print_json,
    print_table,
    save_jpeg,
)
from edgebreed.edge.annotate import draw_faces
from edgebreed.edge.detectors import HaarDetector
from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits
from edgebreed.edge.images import find_photos, read_photo
from edgebreed.edge.percentile import summary
from edgebreed.errors import InputError
from edgebreed.progress import track

_LOG = logging.getLogger(__name__)


def detect(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Images or folders of images.")],
    save: Annotated[Path | None, typer.Option(help="Folder to write images with boxes to.")] = None,
    max_pixels: MaxPixels = DEFAULT_LIMITS.megapixels,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Find faces in images with a Haar cascade."""
    images, detector = find_photos(paths), HaarDetector()
    annotated = annotated_paths(images, save, overwrite)
    mark_saved(save)
    found: list[dict[str, Any]] = []
    latencies: list[float] = []
    for image in track(images, "faces", len(images)):
        try:
            frame = read_photo(image, ImageLimits(max_pixels))
        except InputError as error:
            _LOG.warning("%s", error)
            continue
        start = time.perf_counter()
        faces = tuple(detection.box for detection in detector.detect(frame))
        latencies.append((time.perf_counter() - start) * 1e3)
        found.append({"source": str(image), "faces": [list(box) for box in faces]})
        if image in annotated:
            save_jpeg(annotated[image], draw_faces(frame, faces))
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
    exit_code(2 if len(found) < len(images) else 0)
