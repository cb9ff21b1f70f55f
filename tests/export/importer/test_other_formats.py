"""Files of other programs that are not read."""

import json
import pickle
import re
import struct

import pytest
from onnx import helper

from edgebreed.export.importer.other_formats import why_not_read

WEIGHTS = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
NODE = b"\x0a\x14\x0a\x05image\x12\x0bPlaceholder"  # a frozen graph's first field, a node


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty: copy it again"),
        (pickle.dumps({"torch": 1}, 2), "is a PyTorch file: where the model's class is, call `model.eval"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", r"is a PyTorch file: .* `torch.onnx.export\(model, "),
        (struct.pack("<Q", len(WEIGHTS)) + WEIGHTS + bytes(4), "is a safetensors file, which holds weights"),
        (b"ftrt" + bytes(20), "is a TensorRT engine, which runs on one kind of GPU alone: import the ONNX"),
        (b'<?xml version="1.0"?>\n<net name="m" version="11">', "is of OpenVINO: import the ONNX"),
        (b'{"format": "graph-model", "modelTopology": {}}', "is of TensorFlow.js: import the ONNX"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid",
            "is a pointer of Git LFS .*: run `git lfs pull`",
        ),
        (b"\n<!DOCTYPE html><html>", "is a web page in place of a model: download the file itself"),
        (b'{"labels": []}', "is text: give ONNX, TFLite, .keras or HDF5"),
        (NODE, "is a frozen graph of TensorFlow: run `python -m tf2onnx.convert --graphdef FILE"),
        (b"\x08\x01\x12\x07\x0a\x05serve", "is a part of a SavedModel: give its folder"),
        (b"\x08\x04\x9a\x19\x00", "is of Core ML: import the ONNX"),
        (b"\x08\x04", "is no model that is read here: give ONNX"),
        (bytes(range(200, 256)) * 9, "is no model that is read here, or is encrypted, damaged or truncated"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:24],
)
def test_a_file_is_told_by_its_bytes(data: bytes, reason: str) -> None:
    """With what its user can do."""
    found = why_not_read(data)
    assert found is not None
    assert re.match(reason, found), found


def test_onnx_is_read() -> None:
    """And told from a part of it."""
    data = helper.make_model(helper.make_graph([], "g", [], [])).SerializeToString()
    assert why_not_read(data) is None
    assert "encrypted, damaged or truncated" in str(why_not_read(data[:-1]))
