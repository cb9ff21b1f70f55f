"""TFLite files with a manifest behind the flatbuffer."""

import contextlib
import io
import zipfile

import pytest

from edgebreed.edge.formats import ModelFormat, sniff, tflite
from edgebreed.errors import ModelFileError

from .flatbuffers_made import flatbuffer

FLATBUFFER = flatbuffer()


def test_a_manifest_is_joined_and_split_again() -> None:
    """The flatbuffer stays as it was, byte for byte, at the start of the file."""
    joined = tflite.join(FLATBUFFER, '{"größe": 1}', ("Red", "Green"))
    assert joined.startswith(FLATBUFFER)
    assert (FLATBUFFER, '{"größe": 1}') == tflite.split(joined)
    assert ModelFormat.TFLITE is sniff(joined)


def test_labels_lie_beside_it_for_other_tools() -> None:
    """One a line, as TensorFlow Lite Metadata has them."""
    with zipfile.ZipFile(io.BytesIO(tflite.join(FLATBUFFER, "{}", ("Red", "Green")))) as archive:
        assert b"Red\nGreen" == archive.read("labels.txt")


@pytest.mark.parametrize("label", ["a\nb", "a\r\nb", "\v", "a\u2028", "\x85", "\x1ca", "", " ", "a\n\n"])
def test_a_label_is_one_line_whatever_ends_one(label: str) -> None:
    """Else those after it would name other classes; the last may be such a one too."""
    with zipfile.ZipFile(
        io.BytesIO(tflite.join(FLATBUFFER, "{}", ("Red", label, "Green", label)))
    ) as archive:
        text = archive.read("labels.txt").decode()
    for lines in (text.splitlines(), text.split("\n"), io.StringIO(text, newline=None).read().splitlines()):
        assert ("Red", "Green", 4) == (lines[0], lines[2], len(lines))
        assert all(lines)


@pytest.mark.parametrize("data", [FLATBUFFER, FLATBUFFER + b"PK\x05\x06 cut off"])
def test_a_file_without_a_manifest_is_refused(data: bytes) -> None:
    """The remedy is an export."""
    with pytest.raises(
        ModelFileError, match="no manifest: `edgebreed import` takes in another program's model"
    ):
        tflite.split(data)


def test_a_wrong_byte_anywhere_is_a_fault_of_the_file() -> None:
    """Python's zipfile raises half a dozen kinds of its own."""
    joined = tflite.join(FLATBUFFER, "{}", ("Red", "Green"))
    for place in range(len(FLATBUFFER), len(joined)):
        for flip in (0x01, 0x80, 0xFF):
            with contextlib.suppress(ModelFileError):  # some are read all the same: the digest is next
                tflite.split(joined[:place] + bytes([joined[place] ^ flip]) + joined[place + 1 :])


def test_a_deflated_manifest_is_refused() -> None:
    """It may be a thousand times its size, and the file holds it as it is."""
    buffer = io.BytesIO(FLATBUFFER)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("edgebreed.json", '{"name": "' + "x" * 10_000_000 + '"}')
    with pytest.raises(ModelFileError, match="manifest is damaged .*is deflated or over 16,777,216 bytes"):
        tflite.split(buffer.getvalue())


def test_the_same_model_gives_the_same_file() -> None:
    """On every day: nothing in the archive is of the clock."""
    assert tflite.join(FLATBUFFER, "{}", ("Red",)) == tflite.join(FLATBUFFER, "{}", ("Red",))
    with zipfile.ZipFile(io.BytesIO(tflite.join(FLATBUFFER, "{}", ("Red",)))) as archive:
        assert {(1980, 1, 1, 0, 0, 0)} == {entry.date_time for entry in archive.infolist()}
