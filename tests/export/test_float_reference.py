"""The float model's outputs for a run's images."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.export.float_reference import FloatReference
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


def test_a_split_has_labels_and_outputs_of_all_its_images(reference: FloatReference) -> None:
    """In one order."""
    images = reference.images("valid")
    assert (12, (12, 3)) == (len(images.paths), images.outputs.probabilities.shape)
    assert ["disc", "square", "star"] == [images.paths[place].parent.name for place in (0, 4, 8)]
    assert [0] * 4 + [1] * 4 + [2] * 4 == images.labels.tolist()
