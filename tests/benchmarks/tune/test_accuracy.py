"""Whether a candidate is right as often as the float model."""

from pathlib import Path

import cv2
import pytest

from edgebreed.benchmarks.tune.accuracy import Judge, Score
from edgebreed.benchmarks.tune.candidates import Candidate
from edgebreed.benchmarks.tune.packages import Package
from edgebreed.edge.manifest import Accuracy, Precision
from edgebreed.train.dataset import Photo

from ...conftest import BLUE, GREEN, RED, colour_manifest, plain


def test_points_lost() -> None:
    """A bound in points of top-1; what nobody measured does not pass."""
    assert Score(0.955, 0.96, 200, "valid").within(0.5)
    assert not Score(0.954, 0.96, 200, "valid").within(0.5)
    assert not Score(None, 0.96, 0, "manifest").within(100.0)


def test_figures_from_the_files() -> None:
    """Held against the best float model of all."""
    told = (Accuracy("test", 320, 0.95, 0.97), Accuracy("test", 320, 0.93, 0.94))
    pool = [
        Candidate(Package(Path(f"{n}.onnx"), colour_manifest(accuracy=one, precision=Precision.INT8)), "cpu")
        for n, one in enumerate(told)
    ]
    score = Judge(pool).score(pool[0])
    assert (0.95, 0.97, 320, "manifest") == (score.top1, score.reference, score.n, score.photos)
    assert 2.0 == pytest.approx(score.drop)


def test_measured_on_photos_here(colours: Path, tmp_path: Path) -> None:
    """Each file in each engine once; the float file is the reference."""
    photos = []
    for label, colour in enumerate((RED, GREEN, BLUE, BLUE)):
        photos.append(Photo(tmp_path / f"{label}.png", min(label, 1)))
        cv2.imwrite(str(photos[-1].path), plain(colour))
    candidate = Candidate(Package(colours, colour_manifest()), "cpu", 1)
    score = Judge([candidate], photos, "here").score(candidate)
    assert (0.5, 0.5, 4, 0.0) == (score.top1, score.reference, score.n, score.drop)
    assert {"top1": 0.5, "drop_points": 0.0, "photos": "here"}.items() <= score.to_dict().items()
