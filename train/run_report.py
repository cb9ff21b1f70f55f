"""The report of a run: its plots as files, and one HTML page that needs no other file."""

from datetime import datetime
from pathlib import Path
from typing import Any

from edgebreed.edge.accuracy import interval_of
from edgebreed.edge.files import write_whole
from edgebreed.edge.folder_walk import EXPLANATIONS, LeftOut
from edgebreed.page_templates import render_page
from edgebreed.train.accuracy_text import accuracy_name, describe_accuracy
from edgebreed.train.config import Arch
from edgebreed.train.measure_outputs import Metrics
from edgebreed.train.metrics_text import range_text, share_text
from edgebreed.train.report_charts import confidence_chart, curve_chart, matrix_chart, reliability_chart
from edgebreed.train.report_data import ReportData, RunOverview
from edgebreed.train.report_images import confused_pairs, surest_mistakes
from edgebreed.train.report_tables import class_rows, matrix_rows
from edgebreed.train.run_findings import findings
from edgebreed.train.run_plots import plot_calibration, plot_confusion, plot_curves
from edgebreed.train.run_record import DROPPED, REPORT
from edgebreed.train.train_command import next_commands, train_command

NUMBERED_CLASSES = 100  # up to so many, the confusion matrix is a table of numbers
CORRUPTIONS_MARK = "<!-- corruptions -->"


def draw_run(out: Path, report: ReportData) -> None:
    """Draws learning curves, reliability diagram and confusion matrix, and writes the page.

    Args:
        out: folder of the run.
        report: what to show.
    """
    tested = report.tested
    plots = {
        "curves": plot_curves(report.result.history),
        "calibration": plot_calibration(tested.probabilities, tested.labels),
        "confusion": plot_confusion(tested.confusion, tested.names),
    }
    for name, plot in plots.items():
        write_whole(out / f"{name}.png", plot, overwrite=True)
    write_page(out / REPORT, report_page(report))


def report_page(report: ReportData) -> str:
    """The page as HTML.

    Accuracy under corruptions is added by `add_corruptions`, once it was measured.
    """
    return render_page(
        "run_report.html",
        **overview_of(report),
        metrics=report.metrics,
        top1=share_text(report.metrics, report.metrics.top1),
        range_text=range_text,
        share_text=share_text,
        findings=findings(report),
        delivered=_delivered(report),
        reliability=[reliability_chart(report.tested), confidence_chart(report.tested)],
        classes=class_rows(report),
        matrix=matrix_rows(report.tested) if len(report.names) <= NUMBERED_CLASSES else [],
        matrix_chart=matrix_chart(report.tested) if len(report.names) > NUMBERED_CLASSES else "",
        pairs=confused_pairs(report.tested),
        mistakes=surest_mistakes(report.tested),
        wrong=int((report.tested.predictions != report.tested.labels).sum()),
        commands=next_commands(report.result.run, report.record.data),
        corruptions_mark=CORRUPTIONS_MARK,
    )


def overview_of(report: RunOverview) -> dict[str, Any]:
    """What the reports of all kinds of runs show: how a run was made, its curves, and what was left out."""
    return {
        "title": _title(report),
        "created": _date(report.record.created),
        "report": report,
        "curves": _curves(report),
        "left_out": left_out_groups(report),
        "facts": facts_of(report),
        "again": train_command(report.record.config, f"{report.result.run}-again"),
    }


def add_corruptions(path: Path, metrics: Metrics, shares: dict[str, float], source: str) -> None:
    """Adds, or replaces, the table of accuracy under corruptions; a page without a place for it stays.

    Args:
        path: a report.
        metrics: of the images as they are.
        shares: top-1 or subset accuracy by corruption, on the same images.
        source: the folder of the images, which may be another one than the run's.
    """
    rows = [
        {
            "name": name,
            "share": share,
            "interval": interval_of(share, metrics.n),
            "text": describe_accuracy(metrics, share),
        }
        for name, share in shares.items()
    ]
    title = accuracy_name(metrics).capitalize()
    section = render_page("corruptions.html", rows=rows, n=metrics.n, source=source, title=title)
    mark = CORRUPTIONS_MARK.encode()
    parts = path.read_bytes().split(mark)  # three, where an earlier evaluation left its table
    if len(parts) > 1:
        _write(path, mark.join((parts[0], _encoded(section), parts[-1])))


