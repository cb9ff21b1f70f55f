"""Detectors by name, interchangeable behind one protocol."""

from collections.abc import Callable, Mapping
from typing import Any

from edgebreed.edge.detectors.detector import FACE, Detection, Detector, FixedDetector, NoDetector
from edgebreed.edge.detectors.haar import HaarDetector, HaarSettings
from edgebreed.errors import InputError

DETECTORS: dict[str, Callable[[Mapping[str, Any]], Detector]] = {
    "none": lambda settings: NoDetector(),
    "haar": lambda settings: HaarDetector(HaarSettings.from_dict(settings)),
}
"""What a manifest may name; each makes a detector from the settings that the manifest holds."""


def check_settings(name: str, settings: Mapping[str, Any]) -> None:
    """Refuses settings that a detector would not take; of another edgebreed's detector, nothing is known.

    Raises:
        ValueError: with what is allowed.
    """
    if name == "haar":
        HaarSettings.from_dict(settings)


def open_detector(name: str, settings: Mapping[str, Any]) -> Detector:
    """Makes a detector.

    Raises:
        InputError: there is none of that name, or it does not take these settings.
        EngineError: it cannot run on this machine.
    """
    if name not in DETECTORS:
        raise InputError(f"no detector {name!r}: this edgebreed has {', '.join(DETECTORS)}")
    try:
        return DETECTORS[name](settings)
    except ValueError as error:
        raise InputError(f"settings of detector {name} are of another edgebreed ({error})") from error


__all__ = [
    "DETECTORS",
    "FACE",
    "Detection",
    "Detector",
    "FixedDetector",
    "HaarDetector",
    "HaarSettings",
    "NoDetector",
    "check_settings",
    "open_detector",
]
