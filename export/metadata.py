"""What other programs read of an exported file: TFLite Metadata, or OpenVINO Model API's keys."""

from edgebreed.edge.formats import ModelFormat, sniff
from edgebreed.edge.manifest import Manifest


def with_metadata(model: bytes, manifest: Manifest) -> bytes:
    """A model with the metadata of its format, in place of one that is there.

    Args:
        model: a serialized ONNX model or TFLite flatbuffer without a manifest.
        manifest: what is said of it.
    """
    if sniff(model) is ModelFormat.ONNX:
        from edgebreed.export.model_api_metadata import with_model_info

        return with_model_info(model, manifest)
    from edgebreed.export.tflite_metadata import with_tflite_metadata

    return with_tflite_metadata(model, manifest)
