"""Images drawn by the program, with the float model's answers, that travel inside a model."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from edgebreed.edge.engines import Engine
from edgebreed.edge.images import Frame, decode
from edgebreed.edge.manifest import GoldenVector
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.edge.verify import replay

Form = tuple[tuple[int, int], str]
FORMS: tuple[Form, ...] = (
    ((263, 201), ".jpg"),
    ((97, 161), ".png"),
    ((181, 243), ".jpg"),
    ((131, 89), ".png"),
)
"""Width and height in px, and encoding: odd, not square, and none a model's input."""

CANDIDATES = 8  # steady ones drawn for each form; the most telling one is kept
DRAWS = 64  # at most, where few are steady: a small network's answers to drawn images are seldom settled
STEADY = 0.5  # of the tolerance: what is left is for the device's own arithmetic
STROKES = 500


@dataclass(frozen=True)
class _Candidate:
    vector: GoldenVector
    moved: float
    error: float


def golden_vectors(
    reference: Engine, exported: Engine, spec: InputSpec, tolerance: float, seed: int = 0
) -> tuple[GoldenVector, ...]:
    """Draws images and keeps, of each form, the one that tells a wrong preprocessing best.

    An image tells by how far its probabilities move when its colour channels are swapped or when another
    resize rule is used, whichever moves them least, less how far the exported model is off on it anyway.
    Images on which the exported model is off by more than half of the tolerance are left out where others
    can be drawn: they would tell one device's rounding from another's.

    Args:
        reference: runs the float model, whose answers are kept.
        exported: runs the file that the images will travel in.
        spec: the model's input.
        tolerance: how far a device's probabilities may be off.
        seed: of the drawing.
    """
    generator = np.random.default_rng(seed)
    return tuple(
        _most_telling(
            (_candidate(reference, exported, spec, form, generator) for _ in range(DRAWS)), tolerance
        )
        for form in FORMS
    )


def _most_telling(drawn: Iterable[_Candidate], tolerance: float) -> GoldenVector:
    steady: list[_Candidate] = []
    unsteady: list[_Candidate] = []
    for candidate in drawn:
        (steady if candidate.error <= STEADY * tolerance else unsteady).append(candidate)
        if len(steady) == CANDIDATES:
            break
    if not steady:
        return min(unsteady, key=lambda candidate: candidate.error).vector
    return max(steady, key=lambda candidate: candidate.moved - candidate.error).vector


def draw(width: int, height: int, generator: np.random.Generator) -> Frame:
    """A picture `(height, width, 3) uint8 BGR` of coloured strokes on a rough ground.

    It is rough on every scale, as photos are: on smooth pictures a network's answer hangs on the last bit
    of each pixel, so that two JPEG decoders would already disagree.
    """
    canvas = np.clip(_ground(width, height, generator), 0, 255).astype(np.uint8)
    for _ in range(int(generator.integers(1, 4))):
        _fur(canvas, generator)
    return canvas


def _ground(
    width: int, height: int, generator: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    ground = generator.integers(60, 220, 3) + generator.normal(0, 10, (height, width, 1))
    for octave in range(6):
        cells = 2 ** (octave + 1)
        coarse = generator.normal(0, 1, (height * cells // 256 + 2, width * cells // 256 + 2, 3)).astype(
            np.float32
        )
        ground = ground + 35 * 0.6**octave * cv2.resize(
            coarse, (width, height), interpolation=cv2.INTER_CUBIC
        )
    return np.asarray(ground, np.float32)


def _fur(canvas: Frame, generator: np.random.Generator) -> None:
    height, width = canvas.shape[:2]
    centre = generator.uniform(0.2, 0.8, 2) * (width, height)
    radius = generator.uniform(0.15, 0.4) * min(width, height)
    colour, lie = generator.integers(0, 256, 3), generator.uniform(0, 2 * np.pi)
    for _ in range(STROKES):
        around, out = generator.uniform(0, 2 * np.pi), radius * generator.uniform(0, 1) ** 0.5
        start = centre + out * np.array([1.3 * np.cos(around), np.sin(around)])
        turn = lie + generator.normal(0, 0.4)
        end = start + generator.uniform(4, 16) * np.array([np.cos(turn), np.sin(turn)])
        shade = np.clip(colour + generator.normal(0, 25) + generator.normal(0, 8, 3), 0, 255)
        points = [(int(x), int(y)) for x, y in (start, end)]
        cv2.line(canvas, points[0], points[1], shade.tolist(), int(generator.integers(1, 3)), cv2.LINE_AA)


def _candidate(
    reference: Engine, exported: Engine, spec: InputSpec, form: Form, generator: np.random.Generator
) -> _Candidate:
    (width, height), suffix = form
    data = cv2.imencode(suffix, draw(width, height, generator))[1].tobytes()
    frame = decode(data)
    wrong = [replace(spec, resize=rule) for rule in ResizeRule if rule is not spec.resize]
    swapped = np.ascontiguousarray(frame[..., ::-1])
    batch = [to_input(frame, spec), to_input(swapped, spec), *(to_input(frame, other) for other in wrong)]
    outputs = reference.run(np.stack(batch))
    moves = np.abs(outputs.probabilities[1:] - outputs.probabilities[0]).max(axis=1)
    score = None if outputs.in_distribution is None else float(outputs.in_distribution[0])
    probabilities = tuple(float(value) for value in outputs.probabilities[0])
    vector = GoldenVector(f"{width}x{height}{suffix}", data, probabilities, score)
    return _Candidate(vector, float(moves.min()), replay(exported, spec, vector).error)
