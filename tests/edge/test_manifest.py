"""What a model says of itself."""

import json
from dataclasses import asdict, replace

import pytest

from edgebreed.edge.manifest import (
    SCHEMA,
    Accuracy,
    Calibration,
    DetectorConfig,
    LearnedImages,
    Manifest,
    Tuned,
)
from edgebreed.edge.preprocess import InputSpec, ResizeRule
from edgebreed.edge.task import Rejection, RejectionScore, Task
from edgebreed.errors import ModelFileError

from ..conftest import colour_manifest


def test_a_manifest_survives_json() -> None:
    """Every field, encoded images too, comes back as it was."""
    manifest = colour_manifest(
        input=InputSpec(8, 8, ResizeRule.LETTERBOX),
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


def test_another_schema_is_refused() -> None:
    """The message says which came and which is read."""
    with pytest.raises(ModelFileError, match=f"schema 99: this edgebreed reads 1 and {SCHEMA}; export"):
        Manifest.from_dict({**colour_manifest().to_dict(), "schema": 99})


@pytest.mark.parametrize("field", ["classes", "input", "golden", "precision"])
def test_a_missing_field_is_damage(field: str) -> None:
    """The remedy is another export."""
    data = colour_manifest().to_dict()
    del data[field]
    with pytest.raises(ModelFileError, match="manifest is damaged .*: export the model again"):
        Manifest.from_dict(data)


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
