"""`edgebreed import`: takes a classifier of another program in, and proves that it answers as there."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import Engine
from edgebreed.edge.files import refuse_existing, remove_leftovers
from edgebreed.edge.formats import write_model
from edgebreed.edge.imported import Imported, Proof
from edgebreed.edge.json_fields import SHORT
from edgebreed.edge.label_thresholds import HALF
from edgebreed.edge.manifest import PROBABILITY, Manifest
from edgebreed.edge.task import Rejection, Task
from edgebreed.edge.text import printable
from edgebreed.errors import InputError, ProofError
from edgebreed.export.golden import drawn_inputs
from edgebreed.export.importer.dialects.stated_recipe import stated_by_file
from edgebreed.export.importer.foreign_answers import own_outputs
from edgebreed.export.importer.foreign_engine import ForeignEngine
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin, PartialRecipe
from edgebreed.export.importer.interface_recipe import assumed_recipe, output_of_values, stated_by_interface
from edgebreed.export.importer.label_file import fit_labels
from edgebreed.export.importer.open_foreign import open_foreign
from edgebreed.export.importer.photo_ranking import PhotoRanking, rank_by_photos
from edgebreed.export.importer.pixel_transform import OutputKind
from edgebreed.export.importer.recipe_proof import free_fields, prove
from edgebreed.export.importer.recipe_search import MAX_ERROR
from edgebreed.export.importer.reference_answers import ReferenceAnswers, largest_difference, read_reference
from edgebreed.export.metadata import with_metadata
from edgebreed.export.recipe import Recipe
from edgebreed.export.runtime_check import check_in_runtime, open_model_bytes
from edgebreed.machine import versions
from edgebreed.train.dataset import read_labelled
from edgebreed.train.evaluation import compute_outputs

NO_THRESHOLD = "an imported model brings no threshold of 'unknown': set one with --unknown-below"
TRIALS = 4  # drawn images that tell what the output holds
TOOLS = ("edgebreed", "onnx", "onnxruntime", "ai-edge-litert", "keras", "tf2onnx")


@dataclass(frozen=True)
class ImportConfig:
    """A request to import.

    Attributes:
        path: the foreign file or folder.
        given: what the caller says of it.
        photos: folder of the reference's photos, or of labelled ones where there is no reference.
        reference: probabilities that the original program gave.
        out: file to write; None is the model's name with `-imported`, in the current folder.
        overwrite: replace `out`.
        notice: origin and licence of the weights, kept in the manifest.
    """

    path: Path
    given: PartialRecipe
    photos: Path | None = None
    reference: Path | None = None
    out: Path | None = None
    overwrite: bool = False
    notice: str = ""


@dataclass(frozen=True)
class ImportRecord:
    """What was imported, and how well it was proved.

    Attributes:
        path: the file that was written.
        size: of it, in bytes.
        recipe: how the model is used.
        dialects: in which the file says something of itself.
        notes: what was changed or cannot be told, a sentence each.
        proof: what the recipe was proved with.
        agreement: with the original program, or with labels; empty without proof.
        golden_error: largest difference of a golden vector's probability from the original file's.
    """

    path: Path
    size: int
    recipe: ImportRecipe
    dialects: tuple[str, ...]
    notes: tuple[str, ...]
    proof: Proof
    agreement: dict[str, Any]
    golden_error: float

    def to_dict(self) -> dict[str, Any]:
        """What `edgebreed import --json` prints."""
        return {
            "path": str(self.path),
            "bytes": self.size,
            "recipe": self.recipe.to_dict(),
            "dialects": list(self.dialects),
            "notes": list(self.notes),
            "proof": self.proof.value,
            "agreement": self.agreement or None,
            "golden_error": self.golden_error,
        }


@dataclass(frozen=True)
class _Proved:
    """A recipe, and what it was proved with."""

    recipe: ImportRecipe
    proof: Proof = Proof.NONE
    answers: ReferenceAnswers | None = None
    ranking: PhotoRanking | None = None
    untold: tuple[str, ...] = ()


def import_model(config: ImportConfig) -> ImportRecord:
    """Imports a model; the file appears complete and checked, or not at all.

    Raises:
        InputError: a path or an option is at fault, or something that cannot be told was left out.
        ModelFileError: the file is no classifier, or is damaged.
        ProofError: the recipe does not give the reference answers.
    """
    model = open_foreign(config.path)
    out = config.out or Path(f"{config.path.stem}-imported.{model.format}")
    if out.suffix != f".{model.format}":
        raise InputError(f"--out {out}: what is made of {config.path} is written as .{model.format}")
    refuse_existing(out, config.overwrite)
    remove_leftovers(out)
    answers = read_reference(config.reference, config.photos) if config.reference else None
    stated, dialects, notes = _stated(model, config.given, answers)
    proved = _proved(model, stated, config, answers)
    data = model.rewritten(proved.recipe)
    engine = open_model_bytes(data, _manifest(model, proved, config, out))
    agreement = _agreement(engine, proved)
    manifest = _manifest(model, proved, config, out, agreement)
    check = check_in_runtime(
        data, manifest, ForeignEngine(model, proved.recipe), _recipe_of(model).budget, force=False
    )
    write_model(out, with_metadata(data, check.manifest), check.manifest, overwrite=config.overwrite)
    untold = f"the photos cannot tell {', '.join(proved.untold)}: other values fit as well"
    return ImportRecord(
        out,
        out.stat().st_size,
        proved.recipe,
        dialects,
        (*notes, *([untold] if proved.untold else [])),
        proved.proof,
        agreement,
        check.golden_error,
    )


def _stated(
    model: ForeignModel, given: PartialRecipe, answers: ReferenceAnswers | None
) -> tuple[ImportRecipe, tuple[str, ...], tuple[str, ...]]:
    """What is said of the model, the dialects that it was read in, and what was changed for it."""
    described, dialects = stated_by_file(model)
    if given.labels is None and described.labels is None and answers is not None and answers.labels:
        given = replace(given, labels=answers.labels)  # named by the original program
    said = given.over(described)
    interface = stated_by_interface(model, said)
    assumed = assumed_recipe(model, said.over(interface))
    if said.labels is None:
        raise InputError(
            f"{model.path} does not name its classes: pass --labels with a file of one a line, in the order "
            "of the output"
        )
    values = _output_values(model, said.over(interface.over(assumed)))
    kind = output_of_values(values)
    labels, note = fit_labels(said.labels, values.shape[1])
    by_labels = Origin.GIVEN if given.labels is not None else Origin.FILE
    sources = (
        (by_labels, PartialRecipe(labels=labels)),
        (Origin.GIVEN, given),
        (Origin.FILE, interface),
        (Origin.FILE, described),
        (Origin.FOUND, PartialRecipe(output=kind)),
        (Origin.ASSUMED, assumed),
    )
    recipe = ImportRecipe.merged(sources)
    _check_output(recipe, values)
    return recipe, dialects, (note,) if note else ()


def _output_values(model: ForeignModel, said: PartialRecipe) -> NDArray[np.float32]:
    """The model's own output for some drawn images, `(N, classes) float32`."""
    trial = ImportRecipe.merged(((Origin.ASSUMED, replace(said, output=OutputKind.LOGITS, labels=())),))
    return own_outputs(model, trial, drawn_inputs(trial.input, TRIALS))


