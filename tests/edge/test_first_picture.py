"""Animations without what follows their first picture."""

import pytest

from edgebreed.edge.first_picture import first_picture
from edgebreed.edge.images import decode

from .encoded import bgr, difference, drawn, encode


@pytest.mark.parametrize("kind", ["PNG", "AVIF", "GIF", "WEBP"])
def test_the_first_picture_is_what_is_seen(kind: str) -> None:
    """Of formats that keep the rest apart, the rest is gone."""
    data = encode(drawn(), kind, save_all=True, append_images=[drawn().rotate(180)])
    assert difference(decode(data), bgr(drawn())) < 8
    assert not any(name in first_picture(data) for name in (b"fdAT", b"moov"))


def test_stills_stay_as_they_are() -> None:
    """Of any format, and so does what is none."""
    for data in (*(encode(drawn(), kind) for kind in ("PNG", "AVIF", "JPEG")), b"hello"):
        assert data == first_picture(data)
