"""Which engine runs a model."""

import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.engines import Engine, EngineOptions, load_engine
from edgebreed.edge.engines.onnx_runtime import LIBRARIES
from edgebreed.edge.engines.registry import ENGINES, known_engine, unavailable
from edgebreed.edge.formats import read_model
from edgebreed.edge.manifest import Tuned
from edgebreed.edge.preprocess import InputSpec
from edgebreed.edge.processor import machine_name
from edgebreed.edge.task import Rejection, RejectionScore
from edgebreed.errors import EngineError, EngineTimeoutError, ModelFileError

from ...conftest import colour_manifest, model_of
from .test_gpu_libraries import LIBRARY, build_lacking

MANIFEST = colour_manifest()
SCORED = Rejection(RejectionScore.IN_DISTRIBUTION, 0.5)
BATCH = np.zeros((2, 8, 8, 3), np.uint8)


@pytest.mark.parametrize("engine", ["cpu", "CPUExecutionProvider", "openvino", "auto"])
def test_each_engine_answers_alike(colours: Path, engine: str) -> None:
    """Rows that sum to 1, a row a photo."""
    outputs = load_engine(model_of(colours, MANIFEST), EngineOptions(engine)).run(BATCH)
    assert np.allclose(outputs.probabilities, np.full((2, 3), 1 / 3), atol=1e-6)
    assert outputs.in_distribution is None


def test_the_name_tells_what_runs(colours: Path) -> None:
    """Engine and provider."""
    assert (
        "onnxruntime/CPUExecutionProvider"
        == load_engine(model_of(colours, MANIFEST), EngineOptions("cpu")).name
    )


def test_an_unknown_engine_is_refused() -> None:
    """The message lists those that are known."""
    with pytest.raises(
        EngineError, match="no engine 'abacus': choose one of auto, tensorrt, tensorrt-rtx, cuda, cpu"
    ):
        known_engine("abacus")
    assert "cpu" == known_engine("CPUExecutionProvider")


def test_a_provider_that_is_not_there_is_never_replaced_silently(colours: Path) -> None:
    """The message says what to install, and what runs without it."""
    with pytest.raises(
        EngineError, match=r"CUDAExecutionProvider is not in .*edgebreed\[gpu\].*--engine cpu"
    ):
        load_engine(model_of(colours, MANIFEST), EngineOptions("cuda"))


