"""Tries, measures, filters and keeps: the work behind `edgebreed tune`."""

import datetime
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.bootstrap import percentile_interval
from edgebreed.benchmarks.frames import CAMERA, WHOLE, camera_frames
from edgebreed.benchmarks.lanes import Lane
from edgebreed.benchmarks.plain_haar import PlainHaar
from edgebreed.benchmarks.tune.accuracy import Judge, Score
from edgebreed.benchmarks.tune.candidates import Candidate, candidates
from edgebreed.benchmarks.tune.detectors import (
    DetectorScore,
    choose_detector,
    score_detectors,
)
from edgebreed.benchmarks.tune.packages import Package
from edgebreed.benchmarks.tune.race import Race, Standing
from edgebreed.edge.detectors import Detector, HaarDetector, HaarSettings
from edgebreed.edge.files import refuse_existing, write_whole
from edgebreed.edge.formats import split_model, write_model
from edgebreed.edge.images import Frame
from edgebreed.edge.manifest import DetectorConfig, Tuned
from edgebreed.errors import EngineError, InputError, ProofError
from edgebreed.machine import processor
from edgebreed.train.dataset import LabelledImage

MOST_FRAMES = 24  # 2.8 MB each
RACE_SHARE = 0.7  # of the budget; the rest goes to the chosen one beside the baselines


@dataclass(frozen=True)
class TuneConfig:
    """A request to tune.

    Attributes:
        packages: the model files to try.
        frames: photos that become the frames to measure on.
        photos: labelled photos for the accuracy; none takes the files' own figures.
        title: what to call those.
        people: photos of people; without them the face search stays as it is.
        budget: seconds of measuring.
        max_drop: points of top-1 that may be lost against float32.
        out: file to write; its suffix becomes the format's.
        overwrite: whether it may be there.
    """

    packages: tuple[Package, ...]
    frames: tuple[Path, ...]
    photos: tuple[LabelledImage, ...] = ()
    title: str = "manifest"
    people: tuple[Path, ...] = ()
    budget: float = 120.0
    max_drop: float = 0.5
    out: Path = Path("tuned")
    overwrite: bool = False

    def __post_init__(self) -> None:
        refuse_unwritable(self.out, self.overwrite)

    @property
    def evidence(self) -> Path:
        """The file with everything that was measured."""
        return self.out.with_suffix(".json")


