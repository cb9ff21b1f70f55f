"""A reader of FlatBuffers whose bytes may be anything."""

import flatbuffers
import numpy as np
import pytest

from edgebreed.edge.formats.flatbuffer import FlatTable, Scalars, Schema, Tables, Union, root, verify
from edgebreed.errors import ModelFileError

from .flatbuffers_made import flatbuffer

SCHEMA: Schema = {"Top": {0: "i", 1: Scalars("i"), 2: "text"}}


def made() -> bytes:
    """A table with a number, a vector, a text, and a field that is not there."""
    builder = flatbuffers.Builder(64)
    text = builder.CreateString("hello")
    vector = builder.CreateNumpyVector(np.array([1, 2, 3], np.int32))
    builder.StartObject(4)
    builder.PrependInt32Slot(0, -7, 0)
    builder.PrependUOffsetTRelativeSlot(1, vector, 0)
    builder.PrependUOffsetTRelativeSlot(2, text, 0)
    builder.Finish(builder.EndObject())
    return bytes(builder.Output())


def test_fields_are_read_by_their_slot() -> None:
    """A field that is not there has its default."""
    table = root(memoryview(made()))
    assert (-7, (1, 2, 3), 9) == (table.scalar(0, "i"), table.scalars(1, "i"), table.scalar(3, "i", 9))
    assert (None, None, []) == (table.at(3), table.table(3), table.tables(3))
    verify(memoryview(made()), SCHEMA, "Top")


def test_every_offset_out_of_the_bytes_is_refused() -> None:
    """Whichever four bytes are made a large number, nothing but the one error comes."""
    refused = 0
    for at in range(0, len(made()), 4):
        data = bytearray(made())
        data[at : at + 4] = b"\xf0\xff\xff\x7f"
        try:
            verify(memoryview(bytes(data)), SCHEMA, "Top")
        except ModelFileError:
            refused += 1
    assert refused >= 5


def test_a_table_that_holds_itself_ends() -> None:
    """By depth: an offset may lead back."""
    schema: Schema = {"Ring": {0: "Ring"}}
    ring = b"\x0c\0\0\0" + b"\x06\0\x08\0\x04\0\0\0" + b"\x08\0\0\0" + b"\xfc\xff\xff\xff"
    assert isinstance(root(memoryview(ring)), FlatTable)
    with pytest.raises(ModelFileError, match="TFLite file is damaged"):
        verify(memoryview(ring), schema, "Ring")


def test_a_union_of_a_kind_that_is_none_is_refused() -> None:
    """Its table would be read as another."""
    schema: Schema = {"Model": {2: Tables("Graph")}, "Graph": {3: Tables("Operator")}, "": {}}
    sound = memoryview(flatbuffer())
    verify(sound, {**schema, "Operator": {4: Union({}, 126)}}, "Model")
    with pytest.raises(ModelFileError, match="TFLite file is damaged"):
        verify(sound, {**schema, "Operator": {4: Union({}, 3)}}, "Model")
