"""ONNX Runtime and its execution providers."""

import time
from contextlib import nullcontext
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import NodeProto, TensorProto, helper
from onnxruntime import InferenceSession
from packaging.version import Version

from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.engines.onnx_runtime import PROVIDERS, SPECS, OnnxRuntimeEngine, available
from edgebreed.edge.engines.session import SessionSettings
from edgebreed.edge.engines.time_limit import engine_is_busy
from edgebreed.edge.formats import read_model
from edgebreed.errors import EngineError, EngineTimeoutError, ModelFileError

from ...conftest import colour_manifest, model_of
from .hanging_models import hanging, of_colours, slow_to_open

CPU = "CPUExecutionProvider"


def test_every_provider_has_an_entry_for_the_registry() -> None:
    """A GPU provider that is missing says what to install; the processor's is always there."""
    reasons = {spec.name: spec.why_unavailable() for spec in SPECS}
    assert list(PROVIDERS) == list(reasons)
    assert None is reasons["cpu"]
    assert CPU in available()
    missing = [spec for spec in SPECS if PROVIDERS[spec.name] not in available()]
    for spec in missing:
        assert f"{PROVIDERS[spec.name]} is not in" in str(reasons[spec.name])
        if spec.extra == "gpu":
            replaced = '`pip uninstall onnxruntime`, then `pip install "edgebreed[gpu]"`'
            assert replaced in str(reasons[spec.name])


def test_a_batch_of_another_size_than_the_models_is_an_engine_error(colours: Path) -> None:
    """In one line, with the shape that came."""
    engine = OnnxRuntimeEngine(read_model(colours), CPU)
    with pytest.raises(EngineError, match=r"failed on a batch of shape \(1, 9, 9, 3\): "):
        engine.run(np.zeros((1, 9, 9, 3), np.uint8))


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    """With the file's name."""
    (tmp_path / "x.onnx").write_bytes(b"nonsense")
    with pytest.raises(ModelFileError, match=r"x\.onnx is no sound ONNX graph: "):
        OnnxRuntimeEngine(model_of(tmp_path / "x.onnx", colour_manifest()), CPU)


@pytest.mark.parametrize(
    ("operator", "attributes", "error"),
    [
        ("Relu", {"colour": 1}, ModelFileError),  # an attribute that it does not have
        ("Concat", {"axis": 7}, ModelFileError),
        ("Unheard", {}, EngineError),
    ],
)
def test_what_is_wrong_in_any_engine_is_the_files_fault(
    tmp_path: Path, operator: str, attributes: dict[str, Any], error: type[Exception]
) -> None:
    """`auto` tries the next engine where an operator is unknown, and hands on no other refusal."""
    node = helper.make_node(operator, ["mean"], ["logits"], **attributes)
    (tmp_path / "x.onnx").write_bytes(of_colours([node]))
    with pytest.raises(error, match=r"x\.onnx.*\[ONNXRuntimeError\]"):
        OnnxRuntimeEngine(model_of(tmp_path / "x.onnx", colour_manifest()), CPU)


NAME = "EVIL\x1b]0;title\x07"


ABORTS = pytest.mark.skipif(
    Version(version("onnxruntime")) < Version("1.28"),
    reason="before 1.28 ONNX Runtime ends the process at weights of fewer bytes than they state",
)
SHORT_WEIGHTS = pytest.param(helper.make_node("Conv", ["mean", "short"], ["logits"], NAME), marks=ABORTS)


@pytest.mark.parametrize("fault", [SHORT_WEIGHTS, None])
def test_a_models_names_do_not_reach_the_terminal(
    fault: NodeProto | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """ONNX Runtime prints nothing itself, neither of a file that it refuses nor of one that it opens."""
    short = TensorProto(name="short", data_type=TensorProto.FLOAT, dims=[3, 3, 1, 1], raw_data=b"123")
    sound = [helper.make_node("Identity", ["mean"], ["logits"], NAME)]
    weights, nodes = ([short], [fault]) if fault else ([], sound)
    (tmp_path / "x.onnx").write_bytes(of_colours(nodes, weights))
    with pytest.raises((EngineError, ModelFileError)) if fault else nullcontext():
        OnnxRuntimeEngine(model_of(tmp_path / "x.onnx", colour_manifest()), CPU)
    assert ("", "") == capfd.readouterr()


@pytest.mark.parametrize("bind", [False, True])
def test_an_endless_loop_is_cancelled(bind: bool, tmp_path: Path) -> None:
    """Each time anew: no inference is left behind."""
    settings = SessionSettings(bind=bind, inference_timeout_s=0.2)
    engine = OnnxRuntimeEngine(read_model(hanging(tmp_path)), CPU, settings)
    for _ in range(2):
        with pytest.raises(EngineTimeoutError, match=r"did not answer a batch of .*: give --inference-ti"):
            engine.run(np.zeros((1, 8, 8, 3), np.uint8))
        assert not engine_is_busy()


@pytest.mark.slow
def test_opening_is_cancelled(tmp_path: Path) -> None:
    """Four matrices of 4,000 x 4,000, which it multiplies while it opens the file."""
    (tmp_path / "slow.onnx").write_bytes(slow_to_open())
    model, options = model_of(tmp_path / "slow.onnx", colour_manifest()), EngineOptions("cpu", 1)
    with pytest.raises(EngineTimeoutError, match=r"cpu did not open .*slow\.onnx within 0\.1 s: give --op"):
        load_engine(model, replace(options, open_timeout_s=0.1))
    while engine_is_busy():
        time.sleep(0.01)


def test_a_gpu_that_does_not_start_is_told_of_with_its_reason(
    colours: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line of ours; ONNX Runtime prints nothing, and `auto` computes on the processor."""
    create = InferenceSession._create_inference_session

    def fails_on_gpu(self: InferenceSession, providers: list[Any], *rest: Any) -> None:
        if "CUDAExecutionProvider" in str(providers):
            raise RuntimeError("/a.cc:1 f(int) CUDA failure 100: no device ; GPU=-1 ; line=1")
        create(self, providers, *rest)

    monkeypatch.setattr(InferenceSession, "_create_inference_session", fails_on_gpu)
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CUDAExecutionProvider", CPU])
    with pytest.raises(
        EngineError, match=r"^CUDAExecutionProvider did not start: CUDA failure 100: no device, "
    ):
        load_engine(read_model(colours), EngineOptions("cuda"))
    assert f"onnxruntime/{CPU}" == load_engine(read_model(colours)).name
    assert ("", "") == capfd.readouterr()
