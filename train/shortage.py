"""Why a class or a split has no image left: which reasons took how many, and what to do about each."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from edgebreed.errors import DatasetError
from edgebreed.train.dataset import Dataset

TOOK = {
    "excluded": "{} excluded by --exclude",
    "undecodable": "{} that do not decode",
    "conflicting": "{} that are also in another class",
    "repeated": "{} that look like a validation or test image",
}
"""What each reason to leave images out did."""
KEEP = "pass --keep-duplicates to learn images that look like others"
DIVIDE = "pass --keep-duplicates to divide them all the same"


def check_classes(whole: Dataset, kept: Dataset, dropped: Mapping[str, AbstractSet[Path]]) -> None:
    """Refuses a class that cannot be learned.

    Args:
        whole: the data set as it was read.
        kept: what is left of it, divided into splits.
        dropped: the images that were left out, by reason, a key of `TOOK`.

    Raises:
        DatasetError: a class has no training image left; it tells where they went.
    """
    learned = {label for image in kept.splits["train"] for label in image.shown}
    for label, name in enumerate(whole.classes):
        if label not in learned:
            paths = {image.path for image in whole.splits["train"] if label in image.shown}
            noun = "label" if whole.multi_label else "class"
            raise DatasetError(_describe(f"{noun} {name} of {whole.root}", paths, kept, dropped))


def check_splits(data: Dataset, similar: Iterable[Sequence[Path]]) -> None:
    """Refuses a data set that cannot be measured.

    Args:
        data: divided into splits.
        similar: the groups of images that were kept in one split, and need not be.

    Raises:
        DatasetError: validation or test has no image.
    """
    missing = [split for split in ("valid", "test") if not data.splits[split]]
    if not missing:
        return
    paths = {image.path for image in data.all_images}
    copies = sum(len(paths & set(group)) - 1 for group in similar if paths & set(group))
    alone = f"{data.root} has no {missing[0]} images and too few to set some aside"
    several, split = data.multi_label, missing[0]
    remedy = f"rows of the split {split}" if several else f"{data.root} a {split} folder"
    if copies:
        raise DatasetError(
            f"{alone}: only {len(paths) - copies} of {len(paths)} differ; {DIVIDE}, or give {remedy}"
        )
    raise DatasetError(
        f"{alone}: each {'label' if several else 'class'} needs three that differ, or {remedy}"
    )


def _describe(
    name: str, paths: AbstractSet[Path], kept: Dataset, dropped: Mapping[str, AbstractSet[Path]]
) -> str:
    aside = paths & {image.path for split in ("valid", "test") for image in kept.splits[split]}
    counts = {TOOK[reason]: len(paths & left_out) for reason, left_out in dropped.items()}
    counts["{} set aside for validation and test"] = len(aside)
    parts = [text.format(count) for text, count in counts.items() if count]
    remedy = "add images"
    if paths & dropped.get("excluded", set()):
        remedy = "shorten the list of --exclude, add images"
    if paths & dropped.get("repeated", set()):
        remedy = f"{KEEP}, add others"
    left = f"{name} has no training image left of {len(paths)}: {', '.join(parts)}"
    return f"{left}; {remedy}, or remove the {'label' if kept.multi_label else 'folder'}"
