"""Images drawn to travel in a model."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.images import decode
from edgebreed.edge.preprocess import InputSpec, to_input
from edgebreed.edge.verify import replay
from edgebreed.export.golden import FORMS, golden_vectors

SPEC = InputSpec(32, 32)
TOLERANCE = 0.001  # less than a wrong preprocessing moves a mean colour

Blue = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class Painted:
    """Answers with the share of blue and the share of the rest, after a change of the former.

    With `known`, the share is answered as it is, and the changed one is the score of 'none of the classes'.
    """

    name = "painted"

    def __init__(self, change: Blue, known: bool = False) -> None:
        self._change, self._known = change, known

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """From `(N, H, W, 3) uint8 RGB`."""
        colours = batch.mean(axis=(1, 2), dtype=np.float64)
        share = colours[:, 2] / colours.sum(axis=1)
        changed = np.clip(self._change(share), 0, 1).astype(np.float32)
        blue = share.astype(np.float32) if self._known else changed
        return ModelOutputs(np.stack([blue, 1 - blue], axis=1), changed if self._known else None)


def _faithful(blue: NDArray[np.float64]) -> NDArray[np.float64]:
    return blue


def _off_where_not_blue(blue: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(blue < 0.28, blue + 0.8 * TOLERANCE, blue)


def _always_off(blue: NDArray[np.float64]) -> NDArray[np.float64]:
    return blue + 0.2


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("change", [_faithful, _off_where_not_blue])
def test_images_are_kept_that_the_exported_model_answers_well(change: Blue, known: bool) -> None:
    """A model that is off on many drawn images still travels with ones that it answers, in both outputs."""
    exported = Painted(change, known)
    for vector in golden_vectors(Painted(_faithful, known), exported, SPEC, TOLERANCE):
        assert replay(exported, SPEC, vector).error <= TOLERANCE / 2


def test_the_kept_images_tell_swapped_channels() -> None:
    """An image whose answer stays the same without red and blue in their places would prove nothing."""
    reference = Painted(_faithful)
    for vector in golden_vectors(reference, reference, SPEC, TOLERANCE):
        swapped = to_input(np.ascontiguousarray(decode(vector.data)[..., ::-1]), SPEC)
        moved = np.abs(reference.run(swapped[None]).probabilities[0] - vector.probabilities).max()
        assert moved > 0


def test_a_model_that_is_off_on_all_images_still_has_one_of_each_form() -> None:
    """The export then says by how much."""
    vectors = golden_vectors(Painted(_faithful), Painted(_always_off), SPEC, TOLERANCE)
    assert [vector.name for vector in vectors] == [
        f"{width}x{height}{suffix}" for (width, height), suffix in FORMS
    ]


def test_the_same_seed_draws_the_same_images() -> None:
    """An export can be repeated."""
    reference = Painted(_faithful)
    first, again = (golden_vectors(reference, reference, SPEC, TOLERANCE, seed=3) for _ in range(2))
    assert first == again
