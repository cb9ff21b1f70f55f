"""How often a label changes."""

from pathlib import Path

import cv2
import numpy as np

from edgebreed.benchmarks.studies.flicker import count_changes, measure_flicker, noisy_clip
from edgebreed.edge.detectors import FixedDetector
from edgebreed.edge.engines import FixedEngine, ModelOutputs
from edgebreed.edge.pipeline import Pipeline

from ...conftest import GREY, colour_manifest, plain


class Wavering:
    """An engine whose answer changes at every third frame."""

    name, calls = "wavering", 0

    def run(self, batch: np.ndarray) -> ModelOutputs:
        """Mostly red."""
        self.calls += 1
        row = (0.3, 0.6, 0.1) if self.calls % 3 == 0 else (0.9, 0.05, 0.05)
        return FixedEngine(np.array(row, np.float32)).run(batch)


def test_changes_are_counted_from_one_to_the_next() -> None:
    """Not how many values there are."""
    assert [0, 0, 3] == [count_changes(values) for values in ("", "aaa", "abba" + "b")]


def test_a_clip_moves_and_keeps_its_size() -> None:
    """By its seed alone."""
    frames = [list(noisy_clip(plain(GREY), 4, np.random.default_rng(seed))) for seed in (1, 1, 2)]
    assert {(30, 40, 3)} == {frame.shape for frame in frames[0]}
    assert np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], frames[2])
    assert not np.array_equal(frames[0][0], frames[0][1])


def test_averaging_takes_the_flicker_out(tmp_path: Path) -> None:
    """Two changes in three frames become none."""
    cv2.imwrite(str(tmp_path / "1.png"), plain(GREY))
    pipeline = Pipeline(Wavering(), colour_manifest(), FixedDetector())
    rates = measure_flicker(pipeline, [tmp_path / "1.png"], 31)["changes_per_100_frames"]
    assert rates["each_frame"]["label"] > 60
    assert 0 == rates["averaged"]["label"]
