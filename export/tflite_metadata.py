"""TFLite Metadata: the labels and the pixel format, where Android's and MediaPipe's tools look for them.

It is a flatbuffer of its own (identifier `M001`) in the buffer named `TFLITE_METADATA`; the files that it
names are in the zip archive behind the model, which `edge.formats.tflite` appends. The schema is
https://github.com/tensorflow/tflite-support/blob/master/tensorflow_lite_support/metadata/metadata_schema.fbs
The package that used to write it, tflite-support, is no longer maintained, and it is three small tables.
"""

from typing import Any

import numpy as np

from edgebreed.edge.manifest import Manifest
from edgebreed.export.tflite_flatbuffer import flatbuffers, parse, schema, serialized

ENTRY = b"TFLITE_METADATA"
IDENTIFIER = b"M001"
LABELS = "labels.txt"
MIN_PARSER_VERSION = "1.0.0"  # the first that knows all the fields used here
# Numbers of the schema's union members and enum values.
_IMAGE_PROPERTIES, _RGB, _FEATURE_PROPERTIES, _AXIS_LABELS, _NORMALIZATION = 2, 1, 1, 2, 1


def with_tflite_metadata(flatbuffer: bytes, manifest: Manifest) -> bytes:
    """A TFLite model with a description of its input and outputs, in place of one that is there."""
    model = parse(flatbuffer)
    entries = [entry for entry in model.metadata or [] if entry.name != ENTRY]
    entry = schema.MetadataT()
    entry.name, entry.buffer = ENTRY, len(model.buffers)
    model.buffers.append(schema.BufferT(np.frombuffer(_metadata(model, manifest), np.uint8)))
    model.metadata = [*entries, entry]
    return serialized(model)


def _metadata(model: Any, manifest: Manifest) -> bytes:
    builder = flatbuffers.Builder(1024)
    graph = model.subgraphs[0]
    image = _image(builder, manifest)
    outputs = [_output(builder, graph.tensors[place], manifest) for place in graph.outputs]
    fields = {2: _vector(builder, [image]), 3: _vector(builder, outputs)}
    subgraph = _table(builder, 4, fields)
    texts = {0: manifest.name, 1: f"{manifest.arch}, {len(manifest.classes)} classes", 7: MIN_PARSER_VERSION}
    if manifest.notice:
        texts[5] = manifest.notice
    strings = {slot: builder.CreateString(text) for slot, text in texts.items()}
    root = _table(builder, 8, {**strings, 3: _vector(builder, [subgraph])})
    builder.Finish(root, IDENTIFIER)
    return bytes(builder.Output())


def _image(builder: Any, manifest: Manifest) -> int:
    """The input: an RGB image, whose normalization (mean 0, deviation 1) leaves the bytes as they are."""
    name = builder.CreateString("image")
    description = builder.CreateString(f"RGB, {manifest.input.resize}")
    options = _table(builder, 2, {0: _floats(builder, [0.0]), 1: _floats(builder, [1.0])})
    unit = _union(builder, _NORMALIZATION, options)
    builder.StartObject(2)
    builder.PrependInt8Slot(0, _RGB, 0)
    content = _union(builder, _IMAGE_PROPERTIES, builder.EndObject())
    stats = _table(builder, 2, {0: _floats(builder, [255.0]), 1: _floats(builder, [0.0])})
    return _table(builder, 7, {0: name, 1: description, 3: content, 4: _vector(builder, [unit]), 5: stats})


def _output(builder: Any, tensor: Any, manifest: Manifest) -> int:
    """An output: the probabilities with their labels, or the in-distribution score."""
    has_classes = int(tensor.shape[-1]) == len(manifest.classes)
    name = builder.CreateString("probability" if has_classes else "in_distribution")
    content = _union(builder, _FEATURE_PROPERTIES, _table(builder, 0, {}))
    stats = _table(builder, 2, {0: _floats(builder, [1.0]), 1: _floats(builder, [0.0])})
    fields = {0: name, 3: content, 5: stats}
    if has_classes:
        fields[6] = _vector(builder, [_labels(builder)])
    return _table(builder, 7, fields)


def _labels(builder: Any) -> int:
    name = builder.CreateString(LABELS)
    builder.StartObject(4)
    builder.PrependUOffsetTRelativeSlot(0, name, 0)
    builder.PrependInt8Slot(2, _AXIS_LABELS, 0)
    return int(builder.EndObject())


def _union(builder: Any, kind: int, value: int) -> int:
    """A table whose first two fields are a union: the type of its value, then the value."""
    builder.StartObject(2)
    builder.PrependUint8Slot(0, kind, 0)
    builder.PrependUOffsetTRelativeSlot(1, value, 0)
    return int(builder.EndObject())


def _table(builder: Any, slots: int, fields: dict[int, int]) -> int:
    """A table of `slots` fields, from offsets by field number."""
    builder.StartObject(slots)
    for slot, offset in fields.items():
        builder.PrependUOffsetTRelativeSlot(slot, offset, 0)
    return int(builder.EndObject())


def _vector(builder: Any, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _floats(builder: Any, values: list[float]) -> int:
    return int(builder.CreateNumpyVector(np.asarray(values, np.float32)))
