"""A face search as a program has it that calls OpenCV with nothing but a frame."""

import pytest

from edgebreed.benchmarks.tune.plain_haar import PlainHaar

from ...conftest import GREY, plain


def test_it_finds_a_face_and_nothing_in_grey() -> None:
    """On the astronaut that scikit-image brings."""
    data = pytest.importorskip("skimage.data")
    assert 1 <= len(PlainHaar().detect(data.astronaut()[..., ::-1].copy()))
    assert [] == PlainHaar().detect(plain(GREY, 320, 240))
