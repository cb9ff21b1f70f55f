"""Checks a TFLite flatbuffer before LiteRT sees it, which ends the process on what it does not expect."""

import math
from collections.abc import Iterable

from edgebreed.edge.formats.flatbuffer import TEXT, FlatTable, Scalars, Schema, Tables, Union, root, verify
from edgebreed.edge.formats.tflite_quantization import check_quantization
from edgebreed.edge.formats.tflite_size import REMEDY, check_counts, check_size
from edgebreed.edge.formats.tflite_values import check_values
from edgebreed.errors import ModelFileError

TYPES = {0, 1, 2, 3, 4, 6, 7, 9, 15, 17}
"""Types that a classifier needs: FLOAT32 and 16, INT4 to INT64, UINT8, UINT32 and BOOL. Kernels follow
offsets within the values of texts, and what a resource or a variant holds lives on between images."""
LAST_OPERATOR, CUSTOM = 209, 32
SPLIT, SPLIT_OPTIONS = 49, 35
OPERANDS = {45: 4, SPLIT: 2, 65: 3, 126: 2}
"""Operators whose kernels in LiteRT do not count their inputs: STRIDED_SLICE, SPLIT, SLICE, BATCH_MATMUL."""
WITHOUT_BIAS = {3, 4, 9, 67}
"""Operators whose third input, the bias, may be none (-1): convolutions and FULLY_CONNECTED."""
UNFIT = {80, 118, 119, 129, 136, 137, 138, 139, 142, 143, 144}
"""Operators that no classifier needs: FAKE_QUANT, whose kernel does not look at types; those that call other
graphs (IF, WHILE, CALL_ONCE); tables and variables, which live on between images."""
MAX_ELEMENTS, MAX_COMPUTED = 1 << 30, 1 << 26  # of a tensor; of one that takes memory beside the file's
_INTS, _BYTES = Scalars("i"), Scalars("B")
_OPTIONS = {3: "ConcatEmbeddings", 8: "FullyConnected", 17: "Ints", 30: "Ints", 111: "VarHandle", 115: "Ints"}
_DETAILS = {1: "Bytes", 2: "Blockwise", 3: "Blockwise"}

TFLITE: Schema = {
    "": {},  # numbers alone
    "Model": {
        0: "I",
        1: Tables("OperatorCode"),
        2: Tables("SubGraph"),
        3: TEXT,
        4: Tables("Buffer"),
        5: _INTS,
        6: Tables("Metadata"),
        7: Tables("SignatureDef"),
    },
    "OperatorCode": {0: "b", 1: TEXT, 2: "i", 3: "i"},
    "SubGraph": {0: Tables("TensorOf"), 1: _INTS, 2: _INTS, 3: Tables("Operator"), 4: TEXT, 5: "i"},
    "TensorOf": {0: _INTS, 1: "b", 2: "I", 3: TEXT, 4: "Quantization", 5: "B", 7: _INTS, 8: "B", 10: "I"},
    "Quantization": {
        0: Scalars("f"),
        1: Scalars("f"),
        2: Scalars("f"),
        3: Scalars("q"),
        4: "B",
        5: Union(_DETAILS, 3),
        6: "i",
    },
    "Operator": {
        0: "I",
        1: _INTS,
        2: _INTS,
        3: "B",
        4: Union(_OPTIONS, 126),
        5: _BYTES,
        7: _BYTES,
        8: _INTS,
        13: "i",
    },
    "Buffer": {0: _BYTES, 1: "Q", 2: "Q"},
    "Metadata": {0: TEXT, 1: "I"},
    "SignatureDef": {0: Tables("TensorMap"), 1: Tables("TensorMap"), 2: TEXT, 4: "I"},
    "TensorMap": {0: TEXT, 1: "I"},
    "ConcatEmbeddings": {0: "i", 1: _INTS, 2: _INTS},
    "FullyConnected": {5: _BYTES},
    "Ints": {0: _INTS},
    "Bytes": {0: _BYTES},
    "Blockwise": {3: _INTS},
    "VarHandle": {0: TEXT, 1: TEXT},
}
"""The tables of a TFLite file with what an image classifier needs of them."""

