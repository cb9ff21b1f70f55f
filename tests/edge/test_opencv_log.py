"""What OpenCV's decoders say of damaged photos."""

import os

import pytest

from edgebreed.edge.images import decode
from edgebreed.edge.opencv_log import silence_opencv
from edgebreed.errors import ImageError

from .encoded import drawn, encode


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF", "WEBP"])
def test_a_damaged_photo_is_one_error_and_no_line_of_a_decoder(
    kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Wherever it is cut; libpng knows no log level, so what it would complain of is found before."""
    data = encode(drawn(), kind)
    for share in (0.3, 0.6, 0.95):
        with pytest.raises(ImageError):
            decode(data[: int(len(data) * share)])
    assert "" == capfd.readouterr().err


def test_flipped_bits_of_a_png_are_no_line_either(capfd: pytest.CaptureFixture[str]) -> None:
    """They are told as damage."""
    data = bytearray(encode(drawn(), "PNG"))
    data[data.index(b"IDAT") + 20] ^= 4
    with pytest.raises(ImageError, match="image is a PNG with a part missing or damaged: copy or download"):
        decode(data)
    assert "" == capfd.readouterr().err


def test_an_animation_is_read_if_its_first_picture_is_sound() -> None:
    """Whatever is missing of those behind."""
    moving = encode(drawn(), "PNG", save_all=True, append_images=[drawn().rotate(180)] * 5)
    assert decode(moving[:-20]).shape == decode(moving).shape


def test_ffmpeg_is_silenced_unless_the_user_says_otherwise() -> None:
    """It reads its level from the environment."""
    silence_opencv()
    assert os.environ.get("OPENCV_FFMPEG_LOGLEVEL") is not None
