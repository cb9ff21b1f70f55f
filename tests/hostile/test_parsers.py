"""Properties of the parsers of files that others made: whatever the bytes, a value or an error of our own."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import flatbuffers
import pytest
from hypothesis import given, settings, strategies

from edgebreed.edge.formats import digest, onnx, onnx_check, tflite, tflite_check
from edgebreed.edge.image_header import read_header
from edgebreed.edge.orientation import stated_orientation, stated_upright
from edgebreed.edge.png_chunks import without_animation
from edgebreed.edge.stream.container import read_container
from edgebreed.errors import EdgebreedError

from ..conftest import colour_manifest, colour_model
from ..edge.formats import flatbuffers_made
from ..edge.stream.videos import CODECS, write_video
from .photo_mutants import ORIGINALS, original

EXAMPLES = 150

Edit = tuple[float, int, bytes]
"""Where, as a share of the file, how many bytes go, and what comes in their place."""

EDITS = strategies.lists(
    strategies.tuples(
        strategies.floats(0, 1),
        strategies.sampled_from((0, 1, 2, 4, 8, 10_000)),
        strategies.binary(max_size=8),
    ),
    max_size=4,
)


class Parser(NamedTuple):
    """What is parsed: a sound file, and what reads it."""

    sound: Callable[[], bytes]
    parse: Callable[[bytes], object]


def parse_photo(data: bytes) -> None:
    """All that is read of a photo before it is decoded."""
    read_header(data)
    stated_orientation(data)
    stated_upright(data)
    without_animation(data)


def parse_video(data: bytes) -> None:
    """The structure of a video file."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        read_container(Path(file.name))


def parse_onnx(data: bytes) -> None:
    """An ONNX file with its metadata."""
    digest.has_digest(data)
    with suppress(UnicodeDecodeError):  # which readers of a file translate
        onnx.split(data)
    onnx_check.check_onnx(data)


def parse_tflite(data: bytes) -> None:
    """A TFLite file with the archive behind it."""
    with suppress(UnicodeDecodeError):
        tflite.split(data)
    tflite_check.check_tflite(data)


def flatbuffer() -> bytes:
    """A TFLite model with a manifest."""
    builder = flatbuffers.Builder()
    builder.Finish(flatbuffers_made.model().Pack(builder), b"TFL3")
    return tflite.join(bytes(builder.Output()), "{}", ("a", "b"))


@cache
def video(suffix: str) -> bytes:
    """A short video of a container."""
    with tempfile.TemporaryDirectory() as folder:
        return write_video(Path(folder) / f"v{suffix}", 12).read_bytes()


PARSERS = {
    **{kind: Parser(lambda kind=kind: original(kind, 0), parse_photo) for kind in ORIGINALS},  # type: ignore[misc]  # mypy knows no default of a lambda
    **{suffix: Parser(lambda suffix=suffix: video(suffix), parse_video) for suffix in CODECS},  # type: ignore[misc]  # as above
    "ONNX": Parser(lambda: onnx.join(colour_model(), str(colour_manifest().to_dict()), ()), parse_onnx),
    "TFLite": Parser(flatbuffer, parse_tflite),
}


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """The bytes with these edits, one after another."""
    for share, gone, come in edits:
        at = round(share * len(data))
        data = data[:at] + come + data[at + gone :]
    return data


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(edits=EDITS)
def test_whatever_the_bytes_a_parser_answers_or_refuses(name: str, edits: list[Edit]) -> None:
    """Bytes of a sound file that are changed, lost, added or cut off."""
    parser = PARSERS[name]
    with suppress(EdgebreedError):
        parser.parse(edited(parser.sound(), edits))


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(kept=strategies.integers(0, 64), rest=strategies.binary(max_size=300))
def test_noise_behind_a_sound_beginning_is_answered_or_refused(name: str, kept: int, rest: bytes) -> None:
    """As where a download mixes two files."""
    parser = PARSERS[name]
    with suppress(EdgebreedError):
        parser.parse(parser.sound()[:kept] + rest)


@pytest.mark.parametrize("name", PARSERS)
def test_the_sound_file_passes(name: str) -> None:
    """Else the properties would hold for a parser that refuses everything."""
    parser = PARSERS[name]
    parser.parse(parser.sound())
