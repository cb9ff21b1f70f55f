"""Results as a table."""

import csv
import io
from dataclasses import replace
from pathlib import Path

from edgebreed.benchmarks.report.csv_table import csv_table
from edgebreed.benchmarks.stats.samples import LatencyStatistics

from ..results import latencies, result


def test_a_row_each_under_one_head(colours: Path) -> None:
    """A spreadsheet reads it; what is not known is empty."""
    rows = list(csv.DictReader(io.StringIO(csv_table([result(colours, latencies(n)) for n in (0, 1)]))))
    assert ["colours", "colours"] == [row["model"] for row in rows]
    assert "" == rows[0]["ready_ms"] == rows[0]["top1"]
    assert float(rows[0]["p50_ms"]) > 40
    assert [("VALID", "")] * 2 == [(row["verdict"], row["why"]) for row in rows]


def test_stages_that_only_some_have(colours: Path) -> None:
    """Empty for the others."""
    one, bound = result(colours, latencies(0)), result(colours, latencies(1))
    copies = LatencyStatistics.of([0.5])
    bound = replace(bound, stages_ms={**bound.stages_ms, "host-to-device": copies})
    rows = list(csv.DictReader(io.StringIO(csv_table([one, bound]))))
    assert ["", "0.5"] == [row["host-to-device_p50_ms"] for row in rows]
