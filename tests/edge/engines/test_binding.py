"""A session whose input and outputs stay on its device; on the processor here, as on a GPU elsewhere."""

from pathlib import Path

import numpy as np
import onnx

from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.engines.binding import MOST_GRAPHS
from edgebreed.edge.engines.onnx_runtime import OnnxRuntimeEngine
from edgebreed.edge.engines.session import SessionSettings
from edgebreed.edge.formats import read_model, write_model

from ...conftest import BLUE, RED, colour_manifest, colour_model, model_of, plain

MANIFEST = colour_manifest()


def rgb(colour: tuple[int, int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A batch of one in one colour."""
    return np.ascontiguousarray(plain(colour, 8, 8)[None, ..., ::-1])


def test_a_bound_session_answers_as_a_free_one(colours: Path) -> None:
    """Also after the batch changed its size, and without keeping an old answer."""
    bound = load_engine(model_of(colours, MANIFEST), EngineOptions("cpu", io_binding=True))
    free = load_engine(model_of(colours, MANIFEST), EngineOptions("cpu"))
    red, both = rgb(RED), np.concatenate([rgb(BLUE), rgb(RED)])
    first = bound.run(red).probabilities
    for batch in (both, red, rgb(BLUE)):
        assert np.array_equal(free.run(batch).probabilities, bound.run(batch).probabilities)
    assert 0 == first[0].argmax()
    assert np.array_equal(rgb(RED), red), "the device's memory must not be the caller's own"


def test_buffers_stay_where_they_are_for_graphs(colours: Path) -> None:
    """Of several batch sizes, and of more than are kept; each answer is its own picture's."""
    model = model_of(colours, MANIFEST)
    graphs = OnnxRuntimeEngine(model, "CPUExecutionProvider", SessionSettings(cuda_graph=True))
    free = load_engine(model, EngineOptions("cpu"))
    for _ in range(2):
        for images in range(1, MOST_GRAPHS + 3):
            for colour in (RED, BLUE):
                batch = np.repeat(rgb(colour), images, axis=0)
                assert np.array_equal(free.run(batch).probabilities, graphs.run(batch).probabilities)


def test_copies_are_timed_apart(colours: Path) -> None:
    """In ms, and only where there are any."""
    engines = [
        load_engine(model_of(colours, MANIFEST), EngineOptions("cpu", io_binding=bound))
        for bound in (True, None)
    ]
    for engine in engines:
        engine.run(rgb(RED))
    copies, none = (getattr(engine, "copies_ms", None) for engine in engines)
    assert {} == none
    assert copies
    assert ["host-to-device", "device-to-host"] == list(copies)
    assert all(0 < ms < 1000 for ms in copies.values())


def test_copies_of_a_batch_add_up(colours: Path) -> None:
    """Also where a file of static batch 1 takes its images one by one: those of all images, of this run."""
    static = onnx.load_from_string(colour_model())
    static.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    write_model(colours, static.SerializeToString(), MANIFEST, overwrite=True)
    engine = OnnxRuntimeEngine(read_model(colours), "CPUExecutionProvider", SessionSettings(bind=True))
    single = [sum(_copies_of(engine, 1)) for _ in range(5)]
    assert sum(_copies_of(engine, 500)) > 50 * min(single)
    assert sum(_copies_of(engine, 1)) < sum(_copies_of(engine, 500))


def _copies_of(engine: OnnxRuntimeEngine, images: int) -> list[float]:
    engine.run(np.repeat(rgb(RED), images, axis=0))
    return list(engine.copies_ms.values())
