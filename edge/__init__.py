"""The runtime: numpy, OpenCV and one inference engine, nothing else."""

from edgebreed.edge.detectors import Detection, Detector, FixedDetector, HaarDetector, HaarSettings
from edgebreed.edge.engines import Engine, EngineOptions, FixedEngine, ModelOutputs
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.prediction import Kind, Prediction, Result
from edgebreed.edge.smoothing import SceneCounter, Smoother
from edgebreed.edge.stream import Stream
from edgebreed.edge.task import Task
from edgebreed.edge.tracking import FaceTracker

__all__ = [
    "Detection",
    "Detector",
    "Engine",
    "EngineOptions",
    "FaceSearch",
    "FaceTracker",
    "FixedDetector",
    "FixedEngine",
    "HaarDetector",
    "HaarSettings",
    "Kind",
    "Manifest",
    "ModelOutputs",
    "Pipeline",
    "Prediction",
    "Result",
    "SceneCounter",
    "Smoother",
    "Stream",
    "Task",
    "read_manifest",
]