def _check_output(recipe: ImportRecipe, values: NDArray[np.float32]) -> None:
    """Refuses what is said of the output where its values contradict it.

    Raises:
        InputError: they do.
    """
    said = f"output {recipe.output} ({recipe.origins['output']})"
    if recipe.output is OutputKind.LOGITS and output_of_values(values) is OutputKind.PROBABILITIES:
        raise InputError(
            f"{said}: the model's output sums to 1 already, and a second softmax would flatten it: pass "
            "--output probabilities"
        )
    lowest, highest = float(values.min()), float(values.max())
    if (
        recipe.output is OutputKind.PROBABILITIES
        and not PROBABILITY[0] <= lowest <= highest <= PROBABILITY[1]
    ):
        raise InputError(
            f"{said}: the model's output goes from {lowest:.3g} to {highest:.3g}: pass --output logits, or "
            "sigmoid for several labels an image"
        )


def _proved(
    model: ForeignModel, stated: ImportRecipe, config: ImportConfig, answers: ReferenceAnswers | None
) -> _Proved:
    if answers is not None:
        found = prove(model, stated, answers)
        return _Proved(found.recipe, Proof.REFERENCE, answers, untold=found.untold)
    if config.photos is not None:
        classes = unique_names(stated.labels)
        images = read_labelled(config.photos, classes, stated.labels, "test")
        ranking = rank_by_photos(model, stated, images, free_fields(stated))
        return _Proved(ranking.recipe, Proof.PHOTOS, ranking=ranking, untold=ranking.untold)
    return _Proved(stated)


