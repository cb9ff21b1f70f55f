"""Runs a scenario (how images arrive) on one or several systems and returns a result for each."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.machine.conditions import Conditions, monitored
from edgebreed.benchmarks.machine.reference_work import ReferenceInference
from edgebreed.benchmarks.report.bench_result import BenchResult, Measurement
from edgebreed.benchmarks.scenarios import camera_scenario, multi_stream, offline, single_stream
from edgebreed.benchmarks.scenarios.startup import measure_startup
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.scenarios.workload import (
    MIN_WARM_UP_S,
    SHORT_WARM_UP_S,
    Plan,
    Workload,
    measure,
    measure_overhead,
    warm_up_all,
)
from edgebreed.benchmarks.stats.samples import Recording
from edgebreed.errors import InputError
from edgebreed.str_enum import StrEnum


class Scenario(StrEnum):
    """How images arrive."""

    SINGLE_STREAM = single_stream.NAME  # the next when the last is done
    MULTI_STREAM = multi_stream.NAME  # several at once, again and again
    OFFLINE = offline.NAME  # all are there
    CAMERA = camera_scenario.NAME  # at a fixed rate, whether or not the last is done


PERCENTILES = {
    Scenario.SINGLE_STREAM: single_stream.PERCENTILE,
    Scenario.MULTI_STREAM: multi_stream.PERCENTILE,
    Scenario.OFFLINE: offline.PERCENTILE,
    Scenario.CAMERA: camera_scenario.PERCENTILE,
}


@dataclass(frozen=True)
class Request:
    """What to measure.

    Attributes:
        scenario: how images arrive.
        images: image files.
        seconds: time to measure each system.
        streams: images in a query of multi-stream.
        rate: images a second of camera.
        startup: also measure a fresh process's start and first image.
        seed: of the order of the images.
        image_source: what the user named, or a description of the images, for the result.
    """

    scenario: Scenario
    images: tuple[Path, ...]
    seconds: float = 10.0
    streams: int = multi_stream.STREAMS
    rate: float = camera_scenario.RATE
    startup: bool = True
    seed: int = 0
    image_source: str | tuple[str, ...] = ""


def run_scenario(systems: Sequence[SystemUnderTest], request: Request) -> list[BenchResult]:
    """Measures every system and returns a result for each.

    Raises:
        InputError: the scenario takes one system and there are several.
    """
    alone = {Scenario.OFFLINE: _run_offline, Scenario.CAMERA: _run_camera}
    if request.scenario in alone and len(systems) > 1:
        raise InputError(f"{request.scenario} measures one model in one engine: name one of each")
    if request.scenario in alone:
        return [alone[request.scenario](systems[0], request)]
    return _run_side_by_side(systems, request)


def _run_side_by_side(systems: Sequence[SystemUnderTest], request: Request) -> list[BenchResult]:
    """Single-stream or multi-stream, all systems taking turns."""
    workloads, reference = [_workload(system, request) for system in systems], ReferenceInference.open()
    recordings, conditions = _measure(workloads, request, reference)
    described = reference.to_dict() if reference else None
    energy = conditions.energy_per_image(recordings[0]) if len(systems) == 1 else ()
    return [
        replace(_result(request, system, recording, conditions, described), energy=energy)
        for system, recording in zip(systems, recordings, strict=True)
    ]


def _measure(
    workloads: Sequence[Workload], request: Request, reference: ReferenceInference | None
) -> tuple[list[Recording], Conditions]:
    run_reference = reference.run if reference else None
    plan = Plan(request.seconds, len(request.images), request.seed, reference=run_reference)
    warmups = warm_up_all(workloads, plan)
    with monitored() as found:
        recordings = measure(workloads, plan, warmups=warmups)
    return recordings, found[0]


def _workload(system: SystemUnderTest, request: Request) -> Workload:
    if request.scenario is Scenario.MULTI_STREAM:
        return multi_stream.batch_workload(system, request.images, request.streams)
    return single_stream.single_stream_workload(system, request.images)


def _run_offline(system: SystemUnderTest, request: Request) -> BenchResult:
    """Batch sizes take turns first; then the best is measured alone, as noise may have chosen it."""
    workloads, reference = offline.batch_workloads(system, request.images), ReferenceInference.open()
    plan = Plan(
        request.seconds / len(workloads),
        len(request.images),
        request.seed,
        turn=1,
        warm_up_s=SHORT_WARM_UP_S,
    )
    warmups = warm_up_all(workloads[:1], plan) * len(workloads)
    for workload in workloads:  # one system, which is warm; a batch of a new size only takes its memory
        workload.issue_query(0)
    recordings = measure(workloads, plan, warmups=warmups)
    batches = tuple(offline.BatchThroughput.of(recording) for recording in recordings)
    best = offline.best_batch(batches)
    (recording,), conditions = _measure([workloads[best]], request, reference)
    return replace(
        _result(request, system, recording, conditions, reference.to_dict() if reference else None),
        batches=batches,
        best_batch=batches[best].size,
        energy=conditions.energy_per_image(recording),
    )


def _run_camera(system: SystemUnderTest, request: Request) -> BenchResult:
    warm_up_s = min(MIN_WARM_UP_S, request.seconds)
    feed = camera_scenario.CameraFeed.prepare(system, request.images, warm_up_s)
    with monitored() as found:
        run = feed.run(request.rate, request.seconds)
    return replace(
        _result(request, system, run.recording, found[0], None),
        rate=run.rate,
        frames=run.frames,
        energy=found[0].energy_per_image(run.recording),
    )


def _result(
    request: Request,
    system: SystemUnderTest,
    recording: Recording,
    conditions: Conditions,
    reference: dict[str, Any] | None,
) -> BenchResult:
    startup = None
    if request.startup:
        startup = measure_startup(system.path, system.options, request.images[0])
    measurement = Measurement(
        scenario=request.scenario.value,
        percentile=PERCENTILES[request.scenario],
        system=system,
        recording=recording,
        query_names=_query_names(request),
        conditions=conditions,
        overhead=measure_overhead(),
        image_source=request.image_source,
        reference=reference,
        startup=startup,
    )
    return measurement.result()


def _query_names(request: Request) -> tuple[str, ...]:
    """Each image's path below the folder that all of them are in."""
    paths = [image.resolve() for image in request.images]
    common = Path(os.path.commonpath([path.parent for path in paths]))
    return tuple(path.relative_to(common).as_posix() for path in paths)
