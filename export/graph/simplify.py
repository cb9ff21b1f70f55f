"""Brings an ONNX graph of any origin into the form that the quantizers expect."""

import re
from itertools import chain, count

from edgebreed import telemetry
from edgebreed.edge.engines.engine import engine_faults
from edgebreed.edge.engines.session import NOTHING
from edgebreed.errors import ModelFileError
from edgebreed.export.graph.index import Model, clean_up, copied, onnx
from edgebreed.train.disk_faults import temporary_folder

_QUANTIZED = re.compile("uantize|QLinear|Integer$")
"""In the names of operators on integers."""


def simplified(model: Model, opset: int) -> Model:
    """A copy with constants folded, normalizations in their convolutions, and a name for each node.

    ONNX Runtime's basic optimizations do most of it; they write operators of the ONNX standard alone.

    Args:
        model: a float model.
        opset: the least operator set version of the copy; a newer model keeps its own.

    Raises:
        ModelFileError: it holds quantized values, or an operator that cannot be brought to the version.
    """
    _refuse_quantized(model)
    made = _optimized(_upgraded(model, opset))
    _name_nodes(made)
    clean_up(made)
    return made


def opset_of(model: Model) -> int:
    """The version of the ONNX standard's operators that a model is written in."""
    return max(int(entry.version) for entry in model.opset_import if entry.domain in ("", "ai.onnx"))


def _refuse_quantized(model: Model) -> None:
    found = [node.op_type for node in model.graph.node if _QUANTIZED.search(node.op_type)]
    if found:
        raise ModelFileError(f"the graph is quantized already ({min(found)}): give its float original")


def _upgraded(model: Model, opset: int) -> Model:
    present = opset_of(model)
    if present >= opset:
        return copied(model)
    try:
        return onnx.version_converter.convert_version(model, opset)
    except Exception as error:  # of the onnx package, which has kinds of its own
        raise ModelFileError(
            f"the graph's opset {present} cannot be raised to {opset}, as one of its operators is not in it: "
            f"write the model again with opset {opset} or later, or choose another --precision"
        ) from error


def _optimized(model: Model) -> Model:
    runtime = telemetry.import_quietly("onnxruntime")
    options = runtime.SessionOptions()
    options.log_severity_level = NOTHING
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with temporary_folder() as folder, engine_faults("ONNX Runtime refuses the model"):
        path = folder / "optimized.onnx"
        options.optimized_model_filepath = str(path)
        runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        made = onnx.load(path)
    _keep_used_domains(made)
    return made


def _keep_used_domains(model: Model) -> None:
    """ONNX Runtime names each operator set that it knows; other runtimes refuse those of its own."""
    used = {node.domain for node in model.graph.node} | {""}
    kept = [entry for entry in model.opset_import if entry.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)


def _name_nodes(model: Model) -> None:
    """Gives each node a name of its own, by which its layer can be restored to float."""
    taken = set[str]()
    for node in model.graph.node:
        wanted = node.name or node.output[0]
        others = (f"{wanted}_{number}" for number in count(2))
        node.name = next(name for name in chain([wanted], others) if name not in taken)
        taken.add(node.name)
