"""The files that an export writes: the model, and a plot of its layers where one was asked for."""

import io
from collections.abc import Sequence

from edgebreed.edge.files import refuse_existing, remove_leftovers, write_whole
from edgebreed.edge.formats import ModelFormat, write_model
from edgebreed.edge.manifest import Manifest
from edgebreed.export.layer_noise import LayerNoise, save_plot
from edgebreed.export.request import ExportOptions


def prepare_files(options: ExportOptions) -> None:
    """Refuses what would be overwritten, before any work, and removes what a killed export left.

    Raises:
        InputError: a file exists, and `overwrite` is not set.
    """
    for path in (options.path, *([options.plot] if options.debug_layers else [])):
        refuse_existing(path, options.overwrite)
        remove_leftovers(path)


def write_files(
    options: ExportOptions, model_bytes: bytes, manifest: Manifest, layers: Sequence[LayerNoise]
) -> None:
    """Writes the model with its manifest, and the plot of its layers where there are any.

    Args:
        options: where to.
        model_bytes: the model without its manifest.
        manifest: of it.
        layers: quantization noise of each layer; empty where it was not measured.
    """
    model_bytes = _with_metadata(model_bytes, manifest, options.recipe.format)
    write_model(options.path, model_bytes, manifest, overwrite=options.overwrite)
    if layers:
        picture = io.BytesIO()
        save_plot(layers, f"{manifest.name}: {options.recipe.name}", picture)
        write_whole(options.plot, picture.getvalue(), overwrite=options.overwrite)


def _with_metadata(model_bytes: bytes, manifest: Manifest, format_: ModelFormat) -> bytes:
    """The file with the metadata that other tools read: TFLite Metadata; ONNX has no such standard."""
    if format_ is ModelFormat.ONNX:
        return model_bytes
    from edgebreed.export.tflite_metadata import with_metadata

    return with_metadata(model_bytes, manifest)
