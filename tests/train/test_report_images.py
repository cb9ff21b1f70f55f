"""The test images that a run's report shows."""

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.train.report_data import ClassifiedImages
from edgebreed.train.report_images import confused_pairs, surest_mistakes

from ..conftest import RED, plain
from .report_run import classified


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A red image."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    return tmp_path / "p.png"


def three(photo: Path, labels: tuple[int, ...]) -> ClassifiedImages:
    """The image, three times: as the first class with 0.9, as the second with 0.8 and 0.7."""
    return classified(labels, image=photo)


def test_pairs_are_counted(photo: Path) -> None:
    """With the surest of the mistakes, and an image of the other class where one was recognised."""
    (pair,) = confused_pairs(three(photo, (0, 0, 0)))
    assert ("a", "b", 2, 3) == (pair.mistake.label, pair.mistake.predicted, pair.count, pair.total)
    assert 0.8 == pytest.approx(pair.mistake.confidence)
    assert "" == pair.other
    (pair,) = confused_pairs(three(photo, (0, 0, 1)))
    assert pair.other.startswith("data:image/jpeg;base64,")


def test_mistakes_come_by_falling_confidence(photo: Path) -> None:
    """A flawless run has none."""
    assert [0.8, 0.7] == [
        pytest.approx(mistake.confidence) for mistake in surest_mistakes(three(photo, (0, 0, 0)))
    ]
    assert [] == surest_mistakes(three(photo, (0, 1, 1)))
    assert [] == confused_pairs(three(photo, (0, 1, 1)))


def test_a_thumbnail_is_the_image_in_small(photo: Path) -> None:
    """A JPEG in the right colours, with the file's name for who looks for it."""
    mistake = surest_mistakes(three(photo, (0, 0, 0)))[0]
    data = base64.b64decode(mistake.thumbnail.partition(",")[2])
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert (160, 160, 3) == pixels.shape
    assert np.allclose(pixels[80, 80], RED, atol=6)
    assert f"{photo.parent.name}/p.png" == mistake.file
