"""What every engine shares."""

import numpy as np
import pytest

from edgebreed.edge.engines import EngineOptions, FixedEngine, ModelOutputs
from edgebreed.edge.engines.engine import engine_faults, first_line, in_rows, named_outputs
from edgebreed.errors import EngineError, InputError

WIDE, NARROW = np.full((2, 3), 1 / 3, np.float32), np.full((2, 1), 0.7, np.float32)


def test_outputs_are_told_apart_by_their_width() -> None:
    """In whatever order the file has them; a single one is the probabilities."""
    for outputs in ([WIDE, NARROW], [NARROW, WIDE]):
        found = named_outputs(outputs, 3)
        assert found.probabilities is WIDE
        assert found.in_distribution is not None
        assert [0.7, 0.7] == pytest.approx(found.in_distribution.tolist())
    assert None is named_outputs([WIDE], 3).in_distribution


@pytest.mark.parametrize("outputs", [[WIDE], [NARROW], [WIDE, NARROW], [WIDE[0]]])
def test_outputs_for_other_classes_are_refused(outputs: list[np.ndarray]) -> None:
    """A manifest and a model that do not belong together would give wrong labels."""
    with pytest.raises(EngineError, match=r"outputs of shape \(.*\) do not fit 4 classes: export the model"):
        named_outputs(outputs, 4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_outputs_that_are_no_numbers_are_refused(value: float) -> None:
    """Of either output, wherever they come from: they would become NaN in JSON."""
    for wrong in ([np.full((2, 3), value, np.float32), NARROW], [WIDE, np.full((2, 1), value, np.float32)]):
        with pytest.raises(EngineError, match="outputs that are no numbers .*: export the model in fp32"):
            named_outputs(wrong, 3)


@pytest.mark.parametrize("threads", [-1, 100_000])
def test_a_number_of_threads_that_no_machine_has_is_refused(threads: int) -> None:
    """An engine would start them all."""
    with pytest.raises(InputError, match=f"{threads} threads: give 1 to 1024, or 0 to let the engine choose"):
        EngineOptions(threads=threads)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["open_timeout_s", "inference_timeout_s"])
def test_a_time_limit_that_is_none_is_refused(name: str, seconds: float) -> None:
    """An endless one would take the limit away, and one of none would refuse every model."""
    with pytest.raises(InputError, match=f"limit of {seconds:g} s: give more than 0, and at most 86400"):
        EngineOptions(**{name: seconds})  # type: ignore[arg-type]  # one of two fields, by name


def test_rows_of_a_batch_can_be_taken() -> None:
    """With their scores, where there are any."""
    row = ModelOutputs(WIDE, NARROW[:, 0]).rows(1, 2)
    assert row.in_distribution is not None
    assert ((1, 3), (1,)) == (row.probabilities.shape, row.in_distribution.shape)
    assert None is ModelOutputs(WIDE).rows(0, 1).in_distribution


def test_a_model_of_static_batch_one_takes_images_one_by_one() -> None:
    """And their outputs are joined again."""
    sizes = []

    def run(batch: np.ndarray) -> list[np.ndarray]:
        sizes.append(len(batch))
        return [batch.sum(axis=(1, 2, 3), dtype=np.float32)[:, None]]

    batch = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3)
    assert in_rows(run, batch, False)[0].tolist() == in_rows(run, batch, True)[0].tolist()
    assert [2, 1, 1] == sizes


def test_whatever_an_engine_raises_becomes_one_line() -> None:
    """Our own errors pass as they are."""
    with pytest.raises(EngineError, match="^it failed: first line$"), engine_faults("it failed"):
        raise RuntimeError("first line\nsecond line")
    with pytest.raises(EngineError, match="^it failed: KeyError$"), engine_faults("it failed"):
        raise KeyError
    with pytest.raises(EngineError, match="^it failed: the reason$"), engine_faults("it failed"):
        raise RuntimeError(
            "Exception from src/core.cpp:132:\nException from src/plugin.cpp:9:\n the reason\n"
        )
    with pytest.raises(EngineError, match="^it failed: input precision$"), engine_faults("it failed"):
        raise RuntimeError(
            "Exception from src/core.cpp:132:\nException from src/graph_rewrite.cpp:298:\n"
            "[Pass] END: node: Conv CALLBACK HAS THROWN: Check 'one' failed at src/arm/pass.cpp:49:\n"
            "input precision\n\n\n"
        )
    with pytest.raises(InputError, match="^ours$"), engine_faults("it failed"):
        raise InputError("ours")


def test_the_fixed_engine_answers_every_image_alike() -> None:
    """With a score or without one."""
    engine = FixedEngine(np.array([0.9, 0.1], np.float32), 0.4)
    outputs = engine.run(np.zeros((2, 4, 4, 3), np.uint8))
    assert outputs.in_distribution is not None
    assert [0.9, 0.1, 0.9, 0.1] == pytest.approx(outputs.probabilities.ravel().tolist())
    assert [0.4, 0.4] == pytest.approx(outputs.in_distribution.tolist())


PLACE = "/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154"
SIGNATURE = (
    "Status onnxruntime::CudaCall(ERRTYPE, const char*, int) [with ERRTYPE = cudaError; bool THRW = true]"
)
INSTALL = "Please install TensorRT libraries as mentioned in the GPU requirements page (cf. docs)."


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            f"{PLACE} {SIGNATURE} {PLACE} {SIGNATURE} CUDA failure 35: too old ; GPU=-1 ; line=355",
            "CUDA failure 35: too old",
        ),
        (
            "[ONNXRuntimeError] : 1 : FAIL : CUDNN failure 1001: NOT_INITIALIZED ; GPU=0",
            "CUDNN failure 1001: NOT_INITIALIZED",
        ),
        (
            f"/onnxruntime_src/python/state.cc:729 void a::Register(Options&, const b::Options&) {INSTALL}\n",
            INSTALL,
        ),
        (
            "\n[ONNXRuntimeError] : 10 : INVALID_GRAPH : no (such) node\nmore",
            "[ONNXRuntimeError] : 10 : INVALID_GRAPH : no (such) node",
        ),
        ("Exception from a.cpp:9\nException from b.cpp:8:\nwhy", "why"),
    ],
)
def test_of_an_engines_fault_the_reason_is_told(text: str, line: str) -> None:
    """Without the place in the engine's source."""
    assert line == first_line(RuntimeError(text))
