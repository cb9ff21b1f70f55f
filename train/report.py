"""A run as one page that needs nothing beside it."""

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.train.dataset import Photo
from edgebreed.train.metrics import confusion

PAIRS = 12
THUMBNAIL = InputSpec(140, 140, ResizeRule.LETTERBOX)

PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>
body { font: 15px/1.5 system-ui, sans-serif; color: #222; }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
table { border-collapse: collapse; } td { padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #ddd; }
td:first-child { color: #666; } img { max-width: 100%; } .row { display: flex; flex-wrap: wrap; gap: .8rem; }
figure { margin: 0; width: 140px; font-size: 13px; } figcaption { color: #444; }
</style></head><body>
<h1>$title</h1>
<table>$facts</table>
<h2>Learning</h2>$curves
<h2>Confidence against accuracy</h2>$calibration
$corruptions
<h2>Most confused pairs of the test photos</h2>$pairs
<h2>Confusion</h2>$confusion
</body></html>
""")


PLACE = "<!-- corruptions -->"


@dataclass(frozen=True)
class Answered:
    """Photos with labels and answers.

    Attributes:
        photos: labelled photos.
        probabilities: `(N, classes) float32`.
        names: class names as people read them.
    """

    photos: Sequence[Photo]
    probabilities: NDArray[np.float32]
    names: tuple[str, ...]


def write_report(path: Path, title: str, facts: dict[str, Any], answered: Answered) -> None:
    """Writes the page from the pictures that lie beside it: curves, calibration, confusion.

    Accuracy under corruptions is added by `add_corruptions`, once it was measured.
    """
    cells = (
        f"<tr><td>{html.escape(key)}</td><td>{html.escape(str(value))}</td></tr>"
        for key, value in facts.items()
    )
    page = PAGE.substitute(
        title=html.escape(title),
        facts="".join(cells),
        pairs=_pairs(answered),
        corruptions=PLACE,
        **{
            name: _picture((path.parent / f"{name}.png").read_bytes(), name)
            for name in ("curves", "calibration", "confusion")
        },
    )
    path.write_text(page)


def add_corruptions(path: Path, plain: float, worse: dict[str, float]) -> None:
    """Adds, or replaces, the table of top-1 under what photos suffer in the wild.

    Args:
        path: a page that `write_report` wrote.
        plain: top-1 on the photos as they are.
        worse: top-1 by corruption.
    """
    rows = "".join(f"<tr><td>{name}</td><td>{top1:.1%}</td></tr>" for name, top1 in worse.items())
    table = (
        f"<h2>Top-1 in the wild</h2><table><tr><td>as they are</td><td>{plain:.1%}</td></tr>{rows}</table>"
    )
    before, _, after = path.read_text().partition(PLACE)
    if after.startswith("<h2>"):
        after = after.partition(PLACE)[2]
    path.write_text(f"{before}{PLACE}{table}{PLACE}{after}")


def confused_pairs(answered: Answered) -> list[tuple[int, int, int]]:
    """Label, answer and count of the most frequent mistakes."""
    counts = confusion(answered.probabilities, np.array([photo.label for photo in answered.photos], np.int64))
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:PAIRS]
    places = (np.unravel_index(index, counts.shape) for index in order)
    return [
        (int(label), int(answer), int(counts[label, answer]))
        for label, answer in places
        if counts[label, answer]
    ]


def _pairs(answered: Answered) -> str:
    pairs = confused_pairs(answered)
    if not pairs:
        return "<p>No test photo was answered wrongly.</p>"
    answers = answered.probabilities.argmax(axis=1)
    figures = []
    for label, answer, count in pairs:
        index = next(
            i for i, photo in enumerate(answered.photos) if photo.label == label and answers[i] == answer
        )
        caption = f"{answered.names[label]}, answered {answered.names[answer]}" + (
            f" ({count} times)" if count > 1 else ""
        )
        thumbnail = to_input(read_photo(answered.photos[index].path), THUMBNAIL)[..., ::-1]
        data = cv2.imencode(".png", np.ascontiguousarray(thumbnail))[1].tobytes()
        figures.append(
            f"<figure>{_picture(data, caption)}<figcaption>{html.escape(caption)}</figcaption></figure>"
        )
    return f'<div class="row">{"".join(figures)}</div>'


def _picture(data: bytes, words: str) -> str:
    return f'<img alt="{html.escape(words)}" src="data:image/png;base64,{base64.b64encode(data).decode()}">'
