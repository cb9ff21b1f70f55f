"""Features of a frozen backbone: computed once an image, cached on disk by the image's content."""

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.files import replacing, user_cache
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError
from edgebreed.progress import track
from edgebreed.train.image_loader import Change, load_batches, unchanged

_LOG = logging.getLogger(__name__)

# NumPy parses a file's header as Python, which Python 3.11 cannot do in two threads when a garbage collection
# lets the other one in: SystemError, https://github.com/python/cpython/issues/106905
_PARSING = threading.Lock()

Digest = Callable[[Path], str]
"""SHA-256 of a file in hexadecimal; callers that ask for one file several times pass one that caches."""


class FeatureExtractor(Protocol):
    """Computes features of images with a frozen backbone."""

    @property
    def key(self) -> str:
        """Identifies architecture, weights and input; it changes with anything that changes the features."""
        ...

    @property
    def spec(self) -> InputSpec:
        """The input that it takes."""
        ...

    @property
    def batch(self) -> int:
        """The number of images at a time that suits it."""
        ...

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features `(N, F) float32` of images `(N, H, W, 3) uint8 RGB`."""
        ...


@dataclass
class FeatureCache:
    """Features on disk, one file an image, named by the image's SHA-256 and the extractor's key.

    Files are written under another name and then renamed, so two processes can share one cache. Where the
    folder cannot be written, as in a read-only home or on a full disk, nothing more is cached.

    Attributes:
        root: the folder.
        digests: SHA-256 of the files that were read so far.
        writable: whether features are still cached.
    """

    root: Path
    digests: dict[Path, str] = field(default_factory=dict, compare=False)
    writable: bool = field(default=True, compare=False)

    def digest(self, path: Path) -> str:
        """SHA-256 of a file's bytes; each file is read once."""
        if path not in self.digests:
            self.digests[path] = digest_of(path)
        return self.digests[path]

    def get(self, key: str, digest: str) -> NDArray[np.float32] | None:
        """The cached features `(F,) float32` of an image; None if there are none."""
        try:
            with _PARSING:
                return np.asarray(np.load(self._path(key, digest)), np.float32)
        except (OSError, ValueError, EOFError):  # missing, or truncated when a disk was full
            return None

    def put(self, key: str, digest: str, features: NDArray[np.float32]) -> None:
        """Caches the features `(F,) float32` of an image; warns once if that fails."""
        if not self.writable:
            return
        try:
            with replacing(self._path(key, digest)) as file:
                np.save(file, features)
        except InputError as error:
            self.writable = False
            _LOG.warning("features are not kept for the next run: %s; pass --cache DIR to keep them", error)

    def _path(self, key: str, digest: str) -> Path:
        return self.root / key / digest[:2] / f"{digest}.npy"


@dataclass(frozen=True)
class Variant:
    """A change that is done to images before their features are computed, by a name that the cache keeps."""

    name: str
    change: Change


PLAIN = Variant("", unchanged)


def extract(
    paths: Sequence[Path],
    extractor: FeatureExtractor,
    cache: FeatureCache,
    title: str,
    variant: Variant = PLAIN,
) -> NDArray[np.float32]:
    """Features of images, from the cache where it has them.

    Args:
        paths: the images.
        extractor: computes what is missing.
        cache: read first, and filled.
        title: of the progress bar.
        variant: of the images.

    Returns:
        `(N, F) float32`, in the order of `paths`.
    """
    key, digests = extractor.key + variant.name, [cache.digest(path) for path in paths]
    cached = {digest: cache.get(key, digest) for digest in digests}
    found = {digest: row for digest, row in cached.items() if row is not None}
    missing = {digest: path for digest, path in zip(digests, paths, strict=True) if digest not in found}
    batches = load_batches(list(missing.values()), extractor.spec, extractor.batch, variant.change)
    computed = (row for batch in batches for row in extractor.features(batch))
    for digest, row in zip(missing, track(computed, title, len(missing)), strict=True):
        cache.put(key, digest, row)
        found[digest] = row
    return np.stack([found[digest] for digest in digests])


def user_features() -> Path:
    """The feature cache of this user, unless a command names another one."""
    return user_cache() / "features"


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest_of_weights(weights: Sequence[NDArray[np.float32]]) -> str:
    """The first 16 hexadecimal digits of the SHA-256 over the bytes of weights."""
    digest = hashlib.sha256()
    for weight in weights:
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()[:16]
