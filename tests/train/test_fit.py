"""Fitting with Keras."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train.dataset import LabelledArrays, read_dataset
from edgebreed.train.fit import (
    FitSettings,
    fit_features,
    load_labelled,
    progressive_sides,
    seed_random_layers,
    stop_on,
    tensorboard_callback,
)
from edgebreed.train.keras_setup import keras

pytestmark = pytest.mark.keras


def separable(count: int) -> LabelledArrays:
    """Two classes that one feature separates."""
    labels = np.arange(count, dtype=np.int64) % 2
    return LabelledArrays(np.stack([labels, 1 - labels], axis=1).astype(np.float32), labels)


def linear() -> Any:
    """A linear model of two features."""
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="zeros")])


def events_in(folder: Path) -> list[tuple[int, float]]:
    """Step and value of all scalars of a folder's TensorBoard events, which are TFRecords."""
    from tensorboardX.proto.event_pb2 import Event

    found = []
    for path in folder.glob("events.*"):
        data = path.read_bytes()
        while data:
            (length,) = struct.unpack("<Q", data[:8])
            event = Event.FromString(data[12 : 12 + length])
            found += [(event.step, value.simple_value) for value in event.summary.value]
            data = data[16 + length :]
    return sorted(found)


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


def test_a_signal_ends_the_fit_after_the_current_step() -> None:
    """Of the second epoch, in which it came."""
    seen: list[int] = []
    received: list[int] = []
    spy = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, _: received.extend([2] * epoch),
        on_train_batch_begin=lambda batch, logs: seen.append(batch),
    )
    model = linear()
    model.compile("sgd", "mse")
    zeros = np.zeros((4, 2))
    model.fit(zeros, zeros, batch_size=1, epochs=5, verbose=0, callbacks=[spy, stop_on(received)])
    assert [0, 1, 2, 3, 0] == seen


def test_dropout_depends_on_the_seed_and_the_epoch_alone() -> None:
    """Also in nested models; two layers differ."""
    inner = keras.Sequential([keras.Input((99,)), keras.layers.Dropout(0.5)])
    model = keras.Sequential([keras.Input((99,)), inner, keras.layers.Dropout(0.5)])
    ones = np.ones((1, 99), np.float32)

    def dropped(seed: int, epoch: int) -> list[Any]:
        seed_random_layers(model, seed, epoch)
        return [np.asarray(layer(ones, training=True)) for layer in model.layers]

    first = dropped(1, 2)
    assert np.array_equal(first, dropped(1, 2))
    for others in (dropped(1, 3), dropped(2, 2), first[::-1]):
        assert not np.array_equal(first[0], others[0])


def test_events_show_each_epoch_once(tmp_path: Path) -> None:
    """A resumed fit writes the epochs before it again, in place of what an earlier process wrote."""
    for begun in ({}, {"loss": [3.0, 2.0]}):
        log = tensorboard_callback(tmp_path, begun)
        log.on_epoch_end(len(begun.get("loss", ())), {"loss": 1.0})
        log.on_train_end(None)
    assert [(1, 3.0), (2, 2.0), (3, 1.0)] == events_in(tmp_path)


def test_several_labels_are_fitted_each_by_itself() -> None:
    """An image may show both, and the accuracy counts decisions."""
    one = separable(32)
    both = np.stack([one.labels, np.ones_like(one.labels)], axis=1)
    model = linear()
    history = fit_features(
        model, LabelledArrays(one.inputs, both), LabelledArrays(one.inputs, both), FitSettings(30, 8, 0.1, 0)
    )
    assert 1.0 == history["val_accuracy"][-1]
    assert {(False, True), (True, True)} == {tuple(row) for row in np.asarray(model(one.inputs)) > 0}
