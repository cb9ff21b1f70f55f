"""`edgebreed inspect` and `edgebreed verify`: a model's manifest, and its golden vectors on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    InferenceTimeout,
    Json,
    OpenTimeout,
    Threads,
    console,
    exit_code,
    print_json,
    print_table,
)
from edgebreed.edge.accuracy import describe_share, percent
from edgebreed.edge.engines import AUTO, EngineOptions, load_engine
from edgebreed.edge.engines.gpu_libraries import has_nvidia_gpu
from edgebreed.edge.engines.registry import ENGINES, engines_for, unavailable
from edgebreed.edge.formats import read_manifest, read_model
from edgebreed.edge.label_thresholds import describe_label_thresholds
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.pipeline import SHIPPED_MODEL
from edgebreed.edge.verify import verify as replay

ModelArgument = Annotated[
    Path | None,
    typer.Argument(envvar="EDGEBREED_MODEL", help="Model file; default: the one that ships with edgebreed."),
]


def inspect(model: ModelArgument = None, json_: Json = False) -> None:
    """Print the manifest of a model file."""
    path = model or SHIPPED_MODEL
    manifest = read_manifest(path)
    if json_:
        print_json(manifest.to_dict())
        return
    calibration, spec = manifest.calibration, manifest.input
    rows = {
        "architecture": f"{manifest.arch}, {manifest.precision}, made {manifest.created}",
        "made for": manifest.target,
        "opset": manifest.opset,
        "float layers": ", ".join(manifest.float_layers),
        "input": f"(N, {spec.height}, {spec.width}, 3) uint8 RGB, resized by {spec.resize}",
        "JPEG decoding": spec.decode,
        "classes": f"{len(manifest.labels)}: {', '.join(manifest.labels)}",
        "subject": manifest.task.subject,
        "people": "recognised by a face" if manifest.task.people else "",
        "labels": "several an image, each with a threshold" if manifest.task.multi_label else "",
        "unknown": _unknown(manifest),
        "accuracy": _accuracy(manifest),
        "calibration": calibration and f"{calibration.n} {calibration.photos} photos",
        "imported": manifest.imported and manifest.imported.describe(),
        "golden vectors": f"{len(manifest.golden)}, tolerance {manifest.tolerance}",
        "notice": manifest.notice,
    }
    recipe = manifest.imported.rows() if manifest.imported else {}
    print_table(str(path), {name: value for name, value in {**rows, **recipe}.items() if value})


def _accuracy(manifest: Manifest) -> str:
    accuracy = manifest.accuracy
    if accuracy is None:
        return ""
    name = "subset accuracy" if manifest.task.multi_label else "top-1"
    share = f"{name} {describe_share(accuracy.top1, accuracy.n)}, {accuracy.photos} photos"
    precision = accuracy.mean_average_precision
    return share if precision is None else f"{share}; mean average precision {percent(precision)}"


def _unknown(manifest: Manifest) -> str:
    words = manifest.task.words.unknown
    if manifest.task.multi_label:
        return describe_label_thresholds(manifest.labels, manifest.thresholds, words)
    return manifest.rejection.describe(words)


def verify(
    model: ModelArgument = None,
    engine: EngineName = AUTO,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    open_timeout: OpenTimeout = None,
    inference_timeout: InferenceTimeout = None,
    json_: Json = False,
) -> None:
    """Check that a model gives the same outputs on this machine as where it was exported."""
    path = model or SHIPPED_MODEL
    options = EngineOptions(engine, threads, allow_fallback, open_timeout, inference_timeout)
    file = read_model(path)
    manifest = file.manifest
    result = replay(load_engine(file, options), manifest)
    reasons = unavailable() if engine == AUTO else {}
    rejected = {name: reason for name in engines_for(file.format) if (reason := reasons.get(name))}
    if json_:
        print_json({**result.to_dict(), "rejected": rejected})
    else:
        rows = {check.name: f"off by {check.error:.4f}" for check in result.checks}
        rows |= idle_gpu_rows(rejected, has_nvidia_gpu())
        print_table(f"{manifest.name} in {result.engine}, tolerance {result.tolerance}", rows)
        console().print(
            "passed" if result.passed else "FAILED: decoding, resizing or arithmetic differ on this machine"
        )
    exit_code(0 if result.passed else 1)


def idle_gpu_rows(rejected: dict[str, str], has_gpu: bool) -> dict[str, str]:
    """Rows on the engines of a GPU that stays idle; without a GPU none, as nothing is amiss then.

    Args:
        rejected: each engine that cannot run here, with the reason.
        has_gpu: whether the machine has a GPU of NVIDIA.
    """
    return {
        f"{name} not used": reason for name, reason in rejected.items() if has_gpu and ENGINES[name].on_gpu
    }
