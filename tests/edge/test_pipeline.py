"""From an image to its answer."""

import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from edgebreed import Kind, Pipeline, Result
from edgebreed.edge.detectors import Detection, FixedDetector, HaarDetector, HaarSettings, NoDetector
from edgebreed.edge.engines import EngineOptions, FixedEngine
from edgebreed.edge.formats import write_model
from edgebreed.edge.images import Frame, decode, read_photo
from edgebreed.edge.manifest import DetectorConfig
from edgebreed.edge.pipeline import SHIPPED_MODEL, FaceSearch, Stopwatch
from edgebreed.edge.preprocess import DecodeRule, InputSpec
from edgebreed.edge.source_image import Image
from edgebreed.edge.task import Rejection, Task
from edgebreed.errors import EngineError, ImageError, InputError, ModelFileError

from ..conftest import BLUE, GREY, RED, colour_manifest, colour_model, plain
from ..export.tflite_models import small_tflite

CPU = EngineOptions("cpu")


@pytest.fixture(scope="module")
def astronaut() -> Frame:
    """A photograph of one person, 512x512."""
    return np.ascontiguousarray(data.astronaut()[..., ::-1])


def answer(result: Result) -> Result:
    """A result without its times."""
    return replace(result, stages_ms={})


def test_a_photo_is_answered_with_all_its_stages(colours: Path, photo: Path) -> None:
    """Kind, label and times."""
    result = Pipeline.open(colours, CPU).process(photo)
    assert (Kind.KNOWN, "Red", str(photo)) == (result.kind, result.label, result.source)
    assert ["decode", "resize", "inference", "decision"] == list(result.stages_ms)


def test_colours_reach_the_model_in_its_order(colours: Path) -> None:
    """A BGR frame of blue is blue to a model that takes RGB."""
    assert "Blue" == Pipeline.open(colours, CPU).process(plain(BLUE)).label


def test_unknown_has_no_label_but_keeps_its_predictions(colours: Path) -> None:
    """Grey is none of the colours."""
    result = Pipeline.open(colours, CPU).process(plain(GREY))
    assert (Kind.UNKNOWN, None, 3) == (result.kind, result.label, len(result.top))


def test_a_person_gets_the_class_they_resemble() -> None:
    """By engines and detectors that ship with the package."""
    engine = FixedEngine(np.array([0.4, 0.35, 0.25], np.float32))
    result = Pipeline(engine, colour_manifest(), FixedDetector(((1, 2, 3, 4),))).process(plain(GREY))
    assert "person, resembles: Red (40%)" == result.summary
    assert [[1, 2, 3, 4]] == result.to_dict()["faces"]


