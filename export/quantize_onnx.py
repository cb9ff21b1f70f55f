"""ONNX float32 to int8 by NNCF's post-training quantization."""

import logging
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.errors import MissingExtraError
from edgebreed.export.graph.float_layers import quantized_layers, restore_float_layers
from edgebreed.export.graph.index import Model, clean_up, copied, serialized
from edgebreed.export.graph.qdq import (
    duplicate_shared_additions,
    make_symmetric,
    quantize_pixels_exactly,
    remove_redundant_relus,
    unify_activation_types,
)
from edgebreed.export.keras_export import INPUT
from edgebreed.export.recipe import QuantizationScheme
from edgebreed.progress import bars_of_libraries_on_a_terminal_only


class OnnxQuantizer:
    """Quantizes a float model once and returns it with any of its layers restored to float.

    Weights are per channel, activations per tensor, in QDQ form. Min-max ranges with fast bias correction
    (Nagel et al. 2019). Activations are per tensor because ONNX Runtime refuses per-channel ones on
    depthwise convolutions; the bias correction keeps Xception's accuracy, which plain min-max loses.

    Args:
        model: a float32 ONNX model.
        images: calibration inputs `(N, H, W, 3) uint8 RGB`.
        scheme: the integer types of the target.

    Raises:
        MissingExtraError: NNCF is not installed.
    """

    def __init__(self, model: Model, images: NDArray[np.uint8], scheme: QuantizationScheme) -> None:
        self._float = model
        self._scheme = scheme
        self._quantized = _quantize(model, images, scheme)
        self.layers = quantized_layers(self._quantized)

    def model_bytes(self, float_layers: Collection[str] = ()) -> bytes:
        """The int8 model, rewritten for the target's kernels."""
        model = copied(self._quantized)
        restore_float_layers(model, self._float, float_layers)
        clean_up(model)
        if self._scheme.symmetric:
            make_symmetric(model)
        else:
            unify_activation_types(model, self._scheme.signed)
        if self._scheme.fuse:
            quantize_pixels_exactly(model)
            remove_redundant_relus(model)
            duplicate_shared_additions(model)
        clean_up(model)
        return serialized(model)


def _quantize(model: Model, images: NDArray[np.uint8], scheme: QuantizationScheme) -> Model:
    nncf = _import_nncf()
    advanced = nncf.quantization.advanced_parameters
    overflow = advanced.OverflowFix.ENABLE if scheme.reduce_range else advanced.OverflowFix.DISABLE
    per_tensor = advanced.QuantizationParameters(per_channel=False)
    preset = nncf.QuantizationPreset
    with bars_of_libraries_on_a_terminal_only():
        quantized = nncf.quantize(
            copied(model),
            nncf.Dataset([{INPUT: image[None]} for image in images]),
            preset=preset.PERFORMANCE if scheme.symmetric else preset.MIXED,
            subset_size=len(images),
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                overflow_fix=overflow, activations_quantization_params=per_tensor
            ),
        )
    assert isinstance(quantized, Model)
    return quantized


def _import_nncf() -> Any:
    try:
        nncf = telemetry.import_quietly("nncf")
    except ImportError as error:
        raise MissingExtraError("quantization (NNCF)", "export") from error
    logging.getLogger("nncf").setLevel(logging.ERROR)  # its own function changes handlers of other loggers
    return nncf
