"""SavedModel folders of TensorFlow."""

from pathlib import Path
from typing import Any

from edgebreed.edge.engines.engine import first_line
from edgebreed.edge.formats import MAX_BYTES
from edgebreed.errors import EdgebreedError, MissingExtraError, ModelFileError
from edgebreed.export.importer.foreign_keras import GRAPH
from edgebreed.export.importer.frozen_graph import frozen_model

try:
    import tensorflow as tf
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
except ImportError as error:  # Keras may compute with another backend
    raise MissingExtraError("SavedModel (TensorFlow)", "train") from error

SIGNATURE = "serving_default"
REMEDY = "convert it to ONNX with tf2onnx where it was trained, and import that"
_CODE = ("PyFunc", "EagerPyFunc", "LoadLibrary")
_FILES = (
    "FixedLengthRecord",
    "InitializeTableFromTextFile",
    "MatchingFiles",
    "ReadFile",
    "WholeFile",
    "WriteFile",
)
_NETWORK = ("RemoteCall", "Rpc", "BigQuery", "Send", "_Send", "_HostSend", "DebugIdentity")
REFUSED = (*_CODE, *_FILES, *_NETWORK)
"""How operators begin that run other programs, or read and write files of their own choice."""


def load_saved_model(path: Path) -> Any:
    """A Keras model of a SavedModel's signature `serving_default`.

    Args:
        path: of the folder.

    Raises:
        ModelFileError: it is damaged, has no such signature, or operators that no classifier needs.
    """
    _check_graph(path)
    try:
        loaded = tf.saved_model.load(str(path))  # holds the variables until they are in the graph
        return _frozen_signature(path, loaded.signatures)
    except EdgebreedError:
        raise
    except Exception as error:  # TensorFlow raises a dozen kinds
        raise ModelFileError(
            f"{path}: TensorFlow does not load it ({first_line(error)}): {REMEDY}"
        ) from error


def _frozen_signature(path: Path, signatures: Any) -> Any:
    if SIGNATURE not in signatures:
        there = ", ".join(signatures) or "none"
        raise ModelFileError(f"{path} has no signature {SIGNATURE}, but {there}: {REMEDY}")
    inputs = signatures[SIGNATURE].structured_input_signature[1]
    specs = [inputs[name] for name in sorted(inputs)]
    if len(specs) != 1 or specs[0].shape.rank != 4:
        came = ", ".join(f"{one.name} {one.shape}" for one in specs) or "nothing"
        raise ModelFileError(f"{path} takes {came}: a classifier takes one input (N, H, W, C)")
    return frozen_model(signatures[SIGNATURE], specs[0])


def _check_graph(path: Path) -> None:
    size = sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    if size > MAX_BYTES:
        raise ModelFileError(f"{path} has {size:,} bytes: a model may have {MAX_BYTES:,}")
    try:
        model = SavedModel.FromString((path / GRAPH).read_bytes())
    except Exception as error:  # of Protocol Buffers, which has kinds of its own
        raise ModelFileError(f"{path / GRAPH} is damaged or truncated: copy the folder again") from error
    for graph in (one.graph_def for one in model.meta_graphs):
        nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
        refused = sorted({node.op for node in nodes if node.op.startswith(REFUSED)})
        if refused:
            raise ModelFileError(
                f"{path} has the operators {', '.join(refused[:5])}, which no classifier needs: {REMEDY}"
            )
