"""Full decoding against decoding at a fraction."""

from pathlib import Path

import cv2
import numpy as np

from edgebreed.benchmarks.studies.reduced_decoding import (
    Camera,
    compare_answers,
    describe_times,
    load_by_rule,
    time_in_turns,
)
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import decode
from edgebreed.edge.preprocess import DecodeRule, InputSpec
from edgebreed.train.evaluation import Evaluation

from ...conftest import BLUE, RED, plain

CAMERA = Camera(200, 160)


def test_a_camera_makes_the_size_with_and_without_noise() -> None:
    """The same file every time; noise makes it larger."""
    frame = plain(RED)
    noisy, smooth = CAMERA.encode(frame), CAMERA._replace(noise=0.0).encode(frame)
    assert (160, 200, 3) == decode(noisy).shape
    assert noisy == CAMERA.encode(frame)
    assert len(noisy) > 2 * len(smooth)


def test_both_rules_are_timed_in_turn() -> None:
    """The ratio is that of the medians, and the inputs differ."""
    data, spec = CAMERA.encode(plain(BLUE)), InputSpec(8, 8)
    full, reduced = (load_by_rule(data, spec, rule) for rule in DecodeRule)
    assert not np.array_equal(full, reduced)
    assert [5, 5] == [len(times) for times in time_in_turns(data, spec, 5).values()]
    found = describe_times({DecodeRule.FULL: [9.0, 10.0, 11.0], DecodeRule.REDUCED: [1.0, 2.0, 9.0]})
    assert (0.2, 2.0, 1.5) == (found["ratio"], *(found["ms"]["reduced"][part] for part in ("p50", "p25")))


def test_answers_of_both_rules_are_counted(colours: Path, tmp_path: Path) -> None:
    """A blue picture among the red ones is wrong by both."""
    for name, colour in (("1", RED), ("2", BLUE)):
        (tmp_path / "d" / "red").mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / "d" / "red" / f"{name}.png"), plain(colour))
    evaluation = Evaluation.open(tmp_path / "d", colours, "test", EngineOptions("cpu"))
    found = compare_answers(evaluation, CAMERA, "small")
    assert {"full": 1, "reduced": 1} == found["right"]
    assert (0, 0) == (found["other_label"], found["other_known"])
    assert 0 < found["median_difference"] <= found["max_difference"] < 0.1
