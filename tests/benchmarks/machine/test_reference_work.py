"""Fixed work that shows how fast the machine is."""

import json

import pytest

from edgebreed.benchmarks.machine.reference_work import ReferenceInference, SpeedProbe
from edgebreed.machine import versions


def test_the_probe_takes_time() -> None:
    """In ms."""
    probe = SpeedProbe()
    assert all(0 < probe.run() < 1e4 for _ in range(3))


def test_the_reference_takes_time_and_identifies_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Model, digest, engine, threads and the runtime's version; without a warning of it."""
    reference = ReferenceInference.open()
    assert reference is not None
    assert 0 < reference.run() < 1e4
    record = json.loads(json.dumps(reference.to_dict()))
    assert ("the model that ships with edgebreed", "onnxruntime/CPUExecutionProvider", 0) == (
        record["model"],
        record["engine"],
        record["threads"],
    )
    assert "" == caplog.text
    assert 64 == len(record["sha256"])
    assert versions(["onnxruntime"]).items() <= record["versions"].items()
