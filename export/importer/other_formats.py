"""Files that hold a model, or a part of one, which is not read here; and what their users can do.

A format is told by its first bytes, or by the numbers of the fields that a Protocol Buffers message begins
with.
"""

import re

from edgebreed.edge.formats.protobuf import fields
from edgebreed.errors import ModelFileError

TAKEN = "ONNX, TFLite, .keras or HDF5 of Keras, or the folder of a SavedModel"
TORCH = (
    "is a PyTorch file: where the model's class is, call `model.eval()` and `torch.onnx.export(model, "
    'torch.zeros(1, 3, HEIGHT, WIDTH), "model.onnx")`, and import model.onnx'
)
_SOURCE = "import the ONNX, TFLite or Keras file that it was made of"
_HEAD = 4096  # bytes that tell a format
_OLD_TORCH = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # the number that `torch.save` wrote first before 1.6
_TEXT = re.compile(rb'\s*(<\?xml|<net|<!doctype|<html|\{\s*"|version https:)', re.IGNORECASE)
_CORE_ML = range(200, 3000)  # fields of its message that hold a model
_GRAPH, _NODE = 7, 1  # of an ONNX model, of a frozen graph of TensorFlow


def why_not_read(data: bytes) -> str | None:
    """What a file is that is not read here, and what to do; None where it may be ONNX.

    Args:
        data: all bytes of a file that is no TFLite or HDF5 file and no ZIP archive.
    """
    head = data[:_HEAD]
    if not data:
        return "is empty: copy it again"
    if head[:1] == b"\x80" and (b"torch" in head or _OLD_TORCH in head):
        return TORCH
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < len(data):
        return f"is a safetensors file, which holds weights without a model: give {TAKEN}"
    if head[:4] in (b"ftrt", b"ptrt"):
        return f"is a TensorRT engine, which runs on one kind of GPU alone: {_SOURCE}"
    return _text(head) if _TEXT.match(head) else _message(data)


def _text(head: bytes) -> str | None:
    if b"<net" in head:
        return f"is of OpenVINO: {_SOURCE}"
    if b"modelTopology" in head or (b"-model" in head and b'"format"' in head):
        return f"is of TensorFlow.js: {_SOURCE}"
    if head.startswith(b"version https://git-lfs"):
        return "is a pointer of Git LFS in place of a model: run `git lfs pull`"
    if re.match(rb"\s*<(!doctype|html)", head, re.IGNORECASE):
        return "is a web page in place of a model: download the file itself"
    return f"is text: give {TAKEN}"


def _message(data: bytes) -> str | None:
    """The same of a Protocol Buffers message."""
    try:
        numbers = [(field.number, isinstance(field.value, memoryview)) for field in fields(memoryview(data))]
    except ModelFileError:
        return f"is no model that is read here, or is encrypted, damaged or truncated: give {TAKEN}"
    if (_GRAPH, True) in numbers:
        return None
    if any(number in _CORE_ML for number, _ in numbers):
        return f"is of Core ML: {_SOURCE}"
    if numbers[:1] == [(_NODE, True)] and b"Placeholder" in data:
        return (
            "is a frozen graph of TensorFlow: run `python -m tf2onnx.convert --graphdef FILE --inputs NAME:0 "
            "--outputs NAME:0 --output model.onnx`, and import model.onnx"
        )
    if numbers[:2] == [(1, False), (2, True)] and b"serve" in data:
        return "is a part of a SavedModel: give its folder"
    return f"is no model that is read here: give {TAKEN}"
