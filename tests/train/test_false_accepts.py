"""Images of none of the classes that are answered with one."""

from pathlib import Path

import cv2
import pytest

from edgebreed.errors import InputError
from edgebreed.train.evaluation import Evaluation
from edgebreed.train.false_accepts import FalseAccepts, measure_false_accepts

from ..conftest import BLUE, GREY, RED, plain


@pytest.fixture
def evaluation(tmp_path: Path, colours: Path) -> Evaluation:
    """A model that tells colours, and an image of two of its classes."""
    for name, colour in (("red", RED), ("blue", BLUE)):
        (tmp_path / "data" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "data" / name / "1.png"), plain(colour))
    return Evaluation.open(tmp_path / "data", colours, "test")


def test_the_threshold_decides(evaluation: Evaluation, tmp_path: Path) -> None:
    """Without one, every image is answered with a class."""
    (tmp_path / "others").mkdir()
    for number, colour in enumerate((GREY, GREY, GREY, RED)):
        cv2.imwrite(str(tmp_path / "others" / f"{number}.png"), plain(colour))
    strict, never = evaluation.with_threshold(0.9), evaluation.with_threshold("off")
    assert FalseAccepts(4, 1) == measure_false_accepts(strict, tmp_path / "others")
    assert FalseAccepts(4, 4) == measure_false_accepts(never, tmp_path / "others")


def test_a_share_of_few_images_has_a_wide_interval() -> None:
    """None of twenty leaves room for one in six."""
    assert "answered with a class: 0.0% of 20 (0.0% to 16.1% with 95% confidence)" == (
        FalseAccepts(20, 0).describe()
    )


def test_a_folder_without_an_image_is_refused(evaluation: Evaluation, tmp_path: Path) -> None:
    """Rather than divided by nothing."""
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "1.png").write_bytes(b"no image")
    with pytest.raises(InputError, match="none of its 1 images decodes; give others"):
        measure_false_accepts(evaluation, tmp_path / "others")
