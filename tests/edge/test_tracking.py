"""Faces from frame to frame."""

import pytest

from edgebreed.edge.boxes import Box
from edgebreed.edge.tracking import FaceTracker

FACE, MOVED, ELSEWHERE = (100, 100, 50, 50), (110, 100, 50, 50), (300, 20, 40, 40)


def follow(tracker: FaceTracker, *detections: list[Box]) -> list[list[Box]]:
    """What is told of frames with these detections, all in one scene."""
    return [tracker.faces(lambda found=boxes: found, 0) for boxes in detections]  # type: ignore[misc]  # mypy takes the default for an argument


def test_a_face_outlives_single_misses() -> None:
    """And goes after three."""
    told = follow(FaceTracker(), [FACE], [], [FACE], [], [], [])
    assert [1, 1, 1, 1, 1, 0] == [len(boxes) for boxes in told]


def test_a_single_find_is_not_told() -> None:
    """Unless it was there from the start; the second find makes it a face."""
    told = follow(FaceTracker(), [FACE], [FACE, ELSEWHERE], [FACE], [FACE, ELSEWHERE], [FACE, ELSEWHERE])
    assert [1, 1, 1, 1, 2] == [len(boxes) for boxes in told]


def test_boxes_move_smoothly_and_largest_comes_first() -> None:
    """Half-way towards each detection."""
    told = follow(FaceTracker(), [ELSEWHERE, FACE], [MOVED, ELSEWHERE])
    assert [[FACE, ELSEWHERE], [(105, 100, 50, 50), ELSEWHERE]] == told


def test_between_detections_faces_stay_and_nothing_is_searched() -> None:
    """Every third frame, once all faces are sure."""
    tracker = FaceTracker(every=3)
    searched: list[int] = []

    def detect() -> list[Box]:
        searched.append(len(searched))
        return [FACE]

    assert [[FACE]] * 7 == [tracker.faces(detect, 0) for _ in range(7)]
    assert 3 == len(searched)


def test_a_new_scene_is_searched_at_once_and_keeps_nothing() -> None:
    """Though no detection was due."""
    tracker = FaceTracker(every=9)
    assert [FACE] == tracker.faces(lambda: [FACE], 0)
    assert [ELSEWHERE] == tracker.faces(lambda: [ELSEWHERE], 1)


def test_without_steadying_the_detector_is_taken_at_its_word() -> None:
    """Finds, misses and places."""
    told = follow(FaceTracker(steady=False), [FACE], [MOVED, ELSEWHERE], [])
    assert [[FACE], [MOVED, ELSEWHERE], []] == told


def test_no_detection_at_all_is_refused() -> None:
    """The message holds the number."""
    with pytest.raises(ValueError, match="every 0 frames: at least 1"):
        FaceTracker(0)
