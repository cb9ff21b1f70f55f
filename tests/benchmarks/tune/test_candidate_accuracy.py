"""Accuracy of candidates against the float model."""

from pathlib import Path

import cv2
import pytest

from edgebreed.benchmarks.tune.candidate_accuracy import AccuracyEvaluator, AccuracyScore
from edgebreed.benchmarks.tune.configurations import InferenceConfiguration
from edgebreed.benchmarks.tune.variants import ModelVariant
from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import Accuracy, DetectorConfig, Precision, Target
from edgebreed.edge.task import Task
from edgebreed.train.dataset import LabelledImage

from ...conftest import BLUE, GREEN, RED, colour_manifest, colour_model, plain


def test_points_lost() -> None:
    """A bound in points of top-1; what nobody measured does not pass."""
    assert AccuracyScore(0.955, 0.96, 200, "valid").within(0.5)
    assert not AccuracyScore(0.954, 0.96, 200, "valid").within(0.5)
    assert not AccuracyScore(None, 0.96, 0, "manifest").within(100.0)


def test_figures_from_the_files() -> None:
    """Compared with the best float model of all."""
    stated = (Accuracy("test", 320, 0.95, 0.97), Accuracy("test", 320, 0.93, 0.94))
    manifests = [colour_manifest(accuracy=one, precision=Precision.INT8) for one in stated]
    candidates = [
        InferenceConfiguration(ModelVariant(Path(f"{number}.onnx"), manifest), "cpu")
        for number, manifest in enumerate(manifests)
    ]
    score = AccuracyEvaluator(candidates).score(candidates[0])
    assert (0.95, 0.97, 320, "manifest") == (score.top1, score.float_top1, score.n, score.dataset)
    assert 2.0 == pytest.approx(score.drop)


@pytest.fixture
def photos(tmp_path: Path) -> list[LabelledImage]:
    """Four, of which half are labelled as the model sees them."""
    found = []
    for label, colour in enumerate((RED, GREEN, BLUE, BLUE)):
        found.append(LabelledImage(tmp_path / f"{label}.png", min(label, 1)))
        cv2.imwrite(str(found[-1].path), plain(colour))
    return found


@pytest.mark.parametrize(("precision", "reference"), [(Precision.FP32, 0.5), (Precision.INT8, 0.75)])
def test_without_a_float_file_in_onnx_there_is_a_reference(
    tmp_path: Path, photos: list[LabelledImage], precision: Precision, reference: float
) -> None:
    """A float file of another format, or what the files state of the float model."""
    stated = Accuracy("test", 320, 0.7, 0.75)
    tflite = tmp_path / "a.tflite"  # by its name: the colours in ONNX run in its place
    write_model(tflite, colour_model(), colour_manifest())
    other = ModelVariant(tflite, colour_manifest(precision=precision, accuracy=stated))
    score = AccuracyEvaluator([InferenceConfiguration(other, "cpu")], photos, "here")
    score._measured[str(tflite), "cpu"] = 0.5
    assert (0.5, reference) == (
        score.score(InferenceConfiguration(other, "cpu")).top1,
        score.score(InferenceConfiguration(other, "cpu")).float_top1,
    )


def test_a_candidate_that_fails_has_no_score(
    tmp_path: Path, photos: list[LabelledImage], caplog: pytest.LogCaptureFixture
) -> None:
    """The others have theirs; the log says why."""
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"nothing")
    score = AccuracyEvaluator([], photos, "here").score(
        InferenceConfiguration(ModelVariant(path, colour_manifest()), "cpu")
    )
    assert (None, False) == (score.top1, score.within(100.0))
    assert caplog.messages[0].startswith("no top-1 of broken.onnx in cpu: ")


@pytest.mark.parametrize("target", list(Target))
def test_nothing_is_said_of_a_candidate_for_another_processor(
    tmp_path: Path, photos: list[LabelledImage], caplog: pytest.LogCaptureFixture, target: Target
) -> None:
    """It is only tried; the one that is chosen speaks for itself where it is used."""
    path, manifest = tmp_path / "a.onnx", colour_manifest(precision=Precision.INT8, target=target)
    write_model(path, colour_model(), manifest)
    candidate = InferenceConfiguration(ModelVariant(path, manifest), "cpu", 1)
    assert 0.5 == AccuracyEvaluator([candidate], photos, "here").score(candidate).top1
    assert "" == caplog.text


def test_measured_on_photos_here(colours: Path, photos: list[LabelledImage]) -> None:
    """Each file in each engine once; the float file is the reference."""
    candidate = InferenceConfiguration(ModelVariant(colours, colour_manifest()), "cpu", 1)
    score = AccuracyEvaluator([candidate], photos, "here").score(candidate)
    assert (0.5, 0.5, 4, 0.0) == (score.top1, score.float_top1, score.n, score.drop)
    assert {"top1": 0.5, "drop_points": 0.0, "photos": "here"}.items() <= score.to_dict().items()


def test_a_multi_label_candidate_is_right_where_all_labels_are(tmp_path: Path) -> None:
    """Subset accuracy, with the thresholds of its own file."""
    several = colour_manifest(
        task=Task.of("colour", multi_label=True), thresholds=(0.5, 0.5, 0.5), detector=DetectorConfig()
    )
    write_model(tmp_path / "m.onnx", colour_model(), several)
    images = [LabelledImage(tmp_path / f"{number}.png", 0, (0, 1)[: number + 1]) for number in range(2)]
    for image in images:
        cv2.imwrite(str(image.path), plain(RED))
    candidate = InferenceConfiguration(ModelVariant(tmp_path / "m.onnx", several), "cpu")
    assert 0.5 == AccuracyEvaluator([candidate], images, "here").score(candidate).top1
