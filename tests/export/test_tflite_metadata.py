"""TFLite Metadata, read back by the schema's field numbers."""

import zipfile
from pathlib import Path

import flatbuffers
import numpy as np
from flatbuffers.table import Table

from edgebreed.edge.formats import read_manifest, write_model
from edgebreed.export.tflite_flatbuffer import parse
from edgebreed.export.tflite_metadata import ENTRY, IDENTIFIER, with_tflite_metadata

from ..conftest import colour_manifest
from .tflite_models import run, small_tflite


def described() -> bytes:
    """A small model with metadata, added twice."""
    manifest = colour_manifest(notice="CC0")
    return with_tflite_metadata(with_tflite_metadata(small_tflite(), manifest), manifest)


def metadata(model_bytes: bytes) -> bytes:
    """The buffer that the entry names."""
    model = parse(model_bytes)
    (entry,) = [entry for entry in model.metadata if entry.name == ENTRY]
    return bytes(model.buffers[entry.buffer].data)


class TableReader:
    """A table of a flatbuffer, read by field number."""

    def __init__(self, data: bytes, position: int) -> None:
        self.table, self.data = Table(data, position), data

    def at(self, slot: int) -> int:
        """Where a field's value starts; 0 if it is absent."""
        offset = self.table.Offset(4 + 2 * slot)
        return int(offset and offset + self.table.Pos)

    def text(self, slot: int) -> str:
        """A string."""
        return bytes(self.table.String(self.at(slot))).decode()

    def below(self, slot: int) -> "TableReader":
        """A table."""
        return TableReader(self.data, self.table.Indirect(self.at(slot)))

    def each(self, slot: int) -> list["TableReader"]:
        """A vector of tables."""
        offset = self.table.Offset(4 + 2 * slot)
        start, count = self.table.Vector(offset), self.table.VectorLen(offset)
        return [TableReader(self.data, self.table.Indirect(start + 4 * place)) for place in range(count)]

    def byte(self, slot: int) -> int:
        """An enum or a union's type."""
        return int(self.table.Get(flatbuffers.number_types.Uint8Flags, self.at(slot)))


def root(data: bytes) -> TableReader:
    """The model's own table."""
    assert IDENTIFIER == data[4:8]
    return TableReader(data, int(np.frombuffer(data, "<u4", 1)[0]))


def test_the_outputs_name_the_label_file() -> None:
    """As labels of an axis, which is what MediaPipe and Android look for."""
    (graph,) = root(metadata(described())).each(3)
    (output,) = graph.each(3)
    (labels,) = output.each(6)
    assert ("probability", "labels.txt", 2) == (output.text(0), labels.text(0), labels.byte(2))


def test_the_input_is_an_rgb_image_without_normalization() -> None:
    """Mean 0, deviation 1: the pixels go in as they are."""
    (graph,) = root(metadata(described())).each(3)
    (image,) = graph.each(2)
    content = image.below(3)
    assert ("image", 2, 1) == (image.text(0), content.byte(0), content.below(1).byte(0))
    (unit,) = image.each(4)
    options = unit.below(1).table
    vectors = [
        options.GetVectorAsNumpy(flatbuffers.number_types.Float32Flags, options.Offset(slot))
        for slot in (4, 6)
    ]
    assert [[0.0], [1.0]] == [vector.tolist() for vector in vectors]


def test_name_licence_and_parser_version_are_there() -> None:
    """Of the whole model."""
    model = root(metadata(described()))
    assert ("colours", "CC0", "1.0.0") == (model.text(0), model.text(5), model.text(7))


def test_the_file_holds_what_the_metadata_names(tmp_path: Path) -> None:
    """The labels are in the archive behind the flatbuffer; the outputs are as before."""
    path = tmp_path / "m.tflite"
    write_model(path, described(), colour_manifest())
    with zipfile.ZipFile(path) as archive:
        assert ["Red", "Green", "Blue"] == archive.read("labels.txt").decode().splitlines()
    assert colour_manifest() == read_manifest(path)
    np.testing.assert_array_equal(run(small_tflite()), run(path.read_bytes()))