def facts_of(report: RunOverview) -> dict[str, str]:
    """How the run was made, as names and values; empty values where there is nothing to say."""
    record, result = report.record, report.result
    splits = ", ".join(f"{count:,} {split}" for split, count in report.images_per_split.items())
    aside = " and ".join(f"{count:,} {split}" for split, count in result.set_aside.items())
    negatives = record.rejection.negatives
    return {
        "Data set": record.data,
        "Images": splits + (f"; {aside} images were set aside from train" if aside else ""),
        "Negatives": f"{negatives:,} images of other things" if negatives else "",
        "Unknown": result.unknown,
        "Network": f"{record.arch}, {result.trainable_parameters:,} parameters fitted",
        "Input": f"{record.input.height}x{record.input.width} px, {record.input.resize}, "
        f"{record.input.decode} JPEG decoding",
        "Epochs": _epochs(report),
        "Time": ", ".join(f"{step} {seconds:.1f} s" for step, seconds in result.seconds.items()),
        "Temperature": f"{record.temperature:.3f}",
        "Seed": str(record.seed),
        "Versions": ", ".join(f"{name} {version}" for name, version in record.tools.items()),
        "Run": result.run,
        "Digest of the images": record.data_sha256,
    }


def left_out_groups(report: RunOverview) -> list[dict[str, Any]]:
    """What was left out: how many and why in words, and the first files, for each reason."""
    result, root = report.result, Path(report.record.data)
    dropped = [
        (count, "Images", DROPPED.get(reason, reason), result.dropped_files.get(reason, []))
        for reason, count in result.dropped.items()
    ]
    unread = [
        (count, "Files", EXPLANATIONS[LeftOut(reason)], result.left_out.get(reason, []))
        for reason, count in result.left_out_counts.items()
    ]
    return [
        {
            "reason": _counted(count, noun, reason),
            "files": [_below(root, file) for file in files],
            "more": count - len(files),
        }
        for count, noun, reason, files in (*dropped, *unread)
        if count
    ]


def _counted(count: int, noun: str, reason: str) -> str:
    """As in `Images that do not decode: 3`; some reasons bring a noun of their own."""
    own = reason.startswith(("negatives", "links"))
    return f"{reason.capitalize() if own else f'{noun} {reason}'}: {count:,}"


def _delivered(report: ReportData) -> list[dict[str, Any]]:
    """The parts of what a user gets, as shares with their text."""
    shares = report.delivered.to_dict()
    return [
        {"name": name, "share": share, "text": share_text(report.metrics, share)}
        for name, share in shares.items()
    ]


def _title(report: RunOverview) -> str:
    record = report.record
    network = record.config.get("backbone") or record.arch
    network = "CNN from scratch" if network == Arch.SCRATCH else network
    return f"{network} on {Path(record.data).name}"


def _curves(report: RunOverview) -> list[str]:
    """Learning curves as SVG, those of the fine-tuning too where there was one."""
    fits = [("", report.result.history), ("fine-tuning: ", report.result.fine_tune_history)]
    measures = ("loss", "accuracy")
    return [
        curve_chart(history, measure, prefix) for prefix, history in fits if history for measure in measures
    ]


def _epochs(report: RunOverview) -> str:
    epochs, passes = len(report.result.history.get("loss", ())), report.result.fine_tune_passes
    return f"{epochs}, and {passes} passes of fine-tuning" if passes else str(epochs)


def _date(created: str) -> str:
    try:
        return f"{datetime.fromisoformat(created):%-d %B %Y, %H:%M} UTC"
    except ValueError:
        return created


def _below(root: Path, file: str) -> str:
    """The path below the data set's folder; the whole one of a file elsewhere."""
    path = Path(file).absolute()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file


def write_page(path: Path, page: str) -> None:
    """Writes a report, whole or not at all."""
    _write(path, _encoded(page))


def _encoded(page: str) -> bytes:
    return page.encode("utf-8", "backslashreplace")


def _write(path: Path, page: bytes) -> None:
    """Whole or not at all."""
    write_whole(path, page, overwrite=True, private=True)
