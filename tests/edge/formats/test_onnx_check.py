"""What an ONNX file may hold before an engine sees it."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnx
import pytest
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from edgebreed.edge.formats.onnx import metadata
from edgebreed.edge.formats.onnx_check import MAX_DEPTH, check_onnx
from edgebreed.edge.formats.protobuf import bytes_field
from edgebreed.errors import ModelFileError

from ...conftest import colour_model

Put = Callable[[Any, TensorProto], None]


def outside() -> TensorProto:
    """A weight that lies in another file."""
    tensor = numpy_helper.from_array(np.ones(4, np.float32), "w")
    onnx.external_data_helper.set_external_data(tensor, "weights.bin")
    return tensor


def sparse(tensor: TensorProto) -> onnx.SparseTensorProto:
    """A sparse tensor with these values."""
    return onnx.SparseTensorProto(values=tensor, dims=[4])


def graph_of(tensor: TensorProto) -> onnx.GraphProto:
    """A graph with one weight."""
    return onnx.GraphProto(name="branch", initializer=[tensor])


def node_with(**attribute: Any) -> onnx.NodeProto:
    """A node with one attribute."""
    return onnx.NodeProto(op_type="Any", attribute=[onnx.AttributeProto(name="a", **attribute)])


PLACES: dict[str, Put] = {
    "initializer": lambda model, t: model.graph.initializer.append(t),
    "sparse initializer": lambda model, t: model.graph.sparse_initializer.append(sparse(t)),
    "sparse indices": lambda model, t: model.graph.sparse_initializer.append(
        onnx.SparseTensorProto(indices=t)
    ),
    "attribute": lambda model, t: model.graph.node.append(node_with(t=t)),
    "attributes": lambda model, t: model.graph.node.append(node_with(tensors=[t])),
    "sparse attribute": lambda model, t: model.graph.node.append(node_with(sparse_tensor=sparse(t))),
    "sparse attributes": lambda model, t: model.graph.node.append(node_with(sparse_tensors=[sparse(t)])),
    "branch": lambda model, t: model.graph.node.append(node_with(g=graph_of(t))),
    "branches": lambda model, t: model.graph.node.append(node_with(graphs=[graph_of(t)])),
    "branch of a branch": lambda model, t: model.graph.node.append(
        node_with(g=onnx.GraphProto(node=[node_with(g=graph_of(t))]))
    ),
    "function": lambda model, t: model.functions.append(onnx.FunctionProto(name="f", node=[node_with(t=t)])),
    "default of a function": lambda model, t: model.functions.append(
        onnx.FunctionProto(name="f", attribute_proto=[onnx.AttributeProto(name="a", t=t)])
    ),
    "training": lambda model, t: model.training_info.append(onnx.TrainingInfoProto(algorithm=graph_of(t))),
    "start of training": lambda model, t: model.training_info.append(
        onnx.TrainingInfoProto(initialization=graph_of(t))
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_weight_in_another_file_is_refused_wherever_it_lies(place: str) -> None:
    """The same tree without it passes."""
    for tensor, refused in ((outside(), True), (numpy_helper.from_array(np.ones(4, np.float32), "w"), False)):
        model = onnx.load_from_string(colour_model())
        PLACES[place](model, tensor)
        if refused:
            with pytest.raises(ModelFileError, match="weights in another file are refused: export it with"):
                check_onnx(model.SerializeToString())
        else:
            check_onnx(model.SerializeToString())


@pytest.mark.parametrize(
    "location",
    [
        b"\x70\x01",
        b"\x70\x81\x80\x80\x80\x10",  # 2**32 + 1, of which readers keep 32 bits
        b"\x70\x81\x80\x80\x80\x80\x80\x80\x80\x80\x01",  # 2**63 + 1
        b"\x70\x81\x00",  # 1 in two bytes
        b"\x70\x00\x70\x01",  # the last one counts
        b"\x70\x01\x70\x00",
        b"\x72\x01\x01",  # packed, as some readers allow
        b"\x75\x01\x00\x00\x00",  # in four bytes
        b"\xf0\x00\x01",  # its tag in two bytes
        b"\x6a\x00",  # a file's name alone
    ],
)
def test_a_place_outside_is_refused_however_it_is_written(location: bytes) -> None:
    """Readers differ in what they make of such bytes."""
    model = colour_model() + bytes_field(7, bytes_field(5, location))
    with pytest.raises(ModelFileError, match="weights in another file|not an ONNX file"):
        check_onnx(model)


ONE = TensorProto(data_type=1, raw_data=b"\0" * 4).SerializeToString()


def test_a_place_inside_passes() -> None:
    """As some writers say it, though it is the default."""
    check_onnx(colour_model() + bytes_field(7, bytes_field(5, ONE + b"\x70\x00")))


def test_an_operator_that_reads_a_file_is_refused() -> None:
    """ONNX Runtime's context of a provider, which names a file."""
    model = onnx.load_from_string(colour_model())
    model.graph.node.append(helper.make_node("EPContext", ["image"], ["x"], domain="com.microsoft"))
    with pytest.raises(ModelFileError, match="an operator that reads another file is refused"):
        check_onnx(model.SerializeToString())


