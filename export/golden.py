"""Golden vectors: drawn images with the float model's outputs, stored in the manifest for `verify`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from edgebreed.edge.engines import Engine
from edgebreed.edge.images import Frame, decode
from edgebreed.edge.manifest import GoldenVector
from edgebreed.edge.preprocess import InputSpec, ResizeRule, Tensor, to_input
from edgebreed.edge.verify import replay


class ImageFormat(NamedTuple):
    """How a drawn image is encoded.

    Attributes:
        width: in px, as `height`.
        suffix: of the encoding.
        enlarged: how many times it is enlarged after it was drawn.
        options: of the encoder, as `cv2.imencode` takes them.
    """

    width: int
    height: int
    suffix: str
    enlarged: int = 1
    options: tuple[int, ...] = ()


FORMATS = (
    ImageFormat(263, 201, ".jpg"),
    ImageFormat(97, 161, ".png"),
    ImageFormat(181, 243, ".jpg"),
    ImageFormat(131, 89, ".png"),
)
"""Odd, not square, and the size of no model's input."""

_MISTAKEN = {
    ResizeRule.SQUASH: (ResizeRule.LETTERBOX, ResizeRule.CENTER_CROP),
    ResizeRule.LETTERBOX: (ResizeRule.SQUASH, ResizeRule.CENTER_CROP),
    ResizeRule.TOP_LEFT: (ResizeRule.SQUASH, ResizeRule.CENTER_CROP),
    ResizeRule.CENTER_CROP: (ResizeRule.SQUASH, ResizeRule.LETTERBOX),
    ResizeRule.SHORTER_SIDE: (ResizeRule.SQUASH, ResizeRule.LETTERBOX),
}
"""What a rule is mistaken for; `center-crop` and `shorter-side` can be the same but for rounding."""
LARGEST_REDUCED = 640  # px of an input's side; of a larger one, the JPEG would take too much of a manifest
CANDIDATES = 8  # stable images drawn for each format, of which the most sensitive one is kept
MAX_DRAWN = 64  # where few are stable: a small network's outputs for drawn images often lie near a boundary
STROKES = 500


@dataclass(frozen=True)
class _DrawnImage:
    """A drawn image and how it discriminates.

    Attributes:
        vector: the image with the float model's outputs.
        sensitivity: how far a wrong preprocessing moves its probabilities, at least.
        error: how far the exported model's outputs are off.
    """

    vector: GoldenVector
    sensitivity: float
    error: float


def golden_vectors(
    reference: Engine, exported: Engine, spec: InputSpec, stable_error: float, seed: int = 0
) -> tuple[GoldenVector, ...]:
    """Draws images and keeps, for each format, the one that reveals a wrong preprocessing best.

    How well an image does is the smallest change of its probabilities when its colour channels are swapped or
    another resize rule is used, less the error of the exported model. Images on which that error is larger
    than `stable_error` are left out where others can be drawn: they would detect another device's rounding,
    not a fault. Where the input's rule decodes large JPEGs reduced, one of the images is such a JPEG.

    Args:
        reference: runs the float model, whose outputs are stored.
        exported: runs the file that the images will be stored in.
        spec: the model's input.
        stable_error: how far the exported model's probabilities may be off on an image that is kept.
        seed: of the drawing.
    """
    rng = np.random.default_rng(seed)
    return tuple(
        _best((_draw_image(reference, exported, spec, form, rng) for _ in range(MAX_DRAWN)), stable_error)
        for form in formats_for(spec)
    )


def drawn_inputs(spec: InputSpec, count: int, seed: int = 0) -> Tensor:
    """Drawn images as a batch, `(count, H, W, 3) uint8 RGB`."""
    rng = np.random.default_rng(seed)
    return np.stack([to_input(draw(320, 240, rng), spec) for _ in range(count)])


def formats_for(spec: InputSpec) -> tuple[ImageFormat, ...]:
    """The formats of a model's golden vectors: with the rule `reduced`, one more that is decoded at 1/2."""
    if spec.decoded_size is None or max(spec.height, spec.width) > LARGEST_REDUCED:
        return FORMATS
    height, width = (2 * side for side in spec.decoded_size)
    options = (cv2.IMWRITE_JPEG_QUALITY, 75)  # it has a hundred times the pixels of the others
    return *FORMATS, ImageFormat(width + 13, height + 7, ".jpg", 4, options)


