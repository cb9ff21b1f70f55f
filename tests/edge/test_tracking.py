"""Faces tracked from frame to frame."""

import pytest

from edgebreed.edge.boxes import Box
from edgebreed.edge.tracking import FaceTracker

FACE, MOVED, ELSEWHERE = (100, 100, 50, 50), (110, 100, 50, 50), (300, 20, 40, 40)


def follow(tracker: FaceTracker, *detections: list[Box]) -> list[list[Box]]:
    """The reported faces of frames with these detections, all in one scene."""
    return [tracker.update(lambda found=boxes: found, 0) for boxes in detections]  # type: ignore[misc]  # mypy takes the default for an argument


def test_a_face_survives_single_misses() -> None:
    """And is dropped after three in a row."""
    reported = follow(FaceTracker(), [FACE], [], [FACE], [], [], [])
    assert [1, 1, 1, 1, 1, 0] == [len(boxes) for boxes in reported]


def test_a_single_detection_is_not_reported() -> None:
    """Unless it is in the first frame; a second detection confirms it."""
    reported = follow(FaceTracker(), [FACE], [FACE, ELSEWHERE], [FACE], [FACE, ELSEWHERE], [FACE, ELSEWHERE])
    assert [1, 1, 1, 1, 2] == [len(boxes) for boxes in reported]


def test_boxes_move_smoothly_and_largest_comes_first() -> None:
    """Half-way towards each new detection."""
    reported = follow(FaceTracker(), [ELSEWHERE, FACE], [MOVED, ELSEWHERE])
    assert [[FACE, ELSEWHERE], [(105, 100, 50, 50), ELSEWHERE]] == reported


def test_between_detections_faces_stay_and_the_detector_is_not_called() -> None:
    """Every third frame, once all faces are confirmed."""
    tracker = FaceTracker(detect_every=3)
    searched: list[int] = []

    def detect() -> list[Box]:
        searched.append(len(searched))
        return [FACE]

    assert [[FACE]] * 7 == [tracker.update(detect, 0) for _ in range(7)]
    assert 3 == len(searched)


def test_a_new_scene_is_searched_at_once_and_keeps_nothing() -> None:
    """Though no detection is due."""
    tracker = FaceTracker(detect_every=9)
    assert [FACE] == tracker.update(lambda: [FACE], 0)
    assert [ELSEWHERE] == tracker.update(lambda: [ELSEWHERE], 1)


def test_a_face_counts_at_once_after_a_reset() -> None:
    """As in the first frame of a scene."""
    tracker = FaceTracker()
    for _ in range(2):
        assert [FACE] == tracker.update(lambda: [FACE], 0)
        tracker.reset()


def test_without_smoothing_detections_are_reported_as_they_are() -> None:
    """Single detections, misses and positions."""
    reported = follow(FaceTracker(smooth=False), [FACE], [MOVED, ELSEWHERE], [])
    assert [[FACE], [MOVED, ELSEWHERE], []] == reported


def test_an_interval_below_one_frame_is_refused() -> None:
    """The message holds the value."""
    with pytest.raises(ValueError, match="every 0 frames: at least 1"):
        FaceTracker(0)
