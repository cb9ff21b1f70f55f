"""A digest over a whole model file, which stands in its last bytes.

Both formats end as their own rules allow: in an entry of ONNX's metadata, and in the comment of the archive
behind a TFLite flatbuffer. It tells a damaged or edited file; whoever can write a file can write its digest.
"""

import hashlib

from edgebreed.errors import ModelFileError

MARK = b"edgebreed.sha256"
PLACEHOLDER = b"0" * 64
_BETWEEN = 2  # bytes between the mark and the digest, which each format chooses


def with_digest(data: bytes) -> bytes:
    """A file that ends in the mark and a placeholder, with the digest in its place."""
    covered = data[: -len(PLACEHOLDER)]
    return covered + _digest(covered)


def has_digest(data: bytes) -> bool:
    """Whether a file ends in the mark and something of a digest's length."""
    place = len(data) - len(PLACEHOLDER) - _BETWEEN
    return data[max(0, place - len(MARK)) : max(0, place)] == MARK


def check_digest(data: bytes) -> None:
    """Compares a file that has a digest with it.

    Raises:
        ModelFileError: they differ.
    """
    if _digest(memoryview(data)[: -len(PLACEHOLDER)]) != data[-len(PLACEHOLDER) :]:
        raise ModelFileError("the file does not match its digest: copy or export it again")


def _digest(data: bytes | memoryview) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
