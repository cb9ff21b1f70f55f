"""The work of `edgebreed tune`: tries every configuration, keeps the fastest that is accurate enough."""

import datetime
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from edgebreed.benchmarks.scenarios.input_images import FRAME, LETTERBOXED_FRAME, camera_frames
from edgebreed.benchmarks.scenarios.workload import Workload
from edgebreed.benchmarks.tune.candidate_accuracy import STATED, AccuracyEvaluator, AccuracyScore
from edgebreed.benchmarks.tune.configurations import (
    Baseline,
    Configuration,
    InferenceConfiguration,
    inference_configurations,
    untried_gpu_engines,
)
from edgebreed.benchmarks.tune.detector_settings import DetectorScore, choose_detector, score_detectors
from edgebreed.benchmarks.tune.successive_halving import Ranking, SuccessiveHalving
from edgebreed.benchmarks.tune.tune_result import (
    BaselineResult,
    CandidateResult,
    CandidateTiming,
    ChosenResult,
    TuneResult,
)
from edgebreed.benchmarks.tune.variants import ModelVariant
from edgebreed.edge.detectors import HaarSettings
from edgebreed.edge.files import refuse_existing, write_whole
from edgebreed.edge.formats import read_model, write_model
from edgebreed.edge.images import Frame
from edgebreed.edge.manifest import DetectorConfig, Tuned
from edgebreed.edge.processor import machine_name
from edgebreed.errors import EngineError, InputError, ProofError
from edgebreed.machine import processor
from edgebreed.train.dataset import LabelledImage

_LOG = logging.getLogger(__name__)

MAX_FRAMES = 24  # 2.8 MB each
SEARCH_SHARE = 0.7  # of the budget; the rest measures the chosen configuration beside the baselines


@dataclass(frozen=True)
class TuneConfig:
    """A request to tune.

    Attributes:
        variants: the model files to try.
        frame_images: image files that become the frames to measure on.
        labelled: labelled images for the accuracy; without any, the accuracy that the files state is taken.
        dataset: name of the labelled images.
        people: image files of people; without any, the face detector keeps its settings.
        budget: seconds of measuring.
        max_drop: percentage points of top-1 that may be lost against float32.
        out: model file to write; its suffix becomes the chosen format's.
        overwrite: whether it may exist.
    """

    variants: tuple[ModelVariant, ...]
    frame_images: tuple[Path, ...]
    labelled: tuple[LabelledImage, ...] = ()
    dataset: str = STATED
    people: tuple[Path, ...] = ()
    budget: float = 120.0
    max_drop: float = 0.5
    out: Path = Path("tuned")
    overwrite: bool = False

    def __post_init__(self) -> None:
        check_writable(self.out, self.overwrite)
        if self.people and not self.answers_people:
            raise InputError("--people: these models do not answer people, leave it out")

    @property
    def answers_people(self) -> bool:
        """Whether the model files do; they are of one classifier."""
        return self.variants[0].manifest.task.people

    @property
    def evidence(self) -> Path:
        """JSON file to write with everything that was measured."""
        return self.out.with_suffix(".json")


