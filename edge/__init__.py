"""The runtime: numpy, OpenCV and one inference engine, nothing else."""

from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.model_file import read_manifest
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.result import Guess, Kind, Result

__all__ = ["EngineOptions", "Guess", "Kind", "Manifest", "Pipeline", "Result", "read_manifest"]