def test_a_fallback_that_was_allowed_is_named(
    colours: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next engine runs, and one line says why, without advice that was followed already."""
    broken = replace(ENGINES["tensorrt"], open=_fail, why_unavailable=lambda: None)
    monkeypatch.setitem(ENGINES, "tensorrt", broken)
    engine = load_engine(model_of(colours, MANIFEST), EngineOptions("cuda", allow_fallback=True))
    assert "onnxruntime/CPUExecutionProvider" == engine.name
    (warning,) = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith("cuda was not used: CUDAExecutionProvider is not in this ONNX Runtime: ")
    assert "--allow-fallback" not in warning


def test_an_engine_for_another_format_is_refused(colours: Path) -> None:
    """LiteRT runs no ONNX file."""
    with pytest.raises(EngineError, match=r"litert does not run colours\.onnx: choose one of tensorrt"):
        load_engine(model_of(colours, MANIFEST), EngineOptions("litert"))


@pytest.mark.parametrize("engine", ["cpu", "openvino", "auto"])
@pytest.mark.parametrize(
    "lie",
    [
        {"input": InputSpec(9, 8)},
        {"classes": ("a", "b"), "labels": ("A", "B"), "golden": ()},
        {"rejection": SCORED},
    ],
)
def test_a_manifest_that_lies_about_the_model_is_refused_at_open(
    colours: Path, engine: str, lie: dict[str, Any]
) -> None:
    """The size of its input, the number of its classes, or an output that it does not have."""
    with pytest.raises(
        ModelFileError, match="colours (takes|gives) .*, and its manifest says .*: export the"
    ):
        load_engine(model_of(colours, colour_manifest(**lie)), EngineOptions(engine))


@pytest.mark.parametrize("engine", ["cpu", "openvino"])
def test_the_bytes_that_were_checked_are_the_ones_that_run(colours: Path, engine: str) -> None:
    """Another file at the same path does not matter any more."""
    model = read_model(colours)
    colours.write_bytes(b"another file")
    assert (2, 3) == load_engine(model, EngineOptions(engine)).run(BATCH).probabilities.shape


@pytest.mark.parametrize("engine", ["cpu", "openvino"])
def test_a_broken_model_is_refused_in_one_line(tmp_path: Path, engine: str) -> None:
    """The engine's own words, without its traceback."""
    (tmp_path / "x.onnx").write_bytes(b"nonsense")
    with pytest.raises((EngineError, ModelFileError), match=r"x\.onnx.*: "):
        load_engine(model_of(tmp_path / "x.onnx", MANIFEST), EngineOptions(engine))


def test_auto_takes_what_tuning_found(colours: Path) -> None:
    """Where this machine has it; an engine that was asked for by name still comes first."""
    names = []
    for tuned, asked in (("openvino", "auto"), ("cuda", "auto"), ("openvino", "cpu")):
        found = Tuned("CPU", tuned, 1, 9.0, 99, (720, 1280), {}, None, None, 0)
        names.append(load_engine(model_of(colours, colour_manifest(tuned=found)), EngineOptions(asked)).name)
    assert ["openvino/CPU", "onnxruntime/CPUExecutionProvider", "onnxruntime/CPUExecutionProvider"] == names


def test_a_gpu_comes_before_a_processor_engine_that_was_tuned_elsewhere(
    colours: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its failure is told of; what was tuned on this very machine runs without asking the GPU."""
    unlucky = replace(ENGINES["cuda"], open=_fail, why_unavailable=lambda: None)
    monkeypatch.setitem(ENGINES, "cuda", unlucky)
    told = []
    for machine in ("Another, 4 cores", machine_name()):
        caplog.clear()
        manifest = colour_manifest(tuned=Tuned(machine, "cpu", 1, 9.0, 99, (720, 1280), {}, None, None, 0))
        assert "onnxruntime/CPUExecutionProvider" == load_engine(model_of(colours, manifest)).name
        told.append([record.message for record in caplog.records if record.levelname == "WARNING"])
    assert [["cuda was not used: no driver"], []] == told


def test_a_gpu_that_lacks_a_library_is_told_of(
    colours: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`auto` says why it computes on the processor; who asked for the GPU gets the line that installs it."""
    providers = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: providers)
    library = Path(build_lacking(tmp_path, "libq.so.9").__file__).parent / "capi" / LIBRARY
    for provider in providers[:2]:
        monkeypatch.setitem(LIBRARIES, provider, str(library))
    reason = 'does not load: libq.so.9 is missing: `pip install "edgebreed[gpu]"` brings CUDA and cuDNN'
    model = model_of(colours, MANIFEST)
    assert "onnxruntime/CPUExecutionProvider" == load_engine(model).name
    (warning,) = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert f"cuda was not used: CUDAExecutionProvider {reason}" == warning
    assert f"TensorrtExecutionProvider {reason}" == unavailable()["tensorrt"]
    for name in ("cuda", "tensorrt"):
        with pytest.raises(
            EngineError, match=f"{re.escape(reason)}, or pass --engine cpu or --allow-fallback"
        ):
            load_engine(model, EngineOptions(name))


def _fail(*_: object) -> Engine:
    raise EngineError("no driver")


@pytest.mark.parametrize("options", [EngineOptions(), EngineOptions("cpu", allow_fallback=True)])
def test_an_engine_that_does_not_open_in_time_is_not_replaced(
    colours: Path, options: EngineOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one would mostly hang on the same file, and what was begun runs on beside it."""
    release = threading.Event()
    stuck: Any = lambda *_: release.wait()  # noqa: E731  (it opens nothing, which no type allows)
    monkeypatch.setitem(ENGINES, "cpu", replace(ENGINES["cpu"], open=stuck, open_timeout_s=0.06))
    for limited in (replace(options, open_timeout_s=0.05), options):
        with pytest.raises(EngineTimeoutError, match=r"^cpu did not open .* 0\.0[56] s: give --open-timeout"):
            load_engine(model_of(colours, MANIFEST), limited)
    release.set()


def test_threads_of_a_larger_machine_are_not_started_here(colours: Path) -> None:
    """A tuned file may come from anywhere, and hold any number."""
    manifest = colour_manifest(tuned=Tuned("CPU", "cpu", 100_000, 9.0, 99, (720, 1280), {}, None, None, 0))
    assert "onnxruntime/CPUExecutionProvider" == load_engine(model_of(colours, manifest)).name
