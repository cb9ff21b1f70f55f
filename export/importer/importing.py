"""`edgebreed import`: takes a classifier of another program in, and proves that it answers as there."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgebreed.edge.engines import Engine
from edgebreed.edge.files import refuse_existing, remove_leftovers
from edgebreed.edge.formats import write_model
from edgebreed.edge.imported import Imported, Proof
from edgebreed.edge.json_fields import LONG, SHORT, JsonFields
from edgebreed.edge.label_thresholds import HALF
from edgebreed.edge.manifest import Manifest
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
from edgebreed.export.importer.recipe_candidates import unused_fields
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
NO_SUM = (
    f"probabilities do not sum to 1: if each label holds or not for itself, pass --output {OutputKind.LABELS}"
)
PROBABILITY_ERROR = 1e-3  # what arithmetic makes of 0 and 1
SCALES_ITSELF = "the model scales its input itself, so it is assumed to take grey levels from 0 to 255"
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

    def __post_init__(self) -> None:
        texts = {"subject": self.given.subject or "", "notice": self.notice}
        for name, most, allowed in (("subject", SHORT, ""), ("notice", LONG, "\n")):
            try:
                JsonFields(texts, "-").text(name, most, allowed=allowed)
            except ValueError as error:
                raise InputError(str(error).replace("-.", "--")) from error


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
            "unused": sorted(unused_fields(self.recipe)),
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
    if out.exists() and out.samefile(config.path):
        raise InputError(f"--out {out} is the model that is imported: give another file")
    refuse_existing(out, config.overwrite)
    remove_leftovers(out)
    answers = read_reference(config.reference, config.photos) if config.reference else None
    stated, dialects, notes = _stated(model, config.given, answers)
    proved = _proved(model, stated, config, answers)
    data = model.rewritten(proved.recipe)
    manifest = _manifest(model, proved, config, out)
    agreement = _agreement(open_model_bytes(data, manifest), proved)
    imported = replace(
        _imported(config, proved), n=agreement.get("n", 0), max_error=agreement.get("max_error")
    )
    check = check_in_runtime(
        data,
        replace(manifest, imported=imported),
        ForeignEngine(model, proved.recipe),
        _recipe_of(model).budget,
        force=False,
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
    if given.labels is None and described.labels is None and answers is not None and answers.is_named:
        given = replace(given, labels=answers.labels)  # named by the original program
    said = given.over(described)
    interface = stated_by_interface(model, said)
    assumed = assumed_recipe(model, said.over(interface))
    if said.labels is None:
        raise InputError(
            f"{model.path} does not name its classes: pass --labels with a file of one a line, in the order "
            "of the output"
        )
    classes, kind, least, most = _output(model, said.over(interface.over(assumed)))
    labels, note = fit_labels(said.labels, classes)
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
    _refuse_wrong_output(recipe, kind, least, most)
    notes = [note] if note else []
    if model.scales_pixels and recipe.origins["scale"] is Origin.ASSUMED:
        notes.append(SCALES_ITSELF)
    if OutputKind.PROBABILITIES is recipe.output is not kind:
        notes.append(NO_SUM)
    return recipe, dialects, tuple(notes)


def _refuse_wrong_output(recipe: ImportRecipe, kind: OutputKind, least: float, most: float) -> None:
    """Refuses a softmax or sigmoid of what is a probability already, and to take for one what is none.

    Raises:
        InputError: that was stated.
    """
    stated = f"output {recipe.output} ({recipe.origins['output']}): the model's output"
    bounded = least >= -PROBABILITY_ERROR and most <= 1 + PROBABILITY_ERROR
    if recipe.output is OutputKind.LOGITS and kind is OutputKind.PROBABILITIES:
        raise InputError(
            f"{stated} sums to 1 already, and a second softmax would flatten it: pass --output probabilities"
        )
    if recipe.output is OutputKind.SIGMOID and bounded:
        raise InputError(
            f"{stated} is from 0 to 1 already, and a second sigmoid would flatten it: pass --output "
            f"{OutputKind.LABELS}"
        )
    if recipe.output in (OutputKind.PROBABILITIES, OutputKind.LABELS) and not bounded:
        other = OutputKind.SIGMOID if recipe.output is OutputKind.LABELS else OutputKind.LOGITS
        raise InputError(f"{stated} is from {least:.3g} to {most:.3g}: pass --output {other}")


def _output(model: ForeignModel, said: PartialRecipe) -> tuple[int, OutputKind, float, float]:
    """From some drawn images: the number of classes, what the output seems to hold, and its extremes."""
    trial = ImportRecipe.merged(((Origin.ASSUMED, replace(said, output=OutputKind.LOGITS, labels=())),))
    values = own_outputs(model, trial, drawn_inputs(trial.input, TRIALS))
    return values.shape[1], output_of_values(values), float(values.min()), float(values.max())


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


def _imported(config: ImportConfig, proved: _Proved) -> Imported:
    """Where the model is from, before its answers are compared."""
    kept = proved.recipe.to_dict()
    kept["labels"]["value"] = len(proved.recipe.labels)  # they stand in the manifest already
    return Imported(printable(config.path.name)[:SHORT], proved.proof, recipe=kept)


def _manifest(model: ForeignModel, proved: _Proved, config: ImportConfig, out: Path) -> Manifest:
    recipe = proved.recipe
    several = recipe.output.multi_label
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
        imported=_imported(config, proved),
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
