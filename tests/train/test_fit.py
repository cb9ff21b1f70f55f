"""Fitting with Keras."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train.dataset import LabelledArrays, read_dataset
from edgebreed.train.fit import FitSettings, complete_epochs, fit_features, load_labelled, progressive_sides
from edgebreed.train.keras_setup import keras

pytestmark = pytest.mark.keras


def separable(count: int) -> LabelledArrays:
    """Two classes that one feature separates."""
    labels = np.arange(count, dtype=np.int64) % 2
    return LabelledArrays(np.stack([labels, 1 - labels], axis=1).astype(np.float32), labels)


def linear() -> Any:
    """A linear model of two features."""
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="zeros")])


def test_features_are_fitted_and_logged(tmp_path: Path) -> None:
    """A value of each metric an epoch, for the history and for TensorBoard."""
    settings = FitSettings(3, 8, 0.1, seed=0, logs=tmp_path)
    history = fit_features(linear(), separable(32), separable(8), settings)
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} == set(history)
    assert history["loss"][2] < history["loss"][0]
    assert 1.0 == history["val_accuracy"][2]
    assert 1 == len(list(tmp_path.glob("events.*")))
    assert {"loss", "accuracy"} == set(fit_features(linear(), separable(32), None, settings))


def test_a_fit_has_an_epoch_and_a_batch() -> None:
    """Nothing would be learned without."""
    for epochs, batch in ((0, 8), (1, 0)):
        with pytest.raises(ValueError, match="both must be at least 1"):
            FitSettings(epochs, batch, 0.1, seed=0)


def test_images_of_a_split_come_with_their_labels(small_data: Path) -> None:
    """In the order of the data set."""
    loaded = load_labelled(read_dataset(small_data), "valid", InputSpec(16, 16))
    assert ((12, 16, 16, 3), [0] * 4 + [1] * 4 + [2] * 4) == (loaded.inputs.shape, loaded.labels.tolist())


def test_training_images_grow_but_stay_below_the_models_side() -> None:
    """The larger side is used to the last epoch; neither is too small to be seen."""
    assert [(72, 12), (104, 20)] == progressive_sides(128, 20)
    assert [(32, 1), (32, 2)] == progressive_sides(32, 2)


def test_an_interrupted_epoch_is_not_passed_on() -> None:
    """A signal in the second epoch ends the fit; other callbacks see the first alone."""
    seen: list[int] = []
    received: list[int] = []
    spy = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, _: received.extend([2] * epoch),
        on_epoch_end=lambda epoch, _: seen.append(epoch),
    )
    model = linear()
    model.compile("sgd", "mse")
    model.fit(
        np.zeros((4, 2)),
        np.zeros((4, 2)),
        epochs=5,
        verbose=0,
        callbacks=[complete_epochs([spy], received, lambda: False)],
    )
    assert ([0], [2]) == (seen, received)
