"""The pictures of a run and its page."""

from pathlib import Path
from typing import Any

from edgebreed.train.dataset import labels_of
from edgebreed.train.delivered import Delivered
from edgebreed.train.metrics import confusion
from edgebreed.train.report import Answered, write_report
from edgebreed.train.run import REPORT, RunRecord


def draw(
    out: Path, record: RunRecord, history: dict[str, list[float]], answered: Answered, result: dict[str, Any]
) -> None:
    """Draws curves, calibration and confusion matrix, and writes the page that holds them.

    Args:
        out: folder of the run.
        record: what the run is.
        history: loss and accuracy by epoch.
        answered: the test photos.
        result: what `edgebreed train --json` prints.
    """
    from edgebreed.train.plots import save_calibration, save_confusion, save_curves

    labels = labels_of(answered.photos)
    save_curves(history, out / "curves.png")
    save_calibration(answered.probabilities, labels, out / "calibration.png")
    save_confusion(confusion(answered.probabilities, labels), answered.names, out / "confusion.png")
    title = f"{record.arch} on {Path(record.data).name}"
    write_report(out / REPORT, title, _facts(record, result), answered)


def _facts(record: RunRecord, result: dict[str, Any]) -> dict[str, Any]:
    test = result["test"]
    return {
        "data": f"{record.data}: {result['classes']} classes, {result['train_images']} training photos",
        "left out": ", ".join(f"{count} {reason}" for reason, count in result["dropped"].items()),
        "test top-1": f"{test['top1']:.2%} of {test['n']} photos",
        "test as delivered": Delivered(**test["delivered"]).describe(),
        "test top-5": f"{test['top5']:.2%}",
        "expected calibration error": f"{test['ece']:.4f}, temperature {record.temperature:.3f}",
        "unknown": result["unknown"],
        "trainable parameters": f"{result['trainable_parameters']:,}",
        "input": f"{record.input.height}x{record.input.width}, {record.input.resize}",
        "seed": record.seed,
        "versions": ", ".join(f"{name} {version}" for name, version in record.tools.items()),
    }