def refuse_unwritable(out: Path, overwrite: bool) -> None:
    """Lets a place through where the chosen file, in either format, and the evidence can be written.

    Raises:
        InputError: a file is there already, or the folder takes none.
    """
    for suffix in (".onnx", ".tflite", ".json"):
        refuse_existing(out.with_suffix(suffix), overwrite)
    folder = next(parent for parent in out.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InputError(f"cannot write {out}: {folder} is no folder that may be written, pass another --out")


@dataclass(frozen=True)
class Way:
    """A candidate with a face search; a baseline is one too."""

    candidate: Candidate
    settings: HaarSettings | None
    baseline: str = ""

    @property
    def detector(self) -> Detector:
        """The face search: the runtime's, or plain OpenCV's where there are no settings."""
        return PlainHaar() if self.settings is None else HaarDetector(self.settings)


Scores = dict[int, Score]
"""What is known of the candidates' accuracy, by the identity of the way that each runs in."""


def tune(config: TuneConfig) -> dict[str, Any]:
    """Finds the fastest candidate that is right enough, writes it and the evidence.

    Returns:
        The evidence.

    Raises:
        ProofError: no candidate is right enough.
        EngineError: none runs here.
        InputError: the machine has no engine for any of the files, or a file is there already.
    """
    frames = camera_frames(config.frames[:MOST_FRAMES])
    pool = candidates(config.packages)
    if not pool:
        raise InputError("no engine here runs any of the files: see `edgebreed doctor`")
    detectors = _detectors(config, frames)
    settings = choose_detector(detectors).settings if detectors else HaarSettings()
    standings, scores = _raced(config, frames, [Way(one, settings) for one in pool])
    chosen = standings[0].entry
    final = _race(frames, config.budget * (1 - RACE_SHARE)).beside([chosen, *_baselines(pool)])
    evidence = _evidence(config, standings, scores, final)
    evidence["detectors"] = [one.to_dict() for one in detectors]
    evidence["chosen"] = _chosen(config, chosen, scores[id(chosen)], final)
    _write(config, chosen, _tuned(evidence["chosen"]), evidence)
    return evidence


def _detectors(config: TuneConfig, frames: Sequence[Frame]) -> list[DetectorScore]:
    return score_detectors(camera_frames(config.people, WHOLE), frames) if config.people else []


def _race(frames: Sequence[Frame], seconds: float) -> Race[Way]:
    def lane(way: Way) -> Lane:
        subject = way.candidate.open(way.detector)
        return Lane(way.candidate.name, lambda number: subject.answer_frame(frames[number]))

    return Race(lane, len(frames), seconds)


def _raced(
    config: TuneConfig, frames: Sequence[Frame], ways: Sequence[Way]
) -> tuple[list[Standing[Way]], Scores]:
    """The standings, whose first is right enough, and the scores that it took to know."""
    judge = Judge([way.candidate for way in ways], config.photos, config.title)
    scores: Scores = {}

    def right(way: Way) -> bool:
        score = scores[id(way)] = judge.score(way.candidate)
        return score.within(config.max_drop)

    race = _race(frames, config.budget * RACE_SHARE)
    standings = race.run(ways, right)
    if not standings:
        raise EngineError(
            f"none of {len(ways)} candidates runs here: {race.fallen[-1]}; see `edgebreed doctor`"
        )
    if not standings[0].final:
        why = _wrong(list(scores.values()), bool(config.photos))
        raise ProofError(f"no candidate loses at most {config.max_drop} points of top-1: {why}")
    return standings, scores


def _wrong(scores: Sequence[Score], photos: bool) -> str:
    """Why none of the scores is right enough."""
    known = [score.drop for score in scores if score.drop is not None]
    if known:
        return f"the best loses {min(known):.2f} points"
    if not photos:
        return "no accuracy is known: pass --photos"
    if all(score.top1 is None for score in scores):
        return "none answered the photos: see the lines above"
    return "the float model's accuracy is not known: put its float32 file beside the others"


def _baselines(pool: Sequence[Candidate]) -> list[Way]:
    """Float32 in ONNX Runtime on the processor, with the runtime's face search and with OpenCV's."""
    floats = [one for one in pool if one.package.is_reference and one.engine == "cpu"]
    if not floats:
        return []
    plain = replace(floats[0], threads=0)
    return [
        Way(plain, HaarSettings(), "fp32 in ONNX Runtime, the runtime's own face search"),
        Way(plain, None, "fp32 in ONNX Runtime, OpenCV's default face search"),
    ]


def _evidence(
    config: TuneConfig,
    standings: Sequence[Standing[Way]],
    scores: Scores,
    final: Sequence[Standing[Way]],
) -> dict[str, Any]:
    return {
        "machine": processor(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "frame": [CAMERA.height, CAMERA.width],
        "frames": min(len(config.frames), MOST_FRAMES),
        "budget_seconds": config.budget,
        "max_drop_points": config.max_drop,
        "candidates": [
            {
                "name": standing.entry.candidate.name,
                **standing.entry.candidate.to_dict(),
                **_figures(standing),
                "accuracy": score.to_dict() if (score := scores.get(id(standing.entry))) else None,
            }
            for standing in standings
        ],
        "baselines": [
            {"name": standing.entry.baseline, **_figures(standing)}
            for standing in final
            if standing.entry.baseline
        ],
    }


def _figures(standing: Standing[Way]) -> dict[str, Any]:
    return {
        "p50_ms": standing.p50_ms,
        "interval_ms": percentile_interval(standing.recording.totals_ms, 50),
        "ratio": standing.ratio,
        "samples": standing.samples,
        "final": standing.final,
    }


def _chosen(config: TuneConfig, way: Way, score: Score, final: Sequence[Standing[Way]]) -> dict[str, Any]:
    """What was kept, with its time from the last race, beside the baselines."""
    own = next((standing for standing in final if not standing.entry.baseline), None)
    if own is None:
        raise EngineError(f"{way.candidate.name} stopped answering beside the baselines: tune again")
    return {
        "name": way.candidate.name,
        **way.candidate.to_dict(),
        "detector": asdict(way.settings or HaarSettings()),
        **_figures(own),
        "accuracy": score.to_dict(),
        "by_baseline": {
            standing.entry.baseline: own.ratio / standing.ratio
            for standing in final
            if standing.entry.baseline
        },
        "out": str(config.out.with_suffix(way.candidate.package.path.suffix)),
        "evidence": str(config.evidence),
    }


def _tuned(chosen: dict[str, Any]) -> Tuned:
    machine = processor()
    return Tuned(
        machine=f"{machine['cpu']}, {machine['cores']} cores",
        engine=chosen["engine"],
        threads=chosen["threads"],
        p50_ms=chosen["p50_ms"],
        samples=chosen["samples"],
        frame=(CAMERA.height, CAMERA.width),
        by_baseline=chosen["by_baseline"],
        top1=chosen["accuracy"]["top1"],
        drop_points=chosen["accuracy"]["drop_points"],
        n=chosen["accuracy"]["n"],
    )


def _write(config: TuneConfig, way: Way, tuned: Tuned, evidence: dict[str, Any]) -> None:
    body, manifest = split_model(way.candidate.package.path)
    out = Path(evidence["chosen"]["out"])
    if manifest.task.people:
        manifest = replace(manifest, detector=DetectorConfig("haar", evidence["chosen"]["detector"]))
    write_model(out, body, replace(manifest, tuned=tuned), overwrite=config.overwrite)
    write_whole(config.evidence, json.dumps(evidence, indent=2).encode(), overwrite=config.overwrite)
