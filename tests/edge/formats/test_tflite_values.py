"""What TFLite operators make of the values of their inputs."""

from typing import Any

import numpy as np
import pytest

from .flatbuffers_made import model, operator, refusal, weight

PAD, MIRROR_PAD, SPACE_TO_BATCH, ONE_HOT, FILL, TILE, RESIZE = 34, 100, 38, 85, 94, 69, 97
BROADCAST_TO, TRANSPOSE_CONV, SCATTER_ND, RANDOM_UNIFORM, MULTINOMIAL = 130, 67, 122, 148, 149
SHAPE, STRIDED_SLICE, PACK, MUL = 77, 45, 83, 18


def applied(kind: int, values: Any, place: int = 1, more: int = 0) -> Any:
    """An operator of the image with values as one of its inputs, which says that it gives one number."""
    made = model()
    inputs = [0, *[weight(made, 1)] * more]
    inputs.insert(place, weight(made, values))
    operator(made, kind, *inputs)
    return made


BOMBS = [
    (PAD, applied(PAD, [[0, 0], [40_000, 0], [40_000, 0], [0, 0]])),
    (MIRROR_PAD, applied(MIRROR_PAD, [[0, 0], [0, 40_000], [40_000, 0], [0, 0]])),
    (SPACE_TO_BATCH, applied(SPACE_TO_BATCH, [[0, 40_000], [40_000, 0]], 2, more=1)),
    (ONE_HOT, applied(ONE_HOT, 1_000_000_000, more=2)),
    (FILL, applied(FILL, [40_000, 40_000], 0)),
    (TILE, applied(TILE, [400_000, 1, 1, 1])),
    (RESIZE, applied(RESIZE, [30_000, 30_000])),
    (BROADCAST_TO, applied(BROADCAST_TO, [400_000, 8, 8, 3])),
    (TRANSPOSE_CONV, applied(TRANSPOSE_CONV, [1, 100_000, 100_000, 3], 0, more=1)),
    (SCATTER_ND, applied(SCATTER_ND, [40_000, 40_000], 2, more=1)),
    (RANDOM_UNIFORM, applied(RANDOM_UNIFORM, [40_000, 40_000], 0)),
    (MULTINOMIAL, applied(MULTINOMIAL, 1_000_000_000)),
]


@pytest.mark.parametrize(("kind", "made"), BOMBS, ids=[str(kind) for kind, _ in BOMBS])
def test_values_that_state_a_large_tensor_are_refused(kind: int, made: Any) -> None:
    """Whatever shape the file says: LiteRT computes it anew, and took gigabytes an image."""
    assert f"operator {kind} that makes over 67,108,864 numbers, as its values state, is" in refusal(made)


@pytest.mark.parametrize(
    "made",
    [
        applied(PAD, [[0, 0], [3, 3], [3, 3], [0, 0]]),
        applied(SPACE_TO_BATCH, [[12, 12], [12, 12]], 2, more=1),
        applied(ONE_HOT, 1000, more=2),
        applied(TILE, [1, 2, 2, 1]),
        applied(RESIZE, [224, 224]),
    ],
)
def test_ordinary_sizes_pass(made: Any) -> None:
    """As networks have them."""
    assert "" == refusal(made)


def batch_of(made: Any) -> int:
    """The number of images, taken from the image's shape as exporters do; its place."""
    shape, zero, one = operator(made, SHAPE, 0), weight(made, [0]), weight(made, [1])
    return operator(made, STRIDED_SLICE, shape, zero, one, one)


def test_sizes_put_together_from_a_shape_are_followed() -> None:
    """A class token for each image passes; a large number beside the images' does not."""
    for side, refused in ((768, False), (2**30, True)):
        made = model()
        sides = operator(made, PACK, batch_of(made), weight(made, 1), weight(made, side))
        operator(made, BROADCAST_TO, weight(made, np.ones((1, 1, 768))), sides)
        assert refused == ("operator 130 that makes over" in refusal(made))


def test_sizes_that_are_calculated_are_refused() -> None:
    """A product of a shape and a number may be anything."""
    made = model()
    operator(made, FILL, operator(made, MUL, batch_of(made), weight(made, [2**30])), weight(made, 1))
    assert "operator 94 of a size that is computed of numbers is refused: export it with" in refusal(made)


def test_numbers_of_eight_bytes_are_read() -> None:
    """As int64 tensors hold them."""
    made = applied(FILL, np.array([40_000, 40_000], "<i8").view("<i4"), 0)
    made.subgraphs[0].tensors[2].type, made.subgraphs[0].tensors[2].shape = 4, [2]
    assert "operator 94 that makes over" in refusal(made)
