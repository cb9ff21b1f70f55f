"""Divides photos into training, validation and test."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from edgebreed.train.dataset import Dataset, Photo

SHARES = {"test": 0.1, "valid": 0.1}
"""The rest is for training."""


def split(data: Dataset, alike: Iterable[Sequence[Path]], seed: int) -> Dataset:
    """Stratified by class, by the seed; photos that look alike stay on one side.

    Args:
        data: all its photos are in `train`.
        alike: groups of photos that show the same.
        seed: of the shuffling.
    """
    leader = {path: group[0] for group in alike for path in group}
    chance = random.Random(seed)
    splits: dict[str, list[Photo]] = {"train": [], "valid": [], "test": []}
    placed: dict[Path, str] = {}
    for label in range(len(data.classes)):
        members = [photo for photo in data.splits["train"] if photo.label == label]
        for name, photos in _deal(members, leader, placed, chance).items():
            splits[name] += photos
    return replace(data, divided=True, splits={name: tuple(photos) for name, photos in splits.items()})


def _deal(
    members: Sequence[Photo], leader: dict[Path, Path], placed: dict[Path, str], chance: random.Random
) -> dict[str, list[Photo]]:
    """Groups go whole to the split that still lacks photos; a group met in an earlier class follows it."""
    groups: dict[Path, list[Photo]] = defaultdict(list)
    for photo in members:
        groups[leader.get(photo.path, photo.path)].append(photo)
    order = list(groups)
    chance.shuffle(order)
    wanted = {
        name: max(1, round(len(members) * share)) if len(members) >= 3 else 0
        for name, share in SHARES.items()
    }
    dealt: dict[str, list[Photo]] = {"train": [], "valid": [], "test": []}
    for key in order:
        short = [name for name, count in wanted.items() if len(dealt[name]) + len(groups[key]) <= count]
        name = placed.setdefault(key, short[0] if short else "train")
        dealt[name] += groups[key]
    return dealt