class SeenDetector:
    """Finds one face in every frame, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def detect(self, frame: Frame) -> list[Detection]:
        """One face."""
        self.asked += 1
        return [Detection((1, 2, 3, 4))]


@pytest.mark.parametrize(
    ("faces", "asked", "kinds"),
    [
        (FaceSearch.AUTO, 1, [Kind.KNOWN, Kind.PERSON]),
        (FaceSearch.ALWAYS, 2, [Kind.KNOWN, Kind.PERSON]),
        (FaceSearch.NEVER, 0, [Kind.KNOWN, Kind.UNKNOWN]),
    ],
)
def test_faces_are_searched_where_the_answer_needs_them(
    colours: Path, faces: FaceSearch, asked: int, kinds: list[Kind]
) -> None:
    """A red frame is recognised, a grey one is not."""
    detector = SeenDetector()
    opened = Pipeline.open(colours, CPU)
    pipeline = Pipeline(opened.engine, opened.manifest, detector, faces)
    results = [pipeline.process(plain(colour)) for colour in (RED, GREY)]
    assert (asked, kinds) == (detector.asked, [result.kind for result in results])
    searched = [result.faces is not None for result in results]
    assert [faces is FaceSearch.ALWAYS, faces is not FaceSearch.NEVER] == searched
    assert searched == ["detect" in result.stages_ms for result in results]


def test_a_model_without_people_loads_no_cascade(tmp_path: Path) -> None:
    """A brick wall is never a person; asking for faces all the same is refused."""
    path = tmp_path / "walls.onnx"
    write_model(path, colour_model(), colour_manifest(task=Task()))
    pipeline = Pipeline.open(path, CPU)
    assert (FaceSearch.NEVER, NoDetector) == (pipeline.faces, type(pipeline.detector))
    assert "unknown" == pipeline.process(plain(GREY)).summary
    with pytest.raises(InputError, match="colours does not answer people: leave --faces always out"):
        Pipeline.open(path, CPU, FaceSearch.ALWAYS)


def test_the_face_search_is_named_by_its_text_too(colours: Path) -> None:
    """A text that names none is refused; it would otherwise search no faces and say nothing."""
    pipeline = Pipeline.open(colours, CPU, "always")
    assert () == pipeline.process(plain(RED)).faces
    with pytest.raises(InputError, match="faces 'sometimes': give one of auto, always, never"):
        Pipeline.open(colours, CPU, "sometimes")
    with pytest.raises(InputError, match="faces ''"):
        Pipeline(pipeline.engine, pipeline.manifest, faces="")


def test_a_threshold_can_be_set_or_switched_off(colours: Path) -> None:
    """A grey frame has a third for each colour."""
    answers = [Pipeline.open(colours, CPU, unknown_below=x).process(plain(GREY)) for x in (None, 0.3, "off")]
    assert [Kind.UNKNOWN, Kind.KNOWN, Kind.KNOWN] == [answer.kind for answer in answers]


def test_paths_bytes_and_frames_are_answered_alike(colours: Path, photo: Path) -> None:
    """A path as text or as a Path, the encoded bytes in any buffer, the pixels."""
    data = photo.read_bytes()
    images: list[Image] = [photo, str(photo), data, bytearray(data), memoryview(data), read_photo(photo)]
    with Pipeline.open(str(colours), CPU) as pipeline:
        results = [pipeline.process(image) for image in images]
    assert {("Red", results[0].probability)} == {(result.label, result.probability) for result in results}
    assert [str(photo), str(photo), "", "", "", ""] == [result.source for result in results]


def test_frames_may_lie_in_memory_as_they_like(colours: Path, astronaut: Frame) -> None:
    """Read-only, mirrored, every other pixel, or column by column: answered as a plain copy is."""
    read_only = astronaut.copy()
    read_only.setflags(write=False)
    views = [read_only, astronaut[:, ::-1], astronaut[::2, ::2], np.asfortranarray(astronaut)]
    pipeline = Pipeline.open(colours, CPU, FaceSearch.ALWAYS)
    for view in views:
        assert answer(pipeline.process(view.copy(order="C"))) == answer(pipeline.process(view))
    assert pipeline.process(read_only).faces


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 40000), (19, 21), (3000, 4000)])
def test_frames_of_any_size_are_answered(colours: Path, shape: tuple[int, int]) -> None:
    """A single pixel, a line that is longer than 32,767 px, twelve million pixels."""
    pipeline = Pipeline.open(colours, CPU, FaceSearch.ALWAYS)
    assert "Blue" == pipeline.process(plain(BLUE, *shape)).label


def test_a_batch_answers_as_one_image_after_another(colours: Path, photo: Path) -> None:
    """In the images' order, each with its share of the times; also through `process_many`."""
    pipeline = Pipeline.open(colours, CPU)
    images: list[Image] = [plain(BLUE), photo, plain(GREY)]
    single = [pipeline.process(image) for image in images]
    for results in (pipeline.process_batch(images), list(pipeline.process_many(images, batch=2))):
        assert [(r.label, r.kind, r.faces) for r in single] == [(r.label, r.kind, r.faces) for r in results]
        assert {"resize", "inference", "decision"} <= set(results[0].stages_ms)
    assert [] == pipeline.process_batch([])
    stacked = np.stack([plain(BLUE), plain(RED)])
    assert ["Blue", "Red"] == [result.label for result in pipeline.process_batch(stacked)]  # type: ignore[arg-type]  # no Sequence to the type checker


