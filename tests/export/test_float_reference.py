"""The float model's outputs for a run's images."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.export.float_reference import FloatReference, evenly_spaced
from edgebreed.train.dataset import read_dataset
from edgebreed.train.evaluation import KerasEngine
from edgebreed.train.run_record import MODEL, read_record

pytestmark = pytest.mark.keras


@pytest.fixture
def reference(small_run: Path, small_data: Path, tmp_path: Path) -> FloatReference:
    """A small run whose outputs are kept in a folder of their own."""
    path = tmp_path / MODEL
    path.symlink_to(small_run / MODEL)
    return FloatReference(KerasEngine(path), read_dataset(small_data), read_record(small_run).input)


def test_outputs_are_computed_once(reference: FloatReference, tmp_path: Path) -> None:
    """The second time they are read from the run's folder."""
    first = reference.images("valid")
    (kept,) = (tmp_path / "reference").iterdir()
    np.savez(kept, probabilities=np.zeros_like(first.outputs.probabilities))
    assert 0 == reference.images("valid").outputs.probabilities.max()
    reference.images("test")
    assert 2 == len(list((tmp_path / "reference").iterdir()))


def test_a_part_of_a_split_has_images_of_all_classes(reference: FloatReference) -> None:
    """With the same outputs as in the whole split."""
    whole, part = reference.images("valid"), reference.images("valid", 3)
    assert (12, [0, 1, 2]) == (len(whole.images), [image.label for image in part.images])
    places = [whole.paths.index(path) for path in part.paths]
    np.testing.assert_array_equal(whole.outputs.probabilities[places], part.outputs.probabilities)


def test_places_are_evenly_spaced() -> None:
    """All of them where there are fewer than asked for."""
    assert [0, 4, 9] == evenly_spaced(10, 3)
    assert [0, 1] == evenly_spaced(2, 5)
