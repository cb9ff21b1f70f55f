"""Data sets drawn at random: each is learned as it is told, or refused with a line that says why."""

import contextlib
import io
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from edgebreed.cli import run
from edgebreed.edge.formats import read_manifest, write_model
from edgebreed.edge.manifest import DetectorConfig, LearnedImages
from edgebreed.edge.task import Rejection, RejectionScore
from edgebreed.edge.text import to_json
from edgebreed.errors import EdgebreedError
from edgebreed.train.accuracy_text import accuracy_of
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.dataset import Dataset, LabelledImage, read_dataset
from edgebreed.train.dataset_scan import digest_of_data
from edgebreed.train.delivered import Delivered
from edgebreed.train.evaluation import Evaluation
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.label_names import read_names, shown_labels
from edgebreed.train.prepare import PreparedData, prepare
from edgebreed.train.run_record import read_record, read_run_images

from ..conftest import Outcome, colour_manifest
from .data_sets import DataSet, data_sets, write_outside
from .tally import Tally


@dataclass(frozen=True)
class Written:
    """A data set on disk, and what belongs to it."""

    plan: DataSet
    folder: Path
    cache: Path

    @property
    def root(self) -> Path:
        """The data set itself."""
        return self.folder / "where" / os.fsdecode(self.plan.root)

    def write(self) -> None:
        """Writes all files."""
        write_outside(self.folder / "where" / "outside")
        self.plan.write(self.root)
        for name, content in self.plan.negatives.items():
            (self.folder / "negatives").mkdir(exist_ok=True)
            (self.folder / "negatives" / os.fsdecode(name)).write_bytes(content)
        if self.plan.exclude is not None:
            lines = "\n".join(self.plan.exclude)
            (self.folder / "exclude.txt").write_bytes(os.fsencode(lines))
        if self.plan.names is not None:
            self.names.write_text(json.dumps(self.plan.names))

    @property
    def names(self) -> Path:
        """The file of `--names`, where there is one."""
        return self.folder / "names.json"

    @property
    def config(self) -> TrainConfig:
        """The training that is asked for."""
        negatives = self.folder / "negatives" if self.plan.negatives else None
        exclude = self.folder / "exclude.txt" if self.plan.exclude is not None else None
        arch = Arch.TRANSFER if negatives else Arch.SCRATCH
        options = {**self.plan.options, "negatives": negatives, "exclude": exclude}
        return TrainConfig(self.folder / "run", self.cache, arch, self.root, size=32, **options)


def command(*arguments: object) -> Outcome:
    """Runs `edgebreed` as a terminal that knows UTF-8 alone would show it."""
    buffers = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(buffer, "utf-8") for buffer in buffers)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
        out.flush()
        err.flush()
    return Outcome(code, *(buffer.getvalue().decode() for buffer in buffers))


def files_below(folder: str, way: tuple[str, ...] = ()) -> Iterator[Path]:
    """Every file below a folder; links are followed, but to a folder on the way."""
    way = (*way, os.path.realpath(folder))
    for path in Path(folder).iterdir():
        real = os.path.realpath(path)
        circle = path.is_symlink() and any(place == real or place.startswith(real + "/") for place in way)
        if path.is_dir() and not circle:
            yield from files_below(str(path), way)
        else:
            yield path


def check_partition(data: Dataset) -> None:
    """Every file below the root is an image of one split and class, or left out for one reason."""
    listed = [image.path for image in data.all_images]
    listed += [path for paths in data.left_out.values() for path in paths]
    assert [] == [path for path, count in Counter(listed).items() if count > 1]
    assert set(files_below(str(data.root))) == set(listed)