def test_images_are_taken_from_a_generator_as_they_are_needed(colours: Path) -> None:
    """A camera has no end; those of earlier batches are answered where one is at fault."""
    taken = []

    def camera() -> Iterator[Image]:
        for number in count():
            taken.append(number)
            yield plain(RED) if number < 4 else b"no image"

    results = Pipeline.open(colours, CPU).process_many(camera(), batch=2)
    assert ("Red", [0, 1]) == (next(results).label, taken)
    assert ["Red"] * 3 == [result.label for result in islice(results, 3)]
    with pytest.raises(ImageError, match="does not decode as an image"):
        next(results)


def test_several_images_are_asked_for_as_such(colours: Path, photo: Path) -> None:
    """One path would be taken for a list of letters; the error comes at once, not with the first result."""
    pipeline = Pipeline.open(colours, CPU)
    for single in (str(photo), photo, photo.read_bytes()):
        with pytest.raises(InputError, match="takes several images: give a list of them, or call process"):
            pipeline.process_many(single)  # type: ignore[arg-type]  # what a caller without types may do
        with pytest.raises(InputError, match="process_batch takes several images"):
            pipeline.process_batch(single)  # type: ignore[arg-type]  # what a caller without types may do
    with pytest.raises(InputError, match="a batch of 0 images: give 1 or more"):
        pipeline.process_many([photo], batch=0)
    with pytest.raises(InputError, match="1 sources for 2 images: give one each, or none"):
        pipeline.process_batch([photo, photo], ["only"])


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ([0.1, 0.9], r"colours has 3 classes and gave outputs of shape \(1, 2\) for 1 images"),
        ([0.1, 0.2, 0.3, 0.4], r"gave outputs of shape \(1, 4\)"),
        ([0.5, float("nan"), 0.5], "gave probabilities that are no numbers: export it in fp32"),
        ([116.0, 114.0, 101.0], "gave probabilities outside of 0 to 1: export it again"),
        ([0.5, -0.5, 1.0], "gave probabilities outside of 0 to 1: export it again"),
    ],
)
def test_outputs_that_are_no_answer_are_refused(probabilities: list[float], message: str) -> None:
    """From whatever engine: a wrong label or NaN would be believed."""
    pipeline = Pipeline(FixedEngine(np.array(probabilities, np.float32)), colour_manifest())
    with pytest.raises(EngineError, match=message):
        pipeline.process(plain(RED))


@pytest.mark.parametrize(
    ("frame", "came"),
    [
        (np.zeros((4, 5), np.uint8), r"shape \(4, 5\) and type uint8"),
        (np.zeros((4, 5, 4), np.uint8), r"shape \(4, 5, 4\)"),
        (np.zeros((4, 5, 3), np.float32), "type float32"),
        (np.zeros((0, 5, 3), np.uint8), r"shape \(0, 5, 3\)"),
        ([[1, 2, 3]], "type list"),
    ],
)
def test_other_arrays_are_refused(colours: Path, frame: Frame, came: str) -> None:
    """The message holds what came and what is allowed."""
    with pytest.raises(ImageError, match=f"{came}.*give .*uint8 BGR"):
        Pipeline.open(colours, CPU).process(frame)


def test_results_can_be_hashed_and_pickled(colours: Path) -> None:
    """They go into sets and to other processes."""
    result = Pipeline.open(colours, CPU).process(plain(RED))
    assert result == pickle.loads(pickle.dumps(result)) == replace(result, stages_ms={})
    assert 1 == len({result, pickle.loads(pickle.dumps(result))})


