"""The one path of a frame."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from edgebreed import Kind, Pipeline
from edgebreed.edge.engines import EngineOptions, FixedEngine
from edgebreed.edge.haar import FixedDetector, HaarDetector, HaarSettings
from edgebreed.edge.manifest import Tuned
from edgebreed.edge.model_file import write_model
from edgebreed.edge.pipeline import SHIPPED_MODEL
from edgebreed.errors import ModelFileError

from ..conftest import BLUE, GREY, colour_manifest, colour_model, plain

CPU = EngineOptions("cpu")


def test_a_photo_is_answered_with_all_its_stages(colours: Path, photo: Path) -> None:
    """Kind, label and times."""
    result = Pipeline.open(colours, CPU).process_photo(photo)
    assert (Kind.DOG, "Red", str(photo)) == (result.kind, result.breed, result.source)
    assert ["decode", "detect", "resize", "inference", "decision"] == list(result.stages_ms)


def test_colours_reach_the_model_in_its_order(colours: Path) -> None:
    """A BGR frame of blue is blue to a model that takes RGB."""
    assert "Blue" == Pipeline.open(colours, CPU).process(plain(BLUE)).breed


def test_neither_has_no_breed_but_keeps_its_guesses(colours: Path) -> None:
    """A kettle is told it is neither."""
    result = Pipeline.open(colours, CPU).process(plain(GREY))
    assert (Kind.NEITHER, None, 3) == (result.kind, result.breed, len(result.top))


def test_a_person_gets_the_breed_they_resemble() -> None:
    """By engines and detectors that ship with the package."""
    engine = FixedEngine(np.array([0.4, 0.35, 0.25], np.float32))
    result = Pipeline(engine, colour_manifest(), FixedDetector(((1, 2, 3, 4),))).process(plain(GREY))
    assert "person, resembles: Red (40%)" == result.sentence()
    assert [[1, 2, 3, 4]] == result.to_dict()["faces"]


def tuned(detector: dict[str, float]) -> Tuned:
    """What `edgebreed tune` writes."""
    return Tuned("a processor", "cpu", 1, detector, 10.0, 100, (720, 1280), {}, None, None, 0)


def test_a_tuned_face_search_is_the_one_that_runs(tmp_path: Path) -> None:
    """With the settings that were measured, not the runtime's own."""
    settings = HaarSettings(smallest_side=240, largest_side=360, tilt=0, profile=False)
    path = tmp_path / "tuned.onnx"
    write_model(path, colour_model(), colour_manifest(tuned=tuned(asdict(settings))))
    detector = Pipeline.open(path, CPU).detector
    assert isinstance(detector, HaarDetector)
    assert settings == detector.settings


@pytest.mark.parametrize("detector", [{"wavelets": 3}, {"scale_factor": 0.5}])
def test_a_tuned_face_search_that_does_not_exist_is_refused(
    tmp_path: Path, detector: dict[str, float]
) -> None:
    """In one line."""
    path = tmp_path / "tuned.onnx"
    write_model(path, colour_model(), colour_manifest(tuned=tuned(detector)))
    with pytest.raises(
        ModelFileError, match="face search is of another edgebreed .*run `edgebreed tune` again"
    ):
        Pipeline.open(path, CPU)


def test_the_shipped_model_is_small_and_knows_64_breeds() -> None:
    """At most 25 MB, int8, spelled for people."""
    manifest = Pipeline.open().manifest
    assert SHIPPED_MODEL.stat().st_size <= 25e6
    assert (64, "int8") == (len(manifest.labels), manifest.precision)
    assert {"Dalmatian", "German Shepherd", "Bernese Mountain Dog"} <= set(manifest.labels)
