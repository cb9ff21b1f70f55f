"""Makes the moving pictures of the front page: a conveyor of surfaces, as `edgebreed stream` shows it.

    PYTHONPATH=.:examples python docs/tools/moving_pictures.py MODEL docs/pictures

MODEL is a network of the data set that `examples/surfaces.py` draws. The conveyor is drawn from the same
photographs, which come with scikit-image and are in the public domain or free of known restrictions.
Needs Chromium, for the live page; `edgebreed stream` records the annotated frames itself.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from surfaces import DEFECTS, PARTS, SIDE, photograph

from edgebreed.edge.images import Frame
from tests.live.browser import Browser

FPS = 8
WIDTH, HEIGHT = 960, 540  # px of the video
VIDEO, RECORD = "conveyor.avi", "annotated.mp4"
PAGE = (1180, 700)  # px of the browser's window
ENDPOINT = "127.0.0.1:18237"
PLATES: tuple[tuple[str, int | None], ...] = (
    ("brick", None),
    ("brick", 0),
    ("gravel", None),
    ("gravel", 1),
    ("brick", 2),
    ("gravel", None),
    ("gravel", 0),
)
"""Surface and kind of damage of what the conveyor brings."""
STOP, SLIDE = 11, 3  # frames that a plate stands still, and that the next one takes to come
QUALITY = 60  # of the WebP files
FADE = 6  # frames in which the page still fades in


def plate(name: str, damage: int | None, random: np.random.Generator) -> Frame:
    """A plate `(HEIGHT, WIDTH, 3) uint8 BGR`, cut from the part of a photograph that nobody trained on."""
    ground = photograph(name)[PARTS["test"]]
    high = ground.shape[1] * HEIGHT // WIDTH
    top = int(random.integers(0, ground.shape[0] - high))
    size = (SIDE * WIDTH // HEIGHT, SIDE)
    picture = cv2.resize(ground[top : top + high], size, interpolation=cv2.INTER_CUBIC)
    if damage is not None:
        middle = slice((size[0] - SIDE) // 2, (size[0] + SIDE) // 2)
        picture[:, middle] = DEFECTS[damage](np.ascontiguousarray(picture[:, middle]), random)
    picture = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def conveyor(seed: int) -> Iterator[Frame]:
    """Frames `(HEIGHT, WIDTH, 3) uint8 BGR`: each plate stops below the camera, then the next one comes."""
    random = np.random.default_rng(seed)
    plates = [plate(name, damage, random) for name, damage in PLATES]
    for here, following in zip(plates, plates[1:] + plates[:1], strict=True):
        for _ in range(STOP):
            noise = random.normal(0, 1.5, here.shape)
            yield np.asarray(np.clip(here + noise, 0, 255), np.uint8)
        both = np.concatenate([here, following], axis=1)
        for step in range(1, SLIDE + 1):
            left = step * WIDTH // (SLIDE + 1)
            yield np.ascontiguousarray(both[:, left : left + WIDTH])


def write_video(path: Path) -> None:
    """A video of the conveyor."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (WIDTH, HEIGHT))
    for frame in conveyor(seed=3):
        writer.write(frame)
    writer.release()


def capture_page(folder: Path, model: Path, *, dark: bool) -> Iterator[Image.Image]:
    """The live page while a stream runs, frame by frame; the stream records its own annotated video."""
    command = [sys.executable, "-m", "edgebreed", "stream", "--source", VIDEO, "--model", str(model)]
    options = ["--headless", "--realtime", "--serve", ENDPOINT, "--record", RECORD]
    with (
        subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL, cwd=folder) as stream,
        Browser() as browser,
    ):
        while True:  # until the page is served
            browser.open(f"http://{ENDPOINT}", *PAGE, dark=dark)
            time.sleep(0.3)
            if browser.value("document.body.dataset.state"):
                break
        browser.wait("document.body.dataset.state == 'running'")
        shot = folder / "page.png"
        while browser.value("document.body.dataset.state") == "running":
            began = time.monotonic()
            browser.screenshot(shot)
            yield Image.open(shot).convert("RGB")
            time.sleep(max(0, 1 / FPS - (time.monotonic() - began)))
        stream.wait()


def recorded(path: Path) -> Iterator[Image.Image]:
    """The frames of a video file."""
    capture = cv2.VideoCapture(str(path))
    while (read := capture.read())[0]:
        yield Image.fromarray(np.ascontiguousarray(read[1][..., ::-1]))


def write_moving(path: Path, frames: list[Image.Image], width: int) -> None:
    """An animated WebP of a width in px, that repeats for ever."""
    height = round(width * frames[0].height / frames[0].width)
    shrunk = [frame.resize((width, height), Image.Resampling.LANCZOS) for frame in frames]
    shrunk[0].save(
        path, save_all=True, append_images=shrunk[1:], duration=1000 // FPS, loop=0, quality=QUALITY, method=6
    )
    print(f"{path}: {len(shrunk)} frames, {path.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    """Writes `live-page.webp` and `annotated-stream.webp`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path, help="a network of surfaces")
    parser.add_argument("out", type=Path, help="a folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_video(folder / VIDEO)
        page = list(capture_page(folder, asked.model.resolve(), dark=False))[FADE:]
        write_moving(asked.out / "live-page.webp", page, 900)
        write_moving(asked.out / "annotated-stream.webp", list(recorded(folder / RECORD)), 480)


if __name__ == "__main__":
    main()
