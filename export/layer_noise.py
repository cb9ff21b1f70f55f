"""Signal-to-quantization-noise ratio (SQNR), of a model's outputs and behind each of its layers.

The same images run through the float32 file and the exported one, and the values that both compute are
compared. The layer at which the ratio drops steeply is the one that the export damages.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.edge.engines.session import SessionSettings
from edgebreed.edge.formats import ModelFormat, sniff
from edgebreed.export.graph.index import Model, onnx
from edgebreed.progress import track
from edgebreed.train.matplotlib_setup import Figure

COMPARED_ONNX = {"Conv", "MatMul", "Gemm", "Add", "MaxPool", "AveragePool", "GlobalAveragePool", "Softmax"}
COMPARED_TFLITE = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "MAX_POOL_2D", "MEAN", "SOFTMAX"}
LAYER_IMAGES = 16
NOISELESS_DB = 120.0  # stands for no difference, and for one below float32's last bit

Values = dict[str, NDArray[Any]]
"""The values that a model computed for an image, by name."""
RunLayers = Callable[[NDArray[np.uint8]], Values]


@dataclass(frozen=True)
class LayerNoise:
    """The quantization noise behind a layer.

    Attributes:
        layer: the name of its output.
        operator: what it computes.
        sqnr_db: signal-to-quantization-noise ratio in dB; it includes the noise of all layers before.
    """

    layer: str
    operator: str
    sqnr_db: float


def sqnr_db(signal: float, noise: float) -> float:
    """Ten times the decimal logarithm of signal power over noise power, `NOISELESS_DB` at most."""
    if noise <= 0 or signal <= 0:
        return NOISELESS_DB if noise <= 0 else -NOISELESS_DB
    return float(min(NOISELESS_DB, 10 * np.log10(signal / noise)))


def signal_and_noise(reference: NDArray[Any], values: NDArray[Any]) -> tuple[float, float]:
    """Signal power and noise power of values against a reference of the same shape."""
    exact = reference.astype(np.float64)
    return float((exact**2).sum()), float(((exact - values) ** 2).sum())


def output_sqnr_db(reference: NDArray[np.float32], outputs: NDArray[np.float32]) -> float:
    """The ratio for probabilities `(N, classes)`, on their logarithms less each row's mean.

    These are the logits of the softmax up to a constant; noise shows in them before a top-1 class changes.
    """
    logits, noisy = (np.log(np.maximum(rows.astype(np.float64), 1e-7)) for rows in (reference, outputs))
    centred = [rows - rows.mean(axis=1, keepdims=True) for rows in (logits, noisy)]
    return sqnr_db(*signal_and_noise(centred[0], centred[1]))


def layer_noise(
    float32: bytes, exported: bytes, images: NDArray[np.uint8], avoid_saturation: bool = False
) -> tuple[LayerNoise, ...]:
    """Compares a float32 file with the one exported from it, layer by layer in the order of the graph.

    Args:
        float32: the float32 file in the same format, without its manifest.
        exported: the exported file, without its manifest.
        images: `(N, H, W, 3) uint8 RGB`.
        avoid_saturation: add int8 products without saturation, on x86 without VNNI.
    """
    if sniff(float32) is ModelFormat.ONNX:
        operators = _onnx_operators(float32, exported)
        runs = [_onnx_run(data, tuple(operators), avoid_saturation) for data in (float32, exported)]
    else:
        operators = _tflite_operators(float32, exported)
        runs = [_tflite_run(data, tuple(operators)) for data in (float32, exported)]
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for before, after in _run_each(runs, images):
        for name in operators:
            for place, power in enumerate(signal_and_noise(before[name], after[name])):
                sums[name][place] += power
    return tuple(LayerNoise(name, operator, sqnr_db(*sums[name])) for name, operator in operators.items())


def save_plot(rows: Sequence[LayerNoise], title: str, file: BinaryIO) -> None:
    """Plots the ratio over the depth of the network as a PNG, with the name of the worst layer."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    depth, ratios = range(len(rows)), [row.sqnr_db for row in rows]
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
    axes.set(
        title=title, xlabel="layer, from input to output", ylabel="signal-to-quantization-noise ratio, dB"
    )
    axes.grid(alpha=0.3)
    figure.savefig(file, format="png", dpi=110)


def _run_each(runs: Sequence[RunLayers], images: NDArray[np.uint8]) -> Iterator[tuple[Values, Values]]:
    """One image at a time: all the values of a batch would not fit into a small machine's memory."""
    for image in track(images, "layers", len(images)):
        yield runs[0](image[None]), runs[1](image[None])


def _onnx_operators(float32: bytes, exported: bytes) -> dict[str, str]:
    """Names of the values that both graphs compute, and the operator of each."""
    there = {name for node in _parsed(exported).graph.node for name in node.output}
    nodes = [node for node in _parsed(float32).graph.node if node.op_type in COMPARED_ONNX]
    return {node.output[0]: node.op_type for node in nodes if node.output[0] in there}


def _onnx_run(data: bytes, names: tuple[str, ...], avoid_saturation: bool) -> RunLayers:
    onnxruntime = telemetry.import_quietly("onnxruntime")
    model = _parsed(data)
    outputs = {value.name for value in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in outputs)
    options = SessionSettings(avoid_saturation=avoid_saturation).session_options(onnxruntime)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    input_name = session.get_inputs()[0].name
    return lambda image: dict(zip(names, session.run(list(names), {input_name: image}), strict=True))


def _parsed(data: bytes) -> Model:
    return onnx.load_from_string(data)


def _tflite_operators(float32: bytes, exported: bytes) -> dict[str, str]:
    from edgebreed.export.tflite_flatbuffer import operator_name, parse

    there = {tensor.name for tensor in parse(exported).subgraphs[0].tensors}
    model = parse(float32)
    graph = model.subgraphs[0]
    named = [(graph.tensors[op.outputs[0]].name, operator_name(model, op)) for op in graph.operators]
    return {name.decode(): kind for name, kind in named if kind in COMPARED_TFLITE and name in there}


def _tflite_run(data: bytes, names: tuple[str, ...]) -> RunLayers:
    import warnings

    from ai_edge_litert.interpreter import Interpreter

    from edgebreed.edge.engines.litert import dequantized

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it says that keeping all tensors takes memory
        interpreter = Interpreter(model_content=data, experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    details = {detail["name"]: detail for detail in interpreter.get_tensor_details()}
    place = interpreter.get_input_details()[0]["index"]

    def run(image: NDArray[np.uint8]) -> Values:
        interpreter.set_tensor(place, image)
        interpreter.invoke()
        return {
            name: dequantized(interpreter.get_tensor(details[name]["index"]), details[name]) for name in names
        }

    return run
