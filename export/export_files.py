"""The files that an export writes: the model, and a plot of its layers where one was asked for."""

import io
from collections.abc import Sequence

from edgebreed.edge.files import refuse_existing, remove_leftovers, write_whole
from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import Manifest
from edgebreed.export.layer_noise import LayerNoise, save_plot
from edgebreed.export.metadata import with_metadata
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
    described = with_metadata(model_bytes, manifest)
    write_model(options.path, described, manifest, overwrite=options.overwrite)
    if layers:
        picture = io.BytesIO()
        save_plot(layers, f"{manifest.name}: {options.recipe.name}", picture)
        write_whole(options.plot, picture.getvalue(), overwrite=options.overwrite)
