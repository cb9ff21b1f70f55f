"""The digest at the end of a model file."""

import hashlib

import pytest

from edgebreed.edge.formats.digest import MARK, PLACEHOLDER, check_digest, has_digest, with_digest
from edgebreed.errors import ModelFileError

UNSEALED = b"a model" + MARK + b": " + PLACEHOLDER


def test_it_is_the_sha256_of_all_that_stands_before_it() -> None:
    """So that any tool can compute it."""
    data = with_digest(UNSEALED)
    assert hashlib.sha256(data[:-64]).hexdigest().encode() == data[-64:]
    assert has_digest(data)
    check_digest(data)


def test_every_flipped_bit_is_noticed() -> None:
    """In what it covers, in the mark and in the digest itself."""
    data = with_digest(UNSEALED)
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        if has_digest(bytes(flipped)):
            with pytest.raises(ModelFileError, match="does not match its digest: copy or export it again"):
                check_digest(bytes(flipped))
        else:
            assert bytes(flipped[7 : 7 + len(MARK)]) != MARK


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 200, MARK])
def test_a_file_without_one_is_told_apart(data: bytes) -> None:
    """However short it is."""
    assert not has_digest(data)
