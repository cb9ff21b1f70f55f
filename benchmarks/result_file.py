"""Reads back what `edgebreed bench --json` wrote."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from edgebreed.errors import InputError


@dataclass(frozen=True)
class Run:
    """The samples of one model in one engine, in order of time.

    Attributes:
        name: model, precision and engine.
        file: where it was read from.
        data: all that the file tells of it.
        queries: each sample's query by name.
        total_ms: latencies, `(N,) float64`.
        probe_ms: the machine's speed at each, `(N,) float64`.
    """

    name: str
    file: Path
    data: dict[str, Any]
    queries: tuple[str, ...]
    total_ms: NDArray[np.float64]
    probe_ms: NDArray[np.float64]

    @classmethod
    def from_dict(cls, data: dict[str, Any], file: Path) -> Self:
        """Reads one run of a result.

        Raises:
            KeyError, TypeError, ValueError, IndexError: it is no run.
        """
        record = data["record"]
        names = record["queries"]
        return cls(
            name=subject_name(data),
            file=file,
            data=data,
            queries=tuple(str(names[number]) for number in record["query"]),
            total_ms=np.array(record["total_ms"], np.float64),
            probe_ms=np.array(record["probe_ms"], np.float64),
        )

    def __post_init__(self) -> None:
        counts = {len(self.queries), len(self.total_ms), len(self.probe_ms)}
        if len(counts) != 1 or not self.queries or (self.total_ms <= 0).any():
            raise ValueError(f"columns of {sorted(counts)} samples: all must have the same, and at least one")


def subject_name(result: dict[str, Any]) -> str:
    """Model, precision and engine of a result."""
    model = result["model"]
    return f"{model['name']} {model['precision']} in {result['engine']}"


def read_runs(file: Path) -> list[Run]:
    """The runs in a result file: one, or several of a run side by side.

    Raises:
        InputError: it cannot be read or is no result.
    """
    try:
        data = json.loads(file.read_text())
        return [Run.from_dict(run, file) for run in data.get("runs", [data])]
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise InputError(
            f"{file} is no result of this edgebreed ({type(error).__name__}: {error}): "
            "write one with `edgebreed bench --json > FILE`"
        ) from error
