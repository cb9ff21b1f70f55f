"""The model files that are tried: exported from runs, or found in a folder."""

import sys
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


@dataclass(frozen=True)
class Package:
    """A model file and what it says of itself."""

    path: Path
    manifest: Manifest

    @property
    def top1(self) -> float | None:
        """Accuracy as the file tells it."""
        accuracy = self.manifest.accuracy
        return accuracy.top1 if accuracy else None

    @property
    def float_top1(self) -> float | None:
        """Accuracy of the float model on the same photos, as the file tells it."""
        accuracy = self.manifest.accuracy
        return accuracy.float_top1 if accuracy else None

    @property
    def is_reference(self) -> bool:
        """Whether it is what others are held against: float32 in ONNX."""
        return self.manifest.precision is Precision.FP32 and self.path.suffix == ".onnx"


def read_packages(folder: Path) -> list[Package]:
    """The model files in a folder, which must all know the same classes.

    What an earlier tuning wrote there is a copy of one of them, and only counts where nothing else is.

    Raises:
        InputError: there is none, or they are of different classifiers.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)
    found = [Package(path, read_manifest(path)) for path in paths]
    packages = [package for package in found if package.manifest.tuned is None] or found
    if not packages:
        raise InputError(f"no .onnx and no .tflite file in {folder}: put files of `edgebreed export` there")
    for package in packages[1:]:
        if package.manifest.classes != packages[0].manifest.classes:
            raise InputError(
                f"{package.path.name} and {packages[0].path.name} know different classes: tune one classifier"
            )
    return packages


def export_packages(runs: Sequence[Path], folder: Path) -> list[Package]:
    """Exports each run in every format and precision; what is there already is not made again.

    A file that misses its own bound, or that a missing package cannot make, is left out, and standard error
    tells so.

    Args:
        runs: folders of `edgebreed train`, of several input sizes perhaps.
        folder: where the files go.

    Raises:
        InputError: a run is at fault.
        ProofError: no export held its bound.
        MissingExtraError: a package is missing without which nothing can be exported.
    """
    recipes = [
        Recipe.fitting(kind, precision, None) for kind, allowed in SUPPORTED.items() for precision in allowed
    ]
    jobs = [(run, recipe) for run in runs for recipe in recipes]
    packages: list[Package] = []
    missing: list[MissingExtraError] = []
    for run, recipe in track(jobs, "exports", len(jobs)):
        try:
            packages.append(_exported(run, recipe, folder))
        except (ProofError, MissingExtraError) as error:
            print(f"left out: {error}", file=sys.stderr)
            missing += [error] if isinstance(error, MissingExtraError) else []
    if not packages and missing:
        raise missing[-1]
    if not packages:
        raise ProofError(f"no export of {', '.join(map(str, runs))} held its bound: see `edgebreed export`")
    return packages


def _exported(run: Path, recipe: Recipe, folder: Path) -> Package:
    path = folder / f"{run.resolve().name}-{recipe.precision}.{recipe.format}"
    if path.is_file() and (kept := _still_good(path, run, recipe)):
        return kept
    from edgebreed.export.exporter import export
    from edgebreed.export.request import ExportConfig

    print(f"exporting {path.name}", file=sys.stderr)
    export(ExportConfig(run=run, recipe=recipe, out=path, overwrite=True))
    return Package(path, read_manifest(path))


def _still_good(path: Path, run: Path, recipe: Recipe) -> Package | None:
    """The file, where it was made from the run's model as it is now, by the tools that are here, for here."""
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
    same_way = manifest.tools == versions(TOOLS) and manifest.target == recipe.target
    return Package(path, manifest) if same_model and same_way else None
