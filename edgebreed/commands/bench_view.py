"""Prints results of `edgebreed bench` on a terminal."""

from collections.abc import Sequence
from dataclasses import asdict, fields

from rich.console import Console
from rich.table import Table

from edgebreed.benchmarks.report.bench_result import BenchResult
from edgebreed.benchmarks.stats.samples import LatencyStatistics
from edgebreed.benchmarks.stats.verdict import engine_option
from edgebreed.commands.common import cell, print_line, print_titled
from edgebreed.edge.accuracy import percent

_STATISTICS = [field.name for field in fields(LatencyStatistics)]


def announce(screen: Console, systems: int, seconds: float) -> None:
    """Says on a terminal how long the measurement will take.

    A progress bar would be drawn by a thread ten times a second and slow down what is measured.
    """
    if screen.is_terminal:
        whole = f"{systems} x " if systems > 1 else ""
        screen.print(f"measuring for {whole}{seconds:g} s, after a warm-up", markup=False, highlight=False)


def show(results: Sequence[BenchResult]) -> None:
    """One result by its stages; several in a table side by side."""
    if len(results) == 1:
        _show_stages(results[0])
    else:
        _show_table(results)
    for line in _machine_lines(results[0]):
        print_line(line)
    for result in results:
        name = f"{result.name}: " if len(results) > 1 else ""
        print_line(f"{name}{result.verdict}")
        for reason in result.why:
            print_line(f"  {reason}")


def _show_stages(result: BenchResult) -> None:
    table = _table("ms", *_STATISTICS)
    for name, statistics in {**result.stages_ms, "whole": result.latency_ms}.items():
        table.add_row(name, *(f"{value:.2f}" for value in asdict(statistics).values()))
    print_titled(result.name, table)
    for line in (*_sample_lines(result), *_scenario_lines(result), *_start_lines(result)):
        print_line(line)


def _show_table(results: Sequence[BenchResult]) -> None:
    table = _table("model", "engine", "p50", "p90", "p99", "images/s", "MB", "top-1")
    for result in sorted(results, key=lambda one: one.latency_ms.p50):
        model, latency = result.model, result.latency_ms
        table.add_row(
            cell(f"{model.name} {model.precision}"),
            engine_option(result.engine),
            *(f"{value:.1f}" for value in (latency.p50, latency.p90, latency.p99)),
            f"{result.images_per_second:.1f}",
            f"{model.bytes / 1e6:.1f}",
            "-" if model.top1 is None else percent(model.top1),
        )
    print_titled(f"{results[0].scenario}, taking turns, in ms", table)


def _sample_lines(result: BenchResult) -> list[str]:
    low, high = result.interval_ms["p90"] or (0, 0)
    bound = result.early_stopping_ms["p90"]
    estimate = f"not above {bound:.2f} ms" if bound else "too few samples for an estimate"
    return [
        f"{result.samples} queries in {result.seconds:.1f} s, {result.images_per_second:.1f} "
        f"images/s, after a warm-up of {result.warmup.samples}",
        f"p90 between {low:.2f} and {high:.2f} ms (95 % bootstrap); by MLPerf's early stopping {estimate}",
        f"the stages sum to {result.stages_sum_share:.1%} of the whole",
    ]


def _scenario_lines(result: BenchResult) -> list[str]:
    if result.frames:
        counts = ", ".join(f"{count} {name}" for name, count in result.frames.to_dict().items())
        return [f"{result.rate:g} frames/s: {counts}; the latency is a frame's age at its answer"]
    if result.batches:
        rates = ", ".join(f"{batch.size}: {batch.images_per_second:.1f}" for batch in result.batches)
        return [f"images/s by batch size: {rates}; best {result.best_batch}"]
    return []


def _start_lines(result: BenchResult) -> list[str]:
    start = result.start
    if start is None:
        return []
    return [
        f"fresh process: ready after {start.ready_ms:.0f} ms (of which model {start.open_ms:.0f}), "
        f"first image {start.first_image_ms:.0f} ms, peak memory {start.peak_memory_mb:.0f} MB"
    ]


def _machine_lines(result: BenchResult) -> list[str]:
    machine, cost = result.machine, result.harness
    lines = [
        f"the harness adds {cost.inside_ms:.4f} ms to a latency, {cost.between_ms:.2f} ms between two",
        f"{machine['cpu']}, {machine['cores']} cores",
    ]
    energy = [
        f"{rail.millijoules_per_image:.1f} mJ an image, {rail.watts:.1f} W ({rail.rail})"
        for rail in result.energy
    ]
    return [*lines, *energy]


def _table(first: str, *others: str) -> Table:
    table = Table()
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="left" if name == "engine" else "right", no_wrap=True)
    return table
