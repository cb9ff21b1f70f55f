"""Train, export, run and measure image classifiers on edge devices.

Ten lines that classify a frame:

    import cv2
    from edgebreed import Pipeline

    pipeline = Pipeline.open()                     # the model that ships, or Pipeline.open(Path("my.onnx"))
    result = pipeline.process(cv2.imread("photo.jpg"))
    print(result.kind, result.label, result.probability, result.faces)
"""

from importlib.metadata import version

from edgebreed.edge import EngineOptions, Kind, Manifest, Pipeline, Prediction, Result, read_manifest
from edgebreed.errors import EdgebreedError

__version__ = version("edgebreed")

__all__ = [
    "EdgebreedError",
    "EngineOptions",
    "Kind",
    "Manifest",
    "Pipeline",
    "Prediction",
    "Result",
    "__version__",
    "read_manifest",
]
