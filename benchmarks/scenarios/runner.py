"""How images arrive, and the measurement of each way."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.machine.conditions import Conditions, watched
from edgebreed.benchmarks.machine.reference_work import Reference
from edgebreed.benchmarks.report.bench_result import Measured, report
from edgebreed.benchmarks.scenarios import camera_scenario as camera
from edgebreed.benchmarks.scenarios import multi_stream, offline, single_stream
from edgebreed.benchmarks.scenarios.startup import measure_startup
from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.benchmarks.scenarios.warm_up import MIN_SECONDS, SHORT_WARM_S
from edgebreed.benchmarks.scenarios.workload import Lane, Plan, measure, warm
from edgebreed.benchmarks.stats.samples import Recording
from edgebreed.errors import InputError


class Scenario(StrEnum):
    """How images arrive."""

    SINGLE_STREAM = single_stream.NAME  # the next when the last is answered
    MULTI_STREAM = multi_stream.NAME  # several at once, again and again
    OFFLINE = offline.NAME  # all are there
    CAMERA = camera.NAME  # at a fixed rate, whether or not the last is answered


PERCENTILES = {
    Scenario.SINGLE_STREAM: single_stream.PERCENTILE,
    Scenario.MULTI_STREAM: multi_stream.PERCENTILE,
    Scenario.OFFLINE: offline.PERCENTILE,
    Scenario.CAMERA: camera.PERCENTILE,
}


@dataclass(frozen=True)
class Request:
    """What to measure.

    Attributes:
        scenario: how images arrive.
        photos: the images.
        seconds: time to measure each subject.
        streams: images a query of multi-stream.
        rate: images a second of camera.
        startup: also measure a fresh process's start and first image.
        seed: of the order of the images.
    """

    scenario: Scenario
    photos: tuple[Path, ...]
    seconds: float = 10.0
    streams: int = multi_stream.STREAMS
    rate: float = camera.RATE
    startup: bool = True
    seed: int = 0


def run(subjects: Sequence[Subject], request: Request) -> list[dict[str, Any]]:
    """Measures every subject and returns a result file's content for each.

    Raises:
        InputError: the scenario takes one subject and there are several.
    """
    alone = {Scenario.OFFLINE: _offline, Scenario.CAMERA: _camera}
    if request.scenario in alone and len(subjects) > 1:
        raise InputError(f"{request.scenario} measures one model in one engine: name one of each")
    if request.scenario in alone:
        return [alone[request.scenario](subjects[0], request)]
    return _side_by_side(subjects, request)


def _side_by_side(subjects: Sequence[Subject], request: Request) -> list[dict[str, Any]]:
    """Single-stream or multi-stream, all subjects taking turns."""
    lanes, reference = [_lane(subject, request) for subject in subjects], Reference.open()
    recordings, conditions = _measure(lanes, request, reference)
    told = reference.to_dict() if reference else None
    energy = conditions.energy_dict(recordings[0]) if len(subjects) == 1 else []
    pairs = zip(subjects, recordings, strict=True)
    return [
        {**report(_measured(request, subject, recording, told), conditions), "energy": energy}
        for subject, recording in pairs
    ]


def _measure(
    lanes: Sequence[Lane], request: Request, reference: Reference | None
) -> tuple[list[Recording], Conditions]:
    run_reference = reference.run if reference else None
    plan = Plan(request.seconds, len(request.photos), request.seed, reference=run_reference)
    warmups = warm(lanes, plan)
    with watched() as found:
        recordings = measure(lanes, plan, warmups=warmups)
    return recordings, found[0]


def _lane(subject: Subject, request: Request) -> Lane:
    if request.scenario is Scenario.MULTI_STREAM:
        return multi_stream.lane(subject, request.photos, request.streams)
    return single_stream.lane(subject, request.photos)


def _offline(subject: Subject, request: Request) -> dict[str, Any]:
    """Batch sizes take turns first; then the best is measured by itself, so that luck does not choose."""
    lanes, reference = offline.lanes(subject, request.photos), Reference.open()
    share = Plan(request.seconds / len(lanes), len(request.photos), request.seed, turn=1, warm_s=SHORT_WARM_S)
    warmups = warm(lanes[:1], share) * len(lanes)
    for lane in lanes:  # they are one subject, which is warm; a batch of a new size only takes its memory
        lane.ask(0)
    found = offline.batches(measure(lanes, share, warmups=warmups))
    best = offline.best(found)
    (recording,), conditions = _measure([lanes[best]], request, reference)
    told = reference.to_dict() if reference else None
    return {
        **report(_measured(request, subject, recording, told), conditions),
        "batches": [batch.to_dict() for batch in found],
        "best_batch": found[best].size,
        "energy": conditions.energy_dict(recording),
    }


def _camera(subject: Subject, request: Request) -> dict[str, Any]:
    ready = camera.Camera.ready(subject, request.photos, min(MIN_SECONDS, request.seconds))
    with watched() as found:
        seen = camera.watch(ready, request.rate, request.seconds)
    measured = _measured(request, subject, seen.recording, None)
    energy = found[0].energy_dict(seen.recording)
    return {**report(measured, found[0]), **seen.to_dict(), "energy": energy}


def _measured(
    request: Request, subject: Subject, recording: Recording, reference: dict[str, Any] | None
) -> Measured:
    startup = None
    if request.startup:
        startup = measure_startup(subject.path, subject.options, request.photos[0])
    return Measured(
        scenario=request.scenario.value,
        percentile=PERCENTILES[request.scenario],
        subject=subject,
        recording=recording,
        queries=_names(request),
        reference=reference,
        startup=startup,
    )


def _names(request: Request) -> tuple[str, ...]:
    """What each query is called: its photo, from the folder on in which all of them are."""
    paths = [photo.resolve() for photo in request.photos]
    common = Path(os.path.commonpath([path.parent for path in paths]))
    return tuple(path.relative_to(common).as_posix() for path in paths)
