"""Features of a frozen base: computed once a photo, kept by content."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.files import user_cache
from edgebreed.edge.preprocess import InputSpec
from edgebreed.progress import track
from edgebreed.train import pixels


class Base(Protocol):
    """A frozen network; its key changes with anything that changes its features."""

    @property
    def key(self) -> str:
        """Names architecture, weights and input."""
        ...

    @property
    def spec(self) -> InputSpec:
        """The input it takes."""
        ...

    @property
    def batch(self) -> int:
        """Photos at a time that it is fast with."""
        ...

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features `(N, F) float32` of photos `(N, H, W, 3) uint8 RGB`."""
        ...


@dataclass(frozen=True)
class FeatureCache:
    """Features on disk, a file a photo, named by the photo's content and the base's key.

    Files appear whole (written aside, then renamed), so two processes can share one cache.

    Attributes:
        root: the folder.
        digests: of the files that were read so far.
    """

    root: Path
    digests: dict[Path, str] = field(default_factory=dict, compare=False)

    def digest(self, path: Path) -> str:
        """SHA-256 of a file's bytes, read once."""
        if path not in self.digests:
            self.digests[path] = digest_of(path)
        return self.digests[path]

    def get(self, base: str, digest: str) -> NDArray[np.float32] | None:
        """The features `(F,) float32` of a photo, if they are there."""
        try:
            return np.asarray(np.load(self._path(base, digest)), np.float32)
        except (OSError, ValueError, EOFError):  # not there, or cut off when a disk was full
            return None

    def put(self, base: str, digest: str, features: NDArray[np.float32]) -> None:
        """Keeps the features `(F,) float32` of a photo."""
        path = self._path(base, digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            np.save(file, features)
        os.replace(file.name, path)  # noqa: PTH105  (a str from tempfile)

    def _path(self, base: str, digest: str) -> Path:
        return self.root / base / digest[:2] / f"{digest}.npy"


def extract(paths: Sequence[Path], base: Base, cache: FeatureCache, title: str) -> NDArray[np.float32]:
    """Features of photos, from the cache where it has them.

    Returns:
        `(N, F) float32`, in the order of `paths`.
    """
    digests = [cache.digest(path) for path in paths]
    cached = {digest: cache.get(base.key, digest) for digest in digests}
    found = {digest: row for digest, row in cached.items() if row is not None}
    missing = {digest: path for digest, path in zip(digests, paths, strict=True) if digest not in found}
    rows = pixels.batches(list(missing.values()), base.spec, base.batch)
    computed = (row for batch in rows for row in base.features(batch))
    for digest, row in zip(missing, track(computed, title, len(missing)), strict=True):
        cache.put(base.key, digest, row)
        found[digest] = row
    return np.stack([found[digest] for digest in digests])


def user_features() -> Path:
    """Where features are kept between runs, unless a command names another place."""
    return user_cache() / "features"


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest_of_weights(weights: Sequence[NDArray[np.float32]]) -> str:
    """The first 16 digits of the SHA-256 over the bytes of weights."""
    digest = hashlib.sha256()
    for weight in weights:
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()[:16]
