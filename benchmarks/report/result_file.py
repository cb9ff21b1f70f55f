"""Reads result files of `edgebreed bench --json` back."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.report.bench_result import BenchResult
from edgebreed.errors import InputError


@dataclass(frozen=True)
class BenchRun:
    """The samples of a result as arrays, in order of time.

    Attributes:
        file: the result file; runs of one file took turns.
        result: the whole record.
        queries: name of each sample's query.
        at_s: when each sample was issued, `(N,) float64`; runs that took turns have one clock.
        total_ms: latencies, `(N,) float64`.
        probe_ms: the machine's speed at each sample, `(N,) float64`.
        reference_ms: time of the reference inference after each sample, `(N,) float64`; NaN where none ran.
    """

    file: Path
    result: BenchResult
    queries: tuple[str, ...]
    at_s: NDArray[np.float64]
    total_ms: NDArray[np.float64]
    probe_ms: NDArray[np.float64]
    reference_ms: NDArray[np.float64]

    @classmethod
    def of(cls, result: BenchResult, file: Path) -> "BenchRun":
        """Converts the samples of a result.

        Raises:
            ValueError, IndexError: the columns of the record do not fit together.
        """
        record = result.record
        return cls(
            file=file,
            result=result,
            queries=tuple(record.queries[number] for number in record.query),
            at_s=np.array(record.at_s, np.float64),
            total_ms=np.array(record.total_ms, np.float64),
            probe_ms=np.array(record.probe_ms, np.float64),
            reference_ms=np.array(record.reference_ms, np.float64),  # None becomes NaN
        )

    def __post_init__(self) -> None:
        columns = (self.queries, self.at_s, self.total_ms, self.probe_ms, self.reference_ms)
        counts = {len(column) for column in columns}
        if len(counts) != 1 or not self.queries or (self.total_ms <= 0).any():
            raise ValueError(f"columns of {sorted(counts)} samples: all must have the same, and at least one")

    @property
    def name(self) -> str:
        """Model, precision, file and engine."""
        return self.result.name

    @property
    def arrival(self) -> str:
        """How images arrived, in words; only runs of the same can be compared.

        Offline chooses its batch size by itself and is compared by the image, so its size may differ.
        """
        result = self.result
        if result.scenario == "offline":
            return "offline"
        rate = "" if result.rate is None else f" at {result.rate:g} frames/s"
        return f"{result.scenario} of {result.images_per_query} a query{rate}"

    @property
    def reference(self) -> dict[str, Any] | None:
        """What the reference inference was; None where none ran."""
        return self.result.reference

    @property
    def image_ms(self) -> NDArray[np.float64]:
        """Each sample's time for one of its images, `(N,) float64`."""
        return self.total_ms / self.result.images_per_query


def read_runs(file: Path) -> list[BenchRun]:
    """The results in a file with their samples as arrays.

    Raises:
        InputError: the file cannot be read or is no result.
    """
    try:
        data = json.loads(file.read_text())
        return [BenchRun.of(BenchResult.from_dict(run), file) for run in data.get("runs", [data])]
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise InputError(
            f"{file} is no result of this edgebreed ({type(error).__name__}: {error}): "
            "write one with `edgebreed bench --json > FILE`"
        ) from error
