"""An exported model before it is handed over."""

import tempfile
from pathlib import Path

from edgebreed.edge.engines import Engine, EngineOptions, open_engine
from edgebreed.edge.manifest import Manifest
from edgebreed.export.recipe import Format


def open_body(body: bytes, manifest: Manifest, format_: Format) -> Engine:
    """Opens a model in its own runtime, from a file that nobody else sees.

    Args:
        body: of the file, without the manifest.
        manifest: of the model.
        format_: of the file.

    Raises:
        EngineError: the runtime refuses the model.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / f"draft.{format_}"
        draft.write_bytes(body)
        return open_engine(draft, manifest, EngineOptions("cpu" if format_ is Format.ONNX else "litert"))


def labelled(body: bytes, manifest: Manifest, format_: Format) -> bytes:
    """The body with what other tools look for in it: TFLite Metadata; ONNX has nothing of the kind."""
    if format_ is Format.ONNX:
        return body
    from edgebreed.export.tflite.flatbuffer import packed, parse
    from edgebreed.export.tflite.metadata import add_metadata

    model = parse(body)
    add_metadata(model, manifest)
    return packed(model)
