"""What does decoding large JPEGs at a fraction of their size save, and does it change the answers?

    python -m edgebreed.benchmarks.studies.reduced_decoding DIR --model MODEL [--json]

Each photo is enlarged to several sizes and saved as a JPEG, which is then decoded and resized to the model's
input both ways in turn: every pixel, and as the rule `reduced` says.
"""

import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import Annotated, Any, NamedTuple

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.decision import are_known
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import Frame, decode, read_photo
from edgebreed.edge.preprocess import DecodeRule, InputSpec, Tensor, to_input
from edgebreed.progress import track
from edgebreed.train.evaluation import Evaluation

LABELS = {
    "split": "which photos",
    "mb": "size of the JPEG that is timed, in MB",
    "ms": "time from the JPEG to the model's input, in ms: median and middle half",
    "full": "every pixel is decoded",
    "reduced": "a JPEG is decoded at 1/2, 1/4 or 1/8 of its sides, as long as they are twice the input's",
    "p25": "25th percentile",
    "p50": "median",
    "p75": "75th percentile",
    "ratio": "median of `reduced` over that of `full`",
    "answers": "a row a camera: what the two rules answer to its JPEGs of all photos",
    "right": "right answers",
    "other_label": "photos whose most probable class differs",
    "other_known": "photos that one rule answers with a class and the other with 'unknown'",
    "median_difference": "median over the photos of the largest difference of a probability",
    "max_difference": "largest difference of a probability",
}
"""What the keys of the record mean."""

Times = dict[DecodeRule, list[float]]


class Camera(NamedTuple):
    """What makes a JPEG of a photo.

    Attributes:
        width: in px, as `height`.
        noise: standard deviation in grey levels; 4 make 12 Mpx a file of 4 MB, as a phone's camera does.
        quality: of the JPEG, 1 to 100.
    """

    width: int
    height: int
    noise: float = 4.0
    quality: int = 95

    def encode(self, frame: Frame) -> bytes:
        """A JPEG of a `(H, W, 3) uint8 BGR` frame, whose sides are scaled on their own."""
        large = cv2.resize(frame, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        if self.noise:
            large = cv2.add(large, _noise(self), dtype=cv2.CV_8U)
        return cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, self.quality])[1].tobytes()


@cache
def _noise(camera: Camera) -> NDArray[np.int8]:
    """Of a camera, `(H, W, 3)`, the same in every channel."""
    grey = np.random.default_rng(0).normal(0, camera.noise, (camera.height, camera.width, 1))
    return np.repeat(np.clip(grey, -128, 127).astype(np.int8), 3, axis=2)


PHONE = Camera(4000, 3000)
CAMERAS = {
    "1.6 Mpx": Camera(1300, 1200),
    "12 Mpx": PHONE,
    "12 Mpx, smooth": Camera(4000, 3000, noise=0, quality=90),
    "24 Mpx": Camera(5000, 4800),
}
"""An input of 299 px is decoded at 1/2, 1/4, 1/4 and 1/8 of these."""


def load_by_rule(data: bytes, spec: InputSpec, rule: DecodeRule) -> Tensor:
    """What the pipeline does to a JPEG before the inference."""
    by_rule = replace(spec, decode=rule)
    return to_input(decode(data, at_least=by_rule.decoded_size), by_rule)


def time_in_turns(data: bytes, spec: InputSpec, rounds: int) -> Times:
    """Milliseconds of decoding and resizing by each rule, in turn, after a round that is not counted."""
    times: Times = {rule: [] for rule in DecodeRule}
    for number in range(rounds + 1):
        for rule in DecodeRule:
            start = time.perf_counter()
            load_by_rule(data, spec, rule)
            if number:
                times[rule].append(1e3 * (time.perf_counter() - start))
    return times


def describe_times(times: Times) -> dict[str, Any]:
    """Median and middle half of the times of each rule in ms, and the ratio of the medians."""
    ms = {
        rule.value: {
            "p50": median(values),
            "p25": np.percentile(values, 25),
            "p75": np.percentile(values, 75),
        }
        for rule, values in times.items()
    }
    return {"ms": ms, "ratio": ms[DecodeRule.REDUCED]["p50"] / ms[DecodeRule.FULL]["p50"]}


def compare_answers(evaluation: Evaluation, camera: Camera, title: str) -> dict[str, Any]:
    """Right answers by each rule on a camera's JPEGs of labelled images, and how many answers differ."""
    description, rules = evaluation.description, list(DecodeRule)
    right, other_label, other_known, differences = np.zeros(len(rules), int), 0, 0, []
    for image in track(evaluation.images, title, len(evaluation.images)):
        data = camera.encode(read_photo(image.path))
        batch = np.stack([load_by_rule(data, description.input, rule) for rule in rules])
        outputs = evaluation.engine.run(batch)
        labels, known = outputs.probabilities.argmax(axis=1), are_known(outputs, description.rejection)
        right += labels == image.label
        other_label += int(labels[0] != labels[1])
        other_known += int(known[0] != known[1])
        differences.append(float(np.abs(outputs.probabilities[0] - outputs.probabilities[1]).max()))
    return {
        "right": dict(zip((rule.value for rule in rules), right.tolist(), strict=True)),
        "other_label": other_label,
        "other_known": other_known,
        "median_difference": median(differences),
        "max_difference": max(differences),
    }


def main(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Labelled photos, a folder a class.")],
    model: Annotated[Path, typer.Option(help="A run, .keras, .onnx or .tflite.")],
    engine: Annotated[str, typer.Option(help="Engine for an exported file.")] = "auto",
    split: Annotated[str, typer.Option(help="Which photos, where DIR has splits.")] = "test",
    rounds: Annotated[int, typer.Option(help="Timings of each rule.")] = 50,
    json_: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Prints the times of 12 Mpx, their ratio, and the right answers by each rule."""
    evaluation = Evaluation.open(folder, model, split, EngineOptions(engine))
    data, count = PHONE.encode(read_photo(evaluation.images[0].path)), len(evaluation.images)
    times = describe_times(time_in_turns(data, evaluation.description.input, rounds))
    answers = {name: compare_answers(evaluation, camera, name) for name, camera in CAMERAS.items()}
    if json_:
        figures = {"split": split, "mb": len(data) / 1e6, **times, "answers": answers}
        publish("reduced_decoding", count, figures)
        return
    print(f"12 Mpx, {len(data) / 1e6:.1f} MB, {rounds} rounds, to the model's input:")
    for rule, ms in times["ms"].items():
        print(f"  {rule}: {ms['p50']:.1f} ms, middle half {ms['p25']:.1f} to {ms['p75']:.1f}")
    print(f"  ratio {times['ratio']:.2f}")
    for name, found in answers.items():
        print(f"{name}: of {count} {found}")


if __name__ == "__main__":
    typer.run(main)
