"""Reads every file of a data set once: what does not decode, what is odd, and what shows the same."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.image_format import FORMATS, format_of
from edgebreed.edge.images import decode, is_turned, read_encoded
from edgebreed.errors import ImageError
from edgebreed.progress import track
from edgebreed.train.dataset import Dataset, LabelledImage
from edgebreed.train.duplicates import (
    HASH_BITS,
    DuplicateGroups,
    group_exact,
    group_near,
    is_near_any,
    perceptual_hash,
)
from edgebreed.train.feature_cache import FeatureCache

CACHE_KEY = "phash-3"  # raise the number when the hash or the decoder changes
LATER = {"train": ("valid", "test"), "valid": ("test",), "test": ()}
"""The splits that are measured on once a split was learned; the final head learns validation images too."""


@dataclass(frozen=True)
class ScannedFile:
    """What one reading of a file tells.

    Attributes:
        sha256: of its bytes, in hexadecimal.
        empty: it has none.
        format: by its content; None if that is of no known format.
        turned: it is stored turned or mirrored, and set upright by the decoder.
        hash: `(64,) bool`; None if it does not decode.
        fault: why it does not decode; empty if it does.
    """

    sha256: str
    empty: bool
    format: str | None
    turned: bool
    hash: NDArray[np.bool_] | None
    fault: str


@dataclass(frozen=True)
class DatasetScan:
    """What a scan found.

    Attributes:
        splits: the split of each image.
        undecodable: files that are empty, cut off, or no image, each with a sentence about it.
        empty: those of zero bytes.
        misnamed: files whose suffix is of another format than their content, with that format.
        turned: images that are stored turned or mirrored.
        exact: groups of byte-identical files.
        near: groups of images of one class that look the same; byte-identical files are among them, those of
            different classes too.
        conflicting: groups of byte-identical files in different classes: at most one label is right.
        repeats: images that must not be learned, as they look like an image of the same class in a split that
            is measured on later.
        digests: SHA-256 of each file.
        hashes: perceptual hash of each, `(64,) bool`; None for a file that does not decode.
    """

    splits: dict[Path, str]
    undecodable: dict[Path, str]
    empty: tuple[Path, ...]
    misnamed: dict[Path, str]
    turned: tuple[Path, ...]
    exact: DuplicateGroups
    near: DuplicateGroups
    conflicting: tuple[tuple[Path, ...], ...]
    repeats: frozenset[Path]
    digests: dict[Path, str]
    hashes: dict[Path, NDArray[np.bool_] | None] = field(compare=False)  # arrays have no single truth

    @property
    def contradicted(self) -> frozenset[Path]:
        """All images of the conflicting groups."""
        return frozenset(path for group in self.conflicting for path in group)

    @property
    def copies(self) -> frozenset[Path]:
        """Images that are byte-identical with one of a split that is measured on later."""
        split = self.splits
        return frozenset(
            path
            for group in self.exact.members
            for path in group
            if any(split[other] in LATER[split[path]] for other in group)
        )


def scan_dataset(data: Dataset, cache: FeatureCache) -> DatasetScan:
    """Scans a data set; hashes are cached by content.

    Raises:
        InputError: a file cannot be read.
    """
    splits = {image.path: split for split, images in data.splits.items() for image in images}
    files = _read(list(splits), cache)
    sound = {path: file.sha256 for path, file in files.items() if file.hash is not None}
    exact = DuplicateGroups.of(group_exact(sound), splits)
    conflicting = _conflicting(exact, data.all_images)
    classes = _by_class(data.all_images, files, {path for group in conflicting for path in group})
    return DatasetScan(
        splits=splits,
        undecodable={path: file.fault for path, file in files.items() if file.fault},
        empty=tuple(path for path, file in files.items() if file.empty),
        misnamed=_misnamed(files),
        turned=tuple(path for path, file in files.items() if file.turned),
        exact=exact,
        near=DuplicateGroups.of(
            [*conflicting, *(group for one_class in classes for group in _look_alikes(one_class))], splits
        ),
        conflicting=conflicting,
        repeats=frozenset(path for one_class in classes for path in _repeats(one_class, splits)),
        digests={path: file.sha256 for path, file in files.items()},
        hashes={path: file.hash for path, file in files.items()},
    )


def image_hashes(paths: Iterable[Path], cache: FeatureCache) -> dict[Path, NDArray[np.bool_]]:
    """The perceptual hash `(64,) bool` of each image that decodes, from the cache where it has them."""
    return {path: file.hash for path, file in _read(list(paths), cache).items() if file.hash is not None}


def digest_of_data(data: Dataset, digests: dict[Path, str]) -> str:
    """SHA-256 over the images of all splits: their paths below the root, their contents, their CSV labels."""
    lines = sorted(
        f"{data.name_of(image)} {digests[image.path]}" + "".join(f" {label}" for label in image.labels or ())
        for image in data.all_images
    )
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


def _read(paths: list[Path], cache: FeatureCache) -> dict[Path, ScannedFile]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # each holds a whole picture, which may be of a gigabyte
        files = pool.map(partial(_read_file, cache=cache), paths)
        return dict(zip(paths, track(files, "scan", len(paths)), strict=True))


def _read_file(path: Path, cache: FeatureCache) -> ScannedFile:
    try:
        data = read_encoded(path)
    except ImageError as error:  # it is too large, so that not even its digest is worth reading it whole
        return ScannedFile(cache.digest(path), False, None, False, None, str(error))
    digest = cache.digests[path] = hashlib.sha256(data).hexdigest()
    bits, fault = cache.get(CACHE_KEY, digest), ""
    if bits is None:
        try:
            bits = perceptual_hash(decode(data, str(path))).astype(np.float32)
            cache.put(CACHE_KEY, digest, bits)
        except ImageError as error:
            fault = str(error)
    known = None if bits is None else bits > 0
    return ScannedFile(digest, not data, format_of(data), not fault and is_turned(data), known, fault)


def _misnamed(files: dict[Path, ScannedFile]) -> dict[Path, str]:
    return {
        path: file.format
        for path, file in files.items()
        if file.format and path.suffix.lower() not in FORMATS[file.format]
    }


def _conflicting(exact: DuplicateGroups, images: list[LabelledImage]) -> tuple[tuple[Path, ...], ...]:
    shown = {image.path: image.shown for image in images}
    return tuple(group for group in exact.members if len({shown[path] for path in group}) > 1)


def _by_class(
    images: list[LabelledImage], files: dict[Path, ScannedFile], left_out: set[Path]
) -> list[dict[Path, ScannedFile]]:
    """The files of each class, or of each set of labels, that decode and whose label nothing contradicts."""
    classes: dict[tuple[int, ...], dict[Path, ScannedFile]] = defaultdict(dict)
    for image in images:
        if files[image.path].hash is not None and image.path not in left_out:
            classes[image.shown][image.path] = files[image.path]
    return list(classes.values())


def _look_alikes(files: dict[Path, ScannedFile]) -> list[list[Path]]:
    """Groups of one class's images; byte-identical ones are in one group, whatever their hash."""
    copies = group_exact({path: file.sha256 for path, file in files.items()})
    groups = group_near(_hashes(files, [group[0] for group in copies]))
    return [[path for index in group for path in copies[index]] for group in groups]


def _repeats(files: dict[Path, ScannedFile], splits: dict[Path, str]) -> list[Path]:
    """One class's images that look like one of a later split."""
    found: list[Path] = []
    for split, later in LATER.items():
        paths = [path for path in files if splits[path] == split]
        others = [path for path in files if splits[path] in later]
        near = is_near_any(_hashes(files, paths), _hashes(files, others))
        found += [path for path, repeats in zip(paths, near, strict=True) if repeats]
    return found


def _hashes(files: dict[Path, ScannedFile], paths: list[Path]) -> NDArray[np.bool_]:
    rows = [file_hash for path in paths if (file_hash := files[path].hash) is not None]
    return np.array(rows, bool).reshape(len(paths), HASH_BITS)
