"""The JSON record of a study's figures, which `--json` prints and keeps in `results/`."""

import datetime
import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgebreed.machine import processor

RESULTS = Path(__file__).parent / "results"
PACKAGE = "edgebreed.benchmarks.studies"
JSON_HELP = "print the figures as JSON, and keep them in benchmarks/studies/results"


@dataclass(frozen=True)
class StudyRecord:
    """The figures of one run of a study.

    Attributes:
        study: module name below `edgebreed.benchmarks.studies`.
        command: how to run it again.
        machine: the processor.
        date: UTC, as YYYY-MM-DD.
        samples: number of single measurements that the figures rest on.
        figures: the study's own.
    """

    study: str
    command: str
    machine: dict[str, Any]
    date: str
    samples: int
    figures: dict[str, Any]

    @classmethod
    def of_this_run(cls, study: str, samples: int, figures: dict[str, Any]) -> "StudyRecord":
        """A record with this process's command line, this machine and today's date."""
        return cls(
            study=study,
            command=command_line(study, sys.argv[1:]),
            machine=processor(),
            date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
            samples=samples,
            figures=figures,
        )


def command_line(study: str, arguments: Sequence[str]) -> str:
    """The command that runs a study; paths that begin elsewhere are cut to their last part."""
    parts = [Path(part).name if part.startswith(("/", "..")) else part for part in arguments]
    return shlex.join(["python", "-m", f"{PACKAGE}.{study}", *parts])


def publish(study: str, samples: int, figures: dict[str, Any], folder: Path = RESULTS) -> None:
    """Prints the record of this run on standard output and writes it to `folder/<study>.json`."""
    record = json.dumps(asdict(StudyRecord.of_this_run(study, samples, figures)), indent=2)
    folder.mkdir(exist_ok=True)
    (folder / f"{study}.json").write_text(record + "\n")
    print(record)
