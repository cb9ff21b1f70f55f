"""The metadata of either format."""

import onnx
import pytest

from edgebreed.export.metadata import with_metadata

from ..conftest import colour_manifest, colour_model


def test_onnx_gets_model_api_keys() -> None:
    """In `metadata_props`."""
    model = onnx.load_from_string(with_metadata(colour_model(), colour_manifest()))
    assert "Classification" in [entry.value for entry in model.metadata_props]


@pytest.mark.keras
def test_tflite_gets_tflite_metadata() -> None:
    """In the buffer of that name."""
    from .tflite_models import small_tflite

    assert b"TFLITE_METADATA" in with_metadata(small_tflite(), colour_manifest())
