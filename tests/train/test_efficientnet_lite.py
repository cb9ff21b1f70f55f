"""The light backbone and its weights."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train.backbones import scaling
from edgebreed.train.efficientnet_lite import NAME, build_lite, load_imagenet
from edgebreed.train.image_loader import load_images

pytestmark = pytest.mark.keras


def test_the_weights_are_mapped_to_the_right_layers() -> None:
    """With the original classifier, the network classifies ImageNet images as it did in PyTorch."""
    spec = find_spec("foolbox")  # importing it would warn
    assert spec is not None
    assert spec.origin is not None
    images = sorted((Path(spec.origin).parent / "data").glob("imagenet_*.jpg"))
    network = build_lite(InputSpec(224, 224), pretrained=False)
    kernel, bias = load_imagenet(network)
    factors, offsets, _ = scaling(NAME)
    inputs = load_images(images, InputSpec(224, 224)) * np.array(factors, np.float32) + np.array(
        offsets, np.float32
    )
    answers = (network.predict(inputs, verbose=0).mean(axis=(1, 2)) @ kernel + bias).argmax(axis=1)
    right = sum(answers == [int(image.stem.split("_")[-1]) for image in images])
    assert (20, True) == (len(images), right >= 17)
