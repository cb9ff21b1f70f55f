"""TFLite files with a manifest behind the flatbuffer."""

import contextlib
import io
import zipfile

import pytest

from edgebreed.edge.formats import ModelFormat, sniff, tflite
from edgebreed.errors import ModelFileError

FLATBUFFER = b"\x1c\x00\x00\x00TFL3" + bytes(range(64))


def test_a_manifest_is_joined_and_split_again() -> None:
    """The flatbuffer stays as it was, byte for byte, at the start of the file."""
    joined = tflite.join(FLATBUFFER, '{"größe": 1}', ("Red", "Green"))
    assert joined.startswith(FLATBUFFER)
    assert FLATBUFFER == tflite.body(joined)
    assert '{"größe": 1}' == tflite.read_text(joined)
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
    with pytest.raises(ModelFileError, match="no manifest: export it with `edgebreed export`"):
        tflite.read_text(data)


def test_a_wrong_byte_anywhere_is_a_fault_of_the_file() -> None:
    """Python's zipfile raises half a dozen kinds of its own."""
    joined = tflite.join(FLATBUFFER, "{}", ("Red", "Green"))
    for place in range(len(FLATBUFFER), len(joined)):
        for flip in (0x01, 0x80, 0xFF):
            with contextlib.suppress(ModelFileError):  # some are read all the same: the digest is next
                tflite.read_text(joined[:place] + bytes([joined[place] ^ flip]) + joined[place + 1 :])