def _best(drawn: Iterable[_DrawnImage], stable_error: float) -> GoldenVector:
    stable: list[_DrawnImage] = []
    unstable: list[_DrawnImage] = []
    for image in drawn:
        (stable if image.error <= stable_error else unstable).append(image)
        if len(stable) == CANDIDATES:
            break
    if not stable:
        return min(unstable, key=lambda image: image.error).vector
    return max(stable, key=lambda image: image.sensitivity - image.error).vector


def draw(width: int, height: int, rng: np.random.Generator) -> Frame:
    """A picture `(height, width, 3) uint8 BGR` of coloured strokes on a textured background.

    It has texture on every scale, as photos have: on smooth pictures a network's outputs depend on the last
    bit of each pixel, so that two JPEG decoders would already disagree.
    """
    canvas = np.clip(_background(width, height, rng), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        _draw_strokes(canvas, rng)
    return canvas


def _background(
    width: int, height: int, rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Noise of six octaves around a random colour."""
    background = rng.integers(60, 220, 3) + rng.normal(0, 10, (height, width, 1))
    for octave in range(6):
        cells = 2 ** (octave + 1)
        shape = (height * cells // 256 + 2, width * cells // 256 + 2, 3)
        coarse = rng.normal(0, 1, shape).astype(np.float32)
        fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        background = background + 35 * 0.6**octave * fine
    return np.asarray(background, np.float32)


def _draw_strokes(canvas: Frame, rng: np.random.Generator) -> None:
    """An ellipse of short strokes of one colour and direction, a little varied."""
    height, width = canvas.shape[:2]
    centre = rng.uniform(0.2, 0.8, 2) * (width, height)
    radius = rng.uniform(0.15, 0.4) * min(width, height)
    colour, direction = rng.integers(0, 256, 3), rng.uniform(0, 2 * np.pi)
    for _ in range(STROKES):
        around, out = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0, 1) ** 0.5
        start = centre + out * np.array([1.3 * np.cos(around), np.sin(around)])
        angle = direction + rng.normal(0, 0.4)
        end = start + rng.uniform(4, 16) * np.array([np.cos(angle), np.sin(angle)])
        shade = np.clip(colour + rng.normal(0, 25) + rng.normal(0, 8, 3), 0, 255)
        points = [(int(x), int(y)) for x, y in (start, end)]
        cv2.line(canvas, points[0], points[1], shade.tolist(), int(rng.integers(1, 3)), cv2.LINE_AA)


def _draw_image(
    reference: Engine, exported: Engine, spec: InputSpec, form: ImageFormat, rng: np.random.Generator
) -> _DrawnImage:
    data = encode_drawn(form, rng)
    frame = decode(data, at_least=spec.decoded_size)
    wrong = [replace(spec, resize=rule, resize_to=None) for rule in _MISTAKEN[spec.resize]]
    swapped = np.ascontiguousarray(frame[..., ::-1])
    batch = [to_input(frame, spec), to_input(swapped, spec), *(to_input(frame, other) for other in wrong)]
    outputs = reference.run(np.stack(batch))
    moves = np.abs(outputs.probabilities[1:] - outputs.probabilities[0]).max(axis=1)
    score = None if outputs.in_distribution is None else float(outputs.in_distribution[0])
    probabilities = tuple(float(value) for value in outputs.probabilities[0])
    vector = GoldenVector(f"{form.width}x{form.height}{form.suffix}", data, probabilities, score)
    return _DrawnImage(vector, float(moves.min()), replay(exported, spec, vector).error)


def encode_drawn(form: ImageFormat, rng: np.random.Generator) -> bytes:
    """A drawn image as a file; an enlarged one has its texture where the model's input still shows it."""
    drawn = draw(form.width // form.enlarged, form.height // form.enlarged, rng)
    image = cv2.resize(drawn, (form.width, form.height), interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(form.suffix, image, form.options)[1].tobytes()
