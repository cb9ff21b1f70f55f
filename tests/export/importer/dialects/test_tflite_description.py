"""TFLite Metadata, as other programs write it."""

import random
from pathlib import Path

import pytest

from edgebreed.edge.formats import write_model
from edgebreed.errors import ModelFileError
from edgebreed.export.importer.dialects.tflite_description import of_model
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.pixel_transform import Channels
from edgebreed.export.tflite_metadata import with_tflite_metadata

from ....conftest import colour_manifest
from ....edge.formats.flatbuffers_made import flatbuffer
from .described_models import GRAYSCALE, RGB, tflite, with_files


def test_colours_normalization_and_labels() -> None:
    """Mean and deviation are of grey levels up to 255."""
    model = with_files(tflite([127.5], [127.5], RGB, "labels.txt"), {"labels.txt": "cat\ndog\n"})
    assert PartialRecipe(
        channels=Channels.RGB, scale=1.0, mean=(127.5,), std=(127.5,), labels=("cat", "dog")
    ) == of_model(model)


def test_one_channel_and_numbers_for_each() -> None:
    """In the order of the file."""
    recipe = of_model(tflite([10.0, 20.0, 30.0], [1.0, 2.0, 4.0], GRAYSCALE))
    assert (
        PartialRecipe(channels=Channels.GRAY, scale=1.0, mean=(10.0, 20.0, 30.0), std=(1.0, 2.0, 4.0))
        == recipe
    )


def test_a_file_of_labels_that_is_missing_gives_none() -> None:
    """The rest counts."""
    recipe = of_model(tflite([0.0], [255.0], 0, "labels.txt"))
    assert PartialRecipe(scale=1.0, mean=(0.0,), std=(255.0,)) == recipe


def test_what_edgebreed_writes_is_read(tmp_path: Path) -> None:
    """An input that takes pixels as they are, and labels."""
    path = tmp_path / "m.tflite"
    write_model(path, with_tflite_metadata(flatbuffer(), colour_manifest()), colour_manifest())
    assert PartialRecipe(
        channels=Channels.RGB, scale=1.0, mean=(0.0,), std=(1.0,), labels=("Red", "Green", "Blue")
    ) == of_model(path.read_bytes())


def test_a_model_without_a_description_says_nothing() -> None:
    """As most are."""
    assert of_model(flatbuffer()) is None


@pytest.mark.parametrize(
    ("mean", "std"), [([0.0], [0.0]), ([float("nan")], [1.0]), ([], []), ([0.0] * 9, [1.0])]
)
def test_wrong_normalization_is_refused(mean: list[float], std: list[float]) -> None:
    """In one line."""
    with pytest.raises(ValueError, match="normalization|mean is empty"):
        of_model(tflite(mean, std, RGB))


def test_damaged_bytes_end_in_one_of_two_errors() -> None:
    """Wherever they are damaged, no offset is followed out of the file."""
    model = with_files(tflite([127.5], [127.5], RGB, "labels.txt"), {"labels.txt": "cat\ndog"})
    chance, refused = random.Random(0), 0
    for _ in range(2000):
        damaged = bytearray(model)
        for place in chance.sample(range(len(model)), 3):
            damaged[place] = chance.randrange(256)
        try:
            of_model(bytes(damaged))
        except (ModelFileError, ValueError):
            refused += 1
    assert 100 < refused < 2000
