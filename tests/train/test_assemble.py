"""Base, head and score as one model."""

from typing import Any

import numpy as np
import pytest

from edgebreed.errors import ProofError
from edgebreed.train.activation import Activation
from edgebreed.train.assemble import assemble
from edgebreed.train.classification_metrics import softmax
from edgebreed.train.keras_setup import keras
from edgebreed.train.linear_probe import Head
from edgebreed.train.rejection import InDistributionScore

pytestmark = pytest.mark.keras

RANDOM = np.random.default_rng(0)
PHOTOS = RANDOM.integers(0, 256, (1, 8, 8, 3), np.uint8)
KNOWN = InDistributionScore(RANDOM.normal(size=3).astype(np.float32), 0.5)


def assembled() -> tuple[Any, Head]:
    """A classifier on averages and maxima of the colours, and its head."""
    image = keras.Input((8, 8, 3), dtype="uint8")
    scaled = keras.layers.Rescaling(1 / 255)(image)
    parts = [keras.layers.GlobalAveragePooling2D()(scaled), keras.layers.GlobalMaxPooling2D()(scaled)]
    head = Head(*(RANDOM.normal(size=shape).astype(np.float32) for shape in ((6, 4), 4)))
    return assemble(image, parts, head, 0.5, KNOWN), head


def test_it_answers_as_its_parts_do() -> None:
    """The head takes all parts, divided by the temperature; the score takes the first."""
    model, head = assembled()
    answers = model(PHOTOS)
    features = np.concatenate([PHOTOS.mean(axis=(1, 2)), PHOTOS.max(axis=(1, 2))], axis=1).astype(np.float32)
    features /= 255
    expected = softmax(head(features) / 0.5)
    assert np.allclose(expected, answers["probabilities"], atol=1e-5)
    assert np.allclose(KNOWN(features[:, :3]), np.asarray(answers["in_distribution"])[:, 0], atol=1e-5)


def test_a_model_that_answers_otherwise_is_refused() -> None:
    """Nothing is handed over that is not what was measured: here, half of a head's numbers are lost."""
    image = keras.Input((8, 8, 3), dtype="uint8")
    part = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    head = Head(np.full((3, 4), np.nan, np.float32), np.zeros(4, np.float32))
    with pytest.raises(ProofError, match="the assembled model differs by nan from its parts"):
        assemble(image, [part], head, 1.0, None)


def test_labels_that_do_not_exclude_one_another_have_a_probability_each() -> None:
    """The last layer is a sigmoid, and the model is proved against that."""
    image = keras.Input((8, 8, 3), dtype="uint8")
    part = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    head = Head(np.ones((3, 2), np.float32), np.array([0.5, 1.5], np.float32))
    model = assemble(image, [part], head, 2.0, None, Activation.SIGMOID)
    found = np.asarray(model(PHOTOS)["probabilities"])
    logits = head(PHOTOS.mean(axis=(1, 2)).astype(np.float32) / 255) / 2
    assert np.allclose(1 / (1 + np.exp(-logits)), found, atol=1e-5)
    assert found.sum() > 1
