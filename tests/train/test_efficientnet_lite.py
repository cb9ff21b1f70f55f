"""The light backbone and where its weights come from."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train import pixels
from edgebreed.train.backbones import scaling
from edgebreed.train.efficientnet_lite import NAME, build_lite, load_imagenet

pytestmark = pytest.mark.keras


def test_the_weights_are_mapped_to_the_right_layers() -> None:
    """With the classifier that they came with, the network names ImageNet photos as it did in PyTorch."""
    spec = find_spec("foolbox")  # importing it would warn
    assert spec is not None
    assert spec.origin is not None
    photos = sorted((Path(spec.origin).parent / "data").glob("imagenet_*.jpg"))
    network = build_lite(InputSpec(224, 224), pretrained=False)
    kernel, bias = load_imagenet(network)
    factors, offsets, _ = scaling(NAME)
    inputs = pixels.load(photos, InputSpec(224, 224)) * np.array(factors, np.float32) + np.array(
        offsets, np.float32
    )
    answers = (network.predict(inputs, verbose=0).mean(axis=(1, 2)) @ kernel + bias).argmax(axis=1)
    right = sum(answers == [int(photo.stem.split("_")[-1]) for photo in photos])
    assert (20, True) == (len(photos), right >= 17)
