"""What a model says of itself."""

import json
from dataclasses import asdict, replace
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from edgebreed.edge.manifest import (
    SCHEMA,
    Accuracy,
    Calibration,
    DetectorConfig,
    LearnedImages,
    Manifest,
    Tuned,
)
from edgebreed.edge.preprocess import DecodeRule, InputSpec, ResizeRule
from edgebreed.edge.task import Rejection, RejectionScore, Task
from edgebreed.errors import ModelFileError

from ..conftest import colour_manifest


def test_a_manifest_survives_json() -> None:
    """Every field, encoded images too, comes back as it was."""
    manifest = colour_manifest(
        input=InputSpec(8, 8, ResizeRule.LETTERBOX, DecodeRule.REDUCED),
        accuracy=Accuracy("test", 320, 0.97, 0.98),
        calibration=Calibration("train", 300, "ab"),
        rejection=Rejection(RejectionScore.IN_DISTRIBUTION, 0.4, 0.99, 0.999, 0.01, 120),
        tools={"keras": "3"},
        task=Task.of("bird", people=False),
        detector=DetectorConfig("haar", {"tilt": 0}),
        learned=LearnedImages.of(["ab" * 32, "cd" * 32]),
        dropped=LearnedImages.of(["ef" * 32]),
    )
    assert manifest == Manifest.from_dict(json.loads(json.dumps(manifest.to_dict())))


def test_a_file_from_before_the_decode_rule_is_decoded_in_full() -> None:
    """As it was trained."""
    data = colour_manifest().to_dict()
    del data["input"]["decode"]
    assert DecodeRule.FULL is Manifest.from_dict(data).input.decode


def test_another_schema_is_refused() -> None:
    """The message says which came and which is read."""
    with pytest.raises(ModelFileError, match=f"schema 99: this edgebreed reads 1 to {SCHEMA}; export"):
        Manifest.from_dict({**colour_manifest().to_dict(), "schema": 99})


@pytest.mark.parametrize("field", ["classes", "input", "golden", "precision"])
def test_a_missing_field_is_damage(field: str) -> None:
    """The remedy is another export."""
    data = colour_manifest().to_dict()
    del data[field]
    with pytest.raises(ModelFileError, match="manifest is damaged .*: export the model again"):
        Manifest.from_dict(data)


