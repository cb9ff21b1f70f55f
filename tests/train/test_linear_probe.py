"""What is fitted on a frozen backbone's features."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.task import Rejection
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.dataset import Dataset, LabelledArrays, LabelledImage
from edgebreed.train.linear_probe import Head, fit_head, fit_linear_probe
from edgebreed.train.rejection import NO_NEGATIVES

pytestmark = pytest.mark.keras


COUNTS = {"train": 90, "valid": 30, "test": 30}


def clouds(images: int, seed: int) -> LabelledArrays:
    """Three overlapping clouds in 16 features."""
    rng = np.random.default_rng(seed)
    labels = np.arange(images) % 3
    centres = 2 * np.eye(3, 16, dtype=np.float32)[labels]
    return LabelledArrays(centres + rng.normal(size=(images, 16)).astype(np.float32), labels)


def test_a_head_is_linear() -> None:
    """Features times kernel plus bias."""
    head = Head(np.array([[1, 2], [3, 4]], np.float32), np.array([10, 20], np.float32))
    assert [[14, 26]] == head(np.array([[1, 1]], np.float32)).tolist()


@pytest.mark.long
def test_a_head_learns_what_can_be_learned() -> None:
    """The nearest of the true centres is the best answer, and little better than the head's."""
    head, history = fit_head(clouds(600, 0), classes=3, epochs=30)
    new = clouds(600, 1)
    right = (head(new.inputs).argmax(axis=1) == new.labels).mean()
    best = (new.inputs[:, :3].argmax(axis=1) == new.labels).mean()
    assert right > best - 0.03
    assert history["loss"][-1] < history["loss"][0]
    assert 30 == len(history["accuracy"])


@pytest.mark.long
def test_a_seed_repeats_a_fit_and_another_does_not() -> None:
    """To the last digit, whatever was fitted before."""
    first, again, other = (fit_head(clouds(60, 0), 3, 2, seed)[0].kernel for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_validation_images_are_measured_and_logged(tmp_path: Path) -> None:
    """They change nothing in the head."""
    head, history = fit_head(clouds(60, 0), 3, 2, valid=clouds(30, 1), logs=tmp_path)
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} == set(history)
    assert 1 == len(list(tmp_path.glob("events.*")))
    assert np.array_equal(head.kernel, fit_head(clouds(60, 0), 3, 2)[0].kernel)


def test_outputs_for_test_images_are_those_of_the_parts(tmp_path: Path) -> None:
    """The softmax of the head's logits, divided by the temperature."""
    features = {name: clouds(count, seed) for seed, (name, count) in enumerate(COUNTS.items())}
    splits = {
        name: tuple(LabelledImage(Path(f"{name}/{row}.png"), label) for row, label in enumerate(rows.labels))
        for name, rows in features.items()
    }
    data = Dataset(tmp_path, ("a", "b", "c"), splits)
    config = TrainConfig(tmp_path, tmp_path, Arch.TRANSFER, epochs=5)
    probe = fit_linear_probe(config, data, {name: rows.inputs for name, rows in features.items()})
    powers = np.exp(probe.head(features["test"].inputs) / probe.temperature)
    assert np.allclose(powers / powers.sum(axis=1, keepdims=True), probe.test.probabilities, atol=1e-5)
    assert 5 == len(probe.history["val_loss"])
    assert (None, Rejection(reason=NO_NEGATIVES)) == (probe.in_distribution, probe.rejection)
