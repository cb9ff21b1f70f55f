"""ONNX float32 to float16."""

from typing import cast

from edgebreed.errors import MissingExtraError
from edgebreed.export.graph.index import Model, copied


def to_float16(model: Model) -> Model:
    """Halves weights and arithmetic by ONNX Runtime's own converter; outputs stay float32.

    On a CPU without float16 arithmetic ONNX Runtime turns it back when it loads the file, so that it
    runs as fast as the float32 file.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
    """
    try:
        from onnxruntime.transformers.float16 import convert_float_to_float16
    except ImportError as error:
        raise MissingExtraError("float16 export (ONNX Runtime)", "cpu") from error
    copy = copied(model)
    del copy.graph.value_info[:]  # of float32; inferred anew
    return cast(Model, convert_float_to_float16(copy, keep_io_types=True))
