"""Models of other programs that say something of themselves."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from onnx import TensorProto, helper

from edgebreed.edge.formats import ModelFormat
from edgebreed.export.importer.foreign_onnx import ForeignOnnx

from ....edge.formats import flatbuffers_made

RGB, GRAYSCALE = 1, 2
Offset = Callable[[Any], int]


def foreign(
    path: Path,
    metadata: Mapping[str, str] | None = None,
    shape: Sequence[int | str] = ("N", 3, 224, 224),
    kind: int = TensorProto.FLOAT,
    format_: ModelFormat = ModelFormat.ONNX,
) -> ForeignOnnx:
    """A model that takes such an input; what it computes does not matter here."""
    own, out = (helper.make_tensor_value_info(name, kind, shape) for name in ("data", "scores"))
    graph = helper.make_graph([helper.make_node("Identity", ["data"], ["scores"])], "g", [own], [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return ForeignOnnx(path, model, metadata or {}, format_)


def tflite(mean: Sequence[float], std: Sequence[float], colours: int, *files: str) -> bytes:
    """A TFLite model with a description, whose first output names files of labels.

    Args:
        mean: of the input's normalization.
        std: of it.
        colours: number of the colour space.
        files: names of the files.
    """
    made = flatbuffers_made.model()
    entry, buffer = schema.MetadataT(), schema.BufferT()
    entry.name, entry.buffer = b"TFLITE_METADATA", len(made.buffers)
    buffer.data = np.frombuffer(_description(mean, std, colours, files), np.uint8)
    made.buffers.append(buffer)
    made.metadata = [entry]
    return flatbuffers_made.packed(made)


def with_files(model: bytes, files: Mapping[str, str | bytes]) -> bytes:
    """A model with an archive behind it."""
    whole = io.BytesIO(model)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _description(mean: Sequence[float], std: Sequence[float], colours: int, files: Sequence[str]) -> bytes:
    builder = flatbuffers.Builder(256)
    image = _table(_number(colours))
    options = _table(_floats(mean), _floats(std))
    unit = _table(_number(1), options)
    given = _table(None, None, None, _table(_number(2), image), _tables(unit))
    labels = (_table(_text(name), None, _number(2)) for name in files)
    output = _table(None, None, None, None, None, None, _tables(*labels))
    graph = _table(None, None, _tables(given), _tables(output))
    builder.Finish(_table(None, None, None, _tables(graph))(builder), b"M001")
    return bytes(builder.Output())


def _table(*fields: Any) -> Offset:
    """Of fields that are a number, something that is written before, or nothing."""

    def write(builder: Any) -> int:
        written = [field if field is None or isinstance(field, bytes) else field(builder) for field in fields]
        builder.StartObject(len(fields))
        for slot, field in enumerate(written):
            if isinstance(field, bytes):
                builder.PrependUint8Slot(slot, field[0], 0)
            elif field is not None:
                builder.PrependUOffsetTRelativeSlot(slot, field, 0)
        return int(builder.EndObject())

    return write


def _number(value: int) -> bytes:
    return bytes([value])


def _text(value: str) -> Offset:
    return lambda builder: int(builder.CreateString(value))


def _floats(values: Sequence[float]) -> Offset:
    return lambda builder: int(builder.CreateNumpyVector(np.asarray(values, np.float32)))


def _tables(*items: Offset) -> Offset:
    def write(builder: Any) -> int:
        offsets = [item(builder) for item in items]
        builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            builder.PrependUOffsetTRelative(offset)
        return int(builder.EndVector())

    return write
