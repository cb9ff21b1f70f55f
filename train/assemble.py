"""Backbone, head and score as one model from images to probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.errors import ProofError
from edgebreed.train.activation import Activation
from edgebreed.train.keras_setup import has_gpu, keras
from edgebreed.train.linear_probe import Head
from edgebreed.train.rejection import InDistributionScore

TOLERANCE = 1e-4
GPU_TOLERANCE = 2e-2  # matrix products have ten bits of a number there (TF32)
PROVED = 4  # rows of features


def assemble(
    image: Any,
    parts: Sequence[Any],
    head: Head,
    temperature: float,
    in_distribution: InDistributionScore | None,
    activation: Activation = Activation.SOFTMAX,
) -> Any:
    """The whole classifier, ready for export.

    Args:
        image: the input, images `(N, H, W, 3) uint8 RGB`.
        parts: tensors `(N, F)` that the features are put together from. Each gets weights of its own, as one
            scale for both averages and maxima would cost an int8 model its accuracy.
        head: features to logits.
        temperature: divides the logits, folded into the last layer's weights.
        in_distribution: the second output, if one was fitted, on the first part.
        activation: from logits to probabilities.

    Returns:
        A model from `(N, H, W, 3) uint8 RGB` to a dict of `probabilities` `(N, classes)` and, where
        there is one, `in_distribution` `(N, 1)`.

    Raises:
        ProofError: it answers otherwise than its parts.
    """
    kernel, head_bias = head.kernel / temperature, head.bias / temperature
    kernels = np.split(kernel, np.cumsum([part.shape[-1] for part in parts])[:-1])
    first, *others = parts
    logits = _dense(first, "logits", kernels[0], head_bias)
    for part, weights in zip(others, kernels[1:], strict=True):
        logits = keras.layers.Add()([logits, _dense(part, f"logits_{part.name}", weights)])
    outputs = {"probabilities": _last_layer(activation)(logits)}
    if in_distribution is not None:
        weights, bias = in_distribution.weights[:, None], np.array([in_distribution.bias], np.float32)
        score = _dense(first, "score", weights, bias)
        outputs["in_distribution"] = keras.layers.Activation("sigmoid", name="in_distribution")(score)
    expected = _Expected(head, temperature, in_distribution, activation)
    _prove(outputs, parts, expected)
    return keras.Model(image, outputs, name="classifier")


def _dense(x: Any, name: str, *weights: NDArray[np.float32]) -> Any:
    layer = keras.layers.Dense(weights[0].shape[1], use_bias=len(weights) > 1, name=name)
    y = layer(x)
    layer.set_weights(weights)
    return y


def _last_layer(activation: Activation) -> Any:
    name = "probabilities"
    if activation is Activation.SOFTMAX:
        return keras.layers.Softmax(name=name)
    return keras.layers.Activation(activation.value, name=name)


@dataclass(frozen=True)
class _Expected:
    """What is put behind the features."""

    head: Head
    temperature: float
    in_distribution: InDistributionScore | None
    activation: Activation

    def outputs(self, features: Sequence[NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
        """What the assembled model must answer to features, a part each `(N, F) float32`."""
        logits = self.head(np.concatenate(features, axis=1)) / self.temperature
        outputs = {"probabilities": self.activation(logits)}
        if self.in_distribution is not None:
            outputs["in_distribution"] = self.in_distribution(features[0])[:, None]
        return outputs


def _prove(outputs: dict[str, Any], parts: Sequence[Any], expected: _Expected) -> None:
    """Compares what was put behind the features with its parts, on random features.

    The backbone is left out: it is the one that computed the features, and to run it for one more image, JAX
    would compile it again: 17 s of the 80 of a first run on a GPU.
    """
    rng = np.random.default_rng(0)
    features = [rng.random((PROVED, part.shape[-1]), np.float32) for part in parts]
    got = keras.Model(list(parts), outputs).predict_on_batch(features)
    error = max(float(np.abs(got[name] - rows).max()) for name, rows in expected.outputs(features).items())
    allowed = GPU_TOLERANCE if has_gpu() else TOLERANCE
    if not error <= allowed:
        raise ProofError(f"the assembled model differs by {error:.1e} from its parts, allowed {allowed:.0e}")
