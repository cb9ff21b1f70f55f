"""Image files as arrays, decoded on all cores with the runtime's own preprocessing."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, Tensor, empty_batch, to_input

Change = Callable[[Frame], Frame]
"""Done to an image `(H, W, 3) uint8 BGR` before it is resized."""


def unchanged(frame: Frame) -> Frame:
    """The frame itself."""
    return frame


def load_images(paths: Sequence[Path], spec: InputSpec, change: Change = unchanged) -> NDArray[np.uint8]:
    """Loads images as one batch.

    Args:
        paths: the files.
        spec: the model's input.
        change: done to each image first; every pixel is then decoded, whatever the input's rule says,
            as a change may keep a part of the image alone.

    Returns:
        `(N, H, W, 3) uint8 RGB`.

    Raises:
        ImageError: a file is no image.
    """
    batch = empty_batch(len(paths), spec)
    at_least = spec.decoded_size if change is unchanged else None

    def load(path: Path, row: Tensor) -> None:
        to_input(change(read_photo(path, at_least=at_least)), spec, row)

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # each holds a whole picture, which may be large
        list(pool.map(load, paths, batch))  # raises the first error
    return batch


def load_batches(
    paths: Sequence[Path], spec: InputSpec, size: int, change: Change = unchanged
) -> Iterator[NDArray[np.uint8]]:
    """Loads images in batches `(up to size, H, W, 3) uint8 RGB`; decodes the next while one is used."""
    chunks = [paths[start : start + size] for start in range(0, len(paths), size)]
    with ThreadPoolExecutor(1) as prefetch:
        pending = prefetch.submit(load_images, chunks[0], spec, change) if chunks else None
        for following in [*chunks[1:], None] if pending else []:
            assert pending is not None
            batch = pending.result()
            pending = prefetch.submit(load_images, following, spec, change) if following is not None else None
            yield batch
