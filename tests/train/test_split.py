"""Photos dealt into splits."""

from pathlib import Path

from edgebreed.train.dataset import Dataset, Photo
from edgebreed.train.split import split


def whole(count: int) -> Dataset:
    """Two classes of so many photos, not divided yet."""
    photos = tuple(
        Photo(Path(f"/d/{name}/{number}.jpg"), label)
        for label, name in enumerate("ab")
        for number in range(count)
    )
    return Dataset(Path("/d"), ("a", "b"), {"train": photos, "valid": (), "test": ()}, divided=False)


def test_it_is_stratified_disjoint_and_the_same_every_time() -> None:
    """By the seed."""
    first, again, other = (split(whole(20), [], seed) for seed in (1, 1, 2))
    assert first == again != other
    assert {"train": 32, "valid": 4, "test": 4} == {
        name: len(photos) for name, photos in first.splits.items()
    }
    assert 40 == len({photo.path for photos in first.splits.values() for photo in photos})
    assert [2, 2] == [sum(photo.label == label for photo in first.photos("test")) for label in (0, 1)]


def test_photos_that_look_alike_stay_on_one_side() -> None:
    """Also across classes: one of the two labels is wrong, and the test must not know the photo."""
    alike = [
        [Path(f"/d/a/{number}.jpg") for number in range(6)],
        [Path(f"/d/b/{number}.jpg") for number in range(2)],
        [Path("/d/a/7.jpg"), Path("/d/b/7.jpg")],
    ]
    for seed in range(20):
        parts = split(whole(20), alike, seed)
        side = {photo.path: name for name, photos in parts.splits.items() for photo in photos}
        assert [1, 1, 1] == [len({side[path] for path in group}) for group in alike]


def test_small_classes_stay_whole() -> None:
    """Two photos are too few to give any away."""
    assert (4, 0) == tuple(len(split(whole(2), [], 0).splits[name]) for name in ("train", "test"))
