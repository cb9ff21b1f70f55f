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
        name: model, precision, file and engine.
        file: where it was read from.
        data: all that the file tells of it.
        arrival: how images came, in words; only runs of the same can be compared.
        images: that a query answers.
        reference: what ran beside the samples; None where nothing did.
        queries: each sample's query by name.
        at_s: when each sample began, `(N,) float64`; runs side by side have one clock.
        total_ms: latencies, `(N,) float64`.
        probe_ms: the machine's speed at each, `(N,) float64`.
        reference_ms: what the reference took after each, `(N,) float64`; NaN where there was none.
    """

    name: str
    file: Path
    data: dict[str, Any]
    arrival: str
    images: int
    reference: dict[str, Any] | None
    queries: tuple[str, ...]
    at_s: NDArray[np.float64]
    total_ms: NDArray[np.float64]
    probe_ms: NDArray[np.float64]
    reference_ms: NDArray[np.float64]

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
            arrival=_arrival(data),
            images=int(data["images_per_query"]),
            reference=data["reference"],
            queries=tuple(str(names[number]) for number in record["query"]),
            at_s=np.array(record["at_s"], np.float64),
            total_ms=np.array(record["total_ms"], np.float64),
            probe_ms=np.array(record["probe_ms"], np.float64),
            reference_ms=np.array(record["reference_ms"], np.float64),  # None becomes NaN
        )

    def __post_init__(self) -> None:
        columns = (self.queries, self.at_s, self.total_ms, self.probe_ms, self.reference_ms)
        counts = {len(column) for column in columns}
        if len(counts) != 1 or not self.queries or (self.total_ms <= 0).any():
            raise ValueError(f"columns of {sorted(counts)} samples: all must have the same, and at least one")

    @property
    def image_ms(self) -> NDArray[np.float64]:
        """Each sample's time for one of its images, `(N,) float64`."""
        return self.total_ms / self.images


def _arrival(data: dict[str, Any]) -> str:
    """Offline chooses its batch size by itself and is compared by the image, so that the size may differ."""
    if data["scenario"] == "offline":
        return "offline"
    rate = f" at {data['rate']:g} frames/s" if "rate" in data else ""
    return f"{data['scenario']} of {data['images_per_query']} a query{rate}"


def subject_name(result: dict[str, Any]) -> str:
    """Model, precision, file and engine of a result."""
    model = result["model"]
    return f"{model['name']} {model['precision']} ({model['file']}) in {result['engine']}"


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
