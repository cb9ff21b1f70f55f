"""Base, head and score as one model from photos to probabilities."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.errors import ProofError
from edgebreed.train.calibration import KnownScore
from edgebreed.train.keras_setup import keras

TOLERANCE = 1e-4


def assemble(base: Any, head: Any, temperature: float, known: KnownScore | None) -> Any:
    """The whole classifier, ready for export.

    Args:
        base: photos to features `(N, F)`.
        head: features to logits; its last layer is `logits`.
        temperature: divides the logits, folded into the last layer's weights.
        known: the second output, if one was fitted.

    Returns:
        A model from `(N, H, W, 3) uint8 RGB` to a dict of `probabilities` `(N, classes)` and, where
        there is one, `known` `(N, 1)`.
    """
    features = base.output
    logits = head.get_layer("logits")
    dense = keras.layers.Dense(logits.units, activation="softmax", name="probabilities")
    outputs = {"probabilities": dense(features)}
    dense.set_weights([weight / temperature for weight in logits.get_weights()])
    if known is not None:
        score = keras.layers.Dense(1, activation="sigmoid", name="known")
        outputs["known"] = score(features)
        score.set_weights([known.weights[:, None], np.array([known.bias], np.float32)])
    return keras.Model(base.input, outputs, name="classifier")


def prove(model: Any, photo: NDArray[np.uint8], expected: NDArray[np.float32]) -> None:
    """Compares the assembled model with its parts.

    Args:
        model: the classifier.
        photo: `(1, H, W, 3) uint8 RGB`; whatever is assembled wrongly is wrong on each.
        expected: what the parts answered to it, `(classes,) float32`.

    Raises:
        ProofError: the answers differ.
    """
    error = float(np.abs(np.asarray(model(photo)["probabilities"])[0] - expected).max())
    if error > TOLERANCE:
        raise ProofError(f"the assembled model differs by {error:.1e} from its parts, allowed {TOLERANCE}")
