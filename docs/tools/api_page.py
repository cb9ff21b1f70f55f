"""The page of the Python API: which names stand on it; mkdocstrings writes what each of them is."""

import edgebreed
from edgebreed.edge import stream

GROUPS = {
    "Classify images": ("Pipeline", "Result", "Kind", "Prediction", "FaceSearch"),
    "Engines": ("EngineOptions", "Engine", "ModelOutputs", "FixedEngine"),
    "Models": ("read_manifest", "Manifest", "Task"),
    "Detectors": ("Detector", "Detection", "FixedDetector"),
    "Video": ("Stream", "SceneCounter", "Smoother", "FaceTracker"),
}
"""Names of `edgebreed` by heading; errors and streams have headings of their own."""
MODEL_DETAILS = (
    "edgebreed.edge.task.Words",
    "edgebreed.edge.task.Rejection",
    "edgebreed.edge.task.RejectionScore",
    "edgebreed.edge.preprocess.InputSpec",
    "edgebreed.edge.preprocess.ResizeRule",
    "edgebreed.edge.preprocess.DecodeRule",
    "edgebreed.edge.manifest.Precision",
    "edgebreed.edge.manifest.Target",
    "edgebreed.edge.manifest.Accuracy",
    "edgebreed.edge.manifest.Calibration",
    "edgebreed.edge.manifest.Tuned",
    "edgebreed.edge.manifest.GoldenVector",
    "edgebreed.edge.manifest.LearnedImages",
    "edgebreed.edge.manifest.DetectorConfig",
    "edgebreed.edge.image_limits.ImageLimits",
)
"""What the public names hold."""
INTRODUCTION = """\
# Python API

Everything that `import edgebreed` offers, and streams. What a name holds is listed under
[parts of these](#parts-of-these).

```python
from edgebreed import Pipeline

with Pipeline.open() as pipeline:  # the model that ships, or Pipeline.open("my.onnx")
    print(pipeline.manifest.classes[:3])
```

A whole program with [`run_stream`](#streams) and a sink of its own is on the page of
[cameras](cameras.md#from-a-program).
"""


def error_names() -> list[str]:
    """The error classes, the base first."""
    errors = [name for name in edgebreed.__all__ if name.endswith("Error")]
    return sorted(errors, key=lambda name: len(getattr(edgebreed, name).__mro__))


def paths_by_heading() -> dict[str, list[str]]:
    """The dotted path of every name on the page, by heading."""
    groups = {heading: [f"edgebreed.{name}" for name in names] for heading, names in GROUPS.items()}
    streams = [f"edgebreed.edge.stream.{name}" for name in stream.__all__]
    errors = [f"edgebreed.{name}" for name in error_names()]
    return {**groups, "Streams": streams, "Errors": errors, "Parts of these": list(MODEL_DETAILS)}


def api_page() -> str:
    """The page as Markdown, with an instruction of mkdocstrings for each name."""
    sections = (
        "\n".join([f"\n## {heading}\n", *(f"::: {path}\n" for path in paths)])
        for heading, paths in paths_by_heading().items()
    )
    return INTRODUCTION + "".join(sections)
