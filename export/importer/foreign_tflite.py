"""A TFLite file of another program."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.engine import engine_faults
from edgebreed.edge.engines.litert import dequantized
from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.formats.tflite_check import check_tflite
from edgebreed.edge.formats.tflite_size import REMEDY
from edgebreed.edge.manifest import Precision
from edgebreed.errors import InputError, ModelFileError
from edgebreed.export.importer.foreign_model import ForeignTensor
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.input_quantization import InputQuantization
from edgebreed.export.importer.pixel_transform import Layout, OutputKind
from edgebreed.export.importer.tflite_rewrite import (
    DTYPES,
    quantization,
    with_image_input,
    with_probabilities,
)
from edgebreed.export.tflite_flatbuffer import operator_name, parse, schema, serialized

_PASSED_THROUGH = {"RESHAPE", "SQUEEZE", "EXPAND_DIMS", "CAST", "QUANTIZE", "DEQUANTIZE"}
"""Operators after which an output still holds what it held before."""
_KINDS = {"SOFTMAX": OutputKind.PROBABILITIES, "LOGISTIC": OutputKind.PROBABILITIES}
_LINEAR = {"FULLY_CONNECTED", "CONV_2D", "BATCH_MATMUL", "ADD", "MEAN", "AVERAGE_POOL_2D", "LOG_SOFTMAX"}
"""Operators after which an output is not bounded, so that it holds logits; the softmax of what LOG_SOFTMAX
gives is what the softmax of its input is."""
_TYPES = {number: name for name, number in vars(schema.TensorType).items() if isinstance(number, int)}


_MOVES_PIXELS, _SCALES = ("CAST", "TRANSPOSE", "RESHAPE"), ("MUL", "DIV", "ADD", "SUB")


@dataclass(frozen=True)
class ForeignTflite:
    """A `ForeignModel` of a TFLite file, which was checked before anything opens it.

    Attributes:
        path: of the file.
        data: its bytes.
    """

    path: Path
    data: bytes
    format: ModelFormat = ModelFormat.TFLITE

    @classmethod
    def open(cls, path: Path) -> "ForeignTflite":
        """Reads a file.

        Raises:
            InputError: it cannot be read.
            ModelFileError: it is damaged, LiteRT must not see it, or its batch is fixed above 1.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot read model {path}: {error.strerror}") from error
        try:
            check_tflite(data)
        except ModelFileError as error:
            reason = str(error).removesuffix(f": {REMEDY}")
            raise ModelFileError(
                f"{path}: {reason}; convert the model again, with operators that are built into TFLite"
            ) from error
        return cls(path, data)._with_one_image()

    def _with_one_image(self) -> "ForeignTflite":
        for tensor in self.inputs:
            if tensor.shape and tensor.shape[0] not in (None, 1):
                raise ModelFileError(
                    f"{self.path} takes {tensor}, {tensor.shape[0]} images at a time: convert it with a "
                    "batch of 1, or an open one"
                )
        return self

    @cached_property
    def _model(self) -> Any:
        return parse(self.data)

    @property
    def _graph(self) -> Any:
        return self._model.subgraphs[0]

    @cached_property
    def metadata(self) -> Mapping[str, str]:
        """The file's description, and texts among its entries; TFLite Metadata is none, but a flatbuffer."""
        found = {
            entry.name.decode(errors="replace"): _text(self._model.buffers[entry.buffer].data)
            for entry in self._model.metadata or []
            if entry.name
        }
        found["description"] = (self._model.description or b"").decode(errors="replace")
        return {name: text for name, text in found.items() if text}

    @cached_property
    def precision(self) -> Precision:
        """As `ForeignModel.precision` says: by the types of what is computed, and of constants."""
        constants, computed = set[str](), set[str]()
        for tensor in self._graph.tensors:
            data = self._model.buffers[tensor.buffer].data
            has_data = data is not None and len(data) > 0
            (constants if has_data else computed).add(DTYPES.get(tensor.type, ""))
        if computed & {"int8", "uint8"}:
            return Precision.INT8
        if "int8" in constants:
            return Precision.DYNAMIC
        return Precision.FP16 if "float16" in constants else Precision.FP32

    @cached_property
    def scales_pixels(self) -> bool:
        """As `ForeignModel.scales_pixels` says, after what moves or casts pixels."""
        place = int(self._graph.inputs[0])
        while True:
            readers = [one for one in self._graph.operators if place in map(int, one.inputs)]
            if len(readers) != 1 or operator_name(self._model, readers[0]) not in (*_MOVES_PIXELS, *_SCALES):
                return False
            if operator_name(self._model, readers[0]) in _SCALES:
                others = [int(one) for one in readers[0].inputs if int(one) != place]
                return any(self._is_constant(one) for one in others)
            place = int(readers[0].outputs[0])

    def _is_constant(self, place: int) -> bool:
        data = self._model.buffers[self._graph.tensors[place].buffer].data
        return data is not None and len(data) > 0

    @cached_property
    def inputs(self) -> tuple[ForeignTensor, ...]:
        """Of the graph."""
        return tuple(_tensor(self._graph.tensors[place]) for place in self._graph.inputs)

    @cached_property
    def outputs(self) -> tuple[ForeignTensor, ...]:
        """Of the graph, each with what its last operator tells of it."""
        return tuple(_tensor(self._graph.tensors[place], self._kind(place)) for place in self._graph.outputs)

    def _kind(self, output: int) -> OutputKind | None:
        producers = {int(place): one for one in self._graph.operators for place in one.outputs}
        operator = producers.get(int(output))
        while operator is not None and operator_name(self._model, operator) in _PASSED_THROUGH:
            operator = producers.get(int(operator.inputs[0]))
        if operator is None:
            return None
        name = operator_name(self._model, operator)
        bounded = getattr(operator.builtinOptions, "fusedActivationFunction", 0)
        return OutputKind.LOGITS if name in _LINEAR and not bounded else _KINDS.get(name)

    @cached_property
    def input_quantization(self) -> InputQuantization | None:
        """How the input stands for real values; None where it holds these themselves."""
        return quantization(self._graph.tensors[self._graph.inputs[0]])

    def run(self, images: NDArray[Any], output: str) -> NDArray[np.float32]:
        """As `ForeignModel.run` says.

        A quantized input takes its own whole numbers as they are, and real values, which are quantized.
        """
        quantized = self.input_quantization
        if quantized is not None and np.issubdtype(images.dtype, np.floating):
            images = quantized.quantized(images.astype(np.float32))
        images = images.astype(self.inputs[0].dtype)
        place = int(self._graph.outputs[self._output(output)])
        with engine_faults(f"{self.path}: LiteRT fails on an input of {images.shape[1:]}"):
            rows = [self._answer(image[None], place) for image in images]
        return np.concatenate(rows).reshape(len(images), -1)

    def _answer(self, image: NDArray[Any], output: int) -> NDArray[np.float32]:
        interpreter, own = self._interpreter, int(self._graph.inputs[0])
        if tuple(interpreter.get_input_details()[0]["shape"]) != image.shape:
            interpreter.resize_tensor_input(own, image.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(own, image)
        interpreter.invoke()
        details = {detail["index"]: detail for detail in interpreter.get_output_details()}
        return dequantized(interpreter.get_tensor(output), details[output])

    @cached_property
    def _interpreter(self) -> Any:
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(model_content=self.data, num_threads=os.cpu_count() or 1)
        interpreter.allocate_tensors()
        return interpreter

    def _output(self, name: str) -> int:
        """Which of the outputs bears a name.

        Raises:
            InputError: none.
        """
        names = [tensor.name for tensor in self.outputs]
        if name not in names:
            raise InputError(f"{self.path} has no output {name!r}: pass --output-name {' or '.join(names)}")
        return names.index(name)

    def rewritten(self, recipe: ImportRecipe) -> bytes:
        """As `ForeignModel.rewritten` says."""
        place = self._output(recipe.output_name) if recipe.output_name is not None else 0
        self._check_input(recipe)
        self._check_output(self.outputs[place], len(recipe.labels))
        model = parse(self.data)
        with_image_input(model, recipe.pixels, recipe.size)
        with_probabilities(model, int(self._graph.outputs[place]), recipe.output, len(recipe.labels))
        return serialized(model)

    def _check_input(self, recipe: ImportRecipe) -> None:
        came = ", ".join(map(str, self.inputs))
        if len(self.inputs) != 1 or self.inputs[0].dtype not in ("float32", "uint8", "int8"):
            raise ModelFileError(f"{self.path} takes {came}: one image of float32, uint8 or int8 is taken in")
        depth, is_nchw = recipe.channels.depth, recipe.layout is Layout.NCHW
        asked = (depth, *recipe.size) if is_nchw else (*recipe.size, depth)
        own = self.inputs[0].shape[1:]
        if len(own) != 3 or any(size not in (None, want) for size, want in zip(own, asked, strict=True)):
            raise ModelFileError(
                f"{self.path} takes {came}, and the recipe says {recipe.layout}, {recipe.channels}, "
                f"{recipe.size[0]} x {recipe.size[1]}: pass --layout, --channels or --size"
            )

    def _check_output(self, output: ForeignTensor, labels: int) -> None:
        has_open_batch = output.shape[:1] == (None,)
        sizes = output.shape[1:] if has_open_batch else output.shape
        if output.dtype not in ("float32", "uint8", "int8") or None in sizes:
            raise ModelFileError(
                f"{self.path} gives {output}: probabilities or logits of float32, uint8 or int8 are taken in"
            )
        classes = math.prod(size for size in sizes if size is not None)
        if classes != labels:
            raise ModelFileError(
                f"{self.path} gives {output}, {classes} numbers an image, for {labels} labels: pass --labels "
                "with one for each, or --output-name"
            )


def _tensor(tensor: Any, kind: OutputKind | None = None) -> ForeignTensor:
    dtype = DTYPES.get(tensor.type, _TYPES.get(tensor.type, "unknown").lower())
    shape: list[int | None] = [int(size) for size in tensor.shape] if tensor.shape is not None else []
    if tensor.shapeSignature is not None and len(tensor.shapeSignature) == len(shape):
        shape = [None if size < 0 else int(size) for size in tensor.shapeSignature]
    return ForeignTensor((tensor.name or b"").decode(errors="replace"), dtype, tuple(shape), kind)


def _text(data: Any) -> str:
    """A buffer's text, without the zero bytes behind it; empty where it is no text."""
    try:
        text = b"" if data is None else bytes(data).rstrip(b"\0")
        return text.decode() if b"\0" not in text else ""
    except UnicodeDecodeError:
        return ""