def _agreement(engine: Engine, proved: _Proved) -> dict[str, Any]:
    """How the finished file agrees with what it was proved with, measured as the runtime will run it.

    Raises:
        ProofError: it does not give the reference answers.
    """
    if proved.ranking is not None:
        ranking = proved.ranking
        return {"n": ranking.n, "top1": ranking.top1, "log_loss": ranking.log_loss}
    if proved.answers is None:
        return {}
    answers, recipe = proved.answers, proved.recipe
    found = compute_outputs(engine, answers.paths, recipe.input, "reference").probabilities
    columns = answers.columns(recipe.labels)
    error = largest_difference(found, answers.probabilities, columns)
    if error > MAX_ERROR:
        raise ProofError(
            f"the model is off its reference answers by {error:.3f} on {len(answers.paths)} photos, "
            f"{MAX_ERROR} is allowed; nothing was written"
        )
    same = found[:, columns].argmax(axis=1) == answers.probabilities.argmax(axis=1)
    return {"n": len(answers.paths), "max_error": error, "top1": float(same.mean())}


def _manifest(
    model: ForeignModel,
    proved: _Proved,
    config: ImportConfig,
    out: Path,
    agreement: dict[str, Any] | None = None,
) -> Manifest:
    recipe, agreement = proved.recipe, agreement or {}
    several = recipe.output is OutputKind.SIGMOID
    kept = recipe.to_dict()
    kept["labels"]["value"] = len(recipe.labels)  # they stand in the manifest already
    return Manifest(
        name=printable(out.stem)[:SHORT],
        arch=printable(config.path.stem)[:SHORT],
        classes=unique_names(recipe.labels),
        labels=recipe.labels,
        input=recipe.input,
        precision=_recipe_of(model).precision,
        rejection=Rejection(reason=NO_THRESHOLD),
        task=Task.of(recipe.subject, multi_label=several),
        thresholds=(HALF,) * len(recipe.labels) if several else (),
        accuracy=None,
        calibration=None,
        tolerance=_recipe_of(model).budget.golden_tolerance,
        source_sha256=_digest(config.path),
        created=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        tools=versions(TOOLS),
        notice=config.notice,
        imported=Imported(
            printable(config.path.name)[:SHORT],
            proved.proof,
            agreement.get("n", 0),
            agreement.get("max_error"),
            kept,
        ),
    )


def _recipe_of(model: ForeignModel) -> Recipe:
    return Recipe.resolve(model.format, model.precision, None)


def unique_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Names of classes: labels, of which some lists hold one twice, each with a number from the second on."""
    seen: Counter[str] = Counter()
    names = []
    for label in labels:
        seen[label] += 1
        names.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return tuple(names)


def _digest(path: Path) -> str:
    """SHA-256 of a file, or of all files of a folder."""
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
