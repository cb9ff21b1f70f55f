"""How much do viewers of the live page slow the stream down?

    python -m edgebreed.benchmarks.studies.viewer_cost [--viewers 5] [--rounds 6] [--seconds 10] [--json]

Rounds without and with viewers take turns. The viewers run in a process of their own.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.prediction import Kind, Prediction, Result
from edgebreed.edge.stream import FrameCounts, FrameResult
from edgebreed.live.endpoint import Endpoint
from edgebreed.live.server import LivePage
from edgebreed.machine import processor
from edgebreed.str_enum import StrEnum

SLEEP_S, COMPUTE_S = 0.015, 0.015
_VIEWERS = Path(__file__).with_name("page_viewers.py")

ProcessFrame = Callable[[Frame], Result]


class StreamLoad(StrEnum):
    """What the stream does for each frame."""

    SIMULATED = "simulated"  # 15 ms of arithmetic and 15 ms of waiting, as for an accelerator
    PIPELINE = "pipeline"  # the shipped model, on all cores


def main(
    viewers: Annotated[int, typer.Option(min=1, help="How many watch at once.")] = 5,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds without and with viewers, in turn.")] = 6,
    seconds: Annotated[float, typer.Option(min=0.1, help="Length of a round.")] = 10.0,
    load: Annotated[StreamLoad, typer.Option(help="What the stream does for each frame.")] = (
        StreamLoad.SIMULATED
    ),
    json_: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Print how fast a stream of 1280x720 frames runs without and with viewers."""
    process = Pipeline.open().process if load is StreamLoad.PIPELINE else _simulated_load()
    figures = measure_viewer_cost(viewers, rounds, seconds, process)
    if json_:
        publish("viewer_cost", 2 * rounds, {"load": load.value, **figures})
    else:
        print(json.dumps({**figures, "machine": processor()}, indent=2))


def measure_viewer_cost(viewers: int, rounds: int, seconds: float, process: ProcessFrame) -> dict[str, Any]:
    """Runs pairs of rounds without and with viewers, each pair in the other order than the one before.

    Returns:
        Frames per second of each round, both medians, the median of the pairs' ratios (a machine that drifts
        slows both rounds of a pair), and what the viewers have read.
    """
    fps: dict[bool, list[float]] = {False: [], True: []}
    read = {"images": 0, "events": 0, "bytes": 0}
    page, frames = LivePage(Endpoint("127.0.0.1", 0)), _frames()
    try:
        _stream(page, process, frames, 1.0)
        for number in range(2 * rounds):
            watched = number % 4 in (1, 2)
            with _viewers(page.endpoint, viewers if watched else 0, read) as until_ready:
                until_ready(lambda: _stream(page, process, frames, 0.2))
                fps[watched].append(_stream(page, process, frames, seconds))
    finally:
        page.close()
    ratios = [watched / alone for alone, watched in zip(fps[False], fps[True], strict=True)]
    return {
        "viewers": viewers,
        "seconds": seconds,
        "fps_without": fps[False],
        "fps_with": fps[True],
        "median_without": statistics.median(fps[False]),
        "median_with": statistics.median(fps[True]),
        "ratio": statistics.median(ratios),
        "read": read,
    }


def _stream(
    page: LivePage, process: ProcessFrame, frames: Iterator[tuple[int, Frame]], seconds: float
) -> float:
    """Processes frames and hands them to the page for so long; returns frames per second."""
    start, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - start) < seconds:
        number, frame = next(frames)
        began, captured_at = time.perf_counter(), time.time()
        result = process(frame)
        age_ms = (time.perf_counter() - began) * 1e3
        page.on_result(
            FrameResult(
                frame, result, number, captured_at, captured_at, age_ms, FrameCounts(number + 1, number + 1)
            )
        )
        count += 1
    return count / elapsed


def _frames() -> Iterator[tuple[int, Frame]]:
    """Numbered `(720, 1280, 3) uint8 BGR` frames, all different: noise on a gradient.

    As JPEG they are as large as photos.
    """
    noise = np.random.default_rng(0).integers(0, 40, (720, 1280, 3), np.uint8)
    base = np.linspace(0, 200, 1280, dtype=np.uint8)[None, :, None]
    number = 0
    while True:
        yield number, np.roll(noise, 16 * number, axis=1) + base
        number += 1


def _simulated_load() -> ProcessFrame:
    """Arithmetic that takes 15 ms on the machine at rest; its amount is then fixed, so that load shows."""
    values = np.random.default_rng(0).random(200_000, np.float32)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        np.cbrt(values)
        times.append(time.perf_counter() - start)
    repeats = max(1, round(COMPUTE_S / statistics.median(times)))
    result = Result(
        "camera 0",
        Kind.PERSON,
        (Prediction("square", 0.9),),
        "person, resembles: square (90%)",
        ((400, 200, 200, 200),),
        {"inference": 30.0},
    )

    def process(_: Frame) -> Result:
        time.sleep(SLEEP_S)
        for _repeat in range(repeats):
            np.cbrt(values)
        return result

    return process


@contextmanager
def _viewers(
    endpoint: Endpoint, count: int, read: dict[str, int]
) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Runs viewers in a process of their own, and adds what they read to `read`.

    Yields a function that streams by the function it is given until every viewer has received an image.
    """
    if count == 0:
        yield lambda stream: None
        return
    command = [sys.executable, str(_VIEWERS), endpoint.host, str(endpoint.port), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        out = process.stdout

        def until_ready(stream: Callable[[], object]) -> None:
            stream()
            if out.readline() != "ready\n":
                raise RuntimeError("the viewers do not see a picture")

        yield until_ready
        process.stdin.close()
        for name, value in json.loads(out.readline()).items():
            read[name] += value


if __name__ == "__main__":
    typer.run(main)
