"""Images that training left out, known again when its model is measured: else two accuracies would differ."""

import hashlib
from pathlib import Path

from edgebreed.edge.manifest import LearnedImages
from edgebreed.train.dataset import Dataset, LabelledImage
from edgebreed.train.feature_cache import Digest


def dropped_images(whole: Dataset, kept: Dataset, digest: Digest) -> LearnedImages:
    """The images of a data set that are in no split of what was made of it.

    Args:
        whole: the data set as it was read, without files that do not decode.
        kept: what is learned and measured.
        digest: SHA-256 of a file in hexadecimal.

    Returns:
        Digests of contents; of contents that are kept under another path, digests with the path.
    """
    paths = {image.path for image in kept.all_images}
    contents = {digest(path) for path in paths}
    dropped = [image for image in whole.all_images if image.path not in paths]
    return LearnedImages.of(
        _with_name(image, whole.root, known) if known in contents else known
        for image in dropped
        for known in [digest(image.path)]
    )


def is_dropped(image: LabelledImage, root: Path, dropped: LearnedImages, digest: Digest) -> bool:
    """Whether an image of a folder is one that training left out.

    Args:
        image: below `root`.
        root: the folder.
        dropped: what `dropped_images` returned.
        digest: SHA-256 of a file in hexadecimal.
    """
    known = digest(image.path)
    return known in dropped or _with_name(image, root, known) in dropped


def _with_name(image: LabelledImage, root: Path, digest: str) -> str:
    """A digest of content and path: a file that `--exclude` names may be a copy of one that is measured."""
    line = f"{image.path.relative_to(root).as_posix()} {digest}"
    return hashlib.sha256(line.encode(errors="surrogateescape")).hexdigest()