_REFUSED = {
    "Model": {8: "weights in another file", 9: "weights in another file"},
    "TensorOf": {6: "sparse weights", 9: "variants", 10: "weights in another file"},
    "Operator": {
        5: "options of an own operator",
        9: "options behind the model",
        10: "options behind the model",
        11: "StableHLO",
        12: "StableHLO",
    },
}
"""Fields that may not be there, and what stands in them."""


def check_tflite(data: bytes) -> None:
    """Refuses a flatbuffer whose offsets or indices lead astray, or that needs more than built-in operators.

    Raises:
        ModelFileError: with the reason.
    """
    view = memoryview(data)
    check_counts(root(view))
    verify(view, TFLITE, "Model")
    model = root(view)
    graphs, buffers, codes = model.tables(2), model.tables(4), model.tables(1)
    _refuse(model, "Model")
    if any(buffer.scalar(1, "Q") > 1 for buffer in buffers):  # 0 and 1 stand for weights within the model
        raise ModelFileError(f"weights behind the model are refused: {REMEDY}")
    for code in codes:
        _check_code(code)
    _check_graph(graphs[0], len(buffers), len(codes))
    kinds = [max(code.scalar(0, "b"), code.scalar(3, "i")) for code in codes]
    operators = [(kinds[operator.scalar(0, "I")], operator) for operator in graphs[0].tables(3)]
    for kind, operator in operators:
        _check_operands(operator, kind)
    weights = _weights(graphs[0], {index for index, buffer in enumerate(buffers) if buffer.vector(0, 1)[1]})
    _check_order(graphs[0], weights)
    check_size(operators, weights, len(data))
    check_quantization(graphs[0], operators)
    check_values(graphs[0], buffers, operators)
    _check_names(model, len(graphs[0].tables(0)), len(buffers))


def _refuse(table: FlatTable, kind: str) -> None:
    for slot, what in _REFUSED[kind].items():
        if table.at(slot) is not None:
            raise ModelFileError(f"{what} are refused: {REMEDY}")


def _check_code(code: FlatTable) -> None:
    kinds = code.scalar(0, "b"), code.scalar(3, "i")
    if not UNFIT.isdisjoint(kinds):
        raise ModelFileError(f"operator {max(kinds)} is none of an image classifier: {REMEDY}")
    if CUSTOM in kinds or code.at(1) is not None or not all(0 <= kind <= LAST_OPERATOR for kind in kinds):
        raise ModelFileError(f"operator {max(kinds)} is not built into LiteRT: {REMEDY}")


def _check_graph(graph: FlatTable, buffers: int, codes: int) -> None:
    tensors = graph.tables(0)
    for tensor in tensors:
        _check_tensor(tensor, buffers)
    for slot in (1, 2):
        _check_indices(graph.scalars(slot, "i"), 0, len(tensors))
    for operator in graph.tables(3):
        _refuse(operator, "Operator")
        _check_indices((operator.scalar(0, "I"),), 0, codes)
        _check_indices(operator.scalars(1, "i"), -1, len(tensors))  # -1 stands for none
        _check_indices(operator.scalars(2, "i"), 0, len(tensors))
        _check_indices(operator.scalars(8, "i"), 0, len(tensors))


def _check_operands(operator: FlatTable, kind: int) -> None:
    """Refuses an operator without the inputs that its kernel reads unasked."""
    inputs, outputs = operator.scalars(1, "i"), operator.scalars(2, "i")
    needed = inputs[:2] if kind in WITHOUT_BIAS else inputs
    wrong = len(inputs) != OPERANDS.get(kind, len(inputs)) or -1 in needed
    if kind == SPLIT:
        options = operator.table(4) if operator.scalar(3, "B") == SPLIT_OPTIONS else None
        wrong = wrong or options is None or options.scalar(0, "i") != len(outputs)
    if wrong or not outputs:
        raise ModelFileError(f"operator {kind} with inputs {inputs[:8]} and outputs {outputs[:8]}: {REMEDY}")


