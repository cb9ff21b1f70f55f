"""Labels that are probably wrong."""

import os
from pathlib import Path

import numpy as np
import pytest

from edgebreed.train.dataset import Dataset, LabelledImage
from edgebreed.train.exclusion_list import read_list

pytestmark = pytest.mark.keras

WRONG = (3, 71, 142)


def clouds() -> tuple[Dataset, list[LabelledImage], np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """Three far clouds of features, 60 images each; three images have the next class's label."""
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(3), 60)
    features = rng.normal(0, 1, (180, 8)).astype(np.float32) + 10 * np.eye(3, 8, dtype=np.float32)[truth]
    labels = truth.copy()
    labels[list(WRONG)] = (labels[list(WRONG)] + 1) % 3
    images = [LabelledImage(Path(f"/d/train/{row}.jpg"), int(label)) for row, label in enumerate(labels)]
    return Dataset(Path("/d"), ("a", "b", "c"), {"train": tuple(images)}), images, features


@pytest.mark.long
def test_planted_wrong_labels_are_found_and_no_others(tmp_path: Path) -> None:
    """With the right suggestion, and in a list that `train --exclude` reads."""
    from edgebreed.train.label_check import find_issues, out_of_fold, write_list

    data, images, features = clouds()
    labels = np.array([image.label for image in images])
    issues = find_issues(data, images, out_of_fold(features, labels, 3, seed=0))
    found = {(issue.name, issue.label, issue.suggestion) for issue in issues}
    planted = {("train/3.jpg", "b", "a"), ("train/71.jpg", "c", "b"), ("train/142.jpg", "a", "c")}
    assert found <= planted
    assert len(found) >= 2, "confident learning prunes by estimated noise rates, so one of three may stay"
    (tmp_path / "list.txt").write_text(write_list(issues, data))
    assert {issue.name for issue in issues} == read_list(tmp_path / "list.txt")


@pytest.mark.long
def test_out_of_fold_heads_did_not_learn_the_image() -> None:
    """On features of pure noise they are no better than chance."""
    from edgebreed.train.label_check import out_of_fold

    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(3), 40)
    answers = out_of_fold(rng.normal(0, 1, (120, 60)).astype(np.float32), labels, 3, seed=0)
    assert (answers.argmax(axis=1) == labels).mean() < 0.5
    assert np.allclose(answers.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    "name", ["#1 pug/1.jpg", "a/new\nline.jpg", "a/tab\t.jpg", os.fsdecode(b"caf\xe9/1.jpg")]
)
def test_a_list_of_any_names_is_read_back(tmp_path: Path, name: str) -> None:
    """And none of its comments becomes an image, whatever the folder is called."""
    from edgebreed.train.label_check import LabelIssue, write_list

    data = Dataset(
        Path("/d/x\ny.jpg"), ("a", "b\nc"), {"train": (LabelledImage(Path("/d/x\ny.jpg") / name, 1),)}
    )
    issue = LabelIssue(data.images("train")[0], name, "b\nc", "a", 0.9, 0.1)
    (tmp_path / "list.txt").write_bytes(write_list([issue], data).encode(errors="surrogateescape"))
    assert {name} == read_list(tmp_path / "list.txt", {name})