def check_writable(out: Path, overwrite: bool) -> None:
    """Checks that the chosen file, in either format, and the JSON file can be written.

    Raises:
        InputError: a file exists already, or the folder is not writable.
    """
    for suffix in (".onnx", ".tflite", ".json"):
        refuse_existing(out.with_suffix(suffix), overwrite)
    folder = next(parent for parent in out.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InputError(f"cannot write {out}: {folder} is no folder that may be written, pass another --out")


Scores = dict[int, AccuracyScore]
"""The accuracies that were needed so far, by the identity of the configuration."""


def tune(config: TuneConfig) -> TuneResult:
    """Finds the fastest configuration that is accurate enough, and writes it and the result.

    Raises:
        ProofError: no configuration is accurate enough.
        EngineError: none runs here.
        InputError: the machine has no engine for any of the files, or a file exists already.
    """
    frames = camera_frames(config.frame_images[:MAX_FRAMES])
    candidates = inference_configurations(config.variants)
    if not candidates:
        raise InputError("no engine here runs any of the files: see `edgebreed doctor`")
    rejected = untried_gpu_engines(config.variants)
    if rejected:
        _LOG.warning("not tried: %s", "; ".join(f"{name}: {reason}" for name, reason in rejected.items()))
    detectors = _score_detectors(config, frames)
    settings = _face_search(config, detectors)
    rankings, scores = _search(config, frames, [Configuration(one, settings) for one in candidates])
    chosen = rankings[0].candidate
    final = _halving(frames, config.budget * (1 - SEARCH_SHARE)).measure_side_by_side(
        [chosen, *_baselines(candidates, config.answers_people)]
    )
    result = replace(_result(config, rankings, scores, final, detectors), rejected=rejected)
    _write(config, chosen.inference.variant, result)
    return result


def _result(
    config: TuneConfig,
    rankings: Sequence[Ranking[Configuration]],
    scores: Scores,
    final: Sequence[Ranking[Configuration]],
    detectors: Sequence[DetectorScore],
) -> TuneResult:
    return TuneResult(
        machine=processor(),
        date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        frame=(FRAME.height, FRAME.width),
        frames=min(len(config.frame_images), MAX_FRAMES),
        budget_seconds=config.budget,
        max_drop_points=config.max_drop,
        candidates=[CandidateResult.of(one, scores.get(id(one.candidate))) for one in rankings],
        baselines=[
            BaselineResult(one.candidate.baseline, CandidateTiming.of(one))
            for one in final
            if one.candidate.baseline
        ],
        detectors=detectors,
        chosen=_chosen(config, scores[id(rankings[0].candidate)], final),
    )


def _face_search(config: TuneConfig, detectors: Sequence[DetectorScore]) -> HaarSettings | None:
    """Settings of the face search; None for a model that does not answer people and so needs none."""
    if not config.answers_people:
        return None
    return choose_detector(detectors).settings if detectors else HaarSettings()


def _score_detectors(config: TuneConfig, frames: Sequence[Frame]) -> list[DetectorScore]:
    if not config.people:
        return []
    return score_detectors(camera_frames(config.people, LETTERBOXED_FRAME), frames)


def _halving(frames: Sequence[Frame], seconds: float) -> SuccessiveHalving[Configuration]:
    def open_workload(configuration: Configuration) -> Workload:
        system = configuration.open()
        return Workload(configuration.inference.name, lambda number: system.process_frame(frames[number]))

    return SuccessiveHalving(open_workload, len(frames), seconds)


def _search(
    config: TuneConfig, frames: Sequence[Frame], configurations: Sequence[Configuration]
) -> tuple[list[Ranking[Configuration]], Scores]:
    """The rankings, the first of which is accurate enough, and the accuracies that this took."""
    evaluator = AccuracyEvaluator([one.inference for one in configurations], config.labelled, config.dataset)
    scores: Scores = {}

    def accurate(configuration: Configuration) -> bool:
        score = scores[id(configuration)] = evaluator.score(configuration.inference)
        return score.within(config.max_drop)

    halving = _halving(frames, config.budget * SEARCH_SHARE)
    rankings = halving.run(configurations, accurate)
    if not rankings:
        raise EngineError(
            f"none of {len(configurations)} candidates runs here: {halving.failed[-1]}; "
            "see `edgebreed doctor`"
        )
    if not rankings[0].final:
        why = _why_none_is_accurate(list(scores.values()), bool(config.labelled))
        raise ProofError(f"no candidate loses at most {config.max_drop} points of top-1: {why}")
    return rankings, scores


def _why_none_is_accurate(scores: Sequence[AccuracyScore], labelled: bool) -> str:
    drops = [score.drop for score in scores if score.drop is not None]
    if drops:
        return f"the best loses {min(drops):.2f} points"
    if not labelled:
        return "no accuracy is known: pass --photos"
    if all(score.top1 is None for score in scores):
        return "none answered the photos: see the lines above"
    return "the float model's accuracy is not known: put its float32 file beside the others"


def _baselines(candidates: Sequence[InferenceConfiguration], people: bool) -> list[Configuration]:
    """Float32 in ONNX Runtime on the CPU; where people are answered, also with faces in every frame."""
    floats = [one for one in candidates if one.variant.is_baseline and one.engine == "cpu"]
    if not floats:
        return []
    inference = replace(floats[0], threads=0)
    if not people:
        return [Configuration(inference, None, Baseline.FLOAT)]
    return [Configuration(inference, HaarSettings(), baseline) for baseline in Baseline]


def _chosen(
    config: TuneConfig, score: AccuracyScore, final: Sequence[Ranking[Configuration]]
) -> ChosenResult:
    """The chosen configuration, the only one in the last round that is no baseline."""
    own = next((one for one in final if not one.candidate.baseline), None)
    if own is None:
        raise EngineError("the chosen candidate stopped answering beside the baselines: tune again")
    return ChosenResult(
        candidate=CandidateResult.of(own, score),
        accuracy=score,
        detector=own.candidate.detector_settings,
        by_baseline={
            one.candidate.baseline: own.ratio / one.ratio for one in final if one.candidate.baseline
        },
        out=config.out.with_suffix(own.candidate.inference.variant.path.suffix),
        evidence=config.evidence,
    )


def _write(config: TuneConfig, variant: ModelVariant, result: TuneResult) -> None:
    model = read_model(variant.path)
    manifest = model.manifest
    if result.chosen.detector is not None:
        manifest = replace(manifest, detector=DetectorConfig("haar", asdict(result.chosen.detector)))
    tuned = replace(manifest, tuned=_tuned(result))
    write_model(result.chosen.out, model.data, tuned, overwrite=config.overwrite)
    evidence = json.dumps(result.to_dict(), indent=2, allow_nan=False).encode()
    write_whole(config.evidence, evidence, overwrite=config.overwrite)


def _tuned(result: TuneResult) -> Tuned:
    """What the chosen file's manifest says about this tuning."""
    chosen = result.chosen
    return Tuned(
        machine=machine_name(),
        engine=chosen.candidate.inference.engine,
        threads=chosen.candidate.inference.threads,
        p50_ms=chosen.candidate.timing.p50_ms,
        samples=chosen.candidate.timing.samples,
        frame=result.frame,
        by_baseline=chosen.by_baseline,
        top1=chosen.accuracy.top1,
        drop_points=chosen.accuracy.drop,
        n=chosen.accuracy.n,
    )
