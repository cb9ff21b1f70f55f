"""Labels that a model contradicts."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.train.dataset import Dataset, Photo
from edgebreed.train.prepare import read_list

pytestmark = pytest.mark.keras

WRONG = (3, 71, 142)


def clouds() -> tuple[Dataset, list[Photo], np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """Three far clouds of features, 60 photos each; three photos bear the next class's label."""
    generator = np.random.default_rng(0)
    truth = np.repeat(np.arange(3), 60)
    features = (
        generator.normal(0, 1, (180, 8)).astype(np.float32) + 10 * np.eye(3, 8, dtype=np.float32)[truth]
    )
    labels = truth.copy()
    labels[list(WRONG)] = (labels[list(WRONG)] + 1) % 3
    photos = [Photo(Path(f"/d/train/{number}.jpg"), int(label)) for number, label in enumerate(labels)]
    return Dataset(Path("/d"), ("a", "b", "c"), {"train": tuple(photos)}), photos, features


def test_planted_wrong_labels_are_found_and_no_others(tmp_path: Path) -> None:
    """With the right suggestion, and in a list that `train --exclude` reads."""
    from edgebreed.train.label_check import find_doubts, out_of_fold, write_list

    data, photos, features = clouds()
    labels = np.array([photo.label for photo in photos])
    doubts = find_doubts(data, photos, out_of_fold(features, labels, 3, seed=0))
    found = {(doubt.name, doubt.label, doubt.suggestion) for doubt in doubts}
    planted = {("train/3.jpg", "b", "a"), ("train/71.jpg", "c", "b"), ("train/142.jpg", "a", "c")}
    assert found <= planted
    assert len(found) >= 2, "confident learning prunes by estimated noise rates, so one of three may stay"
    (tmp_path / "list.txt").write_text(write_list(doubts, data))
    assert {doubt.name for doubt in doubts} == read_list(tmp_path / "list.txt")


def test_answers_out_of_fold_never_saw_their_label() -> None:
    """On features of pure noise they are no better than chance."""
    from edgebreed.train.label_check import out_of_fold

    generator = np.random.default_rng(1)
    labels = np.repeat(np.arange(3), 40)
    answers = out_of_fold(generator.normal(0, 1, (120, 60)).astype(np.float32), labels, 3, seed=0)
    assert (answers.argmax(axis=1) == labels).mean() < 0.5
    assert np.allclose(answers.sum(axis=1), 1, atol=1e-5)
