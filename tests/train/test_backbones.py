"""Backbones by name."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError
from edgebreed.train.backbones import build_network, canonical, names, scaling

pytestmark = pytest.mark.keras


def test_a_name_is_found_in_any_case() -> None:
    """An unknown one is refused, with the list of all."""
    assert "MobileNetV2" == canonical("mobilenetv2")
    with pytest.raises(InputError, match=r"no backbone 'yolo': choose one of .*Xception"):
        canonical("yolo")


@pytest.mark.parametrize(
    "name", ["Xception", "ResNet50", "DenseNet121", "EfficientNetV2B0", "MobileNetV3Small"]
)
def test_scaling_is_what_keras_does(name: str) -> None:
    """For each family of weights, by Keras's own function."""
    factors, offsets, reverses = scaling(name)
    pixel = np.array([10.0, 120.0, 250.0], np.float32)
    ours = (pixel[::-1] if reverses else pixel) * factors + offsets
    families = {
        "Xception": pixel / 127.5 - 1,
        "ResNet50": pixel[::-1] - [103.939, 116.779, 123.68],
        "DenseNet121": (pixel / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
    }
    assert np.allclose(families.get(name, pixel), ours, atol=1e-4)


def test_all_names_have_a_scaling() -> None:
    """No backbone is offered whose input is not known."""
    assert all(len(scaling(name)[0]) == 3 for name in names())


@pytest.mark.parametrize("given", [True, False])
def test_an_input_too_small_is_refused(given: bool, tmp_path: Path) -> None:
    """With the size that was asked for, and before any download."""
    (tmp_path / "w.h5").touch()
    with pytest.raises(InputError, match="--size 64 does not fit Xception"):
        build_network("Xception", InputSpec(64, 64), tmp_path / "w.h5" if given else None)


def test_missing_weights_are_named() -> None:
    """With what to do."""
    with pytest.raises(InputError, match="no weights file gone.h5: pass --weights"):
        build_network("Xception", InputSpec(71, 71), Path("gone.h5"))
