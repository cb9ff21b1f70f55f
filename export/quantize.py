"""ONNX float32 to int8 by NNCF's post-training quantization."""

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.errors import MissingExtraError
from edgebreed.export.to_onnx import INPUT, import_onnx


def quantize(body: bytes, photos: NDArray[np.uint8]) -> bytes:
    """Quantizes weights per channel and activations per tensor, in QDQ form.

    Min-max ranges with fast bias correction (Nagel et al. 2019). Activations are per tensor because ONNX
    Runtime refuses per-channel ones on depthwise convolutions; a bias correction is what keeps
    Xception's accuracy, which plain min-max loses.

    Args:
        body: a float32 ONNX model.
        photos: calibration inputs `(N, H, W, 3) uint8 RGB`.

    Returns:
        An int8 ONNX model.

    Raises:
        MissingExtraError: NNCF is not installed.
    """
    onnx, nncf = import_onnx(), _import_nncf()
    per_tensor = nncf.quantization.advanced_parameters.QuantizationParameters(per_channel=False)
    quantized = nncf.quantize(
        onnx.load_from_string(body),
        nncf.Dataset(_inputs(photos)),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(photos),
        advanced_parameters=nncf.AdvancedQuantizationParameters(activations_quantization_params=per_tensor),
    )
    onnx.checker.check_model(quantized, full_check=True)
    return bytes(quantized.SerializeToString())


def _inputs(photos: NDArray[np.uint8]) -> Iterable[dict[str, NDArray[np.uint8]]]:
    return [{INPUT: photo[None]} for photo in photos]


def _import_nncf() -> Any:
    telemetry.block()
    try:
        import nncf
    except ImportError as error:
        raise MissingExtraError("quantization (NNCF)", "export") from error
    nncf.set_log_level(logging.ERROR)
    return nncf