WRONGS: list[tuple[str, object, str]] = [
    ("name", 7, "name is 7: a text of at most 300 characters is allowed"),
    ("name", "a\x1b[31m", r"name is 'a.x1b.31m': control characters such as '.x1b' are not allowed"),
    ("classes", "abc", "classes is 'abc': a list is allowed"),
    ("classes", ["a", "b", "a"], "classes has 'a' twice"),
    ("labels", ["a", 3, "c"], r"labels\[1\] is 3: a text"),
    ("labels", ["a", "\ud800", "c"], r"labels\[1\] is '.ud800': control characters"),
    ("labels", ["a", "b\u202ec", "d"], r"labels\[1\] .*: control characters"),
    ("labels", ["a", "b\u200ec", "d"], r"labels\[1\] .*: control characters"),
    ("labels", ["a", "", "c"], r"labels\[1\] is '': a text of 1 to 300 characters"),
    ("input.height", 0, "input.height is 0: a whole number from 1 to 4096 is allowed"),
    ("input.height", 2**31, "input.height is 2147483648: a whole number from 1 to 4096"),
    ("input.width", 8.0, "input.width is 8.0: a whole number"),
    ("input.decode", "half", "input.decode is 'half': one of full, reduced is allowed"),
    ("input.resize", "stretch", "input.resize is 'stretch': one of squash, letterbox, top-left, center-crop"),
    ("precision", None, "precision is None: one of fp32"),
    ("task.people", "no", "task.people is 'no': true or false is allowed"),
    ("task.words.unknown", ["x"], "task.words.unknown is .*: a text"),
    ("detector.name", [], r"detector.name is \[\]: a text"),
    ("detector.settings", {"scale_factor": float("inf")}, "detector.settings.scale_factor is inf: a number"),
    ("detector.settings", {"scale_factor": [1.2]}, r"detector.settings.scale_factor is \[1.2\]: a number"),
    ("detector.settings", {"wavelets": 3}, "wavelets is no setting of this edgebreed: smallest_side, "),
    ("detector.settings", {"scale_factor": 1.0001}, "scale_factor is 1.0001: a number from 1.01 to 4"),
    ("rejection.threshold", "abc", "rejection.threshold is 'abc': a number from 0 to 1 is allowed"),
    ("rejection.threshold", float("nan"), "rejection.threshold is nan: a number from 0 to 1"),
    ("rejection.threshold", 1.5, "rejection.threshold is 1.5: a number from 0 to 1"),
    ("rejection.kept", True, "rejection.kept is True: a number from 0 to 1"),
    ("rejection.score", "luck", "rejection.score is 'luck': one of max-probability, in-distribution"),
    ("rejection.negatives", -1, "rejection.negatives is -1: a whole number"),
    ("accuracy.top1", 97.5, "accuracy.top1 is 97.5: a number from 0 to 1"),
    ("tolerance", float("nan"), "tolerance is nan: a number from 0 to 1"),
    ("tolerance", 10**400, "tolerance is 1000.*: a number from 0 to 1"),
    ("golden", [{}] * 10_000, "golden has 10000 items: at most 64 are allowed"),
    ("golden", [7], r"golden\[0\] is 7: an object is allowed"),
    ("tuned.threads", 1_000_000, "tuned.threads is 1000000: a whole number from 0 to 1024 is allowed"),
    ("tuned.frame", [720], r"tuned.frame.1 is missing"),
    ("tuned.frame", [2**31, 2], r"tuned.frame.0 is 2147483648: a whole number from 1 to 100000"),
    ("tuned.by_baseline", {"fp32": float("nan")}, "tuned.by_baseline.fp32 is nan: a number"),
    ("opset", 2**31, "opset is 2147483648: a whole number from 1 to 1000"),
    ("learned", "###", "learned is no base64"),
    ("learned", "AAAA", "learned has 3 bytes: 6 an image are allowed"),
    ("notice", "x" * 10_001, "notice is 'x+.*: a text of at most 10000 characters"),
    ("tools", {"a": 1}, "tools.a is 1: a text"),
    ("created", {}, r"created is \{\}: a text"),
    ("colour", "red", "colour is no field that this edgebreed knows"),
    ("input.depth", 3, "input.depth is no field that this edgebreed knows"),
]


@pytest.mark.parametrize(
    ("path", "value", "message"), WRONGS, ids=[f"{path}={value!r:.20}" for path, value, _ in WRONGS]
)
def test_a_field_is_typed_and_bounded(path: str, value: object, message: str) -> None:
    """The refusal names it, with what came and what is allowed, in one line."""
    tuned = Tuned("CPU, 2 cores", "openvino", 2, 30.5, 99, (720, 1280), {}, 0.97, 0.1, 640)
    data = colour_manifest(tuned=tuned, accuracy=Accuracy("test", 320, 0.97, 0.98)).to_dict()
    *outer, key = path.split(".")
    place = reduce(lambda part, name: part[name], outer, data)
    place[key] = value
    with pytest.raises(ModelFileError, match=rf"^manifest is damaged \({message}") as raised:
        Manifest.from_dict(data)
    assert str(raised.value).endswith(": export the model again")
    assert 1 == len(str(raised.value).splitlines())


@pytest.mark.parametrize("data", [None, [], 3, "text", {}, {"schema": True}, {"schema": 1}, {"schema": [1]}])
def test_what_is_no_manifest_at_all_is_refused(data: object) -> None:
    """Whatever JSON can hold, by the same error."""
    with pytest.raises(ModelFileError, match="manifest"):
        Manifest.from_dict(data)


JSON = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text(),
    lambda inner: (
        strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(data=strategies.data(), value=JSON)
def test_any_json_in_any_place_is_read_or_refused(data: strategies.DataObject, value: object) -> None:
    """Of every schema: no other error comes, and what is read can be written again."""
    manifest = colour_manifest(detector=DetectorConfig("haar", {"tilt": 0})).to_dict()
    manifest["schema"] = data.draw(strategies.sampled_from((1, 2, SCHEMA)))
    part: Any = manifest
    while isinstance(part, dict | list) and part:
        outer, key = (
            part,
            data.draw(strategies.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part)))),
        )
        part = part[key] if data.draw(strategies.booleans()) else None
    outer[key] = value
    try:
        read = Manifest.from_dict(manifest)
    except ModelFileError:
        return
    assert read == Manifest.from_dict(json.loads(json.dumps(read.to_dict(), allow_nan=False)))


