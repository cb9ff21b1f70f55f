"""Images drawn by the program, with the float model's answers, that travel inside a model."""

import cv2
import numpy as np

from edgebreed.edge.engines import Engine
from edgebreed.edge.images import Frame, decode
from edgebreed.edge.manifest import GoldenVector
from edgebreed.edge.preprocess import InputSpec, to_input

SIZES = ((211, 173), (320, 240), (97, 301), (401, 263))  # width, height in px: odd, and none a model's input
SUFFIXES = (".jpg", ".png")
BLOTS = 14


def golden_vectors(engine: Engine, spec: InputSpec, seed: int = 0) -> tuple[GoldenVector, ...]:
    """Draws one image a size, alternating JPEG and PNG, and asks the float model.

    The images are rich in colour and not square, so that a wrong channel order or a wrong resize rule
    changes the answers.
    """
    generator = np.random.default_rng(seed)
    return tuple(
        _vector(engine, spec, f"golden-{number}{SUFFIXES[number % 2]}", draw(width, height, generator))
        for number, (width, height) in enumerate(SIZES)
    )


def draw(width: int, height: int, generator: np.random.Generator) -> Frame:
    """An abstract picture `(height, width, 3) uint8 BGR`: a two-colour ground and soft coloured blots."""
    corners = generator.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    canvas = np.asarray(cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    for _ in range(BLOTS):
        centre = (int(generator.integers(0, width)), int(generator.integers(0, height)))
        axes = (int(generator.integers(5, width // 3)), int(generator.integers(5, height // 3)))
        colour = [int(value) for value in generator.integers(0, 256, 3)]
        cv2.ellipse(canvas, centre, axes, float(generator.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), 1.2), np.uint8)


def _vector(engine: Engine, spec: InputSpec, name: str, frame: Frame) -> GoldenVector:
    data = cv2.imencode(name[-4:], frame)[1].tobytes()
    outputs = engine.run(to_input(decode(data, name), spec)[None])
    known = None if outputs.known is None else float(outputs.known[0])
    return GoldenVector(name, data, tuple(float(value) for value in outputs.probabilities[0]), known)
