"""Asks OpenVINO Model API or MediaPipe for the best class of photos: its number, and the label they show.

build/foreign/bin/python -m tests.foreign.top_classes mediapipe MODEL PHOTOS
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

Top = tuple[int, str]


def model_api(model: Path, photos: Iterable[Path]) -> Iterator[Top]:
    """Opens the file alone: what it needs to know of it, it reads there."""
    from model_api.adapters import OpenvinoAdapter, create_core
    from model_api.models import ClassificationModel

    # OpenVINO computes in bfloat16 where a processor can, which tips photos that two classes share.
    precision = {"INFERENCE_PRECISION_HINT": "f32"}
    adapter = OpenvinoAdapter(create_core(), str(model), device="CPU", plugin_config=precision)
    classifier = ClassificationModel.create_model(adapter)
    for photo in photos:
        best = classifier(cv2.imread(str(photo))).top_labels[0]
        yield int(best.id), best.name


def mediapipe(model: Path, photos: Iterable[Path]) -> Iterator[Top]:
    """Of two outputs it answers both, in their order: the first one is taken."""
    from mediapipe import Image, ImageFormat
    from mediapipe.tasks.python import BaseOptions
    from mediapipe.tasks.python.vision import ImageClassifier, ImageClassifierOptions

    options = ImageClassifierOptions(base_options=BaseOptions(model_asset_path=str(model)))
    with ImageClassifier.create_from_options(options) as classifier:
        for photo in photos:
            pixels = cv2.cvtColor(np.asarray(cv2.imread(str(photo))), cv2.COLOR_BGR2RGB)
            answer = classifier.classify(Image(image_format=ImageFormat.SRGB, data=pixels))
            best = answer.classifications[0].categories[0]
            yield best.index, best.category_name


RUNTIMES: dict[str, Callable[[Path, Iterable[Path]], Iterator[Top]]] = {
    "model-api": model_api,
    "mediapipe": mediapipe,
}


def main() -> None:
    """Reads the command line; prints one JSON list, in the order of the photos' names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runtime", choices=RUNTIMES)
    parser.add_argument("model", type=Path)
    parser.add_argument("photos", type=Path)
    arguments = parser.parse_args()
    tops: list[Any] = list(RUNTIMES[arguments.runtime](arguments.model, sorted(arguments.photos.iterdir())))
    print(json.dumps(tops))


if __name__ == "__main__":
    main()