def check_report(written: Written, data: Dataset) -> None:
    """`data check` tells the same as text and as JSON, in lines that no name breaks."""
    options = ("data", "check", written.root, "--cache", written.cache)
    found, text = command(*options, "--json"), command(*options, "--save", written.folder / "findings")
    assert (0, 0, "", "") == (found.code, text.code, found.err, text.err)
    left_out = {reason.value: [str(path) for path in paths] for reason, paths in data.left_out.items()}
    assert json.loads(to_json(left_out)) == found.json["left_out"]
    assert len(data.all_images) == found.json["images"] == sum(found.json["splits"].values())
    assert len(left_out) == sum(line.startswith("left out: ") for line in text.out.splitlines())
    assert_printable(text.out)


def check_prepared(written: Written, whole: Dataset, prepared: PreparedData) -> None:
    """Splits share no content, every class is learned, all images are accounted for, a record survives."""
    data, excluded = prepared.data, set(map(_unquoted, written.plan.exclude or ()))
    kept = [image.path for image in data.all_images]
    assert len(kept) == len(set(kept))
    listed = sum(whole.name_of(image) in excluded for image in whole.all_images)
    assert listed == prepared.dropped["excluded"]
    assert len(whole.all_images) == len(kept) + sum(_dropped_images(prepared))
    assert set(range(len(data.classes))) == {image.label for image in data.splits["train"]}
    assert data.splits["valid"]
    assert data.splits["test"]
    digests = {image.path: digest_of(image.path) for image in data.all_images}
    shared = [{digests[image.path] for image in images} for images in data.splits.values()]
    assert sum(map(len, shared)) == len(set().union(*shared))
    labels = {digests[image.path]: image.label for image in data.all_images}
    assert all(labels[digests[image.path]] == image.label for image in data.all_images)
    record = json.loads(json.dumps(data.to_dict()))
    again = Dataset.from_dict(data.root, data.classes, record)
    assert {key: set(images) for key, images in data.splits.items()} == {
        key: set(images) for key, images in again.splits.items()
    }
    assert prepared.sha256 == digest_of_data(again, digests) == prepare(written.config).sha256


def _dropped_images(prepared: PreparedData) -> Iterable[int]:
    return (count for reason, count in prepared.dropped.items() if not reason.startswith("negatives"))


def _unquoted(line: str) -> str:
    return str(json.loads(line)) if line.startswith('"') else line


