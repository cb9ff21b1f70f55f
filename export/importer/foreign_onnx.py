"""An ONNX file of another program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.edge.engines.engine import engine_faults
from edgebreed.edge.engines.session import NOTHING
from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.formats.onnx_check import check_onnx
from edgebreed.edge.manifest import Precision
from edgebreed.errors import ModelFileError
from edgebreed.export.graph.index import Model, Node, clean_up, copied, onnx, serialized
from edgebreed.export.importer.foreign_model import ForeignTensor
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.onnx_rewrite import with_image_input, with_probabilities, without_added_names
from edgebreed.export.importer.pixel_transform import OutputKind

_PASSED_THROUGH = {"Identity", "Cast", "Flatten", "Reshape", "Squeeze", "Dropout"}
"""Operators after which an output still holds what it held before."""
_KINDS = {"Softmax": OutputKind.PROBABILITIES, "Sigmoid": OutputKind.PROBABILITIES}
_LINEAR = {"Gemm", "MatMul", "Add", "Conv", "GlobalAveragePool", "ReduceMean", "AveragePool"}
"""Operators after which an output is not bounded, so that it holds logits."""
_REMEDY_OF_OWN = ": export it with `edgebreed export`"  # of which a model of another program has no use
_INTEGER = {"QuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger"}


@dataclass(frozen=True)
class ForeignOnnx:
    """A `ForeignModel` of an ONNX file, with weights inside or beside it.

    Attributes:
        path: of the file.
        model: with all weights inside.
        extra_metadata: what the file that the model was made of says, if it was no ONNX file.
    """

    path: Path
    model: Model
    extra_metadata: Mapping[str, str] = field(default_factory=dict)
    format: ModelFormat = ModelFormat.ONNX

    @classmethod
    def open(cls, path: Path) -> "ForeignOnnx":
        """Reads a file; weights that it keeps in another file are looked for beside it.

        Raises:
            ModelFileError: it is no ONNX model, its weights are missing, or an engine must not see it.
        """
        try:
            model = onnx.load(path, load_external_data=False)
        except Exception as error:  # of Protocol Buffers, which has kinds of its own
            raise ModelFileError(
                f"{path} is no model that is read here: give an ONNX, TFLite or Keras file"
            ) from error
        try:
            onnx.external_data_helper.load_external_data_for_model(model, str(path.parent))
        except Exception as error:
            raise ModelFileError(
                f"{path} keeps weights in another file, which is missing or damaged: lay it beside the model"
            ) from error
        return cls.from_model(path, model)

    @classmethod
    def from_model(cls, path: Path, model: Model, metadata: Mapping[str, str] | None = None) -> "ForeignOnnx":
        """Takes a model that was read or converted already, and checks it.

        Raises:
            ModelFileError: an engine must not see it.
        """
        _without_constant_inputs(model)
        try:
            check_onnx(model.SerializeToString())
        except ModelFileError as error:
            reason = str(error).removesuffix(_REMEDY_OF_OWN)
            raise ModelFileError(f"{path}: {reason}; export the model again from its own program") from error
        return cls(path, model, metadata or {})

    @cached_property
    def metadata(self) -> Mapping[str, str]:
        """The file's `metadata_props`, and what else is known."""
        return {**{entry.key: entry.value for entry in self.model.metadata_props}, **self.extra_metadata}

    @cached_property
    def precision(self) -> Precision:
        """As `ForeignModel.precision` says: by the operators, and by the type of most weights."""
        operators = {node.op_type for node in self.model.graph.node}
        if operators & _INTEGER:
            return Precision.INT8
        weights = [tensor.data_type for tensor in self.model.graph.initializer if len(tensor.dims) > 1]
        half = weights.count(onnx.TensorProto.FLOAT16) > len(weights) / 2
        return Precision.FP16 if half else Precision.FP32

    @cached_property
    def inputs(self) -> tuple[ForeignTensor, ...]:
        """Of the graph."""
        return tuple(map(_tensor, self.model.graph.input))

    @cached_property
    def outputs(self) -> tuple[ForeignTensor, ...]:
        """Of the graph, each with what its last operator tells of it."""
        producers = {name: node for node in self.model.graph.node for name in node.output}
        return tuple(_tensor(value, _kind(producers, value.name)) for value in self.model.graph.output)

    def run(self, images: NDArray[Any], output: str) -> NDArray[np.float32]:
        """As `ForeignModel.run` says."""
        with engine_faults(f"{self.path}: ONNX Runtime refuses the model"):
            session = self._session
        dtype, name = self.inputs[0].dtype, self.inputs[0].name
        with engine_faults(f"{self.path}: ONNX Runtime fails on an input of {images.shape[1:]}"):
            rows = [session.run([output], {name: image[None].astype(dtype)})[0] for image in images]
        return np.concatenate(rows).reshape(len(images), -1).astype(np.float32)

    @cached_property
    def _session(self) -> Any:
        runtime = telemetry.import_quietly("onnxruntime")
        options = runtime.SessionOptions()
        options.log_severity_level = NOTHING
        data = self.model.SerializeToString()
        return runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    def rewritten(self, recipe: ImportRecipe) -> bytes:
        """As `ForeignModel.rewritten` says."""
        model = copied(self.model)
        del model.metadata_props[:]
        names = [output.name for output in self.outputs]
        place = names.index(recipe.output_name or names[0])
        try:
            without_added_names(model)
            with_image_input(model, model.graph.input[0].name, recipe.pixels, recipe.size)
            with_probabilities(model, model.graph.output[place].name, recipe.output, len(recipe.labels))
            clean_up(model)
            return serialized(model)
        except ModelFileError:
            raise
        except Exception as error:  # of the onnx package, which has kinds of its own
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ModelFileError(f"{self.path}: the recipe does not fit the graph: {reason}") from error


def _without_constant_inputs(model: Model) -> None:
    """Old files list constants as inputs too, so that callers could replace them."""
    constants = {tensor.name for tensor in model.graph.initializer}
    kept = [value for value in model.graph.input if value.name not in constants]
    del model.graph.input[:]
    model.graph.input.extend(kept)


def _tensor(value: Any, kind: OutputKind | None = None) -> ForeignTensor:
    described = value.type.tensor_type
    try:
        dtype = str(np.dtype(onnx.helper.tensor_dtype_to_np_dtype(described.elem_type)))
    except KeyError:
        dtype = "unknown"
    sizes = (size.dim_value if size.dim_value > 0 else None for size in described.shape.dim)
    return ForeignTensor(value.name, dtype, tuple(sizes), kind)


def _kind(producers: Mapping[str, Node], name: str) -> OutputKind | None:
    """What an output holds, by the last operator that changes it."""
    node = producers.get(name)
    while node is not None and node.op_type in _PASSED_THROUGH and node.input:
        node = producers.get(node.input[0])
    if node is None:
        return None
    return OutputKind.LOGITS if node.op_type in _LINEAR else _KINDS.get(node.op_type)
