"""TFLite graphs that are sound flatbuffers and compute nonsense: wired, typed or shaped at random."""

import random
from collections.abc import Callable
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

Change = Callable[[Any, random.Random], None]
SIZES = (0, 1, 2, 3, 8, 64, 1000)


def _type(graph: Any, rng: random.Random) -> None:
    rng.choice(graph.tensors).type = rng.randrange(23)


def _shape(graph: Any, rng: random.Random) -> None:
    tensor = rng.choice(graph.tensors)
    tensor.shape, tensor.shapeSignature = rng.choices(SIZES, k=rng.randint(0, 6)), None


def _buffer(graph: Any, rng: random.Random) -> None:
    rng.choice(graph.tensors).buffer = rng.choice(graph.tensors).buffer


def _inputs(graph: Any, rng: random.Random) -> None:
    places = range(-1, len(graph.tensors))
    rng.choice(graph.operators).inputs = rng.choices(places, k=rng.randint(0, 6))


def _outputs(graph: Any, rng: random.Random) -> None:
    rng.choice(graph.operators).outputs = rng.choices(range(len(graph.tensors)), k=rng.randint(0, 4))


def _options(graph: Any, rng: random.Random) -> None:
    operator = rng.choice(graph.operators)
    operator.builtinOptions, operator.builtinOptionsType = None, 0


def _order(graph: Any, rng: random.Random) -> None:
    rng.shuffle(graph.operators)


def _twice(graph: Any, rng: random.Random) -> None:
    graph.operators.append(rng.choice(graph.operators))


def _quantization(graph: Any, rng: random.Random) -> None:
    made = schema.QuantizationParametersT()
    made.scale = [rng.choice((0.0, 1.0, -1.0, float("nan")))] * rng.randint(0, 9)
    made.zeroPoint = [rng.randint(-300, 300)] * rng.randint(0, 9)
    rng.choice(graph.tensors).quantization = made


CHANGES: tuple[Change, ...] = (
    _type,
    _shape,
    _buffer,
    _inputs,
    _outputs,
    _options,
    _order,
    _twice,
    _quantization,
)


def rewired(flatbuffer: bytes, rng: random.Random) -> bytes:
    """A model with one or two changes, among them operators of any kind in place of others."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(flatbuffer, 0))
    for _ in range(rng.randint(1, 2)):
        if rng.randrange(4) == 0:
            code = rng.choice(model.operatorCodes)
            code.builtinCode = rng.randrange(210)
            code.deprecatedBuiltinCode = min(127, code.builtinCode)
        else:
            rng.choice(CHANGES)(model.subgraphs[0], rng)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
