"""The drawn data set."""

import os
from pathlib import Path

from edgebreed.train.dataset import read_dataset
from edgebreed.train.demo import COUNTS, SHAPES, write_demo


def test_the_same_seed_draws_the_same_bytes(tmp_path: Path) -> None:
    """Another seed draws others."""
    first, again, other = (write_demo(tmp_path / name, seed) for name, seed in (("a", 3), ("b", 3), ("c", 4)))
    path = Path("valid") / "star" / "007.png"
    assert (first / path).read_bytes() == (again / path).read_bytes() != (other / path).read_bytes()


def test_it_is_drawn_into_a_folder_of_any_name(tmp_path: Path) -> None:
    """OpenCV's own writer would end the process where the name is no UTF-8."""
    assert list(write_demo(tmp_path / os.fsdecode(b"n\xff")).rglob("*.png"))


def test_it_is_a_complete_data_set(tmp_path: Path) -> None:
    """Six classes, three splits; in a folder of any name, which ended the process."""
    data = read_dataset(write_demo(tmp_path / "caf\udce9"))
    assert tuple(SHAPES) == data.classes
    assert COUNTS == {name: len(images) // len(SHAPES) for name, images in data.splits.items()}
