"""The system under test: models in engines."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest, open_systems, separate_copies
from edgebreed.edge.engines import EngineOptions
from edgebreed.errors import EngineError


def test_each_model_in_each_engine(colours: Path) -> None:
    """The product of both options."""
    systems = open_systems([colours, colours], ["cpu", "openvino"], EngineOptions())
    engines = [system.pipeline.engine.name for system in systems]
    assert ["onnxruntime/CPUExecutionProvider", "openvino/CPU"] * 2 == engines


def test_an_engine_that_runs_none_of_the_models_is_refused(colours: Path) -> None:
    """By name, with one model or several."""
    with pytest.raises(EngineError, match=r"litert does not run colours\.onnx: choose one of"):
        open_systems([colours], ["litert"], EngineOptions())
    with pytest.raises(EngineError, match="litert runs none of the models: give one of its kind"):
        open_systems([colours, colours], ["litert", "cpu"], EngineOptions())


def test_it_describes_its_model(colours: Path) -> None:
    """Name, file, size, precision, input and the accuracy that the manifest states."""
    info = SystemUnderTest.open(colours, EngineOptions("cpu")).model_info().to_dict()
    assert {
        "name": "colours",
        "file": "colours.onnx",
        "precision": "fp32",
        "input": [8, 8],
    }.items() <= info.items()
    assert (colours.stat().st_size, None) == (info["bytes"], info["top1"])


def test_copies_to_a_device_stand_apart(colours: Path, photo: Path) -> None:
    """Taken out of the inference, so that the sum stays."""
    stages = {"resize": 1.0, "inference": 5.0, "decision": 0.1}
    parts = separate_copies(stages, {"host-to-device": 0.5, "device-to-host": 0.25})
    assert ["resize", "host-to-device", "inference", "device-to-host", "decision"] == list(parts)
    assert (4.25, sum(stages.values())) == (parts["inference"], sum(parts.values()))
    bound = SystemUnderTest.open(colours, EngineOptions("cpu", io_binding=True))
    assert {"host-to-device", "inference", "device-to-host"} <= bound.process_file(photo).keys()