def _weights(graph: FlatTable, filled: set[int]) -> dict[int, int]:
    """How many numbers each tensor has whose values are in the file, in one of these buffers."""
    return {
        index: math.prod(tensor.scalars(0, "i"))
        for index, tensor in enumerate(graph.tables(0))
        if _is_constant(tensor, filled)
    }


def _check_order(graph: FlatTable, weights: Iterable[int]) -> None:
    """Refuses operators that read what nothing has computed yet, or write what is there already."""
    tensors, ready = graph.tables(0), set(weights)
    if any(
        math.prod(tensors[at].scalars(0, "i")) > MAX_COMPUTED for at in range(len(tensors)) if at not in ready
    ):
        raise ModelFileError(f"a tensor of over {MAX_COMPUTED:,} computed numbers is refused: {REMEDY}")
    ready.update(graph.scalars(1, "i"))
    for operator in graph.tables(3):
        missing = set(operator.scalars(1, "i")) - ready - {-1}
        written = operator.scalars(2, "i")
        if missing or ready.intersection(written) or len(set(written)) < len(written):
            raise ModelFileError(f"operators of a TFLite file in another order than they compute: {REMEDY}")
        ready.update(written)
    if not ready.issuperset(graph.scalars(2, "i")):
        raise ModelFileError(f"an output of a TFLite file that nothing computes: {REMEDY}")


def _is_constant(tensor: FlatTable, filled: set[int]) -> bool:
    """Whether a tensor's values are in the file; of no elements, there are none to be there."""
    is_variable, nothing = tensor.scalar(5, "B"), 0 in tensor.scalars(0, "i")
    return bool(is_variable) or nothing or tensor.scalar(2, "I") in filled


def _check_tensor(tensor: FlatTable, buffers: int) -> None:
    _refuse(tensor, "TensorOf")
    _check_indices((tensor.scalar(2, "I"),), 0, buffers)
    shape, open_shape, kind = tensor.scalars(0, "i"), tensor.scalars(7, "i"), tensor.scalar(1, "b")
    if kind not in TYPES:
        allowed = ", ".join(map(str, sorted(TYPES)))
        raise ModelFileError(f"a tensor of type {kind} is refused, {allowed} are allowed: {REMEDY}")
    wrong = any(size < 0 for size in shape) or math.prod(shape) > MAX_ELEMENTS
    if wrong or any(size < -1 for size in open_shape) or (open_shape and len(open_shape) != len(shape)):
        raise ModelFileError(f"a tensor of shape {shape[:8]} is refused: {REMEDY}")
    quantization = tensor.table(4)
    if quantization is not None and not 0 <= quantization.scalar(6, "i") < max(1, len(shape)):
        raise ModelFileError(f"a tensor of {len(shape)} sides is quantized along another: {REMEDY}")


def _check_names(model: FlatTable, tensors: int, buffers: int) -> None:
    """What signatures and metadata point to."""
    _check_indices(model.scalars(5, "i"), 0, buffers)
    _check_indices([one.scalar(1, "I") for one in model.tables(6)], 0, buffers)
    for signature in model.tables(7):
        _check_indices((signature.scalar(4, "I"),), 0, 1)
        maps = (*signature.tables(0), *signature.tables(1))
        _check_indices([one.scalar(1, "I") for one in maps], 0, tensors)


def _check_indices(indices: tuple[int, ...] | list[int], least: int, end: int) -> None:
    wrong = [index for index in indices if not least <= index < end]
    if wrong:
        raise ModelFileError(f"index {wrong[0]} in a TFLite file of {end} such: {REMEDY}")
