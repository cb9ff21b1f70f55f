"""Images as batches."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.edge.images import read_photo
from edgebreed.edge.preprocess import DecodeRule, InputSpec, to_input
from edgebreed.errors import ImageError
from edgebreed.train.image_loader import load_batches, load_images

from ..conftest import BLUE, GREEN, RED, plain

SPEC = InputSpec(8, 6)


def write(folder: Path) -> list[Path]:
    """Three images of one colour each."""
    paths = [folder / f"{number}.png" for number in range(3)]
    for path, colour in zip(paths, (RED, GREEN, BLUE), strict=True):
        cv2.imwrite(str(path), plain(colour))
    return paths


def test_images_keep_their_order(tmp_path: Path) -> None:
    """They come as RGB, in batches, the last of which holds the rest."""
    paths = write(tmp_path)
    images = load_images(paths, SPEC)
    assert (3, 8, 6, 3) == images.shape
    assert [[255, 0, 0], [0, 255, 0], [0, 0, 255]] == images[:, 0, 0].tolist()
    batches = list(load_batches(paths, SPEC, 2))
    assert [2, 1] == [len(batch) for batch in batches]
    assert np.array_equal(images, np.concatenate(batches))


def test_a_change_comes_before_the_resize(tmp_path: Path) -> None:
    """It sees the image as it is on disk."""
    shapes = []

    def invert(
        frame: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        shapes.append(frame.shape)
        return np.asarray(255 - frame, np.uint8)

    images = load_images(write(tmp_path)[:1], SPEC, invert)
    assert ([(30, 40, 3)], [0, 255, 255]) == (shapes, images[0, 0, 0].tolist())


def test_no_images_make_an_empty_batch() -> None:
    """Of the right shape."""
    assert (0, 8, 6, 3) == load_images([], SPEC).shape
    assert [] == list(load_batches([], SPEC, 2))


def test_a_file_that_is_no_image_is_named(tmp_path: Path) -> None:
    """Also from another thread."""
    paths = [*write(tmp_path), tmp_path / "note.png"]
    paths[-1].write_text("hello")
    with pytest.raises(ImageError, match=r"note\.png does not decode"):
        list(load_batches(paths, SPEC, 2))


def test_images_are_decoded_by_the_inputs_rule(tmp_path: Path) -> None:
    """As the device decodes them; a change sees every pixel all the same."""
    path, spec = tmp_path / "noise.jpg", InputSpec(8, 6, decode=DecodeRule.REDUCED)
    frame = np.random.default_rng(0).integers(0, 256, (90, 80, 3), np.uint8)
    cv2.imwrite(str(path), frame)
    reduced, whole = (read_photo(path, at_least=size) for size in (spec.decoded_size, None))
    assert (23, 20, 3) == reduced.shape
    assert np.array_equal(to_input(reduced, spec), load_images([path], spec)[0])
    assert np.array_equal(to_input(whole, spec), load_images([path], spec, lambda frame: frame)[0])
    assert not np.array_equal(to_input(reduced, spec), to_input(whole, spec))
