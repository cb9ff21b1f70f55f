"""Texts in the archive behind a TFLite model."""

import pytest

from edgebreed.export.importer.dialects.tflite_archive import MAX_TEXT, archived

from ....edge.formats.flatbuffers_made import flatbuffer
from .described_models import with_files


def test_a_text_is_found_by_its_name() -> None:
    """Deflated or not."""
    model = with_files(flatbuffer(), {"labels.txt": "a\nb", "other": "c"})
    assert ("a\nb", None) == (archived(model, "labels.txt"), archived(model, "none.txt"))


@pytest.mark.parametrize("data", [b"", flatbuffer(), b"PK\x05\x06 is no archive"])
def test_a_model_without_an_archive_has_no_texts(data: bytes) -> None:
    """Nor has anything else."""
    assert archived(data, "labels.txt") is None


def test_a_text_that_unpacks_to_too_much_is_refused() -> None:
    """Before it takes the memory."""
    model = with_files(flatbuffer(), {"labels.txt": "a" * (MAX_TEXT + 1)})
    with pytest.raises(ValueError, match="labels.txt behind the model has more than 16,777,216 bytes"):
        archived(model, "labels.txt")


def test_damaged_texts_are_refused() -> None:
    """As their checksum tells, and as they are no UTF-8."""
    model = bytearray(with_files(flatbuffer(), {"labels.txt": "a" * 1000}))
    place = model.index(b"labels.txt") + len("labels.txt")
    model[place : place + 4] = b"\xff" * 4
    with pytest.raises(ValueError, match="labels.txt behind the model is damaged"):
        archived(bytes(model), "labels.txt")
    with pytest.raises(ValueError, match="utf-8"):
        archived(with_files(flatbuffer(), {"labels.txt": b"\xff\xfe\xfd"}), "labels.txt")
