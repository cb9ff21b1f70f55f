"""ONNX float32 to int8 by NNCF's post-training quantization."""

import logging
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.errors import MissingExtraError
from edgebreed.export.graph.activations import make_symmetric, unify_activations
from edgebreed.export.graph.byte_input import take_bytes
from edgebreed.export.graph.float_layers import keep_float, quantized_layers
from edgebreed.export.graph.index import Model, copied
from edgebreed.export.graph.relu import drop_relus
from edgebreed.export.graph.residual import split_additions
from edgebreed.export.graph.slim import slim
from edgebreed.export.recipe import NumberTypes
from edgebreed.export.to_onnx import INPUT, serialized


class OnnxQuantizer:
    """Quantizes a float model once and hands it out with any of its layers left in float.

    Weights are per channel, activations per tensor, in QDQ form. Min-max ranges with fast bias correction
    (Nagel et al. 2019). Activations are per tensor because ONNX Runtime refuses per-channel ones on
    depthwise convolutions; a bias correction is what keeps Xception's accuracy, which plain min-max loses.

    Args:
        model: a float32 ONNX model.
        photos: calibration inputs `(N, H, W, 3) uint8 RGB`.
        types: the target's number types.

    Raises:
        MissingExtraError: NNCF is not installed.
    """

    def __init__(self, model: Model, photos: NDArray[np.uint8], types: NumberTypes) -> None:
        self._float = model
        self._types = types
        self._quantized = _quantize(model, photos, types)
        self.layers = quantized_layers(self._quantized)

    def body(self, float_layers: Collection[str] = ()) -> bytes:
        """The int8 model, rewritten for the target's kernels."""
        model = copied(self._quantized)
        keep_float(model, self._float, float_layers)
        slim(model)
        if self._types.symmetric:
            make_symmetric(model)
        else:
            unify_activations(model, self._types.signed)
        if self._types.fuse:
            take_bytes(model)
            drop_relus(model)
            split_additions(model)
        slim(model)
        return serialized(model)


def _quantize(model: Model, photos: NDArray[np.uint8], types: NumberTypes) -> Model:
    nncf = _import_nncf()
    advanced = nncf.quantization.advanced_parameters
    overflow = advanced.OverflowFix.ENABLE if types.reduce_range else advanced.OverflowFix.DISABLE
    per_tensor = advanced.QuantizationParameters(per_channel=False)
    preset = nncf.QuantizationPreset
    quantized = nncf.quantize(
        copied(model),
        nncf.Dataset([{INPUT: photo[None]} for photo in photos]),
        preset=preset.PERFORMANCE if types.symmetric else preset.MIXED,
        subset_size=len(photos),
        advanced_parameters=nncf.AdvancedQuantizationParameters(
            overflow_fix=overflow, activations_quantization_params=per_tensor
        ),
    )
    assert isinstance(quantized, Model)
    return quantized


def _import_nncf() -> Any:
    telemetry.disable()
    try:
        import nncf
    except ImportError as error:
        raise MissingExtraError("quantization (NNCF)", "export") from error
    nncf.set_log_level(logging.ERROR)
    return nncf
