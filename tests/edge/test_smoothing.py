"""Model outputs averaged over time."""

import numpy as np
import pytest

from edgebreed.edge.engines.engine import ModelOutputs
from edgebreed.edge.smoothing import SceneCounter, Smoother

from ..conftest import GREY, plain


def one(*probabilities: float, score: float | None = None) -> ModelOutputs:
    """The outputs for one image."""
    row = np.array([probabilities], np.float32)
    return ModelOutputs(row, None if score is None else np.array([score], np.float32))


def test_a_single_outlier_does_not_change_the_label() -> None:
    """At 10 frames a second its weight is a fifth."""
    smoother = Smoother(0.5)
    smoother.smooth(one(0.9, 0.1), scene=0, time_s=0.0)
    outlier = smoother.smooth(one(0.1, 0.9), scene=0, time_s=0.1).probabilities[0]
    assert outlier[0] == pytest.approx(0.9 - 0.8 * (1 - np.exp(-0.2)), abs=1e-6)
    assert outlier.sum() == pytest.approx(1.0)


def test_the_frame_rate_does_not_matter() -> None:
    """A second of new outputs has the same weight in two steps as in twenty."""
    results = []
    for steps in (2, 20):
        smoother = Smoother(0.5)
        smoother.smooth(one(1.0, 0.0), 0, 0.0)
        for step in range(steps):
            last = smoother.smooth(one(0.0, 1.0), 0, (step + 1) / steps)
        results.append(float(last.probabilities[0, 0]))
    assert results[0] == pytest.approx(results[1], abs=1e-6)


def test_a_new_scene_starts_a_new_average() -> None:
    """Of the probabilities and of the in-distribution score."""
    smoother = Smoother()
    smoother.smooth(one(1.0, 0.0, score=1.0), 0, 0.0)
    kept = smoother.smooth(one(0.0, 1.0, score=0.0), 0, 0.01)
    assert kept.in_distribution is not None
    assert kept.in_distribution[0] > 0.9
    fresh = smoother.smooth(one(0.0, 1.0, score=0.0), 1, 0.02)
    assert fresh.in_distribution is not None
    assert [0.0, 0.0] == [float(fresh.probabilities[0, 0]), float(fresh.in_distribution[0])]


def test_a_cut_starts_a_scene_and_noise_does_not() -> None:
    """Nor does auto-exposure."""
    scenes, rng = SceneCounter(), np.random.default_rng(0)
    noise = [np.clip(plain(GREY) + rng.normal(0, 25, (30, 40, 3)), 0, 255).astype(np.uint8) for _ in "abc"]
    assert [0, 0, 0] == [scenes.scene_of(frame, index / 25) for index, frame in enumerate(noise)]
    assert [0, 0] == [scenes.scene_of(plain((level,) * 3), 0.2) for level in (130, 95)]
    halves = plain((95, 95, 95))
    halves[:, :20] = 175
    assert [1, 1] == [scenes.scene_of(halves, 0.2) for _ in "ab"]
    assert 2 == scenes.scene_of(halves[:, ::-1], 0.24)


def test_a_light_switched_on_or_a_gap_of_seconds_starts_a_scene() -> None:
    """Older frames are then no evidence any more."""
    scenes = SceneCounter()
    assert [0, 1] == [scenes.scene_of(plain((level,) * 3), 0.0) for level in (30, 200)]
    assert 2 == scenes.scene_of(plain((200, 200, 200)), 9.0)
    assert 3 == scenes.scene_of(plain((200, 200, 200)), 9.0, separate=True)
