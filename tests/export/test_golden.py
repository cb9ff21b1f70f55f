"""Drawn images with the float model's outputs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.images import decode
from edgebreed.edge.jpeg_reduction import jpeg_reduction
from edgebreed.edge.manifest import MAX_GOLDEN_BYTES
from edgebreed.edge.preprocess import DecodeRule, InputSpec, to_input
from edgebreed.edge.verify import MAX_PIXELS, replay
from edgebreed.export.golden import FORMATS, LARGEST_REDUCED, encode_drawn, formats_for, golden_vectors

SPEC = InputSpec(32, 32)
TOLERANCE = 0.001  # less than a wrong preprocessing moves a mean colour

Blue = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class ShareOfBlue:
    """An engine whose probabilities are the share of blue, after a change, and the rest.

    With `scored`, the probabilities are not changed, and the changed share is the in-distribution score.
    """

    name = "share-of-blue"

    def __init__(self, change: Blue, scored: bool = False) -> None:
        self._change, self._scored = change, scored

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """From `(N, H, W, 3) uint8 RGB`."""
        colours = batch.mean(axis=(1, 2), dtype=np.float64)
        share = colours[:, 2] / colours.sum(axis=1)
        changed = np.clip(self._change(share), 0, 1).astype(np.float32)
        blue = share.astype(np.float32) if self._scored else changed
        return ModelOutputs(np.stack([blue, 1 - blue], axis=1), changed if self._scored else None)


def _unchanged(blue: NDArray[np.float64]) -> NDArray[np.float64]:
    return blue


def _off_where_not_blue(blue: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(blue < 0.28, blue + 0.8 * TOLERANCE, blue)


def _always_off(blue: NDArray[np.float64]) -> NDArray[np.float64]:
    return blue + 0.2


@pytest.mark.slow
@pytest.mark.parametrize("scored", [False, True])
@pytest.mark.parametrize("change", [_unchanged, _off_where_not_blue])
def test_images_on_which_the_exported_model_is_right_are_preferred(change: Blue, scored: bool) -> None:
    """Also for a model that is off on many drawn images, in either output."""
    exported = ShareOfBlue(change, scored)
    for vector in golden_vectors(ShareOfBlue(_unchanged, scored), exported, SPEC, TOLERANCE / 2):
        assert replay(exported, SPEC, vector).error <= TOLERANCE / 2


def test_the_images_reveal_swapped_channels() -> None:
    """An image whose outputs stay the same with red and blue swapped would prove nothing."""
    reference = ShareOfBlue(_unchanged)
    for vector in golden_vectors(reference, reference, SPEC, TOLERANCE):
        swapped = to_input(np.ascontiguousarray(decode(vector.data)[..., ::-1]), SPEC)
        moved = np.abs(reference.run(swapped[None]).probabilities[0] - vector.probabilities).max()
        assert moved > 0


@pytest.mark.long
@pytest.mark.slow
def test_a_model_that_is_off_on_all_images_still_gets_one_of_each_format() -> None:
    """The export then reports by how much."""
    vectors = golden_vectors(ShareOfBlue(_unchanged), ShareOfBlue(_always_off), SPEC, TOLERANCE)
    assert [vector.name for vector in vectors] == [
        f"{form.width}x{form.height}{form.suffix}" for form in FORMATS
    ]


@pytest.mark.slow
def test_the_same_seed_draws_the_same_images() -> None:
    """An export can be repeated."""
    reference = ShareOfBlue(_unchanged)
    first, again = (golden_vectors(reference, reference, SPEC, TOLERANCE, seed=3) for _ in range(2))
    assert first == again


def test_one_image_is_decoded_reduced_where_the_model_asks_for_it() -> None:
    """It lies within the tolerance; a device that decodes it whole would answer something else."""
    reference, spec = ShareOfBlue(_unchanged), replace(SPEC, decode=DecodeRule.REDUCED)
    *others, large = golden_vectors(reference, reference, spec, TOLERANCE)
    assert [".jpg", ".png"] == sorted({vector.name[-4:] for vector in others})
    assert (2, 0.0) == (jpeg_reduction(large.data, (64, 64)), replay(reference, spec, large).error)
    assert replay(reference, SPEC, large).error > 0


def test_golden_images_fit_into_a_manifest_and_what_verify_takes() -> None:
    """Of the largest input that has a reduced one too; there is none for a larger input."""
    spec = InputSpec(LARGEST_REDUCED, LARGEST_REDUCED, decode=DecodeRule.REDUCED)
    formats = formats_for(spec)
    size = len(encode_drawn(formats[-1], np.random.default_rng(0)))
    assert 4 / 3 * size < MAX_GOLDEN_BYTES
    assert sum(form.width * form.height for form in formats) < MAX_PIXELS / 2
    assert FORMATS == formats_for(replace(spec, width=LARGEST_REDUCED + 1))
