"""The model files that are tried: variants of one classifier in different formats and precisions."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgebreed.edge.formats import read_manifest
from edgebreed.edge.manifest import Manifest, Precision
from edgebreed.errors import EdgebreedError, InputError, MissingExtraError, ModelFileError, ProofError
from edgebreed.export.recipe import SUPPORTED, Recipe
from edgebreed.machine import versions
from edgebreed.progress import track

SUFFIXES = (".onnx", ".tflite")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelVariant:
    """A model file and its manifest."""

    path: Path
    manifest: Manifest

    @property
    def top1(self) -> float | None:
        """Accuracy that the manifest states."""
        accuracy = self.manifest.accuracy
        return accuracy.top1 if accuracy else None

    @property
    def float_top1(self) -> float | None:
        """Accuracy of the float model on the same images, as the manifest states it."""
        accuracy = self.manifest.accuracy
        return accuracy.float_top1 if accuracy else None

    @property
    def is_baseline(self) -> bool:
        """Whether it is what the others are compared with: float32 in ONNX."""
        return self.manifest.precision is Precision.FP32 and self.path.suffix == ".onnx"


def read_variants(folder: Path) -> list[ModelVariant]:
    """The model files in a folder, which must all have the same classes.

    A file that an earlier tuning wrote is a copy of another one, and is only used where there is no other.

    Raises:
        InputError: there is none, or they are of different classifiers.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)
    found = [ModelVariant(path, read_manifest(path)) for path in paths]
    variants = [variant for variant in found if variant.manifest.tuned is None] or found
    if not variants:
        raise InputError(f"no .onnx and no .tflite file in {folder}: put files of `edgebreed export` there")
    for variant in variants[1:]:
        if variant.manifest.classes != variants[0].manifest.classes:
            raise InputError(
                f"{variant.path.name} and {variants[0].path.name} know different classes: tune one classifier"
            )
    return variants


def export_variants(runs: Sequence[Path], folder: Path) -> list[ModelVariant]:
    """Exports each run in every format and precision; a file that is still up to date is not made again.

    A file that misses its own accuracy bound, or that a missing package cannot make, is left out with a
    warning in the log.

    Args:
        runs: folders of `edgebreed train`, for instance of several input sizes.
        folder: where the files go.

    Raises:
        InputError: a run is at fault.
        ProofError: no export held its bound.
        MissingExtraError: nothing can be exported without a package that is missing.
    """
    recipes = [
        Recipe.resolve(kind, precision, None) for kind, allowed in SUPPORTED.items() for precision in allowed
    ]
    jobs = [(run, recipe) for run in runs for recipe in recipes]
    variants: list[ModelVariant] = []
    missing: list[MissingExtraError] = []
    for run, recipe in track(jobs, "exports", len(jobs)):
        try:
            variants.append(_export(run, recipe, folder))
        except (ProofError, MissingExtraError) as error:
            _LOG.warning("left out: %s", error)
            missing += [error] if isinstance(error, MissingExtraError) else []
    if not variants and missing:
        raise missing[-1]
    if not variants:
        raise ProofError(f"no export of {', '.join(map(str, runs))} held its bound: see `edgebreed export`")
    return variants


def _export(run: Path, recipe: Recipe, folder: Path) -> ModelVariant:
    path = folder / f"{run.resolve().name}-{recipe.precision}.{recipe.format}"
    if path.is_file() and (current := _up_to_date(path, run, recipe)):
        return current
    from edgebreed.export.exporter import export
    from edgebreed.export.request import ExportConfig

    _LOG.info("exporting %s", path.name)
    export(ExportConfig(run=run, recipe=recipe, out=path, overwrite=True))
    return ModelVariant(path, read_manifest(path))


def _up_to_date(path: Path, run: Path, recipe: Recipe) -> ModelVariant | None:
    """The file, if it was made from the run's present model by the present tools for this machine."""
    from edgebreed.export.exporter import TOOLS
    from edgebreed.train.feature_cache import digest_of
    from edgebreed.train.run_record import MODEL

    try:
        manifest = read_manifest(path)
    except ModelFileError:
        return None
    try:
        same_model = manifest.source_sha256 == digest_of(run / MODEL)
    except (OSError, EdgebreedError):
        return None
    same_recipe = manifest.tools == versions(TOOLS) and manifest.target == recipe.target
    return ModelVariant(path, manifest) if same_model and same_recipe else None
