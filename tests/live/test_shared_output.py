"""What viewers share."""

import asyncio
import itertools

import numpy as np

from edgebreed.edge.images import decode
from edgebreed.live.shared_output import JpegCache, SharedTicker

from ..conftest import BLUE, plain
from .feed import frame_result, result

FACE_YELLOW = (0, 200, 255)  # BGR, as `annotate` draws it


async def values_of(ticker: SharedTicker[int], viewers: int, ticks: int) -> list[list[int]]:
    """The values that each of several viewers receives."""

    async def watch() -> list[int]:
        return [await ticker.next() for _ in range(ticks)]

    return await asyncio.gather(*(watch() for _ in range(viewers)))


def test_all_viewers_receive_the_same_value_of_a_tick() -> None:
    """Five of them cost as much as one."""
    made = itertools.count()
    values = asyncio.run(values_of(SharedTicker(20, lambda: next(made)), viewers=5, ticks=4))
    assert len({value for of_viewer in values for value in of_viewer}) <= 5
    assert all(of_viewer == sorted(set(of_viewer)) for of_viewer in values)


def test_nothing_is_made_without_viewers() -> None:
    """A value is only made for a viewer that waits."""
    made: list[int] = []
    ticker = SharedTicker(20, lambda: made.append(0))
    assert [] == made
    asyncio.run(asyncio.wait_for(ticker.next(), 1))
    assert [0] == made


def test_each_result_is_encoded_once() -> None:
    """Every viewer gets the same bytes."""
    cache, first, second = JpegCache(320, 80), frame_result(0), frame_result(1)
    assert cache.jpeg(first) is cache.jpeg(first)
    assert 1 == cache.encoded
    cache.jpeg(second)
    assert 2 == cache.encoded


def test_a_large_frame_is_shrunk_with_its_faces() -> None:
    """The box is drawn at the face's position in the smaller picture; the frame itself is not changed."""
    frame = plain(BLUE, 1280, 640)
    large = frame_result(0, frame, result(faces=((400, 200, 200, 200),)))
    picture = decode(JpegCache(320, 95).jpeg(large))
    assert (160 + 24, 320) == picture.shape[:2]
    assert np.abs(picture[50, 105:145].astype(int) - FACE_YELLOW).max() < 60
    assert np.abs(picture[20, 20].astype(int) - BLUE).max() < 20
    assert (frame == BLUE).all()


def test_a_small_frame_keeps_its_size() -> None:
    """The bar with the summary is added below."""
    assert (48 + 24, 64) == decode(JpegCache(320, 80).jpeg(frame_result())).shape[:2]
