"""The linear head and its fit."""

import numpy as np
import pytest

from edgebreed.train.dataset import Labelled
from edgebreed.train.head import Head, HeadFit, zeros


def clouds(photos: int, seed: int) -> Labelled:
    """Three overlapping clouds in 16 features."""
    generator = np.random.default_rng(seed)
    labels = np.arange(photos) % 3
    centres = 2 * np.eye(3, 16, dtype=np.float32)[labels]
    return Labelled(centres + generator.normal(size=(photos, 16)).astype(np.float32), labels)


def test_it_learns_what_can_be_learnt() -> None:
    """The nearest of the true centres is the best answer, and little better than the head's."""
    fit = HeadFit(16, 3, seed=0)
    history = fit.learn(clouds(600, 0), 30)
    new = clouds(600, 1)
    right = (fit.head(new.inputs).argmax(axis=1) == new.labels).mean()
    best = (new.inputs[:, :3].argmax(axis=1) == new.labels).mean()
    assert right > best - 0.03
    assert history["loss"][-1] < history["loss"][0]
    assert 30 == len(history["accuracy"]) == len(history["learning_rate"])


def test_the_epoch_that_answers_validation_best_stays() -> None:
    """Here the validation labels contradict the training: every epoch makes it worse."""
    train = clouds(600, 0)
    valid = Labelled(train.inputs, (train.labels + 1) % 3)
    fit, one = HeadFit(16, 3, seed=0), HeadFit(16, 3, seed=0)
    history = fit.learn(train, 5, valid)
    assert history["val_loss"] == sorted(history["val_loss"])
    logits = fit.head(valid.inputs)
    rows = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    smoothed = 0.9 * np.eye(3)[valid.labels] + 0.1 / 3
    assert history["val_loss"][0] == pytest.approx(-(np.log(rows) * smoothed).sum(axis=1).mean(), rel=1e-5)
    assert one.learn(train, 5)["loss"] == history["loss"]
    assert not np.array_equal(one.head.kernel, fit.head.kernel)


def test_a_seed_repeats_a_fit_and_another_does_not() -> None:
    """To the last digit."""
    fits = [HeadFit(16, 3, seed) for seed in (0, 0, 1)]
    for fit in fits:
        fit.learn(clouds(60, 0), 2)
    first, again, other = (fit.head.kernel for fit in fits)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.keras
def test_a_step_is_that_of_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without dropout: the same loss, gradient, RMSprop and learning rates."""
    from edgebreed.train import head as module
    from edgebreed.train.keras_setup import keras

    monkeypatch.setattr(module, "DROPOUT", 0.0)
    photos = clouds(8, 0)
    fit = HeadFit(16, 3, seed=0)
    rates = fit.learn(photos, 3)["learning_rate"]
    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(3)])
    model.set_weights([np.zeros((16, 3)), np.zeros(3)])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=module.LABEL_SMOOTHING)
    model.compile(keras.optimizers.RMSprop(rates[0]), loss)
    for rate in rates:
        model.optimizer.learning_rate = rate
        model.train_on_batch(photos.inputs, np.eye(3, dtype=np.float32)[photos.labels])
    kernel, bias = model.get_weights()
    assert np.allclose(kernel, fit.head.kernel, atol=1e-5)
    assert np.allclose(bias, fit.head.bias, atol=1e-5)


def test_a_copy_stays_as_it_is() -> None:
    """Also when its origin learns on."""
    origin = zeros(2, 3)
    copy = origin.copy()
    origin.kernel[:] = 1
    assert 0 == copy.kernel.max()
    assert isinstance(copy, Head)
