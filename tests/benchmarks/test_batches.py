"""Several images at once."""

from pathlib import Path

import cv2

from edgebreed.benchmarks.batches import answer_batch
from edgebreed.benchmarks.subject import Subject
from edgebreed.edge.engines import EngineOptions

from ..conftest import BLUE, GREEN, RED, plain


def test_a_batch_is_answered_as_its_images_are_one_by_one(colours: Path, tmp_path: Path) -> None:
    """The same kinds, labels and probabilities, and every stage once."""
    photos = [tmp_path / f"{number}.png" for number in range(3)]
    for path, colour in zip(photos, (RED, GREEN, BLUE), strict=True):
        cv2.imwrite(str(path), plain(colour))
    subject = Subject.open(colours, EngineOptions("cpu"))
    results, stages = answer_batch(subject, photos)
    alone = [subject.pipeline.process(photo) for photo in photos]
    assert ["Red", "Green", "Blue"] == [result.label for result in results]
    assert [(r.source, r.kind, r.top, r.faces) for r in alone] == [
        (r.source, r.kind, r.top, r.faces) for r in results
    ]
    assert ["decode", "resize", "inference", "decision"] == list(stages)
