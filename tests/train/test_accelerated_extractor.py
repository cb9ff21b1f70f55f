"""Features from the fastest engine of the machine."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from edgebreed.train import accelerated_extractor
from edgebreed.train.accelerated_extractor import AcceleratedExtractor

from .test_keras_setup import IMAGES, mobilenet

pytestmark = pytest.mark.keras


@pytest.mark.skipif(find_spec("openvino") is None, reason="the engine is optional")
def test_a_cpu_computes_the_features_of_keras(tmp_path: Path) -> None:
    """In OpenVINO, for batches of any size, and under the same key."""
    extractor = mobilenet(tmp_path)
    accelerated = AcceleratedExtractor(extractor)
    assert extractor.key == accelerated.key
    for count in (1, 3):
        expected = extractor.features(IMAGES[:count])
        assert np.allclose(expected, accelerated.features(IMAGES[:count]), atol=1e-3)


def test_a_gpu_computes_in_half_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In batches of one size, and under a key of their own; a CPU can do it too, slowly."""
    monkeypatch.setattr(accelerated_extractor, "has_gpu", lambda: True)
    extractor = mobilenet(tmp_path)
    exact = extractor.features(IMAGES)
    accelerated = AcceleratedExtractor(mobilenet(tmp_path))
    assert accelerated.batch > len(IMAGES)
    rough = accelerated.features(IMAGES)
    assert exact.shape == rough.shape
    assert 0 < np.abs(rough - exact).max() < 1e-2
    assert f"{extractor.key}-half" == accelerated.key
