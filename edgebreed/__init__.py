"""Train, export, run and measure image classifiers on edge devices.

A program that classifies an image:

    import cv2
    from edgebreed import Pipeline

    with Pipeline.open() as pipeline:  # the model that ships, or Pipeline.open("my.onnx")
        frame = cv2.imread("photo.jpg")  # (H, W, 3) uint8 BGR; a path or encoded bytes work too
        result = pipeline.process(frame)
        print(result.summary)  # in the model's own words
        print(result.kind, result.label, result.probability, result.faces)
        for prediction in result.top:
            print(prediction.label, prediction.probability)

The public names:

- `Pipeline` runs a model file from image to `Result`, which has a `Kind` and `Prediction`s. `FaceSearch` says
  when faces are searched, `EngineOptions` which engine runs.
- `read_manifest` reads the `Manifest` of a model file: classes, input, accuracy, and its `Task`, which says
  what is recognised and in which words.
- `Engine` and `Detector` are the interfaces behind a pipeline, with the types `ModelOutputs` and `Detection`.
  `FixedEngine` and `FixedDetector` return constants, for tests without a model or faces.
- `SceneCounter`, `Smoother` and `FaceTracker` keep labels and faces of a video steady.
- `Stream` runs a pipeline on cameras and videos, one or several at once, with labels and faces kept steady;
  `edgebreed.edge.stream` holds its parts.
- `EdgebreedError` is the base of all errors; `edgebreed.errors` shows the tree.

Messages go to the logger `edgebreed`; importing configures no handler. Names are loaded when
they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgebreed.edge import (
        Detection,
        Detector,
        Engine,
        EngineOptions,
        FaceSearch,
        FaceTracker,
        FixedDetector,
        FixedEngine,
        Kind,
        Manifest,
        ModelOutputs,
        Pipeline,
        Prediction,
        Result,
        SceneCounter,
        Smoother,
        Stream,
        Task,
        read_manifest,
    )
    from edgebreed.errors import (
        DatasetError,
        EdgebreedError,
        EngineError,
        EngineTimeoutError,
        ImageError,
        IncompleteVideoError,
        InputError,
        MissingExtraError,
        ModelFileError,
        OpenCVError,
        ProofError,
        SourceError,
    )

    __version__: str

__all__ = [
    "DatasetError",
    "Detection",
    "Detector",
    "EdgebreedError",
    "Engine",
    "EngineError",
    "EngineOptions",
    "EngineTimeoutError",
    "FaceSearch",
    "FaceTracker",
    "FixedDetector",
    "FixedEngine",
    "ImageError",
    "IncompleteVideoError",
    "InputError",
    "Kind",
    "Manifest",
    "MissingExtraError",
    "ModelFileError",
    "ModelOutputs",
    "OpenCVError",
    "Pipeline",
    "Prediction",
    "ProofError",
    "Result",
    "SceneCounter",
    "Smoother",
    "SourceError",
    "Stream",
    "Task",
    "__version__",
    "read_manifest",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Loads a public name when it is first asked for.

        The program handles signals before that, and errors are here also without OpenCV.
        """
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name == "__version__":
            from importlib.metadata import version

            return version(__name__)
        errors = import_module("edgebreed.errors")
        return getattr(errors if hasattr(errors, name) else import_module("edgebreed.edge"), name)

    def __dir__() -> list[str]:
        return __all__
