"""Fixed work that shows how fast the machine is."""

import json
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.reference_work import ReferenceInference, SpeedProbe
from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.formats import read_model, write_model
from edgebreed.edge.manifest import Precision, Target
from edgebreed.edge.processor import mismatch, processor_target
from edgebreed.machine import versions

from ...conftest import colour_manifest, colour_model


def test_the_probe_takes_time() -> None:
    """In ms."""
    probe = SpeedProbe()
    assert all(0 < probe.run() < 1e4 for _ in range(3))


def test_the_reference_takes_time_and_identifies_itself() -> None:
    """Model, digest, engine, threads and the runtime's version."""
    reference = ReferenceInference.open()
    assert reference is not None
    assert 0 < reference.run() < 1e4
    record = json.loads(json.dumps(reference.to_dict()))
    assert ("the model that ships with edgebreed", "onnxruntime/CPUExecutionProvider", 0) == (
        record["model"],
        record["engine"],
        record["threads"],
    )
    assert 64 == len(record["sha256"])
    assert versions(["onnxruntime"]).items() <= record["versions"].items()


@pytest.mark.parametrize("target", list(Target))
def test_nothing_is_said_of_the_reference(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, target: Target
) -> None:
    """Whatever it was made for; who opens such a model to use it is warned of all targets but this one's."""
    path = tmp_path / "colours.onnx"
    write_model(path, colour_model(), colour_manifest(precision=Precision.INT8, target=target))
    assert ReferenceInference.open(path) is not None
    assert "" == caplog.text
    load_engine(read_model(path), EngineOptions("cpu"))
    fits = mismatch(read_model(path).manifest, "onnxruntime/CPUExecutionProvider", processor_target()) is None
    assert fits == ("" == caplog.text)
