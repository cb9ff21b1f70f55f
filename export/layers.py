"""Layer by layer: how much of the float model's signal is left in the exported one.

The same photos run through both; after each layer the values that both have are compared. Where the ratio
falls steeply, the export breaks.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from edgebreed.edge.engines.session import SessionSettings
from edgebreed.export.graph.index import Model
from edgebreed.export.noise import powers, ratio_db
from edgebreed.export.onnx_setup import onnx
from edgebreed.export.recipe import Format
from edgebreed.progress import track

COMPARED_ONNX = {"Conv", "MatMul", "Gemm", "Add", "MaxPool", "AveragePool", "GlobalAveragePool", "Softmax"}
COMPARED_TFLITE = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "MAX_POOL_2D", "MEAN", "SOFTMAX"}
LAYER_PHOTOS = 16

Values = dict[str, NDArray[Any]]
Probe = Callable[[NDArray[np.uint8]], Values]


@dataclass(frozen=True)
class LayerNoise:
    """What is left of the signal behind a layer.

    Attributes:
        layer: the name of its output.
        operator: what it computes.
        snr_db: signal-to-noise ratio in dB, of all that happened up to here.
    """

    layer: str
    operator: str
    snr_db: float


def layer_noise(
    format_: Format, plain: bytes, exported: bytes, photos: NDArray[np.uint8], precise: bool = False
) -> tuple[LayerNoise, ...]:
    """Compares a float32 file with the one exported from it, in the order of the graph.

    Args:
        format_: of both.
        plain: the float32 body.
        exported: the exported body.
        photos: `(N, H, W, 3) uint8 RGB`.
        precise: sum int8 products without saturation on x86 that lacks VNNI.
    """
    if format_ is Format.ONNX:
        kinds = _onnx_kinds(plain, exported)
        probes = [_onnx_probe(body, tuple(kinds), precise) for body in (plain, exported)]
    else:
        kinds = _tflite_kinds(plain, exported)
        probes = [_tflite_probe(body, tuple(kinds)) for body in (plain, exported)]
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for before, after in _answers(probes, photos):
        for name in kinds:
            for place, power in enumerate(powers(before[name], after[name])):
                sums[name][place] += power
    return tuple(LayerNoise(name, kind, ratio_db(*sums[name])) for name, kind in kinds.items())


def save_plot(rows: Sequence[LayerNoise], title: str, file: BinaryIO) -> None:
    """Draws the ratio over the depth of the network as a PNG, with the name of the lowest."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    depth, ratios = range(len(rows)), [row.snr_db for row in rows]
    axes.plot(depth, ratios, marker=".", linewidth=1)
    axes.axhline(0, color="grey", linestyle=":")
    worst = min(depth, key=lambda place: ratios[place])
    on_left = worst < len(rows) / 2
    axes.annotate(
        f"{rows[worst].layer.partition(';')[0]}: {ratios[worst]:.1f} dB",
        (worst, ratios[worst]),
        xytext=(8 if on_left else -8, 12),
        textcoords="offset points",
        ha="left" if on_left else "right",
        fontsize=8,
    )
    axes.set(title=title, xlabel="layer, from the photo to the answer", ylabel="signal-to-noise, dB")
    axes.grid(alpha=0.3)
    figure.savefig(file, format="png", dpi=110)


def _answers(probes: Sequence[Probe], photos: NDArray[np.uint8]) -> Iterator[tuple[Values, Values]]:
    """One photo at a time: all the values of a batch would not fit into a small machine."""
    for photo in track(photos, "layers", len(photos)):
        yield probes[0](photo[None]), probes[1](photo[None])


def _onnx_kinds(plain: bytes, exported: bytes) -> dict[str, str]:
    """Values that both graphs compute, and by which operator."""
    there = {name for node in _parsed(exported).graph.node for name in node.output}
    nodes = [node for node in _parsed(plain).graph.node if node.op_type in COMPARED_ONNX]
    return {node.output[0]: node.op_type for node in nodes if node.output[0] in there}


def _onnx_probe(body: bytes, names: tuple[str, ...], precise: bool) -> Probe:
    import onnxruntime

    model = _parsed(body)
    outputs = {value.name for value in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in outputs)
    options = SessionSettings(avoid_saturation=precise).session_options(onnxruntime)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    image = session.get_inputs()[0].name
    return lambda photo: dict(zip(names, session.run(list(names), {image: photo}), strict=True))


def _parsed(body: bytes) -> Model:
    return onnx.load_from_string(body)


def _tflite_kinds(plain: bytes, exported: bytes) -> dict[str, str]:
    from edgebreed.export.tflite.flatbuffer import operator_name, parse

    there = {tensor.name for tensor in parse(exported).subgraphs[0].tensors}
    model = parse(plain)
    graph = model.subgraphs[0]
    made = [(graph.tensors[op.outputs[0]].name, operator_name(model, op)) for op in graph.operators]
    return {name.decode(): kind for name, kind in made if kind in COMPARED_TFLITE and name in there}


def _tflite_probe(body: bytes, names: tuple[str, ...]) -> Probe:
    import warnings

    from ai_edge_litert.interpreter import Interpreter

    from edgebreed.edge.engines.litert import dequantized

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it says that keeping all tensors takes memory
        interpreter = Interpreter(model_content=body, experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    details = {detail["name"]: detail for detail in interpreter.get_tensor_details()}
    image = interpreter.get_input_details()[0]["index"]

    def run(photo: NDArray[np.uint8]) -> Values:
        interpreter.set_tensor(image, photo)
        interpreter.invoke()
        return {
            name: dequantized(interpreter.get_tensor(details[name]["index"]), details[name]) for name in names
        }

    return run