@cache
def colour_weighing_model(classes: int) -> bytes:
    """An ONNX model of any number of classes: the channels' means, weighed at random, softmax."""
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(classes).normal(0, 0.02, (3, classes)).astype(np.float32)
    nodes = [
        helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["float"], ["mean"], axes=[1, 2], keepdims=0),
        helper.make_node("MatMul", ["mean", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", 8, 8, 3])
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", classes])
    tensors = [numpy_helper.from_array(weights, "weights")]
    graph = helper.make_graph(nodes, "colours", [image], [output], tensors)
    opset = [helper.make_opsetid("", 17)]
    return bytes(helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString())


def write_exported(written: Written, prepared: PreparedData) -> Path:
    """A model file as `export` writes one for the prepared data set."""
    classes = prepared.data.classes
    shown = {} if written.plan.names is None else read_names(written.names)
    manifest = colour_manifest(
        classes=classes,
        labels=shown_labels(classes, shown),
        task=written.config.task,
        detector=DetectorConfig("haar" if written.config.people else "none"),
        rejection=Rejection(RejectionScore.MAX_PROBABILITY, written.plan.threshold),
        golden=(),
        learned=LearnedImages.of(digest_of(image.path) for image in prepared.data.learned),
        dropped=prepared.dropped_images,
    )
    path = written.folder / "model.onnx"
    write_model(path, colour_weighing_model(len(classes)), manifest)
    assert manifest == read_manifest(path)
    return path


def check_answers(written: Written, prepared: PreparedData) -> None:
    """`evaluate` measures the images of the report, and `predict` answers each as it was counted."""
    model = write_exported(written, prepared)
    images = prepared.data.images("test")
    learned = {digest_of(image.path) for image in prepared.data.learned}
    new = tuple(image for image in images if digest_of(image.path) not in learned)  # all, but of kept copies
    if not new:
        with pytest.raises(EdgebreedError, match="the model has learned from all"):
            Evaluation.open(written.root, model, "test")
        return
    found = Evaluation.open(written.root, model, "test")
    assert set(new) == set(found.images)
    reported = replace(found, images=new)
    outputs, expected = found.outputs("evaluate"), reported.outputs("report")
    assert accuracy_of(reported.measure(expected)) == accuracy_of(found.measure(outputs))
    delivered = reported.measure_delivered(expected)
    assert delivered == found.measure_delivered(outputs) == predicted(written, model, new)
    check_commands(written.root, model, found)


def predicted(written: Written, model: Path, images: tuple[LabelledImage, ...]) -> Delivered:
    """Shares of the answers that `predict` gives; it also draws them."""
    labels, counts = read_manifest(model).labels, Counter[str]()
    paths = [image.path for image in images]
    saved = written.folder / f"annotated-{model.name}"
    done = command("predict", *paths, "--model", model, "--json", "--save", saved)
    assert (0, "") == (done.code, done.err)
    for image, line in zip(images, done.out.splitlines(), strict=True):
        answer = json.loads(line)
        assert json.loads(to_json(str(image.path))) == answer["source"]
        hit = answer["top"][0]["label"] == labels[image.label]
        known = "right" if hit else "wrong"
        counts[{"unknown": "withheld", "person": "person"}.get(answer["kind"], known)] += 1
    return Delivered(
        **{name: counts[name] / len(images) for name in ("right", "wrong", "withheld", "person")}
    )


def check_commands(root: Path, model: Path, evaluation: Evaluation) -> None:
    """`evaluate` and `inspect` print what was measured, in lines that no name breaks."""
    outputs = evaluation.outputs("again")
    found = command("evaluate", root, "--model", model, "--json")
    assert 0 == found.code, found.err
    assert accuracy_of(evaluation.measure(outputs)) == found.json["top1"]
    assert len(evaluation.images) == found.json["n"]
    assert list(evaluation.description.classes) == command("inspect", model, "--json").json["classes"]
    for text in (command("evaluate", root, "--model", model), command("inspect", model)):
        assert 0 == text.code, text.err
        assert_printable(text.out)


def assert_printable(text: str) -> None:
    """No letter in it steers a terminal; the joiners of scripts and emoji do not."""
    assert [] == [letter for letter in text if not letter.isprintable() and letter not in "\n\u200c\u200d"]


def train(written: Written) -> Outcome:
    """`edgebreed train` with the options of a data set."""
    config, plan = written.config, written.plan
    options: dict[str, object] = {"exclude": config.exclude, "negatives": config.negatives}
    options |= {"names": None if plan.names is None else written.names, "seed": config.seed}
    options |= {"unknown-below": plan.threshold or "off", "arch": config.arch, "cache": config.cache}
    given = [part for name, value in options.items() if value is not None for part in (f"--{name}", value)]
    flags = ["--keep-duplicates"] * config.keep_duplicates + ["--people"] * config.people
    place = ("--data", written.root, "--out", config.out, "--size", 32, "--epochs", 1)
    return command("train", *place, *given, *flags)


def check_refused(written: Written) -> None:
    """`train` says why in its last line, and leaves no run behind."""
    refused = train(written)
    assert (2, "") == (refused.code, refused.out)
    for line in refused.err.splitlines(keepends=True):
        assert_one_line(line)
    assert not written.config.out.exists()


def outcome_of(written: Written) -> str:
    """Examines a data set; `accepted`, or how it was refused."""
    try:
        data = read_dataset(written.root)
    except EdgebreedError as error:
        refused = command("data", "check", written.root, "--cache", written.cache)
        assert (2, "") == (refused.code, refused.out)
        assert_one_line(refused.err)
        return kind_of(error)
    check_partition(data)
    check_report(written, data)
    try:
        prepared = prepare(written.config)
    except EdgebreedError as error:
        check_refused(written)
        return kind_of(error)
    check_prepared(written, data, prepared)
    check_answers(written, prepared)
    return "accepted"


def assert_one_line(text: str) -> None:
    """One line, which no name of a file breaks or colours."""
    assert text.startswith("edgebreed: ")
    assert text.endswith("\n")
    assert 1 == text.count("\n"), ascii(text)
    assert_printable(text)


QUIET = list(HealthCheck)  # an example takes as long as its files, and is as large
KINDS = (
    "no UTF-8",
    "same name in Unicode",
    "has no image that is read",
    "is none of the",
    "was written by edgebreed",
    "are both the",
    "beside it hold images",
    "a classifier needs two or more",
    "no train folder",
    "has no training image left",
    "images and too few to set some aside",
    "is no image of",
    "--negatives",
)


def kind_of(error: EdgebreedError) -> str:
    """Which of the known messages an error is."""
    return next((kind for kind in KINDS if kind in str(error)), f"other: {str(error)!a}")


def examine(number: int, folder: Path, check: Callable[[Written], None]) -> None:
    """Draws data sets, the same ones every time, and hands each to a check while it is on disk."""

    @settings(
        max_examples=number,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # to shrink a failure takes minutes
        suppress_health_check=QUIET,
    )
    @given(data_sets())
    def one(plan: DataSet) -> None:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            written = Written(plan, Path(place), folder / "cache")
            written.write()
            check(written)

    one()


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # of a long report of a failure
@pytest.mark.parametrize("number", [300, pytest.param(3000, marks=pytest.mark.hostile)])
def test_any_data_set_is_learned_as_it_is_told_or_refused(number: int, tmp_path: Path, tally: Tally) -> None:
    """Every file is accounted for, and what is reported, evaluated and predicted agrees to the last image."""
    outcomes: Counter[str] = Counter()
    examine(number, tmp_path, lambda written: outcomes.update([outcome_of(written)]))
    for outcome, count in outcomes.items():
        tally.count("data sets", outcome, count)
    assert number == outcomes.total()
    assert [] == [kind for kind in outcomes if kind.startswith("other")]
    assert 3 * outcomes["accepted"] > number


def plans_to_train(number: int, folder: Path) -> list[DataSet]:
    """Data sets that can be learned, with the most entries of those that were drawn."""
    found: list[DataSet] = []

    def keep(written: Written) -> None:
        with contextlib.suppress(EdgebreedError):
            prepare(written.config)
            found.append(written.plan)

    examine(20 + 5 * number, folder, keep)
    return sorted(found, key=lambda plan: len(plan.entries))[-number:]


def trained(written: Written) -> Path:
    """The run of a data set, trained for one epoch as a user would, and exported."""
    done = train(replace(written, plan=replace(written.plan, negatives={})))  # for transfers alone
    assert 0 == done.code, done.err
    run = written.folder / "run"
    for kind in ("onnx", "tflite"):
        done = command("export", "--run", run, "--format", kind, "--out", run / f"m.{kind}")
        assert 0 == done.code, done.err
    return run


@pytest.mark.long
@pytest.mark.keras
@pytest.mark.parametrize("number", [1, pytest.param(20, marks=pytest.mark.hostile)])
def test_a_run_and_its_files_measure_what_was_reported(number: int, tmp_path: Path) -> None:
    """On any data set: `evaluate` gives the report's numbers, and `predict` the report's answers."""
    for index, plan in enumerate(plans_to_train(number, tmp_path)):
        written = Written(plan, tmp_path / str(index), tmp_path / "cache")
        written.write()
        run = trained(written)
        report = json.loads((run / "metrics.json").read_text())["test"]
        images = read_run_images(run, read_record(run)).images("test")
        for model in (run, run / "m.onnx", run / "m.tflite"):
            found = command("evaluate", written.root, "--model", model, "--json")
            assert 0 == found.code, found.err
            assert [report[key] for key in ("n", "top1", "delivered")] == [
                found.json[key] for key in ("n", "top1", "delivered")
            ], model
            if model != run:
                assert report["delivered"] == predicted(written, model, images).to_dict()
