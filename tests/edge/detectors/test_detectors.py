"""Detectors by name."""

import pytest

from edgebreed.edge.detectors import HaarDetector, HaarSettings, NoDetector, open_detector
from edgebreed.errors import InputError


def test_a_detector_is_made_from_its_settings() -> None:
    """As a manifest names them."""
    assert isinstance(open_detector("none", {}), NoDetector)
    haar = open_detector("haar", {"tilt": 0})
    assert isinstance(haar, HaarDetector)
    assert HaarSettings(tilt=0) == haar.settings


def test_an_unknown_detector_or_setting_is_refused() -> None:
    """The message lists what there is."""
    with pytest.raises(InputError, match="no detector 'yolo': this edgebreed has none, haar"):
        open_detector("yolo", {})
    with pytest.raises(InputError, match="settings of detector haar .*wavelets is no setting of this"):
        open_detector("haar", {"wavelets": 3})
