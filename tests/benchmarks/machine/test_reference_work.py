"""A fixed inference beside the samples."""

import json

from edgebreed.benchmarks.machine.reference_work import Reference
from edgebreed.machine import versions


def test_it_takes_time_and_tells_what_it_is() -> None:
    """Model, digest, engine, threads and the runtime's version, as a result file holds them."""
    reference = Reference.open()
    assert reference is not None
    assert 0 < reference.run() < 1e4
    told = json.loads(json.dumps(reference.to_dict()))
    assert ("dogs64.onnx", "onnxruntime/CPUExecutionProvider", 0) == (
        told["model"],
        told["engine"],
        told["threads"],
    )
    assert 64 == len(told["sha256"])
    assert versions(["onnxruntime"]).items() <= told["versions"].items()
