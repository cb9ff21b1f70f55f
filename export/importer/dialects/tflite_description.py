"""TFLite Metadata: a description of the model in its flatbuffer, and the files in the archive behind it.

The schema is `tensorflow_lite_support/metadata/metadata_schema.fbs` of https://github.com/tensorflow/tflite-support;
`export/tflite_metadata.py` writes what is read here.
"""

from typing import Any

from edgebreed.edge.formats.flatbuffer import FlatTable, root
from edgebreed.edge.json_fields import JsonFields
from edgebreed.export.importer.dialects.stated_fields import deviations, means
from edgebreed.export.importer.dialects.tflite_archive import archived
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import parse_labels
from edgebreed.export.importer.pixel_transform import Channels

NAME = "TFLite Metadata"
_ENTRY = b"TFLITE_METADATA"
_IMAGE_PROPERTIES, _NORMALIZATION, _AXIS_LABELS = 2, 1, 2  # numbers of the schema's unions and enums
_CHANNELS = {1: Channels.RGB, 2: Channels.GRAY}


def of_model(data: bytes) -> PartialRecipe | None:
    """What the metadata of a TFLite file says; None where it has none.

    Args:
        data: the whole file.

    Raises:
        ModelFileError: an offset leads out of the file.
        ValueError: a value is not what it may be.
    """
    description = _description(memoryview(data))
    if description is None:
        return None
    graphs = description.tables(3)
    inputs = graphs[0].tables(2) if graphs else []
    outputs = graphs[0].tables(3) if graphs else []
    return PartialRecipe(**_image(inputs[0]) if inputs else {}, labels=_labels(outputs, data))


def _description(data: memoryview) -> FlatTable | None:
    """The table of the metadata, which is a flatbuffer within a buffer of the model's."""
    model = root(data)
    buffers = model.tables(4)
    for entry in model.tables(6):
        number = entry.scalar(1, "I")
        if _bytes(entry, 0) == _ENTRY and number < len(buffers):
            start, count = buffers[number].vector(0, 1)
            return root(data[start : start + count]) if count else None
    return None


def _image(tensor: FlatTable) -> dict[str, Any]:
    """Colour space and normalization, (x - mean) / std of grey levels in 0..255."""
    stated: dict[str, Any] = {}
    content = tensor.table(3)
    if content is not None and content.scalar(0, "B") == _IMAGE_PROPERTIES:
        image = content.table(1)
        stated["channels"] = None if image is None else _CHANNELS.get(image.scalar(0, "b"))
    for unit in tensor.tables(4):
        options = unit.table(1) if unit.scalar(0, "B") == _NORMALIZATION else None
        if options is not None:
            stated.update(_normalization(options))
    return stated


def _normalization(options: FlatTable) -> dict[str, Any]:
    fields = JsonFields({"mean": options.scalars(0, "f"), "std": options.scalars(1, "f")}, "normalization")
    return {"scale": 1.0, "mean": means(fields, "mean"), "std": deviations(fields, "std")}


def _labels(outputs: list[FlatTable], data: bytes) -> tuple[str, ...] | None:
    """Of the first output that names a file of labels; one in another language comes after that without."""
    for output in outputs:
        files = [file for file in output.tables(6) if file.scalar(2, "b") == _AXIS_LABELS]
        for file in sorted(files, key=lambda file: len(_bytes(file, 3))):
            name = _bytes(file, 0).decode("utf-8", "replace")
            text = archived(data, name)
            if text is not None:
                return parse_labels(text)
    return None


def _bytes(table: FlatTable, slot: int) -> bytes:
    """A text as its bytes."""
    start, count = table.vector(slot, 1)
    return bytes(table.data[start : start + count])