def test_a_closed_pipeline_says_so(colours: Path) -> None:
    """Closing twice is harmless."""
    with Pipeline.open(colours, CPU) as pipeline:
        pipeline.close()
    with pytest.raises(EngineError, match="the pipeline of colours is closed: open it again"):
        pipeline.process(plain(RED))


def test_closing_lets_other_threads_finish(colours: Path) -> None:
    """An image that the model has seen gets its whole answer, with the faces that it needs."""
    opened = Pipeline.open(colours, CPU)
    pipeline, watch = Pipeline(opened.engine, opened.manifest, SeenDetector()), Stopwatch()
    outputs = pipeline.classify(plain(GREY), watch)
    pipeline.close()
    faces = pipeline.find_faces(plain(GREY), watch)
    assert Kind.PERSON is pipeline.conclude(outputs, faces, "", watch).kind


def test_a_tuned_face_search_is_the_one_that_runs(tmp_path: Path) -> None:
    """With the settings that the manifest holds, not the runtime's own."""
    settings = HaarSettings(smallest_side=240, largest_side=360, tilt=0, profile=False)
    path = tmp_path / "tuned.onnx"
    write_model(path, colour_model(), colour_manifest(detector=DetectorConfig("haar", asdict(settings))))
    detector = Pipeline.open(path, CPU).detector
    assert isinstance(detector, HaarDetector)
    assert settings == detector.settings


def test_a_detector_of_another_version_is_refused(tmp_path: Path) -> None:
    """In one line."""
    path = tmp_path / "tuned.onnx"
    write_model(path, colour_model(), colour_manifest(detector=DetectorConfig("yolo")))
    with pytest.raises(ModelFileError, match="no detector 'yolo': this edgebreed has .*`edgebreed tune`"):
        Pipeline.open(path, CPU)


def test_the_shipped_model_is_small_and_knows_64_breeds() -> None:
    """At most 25 MB, int8, spelled for people."""
    manifest = Pipeline.open().manifest
    assert SHIPPED_MODEL.stat().st_size <= 25e6
    assert (64, "int8") == (len(manifest.labels), manifest.precision)
    assert ("dog", True) == (manifest.task.subject, manifest.task.people)
    assert {"Dalmatian", "German Shepherd", "Bernese Mountain Dog"} <= set(manifest.labels)


def answered_by_threads(pipeline: Pipeline, frames: list[Frame]) -> set[Kind]:
    """The kinds of the answers, after eight threads at once gave the same as one thread."""
    expected = [answer(pipeline.process(frame)) for frame in frames]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(pipeline.process, frames))
    assert expected == [answer(result) for result in found]
    return {result.kind for result in found}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["cpu", "openvino"])
def test_threads_share_a_pipeline(colours: Path, engine: str, astronaut: Frame) -> None:
    """Eight at once answer as one after another does, faces and all."""
    person = np.asarray(cv2.cvtColor(astronaut, cv2.COLOR_BGR2GRAY), np.uint8)[..., None].repeat(3, 2)
    frames = [person, plain(RED), person[:, ::-1], plain(BLUE), plain(GREY)] * 8
    pipeline = Pipeline.open(colours, EngineOptions(engine), FaceSearch.ALWAYS)
    assert {Kind.KNOWN, Kind.PERSON, Kind.UNKNOWN} == answered_by_threads(pipeline, frames)


@pytest.mark.keras
def test_threads_share_a_tflite_pipeline(tmp_path: Path, astronaut: Frame) -> None:
    """LiteRT's interpreter serves one thread at a time, and nobody gets another's answer."""
    path, rejection = tmp_path / "small.tflite", Rejection(threshold=0.45)
    write_model(path, small_tflite(), colour_manifest(rejection=rejection, golden=()))
    parts = [
        astronaut[top : top + 200, left : left + 200] for top in (0, 99, 300) for left in range(0, 300, 40)
    ]
    frames = [*parts, plain(RED), plain(BLUE), plain(GREY)] * 3
    assert 1 < len(answered_by_threads(Pipeline.open(path, faces=FaceSearch.ALWAYS), frames))


