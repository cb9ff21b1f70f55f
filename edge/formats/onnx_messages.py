"""The messages of an ONNX file, as onnx.proto3 of ONNX 1.23 describes them."""

from enum import Enum

from edgebreed.edge.formats.protobuf import BYTES, FIXED32, FIXED64, VARINT


class Scalar(Enum):
    """What a field may hold that is no message, with its wire types; those that repeat may be packed."""

    INT = (VARINT,)
    INTS = (VARINT, BYTES)
    FLOAT = (FIXED32,)
    FLOATS = (FIXED32, BYTES)
    DOUBLES = (FIXED64, BYTES)
    DATA = (BYTES,)  # text or bytes, once or repeated


INT, INTS, FLOAT, FLOATS, DOUBLES, DATA = Scalar

MESSAGES: dict[str, dict[int, Scalar | str]] = {
    "ModelProto": {
        **dict.fromkeys((1, 5), INT),
        **dict.fromkeys((2, 3, 4, 6), DATA),
        7: "GraphProto",
        8: "OperatorSetIdProto",
        14: "StringStringEntryProto",
        20: "TrainingInfoProto",
        25: "FunctionProto",
        26: "DeviceConfigurationProto",
    },
    "OperatorSetIdProto": {1: DATA, 2: INT},
    "GraphProto": {
        1: "NodeProto",
        2: DATA,
        5: "TensorProto",
        10: DATA,
        **dict.fromkeys((11, 12, 13), "ValueInfoProto"),
        14: "TensorAnnotation",
        15: "SparseTensorProto",
        16: "StringStringEntryProto",
    },
    "NodeProto": {
        **dict.fromkeys((1, 2, 3, 4, 6, 7, 8), DATA),
        5: "AttributeProto",
        9: "StringStringEntryProto",
        10: "NodeDeviceConfigurationProto",
    },
    "AttributeProto": {
        **dict.fromkeys((1, 4, 9, 13, 21), DATA),
        2: FLOAT,
        3: INT,
        20: INT,
        7: FLOATS,
        8: INTS,
        **dict.fromkeys((5, 10), "TensorProto"),
        **dict.fromkeys((6, 11), "GraphProto"),
        **dict.fromkeys((14, 15), "TypeProto"),
        **dict.fromkeys((22, 23), "SparseTensorProto"),
    },
    "TensorProto": {
        **dict.fromkeys((1, 5, 7, 11), INTS),
        **dict.fromkeys((2, 14), INT),
        3: "Segment",
        4: FLOATS,
        **dict.fromkeys((6, 8, 9, 12), DATA),
        10: DOUBLES,
        **dict.fromkeys((13, 16), "StringStringEntryProto"),
    },
    "Segment": {1: INT, 2: INT},
    "StringStringEntryProto": {1: DATA, 2: DATA},
    "SparseTensorProto": {1: "TensorProto", 2: "TensorProto", 3: INTS},
    "TypeProto": {
        1: "Tensor",
        4: "Sequence",
        5: "Map",
        6: DATA,
        7: "Opaque",
        8: "SparseTensor",
        9: "Optional",
    },
    "Tensor": {1: INT, 2: "TensorShapeProto"},
    "SparseTensor": {1: INT, 2: "TensorShapeProto"},
    "Sequence": {1: "TypeProto"},
    "Optional": {1: "TypeProto"},
    "Map": {1: INT, 2: "TypeProto"},
    "Opaque": {1: DATA, 2: DATA},
    "TensorShapeProto": {1: "Dimension"},
    "Dimension": {1: INT, 2: DATA, 3: DATA},
    "ValueInfoProto": {1: DATA, 2: "TypeProto", 3: DATA, 4: "StringStringEntryProto"},
    "TensorAnnotation": {1: DATA, 2: "StringStringEntryProto"},
    "TrainingInfoProto": {
        **dict.fromkeys((1, 2), "GraphProto"),
        **dict.fromkeys((3, 4), "StringStringEntryProto"),
    },
    "FunctionProto": {
        **dict.fromkeys((1, 4, 5, 6, 8, 10, 13), DATA),
        7: "NodeProto",
        9: "OperatorSetIdProto",
        11: "AttributeProto",
        12: "ValueInfoProto",
        14: "StringStringEntryProto",
    },
    "DeviceConfigurationProto": {1: DATA, 2: INT, 3: DATA},
    "NodeDeviceConfigurationProto": {1: DATA, 2: "ShardingSpecProto", 3: INT},
    "ShardingSpecProto": {1: DATA, 2: INTS, 3: "IntIntListEntryProto", 4: "ShardedDimProto"},
    "IntIntListEntryProto": {1: INT, 2: INTS},
    "ShardedDimProto": {1: INT, 2: "SimpleShardedDimProto"},
    "SimpleShardedDimProto": {1: INT, 2: DATA, 3: INT},
}
"""Each message's fields by number: a scalar, or the name of the message that it holds."""