@pytest.mark.parametrize("field", [b"\xfa\x01\x00", b"\x0a\x00", b"\x38\x01"])
def test_a_field_that_onnx_does_not_have_is_refused(field: bytes) -> None:
    """Of another number or of another wire type: in a later ONNX it may hold a tensor."""
    with pytest.raises(ModelFileError, match="not an ONNX file: .*is none that ONNX 1.23 has"):
        check_onnx(colour_model() + field)


def test_a_file_of_onnx_runtimes_own_format_is_refused() -> None:
    """It would read it by other rules, whatever an ONNX reader makes of the bytes."""
    with pytest.raises(ModelFileError, match="not an ONNX file"):
        check_onnx(b"\x12\x06ab" + b"ORTM")


def test_depth_is_bounded() -> None:
    """Readers of deep trees run out of stack."""
    deep = b""
    for _ in range(MAX_DEPTH):
        deep = bytes_field(1, bytes_field(5, bytes_field(6, deep)))
    with pytest.raises(ModelFileError, match=f"nests over {MAX_DEPTH} messages: export a flatter graph"):
        check_onnx(bytes_field(7, deep))


@pytest.mark.slow
def test_size_is_bounded() -> None:
    """A million fields of two bytes would take a reader many times their size."""
    with pytest.raises(ModelFileError, match="over 1,000,000 fields: export a smaller graph"):
        check_onnx(b"\x08\x01" * 1_000_001)


def tensors(message: Any) -> Iterator[TensorProto]:
    """Every tensor in a message, by the onnx package."""
    if isinstance(message, TensorProto):
        yield message
    for field, value in message.ListFields():
        if field.message_type:
            for item in value if field.is_repeated else [value]:
                yield from tensors(item)


def encoded(text: str | bytes) -> bytes:
    """A text of the onnx package, which hands out bytes where they are no UTF-8."""
    return text.encode() if isinstance(text, str) else text


def mutant(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to four of them changed, removed, added or repeated."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(changed))
        match rng.randrange(5):
            case 0:
                del changed[at]
            case 1:
                changed.insert(at, rng.choice((0, 1, 0x70, 0x80, 0xFF)))
            case 2:
                changed[at:at] = changed[at : at + rng.randint(1, 20)]
            case _:
                changed[at] = rng.randrange(256)
    return bytes(changed)


def test_whatever_passes_is_the_same_to_the_onnx_package() -> None:
    """Of thousands of damaged files: it reads them, with the same metadata and no tensor from outside."""
    model = onnx.load_from_string(colour_model())
    for place in ("attribute", "branch of a branch", "function", "sparse initializer"):
        PLACES[place](model, numpy_helper.from_array(np.ones(2, np.float32), "w"))
    helper.set_model_props(model, {"key": "value"})
    original, passed, rng = model.SerializeToString(), 0, random.Random(7)
    for data in (mutant(original, rng) for _ in range(6000)):
        try:
            check_onnx(data)
        except ModelFileError:
            continue
        try:
            read = onnx.load_from_string(data)
        except DecodeError:  # numbers packed into bytes that are cut off, which no tensor's place is among
            continue
        passed += 1
        assert not any(t.data_location == TensorProto.EXTERNAL or t.external_data for t in tensors(read))
        assert [(encoded(p.key), encoded(p.value)) for p in read.metadata_props] == list(metadata(data))
    assert passed > 200