@pytest.fixture
def reduced(tmp_path: Path) -> Path:
    """A model of colours that takes large JPEGs reduced."""
    path = tmp_path / "reduced.onnx"
    write_model(path, colour_model(), colour_manifest(input=InputSpec(8, 8, decode=DecodeRule.REDUCED)))
    return path


def test_a_large_jpeg_that_is_recognised_is_never_decoded_whole(reduced: Path) -> None:
    """It is when it is drawn on."""
    data = cv2.imencode(".jpg", plain(RED, 320, 160))[1].tobytes()
    path = reduced.with_name("red.jpg")
    path.write_bytes(data)
    image, result = Pipeline.open(reduced, CPU).read_and_process(path)
    assert ("Red", (20, 40, 3)) == (result.label, image.pixels.shape)
    assert "whole" not in vars(image)
    assert (160, 320, 3) == image.whole.shape


@pytest.mark.parametrize("batched", [False, True])
def test_faces_are_searched_in_every_pixel_and_are_in_the_sources(
    reduced: Path, astronaut: Frame, batched: bool
) -> None:
    """Whatever size the network took; the stages say what the second decoding cost."""
    large = np.asarray(cv2.resize(astronaut, (1024, 1024)), np.uint8)
    data = cv2.imencode(".jpg", large)[1].tobytes()
    pipeline = Pipeline.open(reduced, CPU, unknown_below=0.9)
    result = pipeline.process_batch([data])[0] if batched else pipeline.process(data)
    assert Kind.PERSON is result.kind
    assert tuple(found.box for found in pipeline.detector.detect(decode(data))) == result.faces
    assert ["decode", "resize", "inference", "detect", "decision"] == list(result.stages_ms)


def test_the_answer_does_not_depend_on_whether_faces_are_searched(reduced: Path) -> None:
    """Or on whether it is one of a batch: the network sees the reduced picture in each case."""
    noise = np.random.default_rng(0).integers(0, 256, (400, 300, 3), np.uint8)
    data = cv2.imencode(".jpg", noise)[1].tobytes()
    probabilities = set()
    for faces in FaceSearch:
        pipeline = Pipeline.open(reduced, CPU, faces)
        for result in (pipeline.process(data), *pipeline.process_batch([data])):
            probabilities.add(result.probability)
    assert {pipeline.process(decode(data, at_least=(16, 16))).probability} == probabilities
    assert pipeline.process(decode(data)).probability not in probabilities


@pytest.fixture
def defects() -> Pipeline:
    """A multi-label model that gives every image the same probabilities."""
    manifest = colour_manifest(
        task=Task.of("colour", multi_label=True), thresholds=(0.6, 0.5, 0.35), detector=DetectorConfig()
    )
    return Pipeline(FixedEngine(np.array([0.55, 0.9, 0.4], np.float32)), manifest)


def test_a_multi_label_model_answers_every_label_above_its_threshold(defects: Pipeline) -> None:
    """Most probable first; the other classes are in the list of the most probable ones."""
    result = defects.process(plain(GREY))
    assert (Kind.KNOWN, "Green", None) == (result.kind, result.label, result.faces)
    assert "colour: Green (90%), Blue (40%)" == result.summary
    assert ["Green", "Blue"] == [one.label for one in result.labels or ()]
    assert ["Green", "Red", "Blue"] == [one.label for one in result.top]


def test_a_multi_label_model_may_answer_that_there_is_none(defects: Pipeline) -> None:
    """With a threshold by hand too."""
    strict = Pipeline(defects.engine, defects.manifest.with_threshold(0.95))
    result = strict.process(plain(GREY))
    assert (Kind.UNKNOWN, None, "no colour", ()) == (result.kind, result.label, result.summary, result.labels)
