"""The onnx package, or a line that says how to install it."""

from edgebreed.errors import MissingExtraError

try:
    import onnx
    import tf2onnx  # noqa: F401  (Keras imports it later; better to say now that it is missing)
except ImportError as error:
    raise MissingExtraError("export (onnx and tf2onnx)", "export") from error

__all__ = ["onnx"]