def test_labels_must_fit_the_classes() -> None:
    """One a class."""
    with pytest.raises(ValueError, match="2 labels for 3 classes"):
        replace(colour_manifest(), labels=("Red", "Green"))


def test_golden_vectors_must_fit_the_classes() -> None:
    """One probability a class."""
    manifest = colour_manifest()
    short = replace(manifest.golden[0], probabilities=(1.0,))
    with pytest.raises(ValueError, match=r"red\.png does not fit 3 classes"):
        replace(manifest, golden=(short,))


def test_what_tune_found_comes_back_and_may_be_absent() -> None:
    """Files that were written before there was a tuner are read as they are."""
    tuned = Tuned("CPU, 2 cores", "openvino", 2, 30.5, 99, (720, 1280), {}, 0.97, 0.1, 640)
    manifest = colour_manifest(tuned=tuned)
    assert manifest == Manifest.from_dict(json.loads(json.dumps(manifest.to_dict())))
    old = colour_manifest().to_dict()
    del old["tuned"]
    assert None is Manifest.from_dict(old).tuned


def test_the_first_schema_is_still_read() -> None:
    """Each of its models was asked for dogs and people; its face search stood with what tuning found."""
    old = colour_manifest().to_dict()
    for key in ("task", "detector", "learned", "dropped"):
        del old[key]
    old["schema"] = 1
    old["rejection"] = {"score": "known", "threshold": 0.4, "kept": 0.99, "auroc": None}
    old["golden"] = [
        {**{k: v for k, v in vector.items() if k != "in_distribution"}, "known": 0.7}
        for vector in old["golden"]
    ]
    tuned = Tuned("CPU, 2 cores", "openvino", 2, 30.5, 99, (720, 1280), {}, 0.97, 0.1, 640)
    old["tuned"] = {**asdict(tuned), "detector": {"tilt": 0}}
    manifest = Manifest.from_dict(json.loads(json.dumps(old)))
    assert (SCHEMA, Task.of("dog", people=True), tuned) == (manifest.schema, manifest.task, manifest.tuned)
    assert DetectorConfig("haar", {"tilt": 0}) == manifest.detector
    assert (RejectionScore.IN_DISTRIBUTION, 0.4) == (manifest.rejection.score, manifest.rejection.threshold)
    assert [0.7, 0.7] == [vector.in_distribution for vector in manifest.golden]


def test_learned_images_are_known_by_their_digest() -> None:
    """Whatever their number; repeats count once."""
    learned = LearnedImages.of(["ab" * 32, "cd" * 32, "ab" * 32])
    assert 2 == learned.n
    assert "ab" * 32 in learned
    assert "ef" * 32 not in learned


def several_labels(**changes: Any) -> Manifest:
    """The manifest of a multi-label model."""
    task = Task.of("colour", multi_label=True)
    fields = {"task": task, "thresholds": (0.5, 0.4, 0.3), "detector": DetectorConfig()}
    return colour_manifest(**{**fields, **changes})


def test_the_thresholds_of_labels_survive_json_and_are_set_by_hand() -> None:
    """`--unknown-below` gives each label the same; the score of single-label models stays as it is."""
    manifest = several_labels()
    assert manifest == Manifest.from_dict(json.loads(json.dumps(manifest.to_dict())))
    chosen = manifest.with_threshold("0.8")
    assert ((0.8, 0.8, 0.8), manifest.rejection) == (chosen.thresholds, chosen.rejection)


def test_a_manifest_from_before_thresholds_of_labels_has_none() -> None:
    """Its model answers with one class."""
    data = colour_manifest().to_dict()
    del data["thresholds"]
    assert () == Manifest.from_dict(data).thresholds


@pytest.mark.parametrize("thresholds", [[], [0.5], [0.5, 0.5, 1.5], [0.5, 0.5, "0.5"]])
def test_thresholds_that_do_not_fit_the_labels_are_damage(thresholds: list[object]) -> None:
    """One in 0..1 for each label is allowed."""
    with pytest.raises(ModelFileError, match="thresholds.*export the model again"):
        Manifest.from_dict({**several_labels().to_dict(), "thresholds": thresholds})
