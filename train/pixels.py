"""Photos as arrays, decoded on all cores through the runtime's own preprocessing."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, to_input


def unchanged(frame: Frame) -> Frame:
    """The frame as it is."""
    return frame


def load(
    paths: Sequence[Path], spec: InputSpec, change: Callable[[Frame], Frame] = unchanged
) -> NDArray[np.uint8]:
    """Photos as one batch.

    Args:
        paths: the files.
        spec: the model's input.
        change: done to each `(H, W, 3) uint8 BGR` photo before it is resized.

    Returns:
        `(N, H, W, 3) uint8 RGB`.

    Raises:
        ImageError: a file is no image.
    """
    with ThreadPoolExecutor() as pool:
        rows = list(pool.map(lambda path: to_input(change(read_photo(path)), spec), paths))
    return np.stack(rows) if rows else np.empty((0, spec.height, spec.width, 3), np.uint8)


def batches(
    paths: Sequence[Path], spec: InputSpec, size: int, change: Callable[[Frame], Frame] = unchanged
) -> Iterator[NDArray[np.uint8]]:
    """Photos in batches `(up to size, H, W, 3) uint8 RGB`; the next one is decoded while one is used."""
    chunks = [paths[start : start + size] for start in range(0, len(paths), size)]
    with ThreadPoolExecutor(1) as ahead:
        waiting = ahead.submit(load, chunks[0], spec, change) if chunks else None
        for following in [*chunks[1:], None] if waiting else []:
            assert waiting is not None
            batch = waiting.result()
            waiting = ahead.submit(load, following, spec, change) if following is not None else None
            yield batch
