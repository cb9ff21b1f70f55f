"""Pictures, and what only looks like one."""

import numpy as np

from edgebreed.edge.camera.genuine import PictureCheck

from ...conftest import GREEN, RED, plain

BLACK = plain((0, 0, 0))


def test_black_after_a_failed_read_is_filler() -> None:
    """Until a picture comes; then black is night."""
    check = PictureCheck()
    assert check.genuine(BLACK, 0.0)
    assert not check.genuine(None, 0.1)
    assert not check.genuine(BLACK, 0.2)
    assert "black filler" == check.why
    assert check.genuine(plain(RED), 0.3)
    assert check.genuine(BLACK, 0.4)


def test_the_same_bytes_for_too_long_are_stale() -> None:
    """A frozen camera gives its last buffer again and again; one pixel's noise is life."""
    check = PictureCheck(stale_after_s=2.0)
    assert [True, True, False, False] == [check.genuine(plain(RED), at) for at in (0.0, 1.9, 2.0, 9.0)]
    assert "the same picture for 2 s" == check.why
    noisy = plain(RED)
    noisy[1, 1, 1] += 1
    assert check.genuine(noisy, 9.1)


def test_zero_lets_a_still_picture_stand() -> None:
    """For test cards and screens."""
    check = PictureCheck(stale_after_s=0)
    assert check.genuine(plain(RED), 0.0)
    assert check.genuine(plain(RED), 1e6)


def test_another_resolution_is_another_picture() -> None:
    """And an empty array is none."""
    check = PictureCheck(1.0)
    assert check.genuine(plain(GREEN), 0.0)
    assert check.genuine(plain(GREEN, 20, 10), 5.0)
    assert not check.genuine(np.zeros((0, 0, 3), np.uint8), 5.1)
