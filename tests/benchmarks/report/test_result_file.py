"""Reads result files of `edgebreed bench --json` back."""

from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.report.result_file import read_runs
from edgebreed.errors import InputError

from ..results import latencies, result, write


def test_a_result_comes_back(colours: Path, tmp_path: Path) -> None:
    """One system, or several that took turns."""
    one = result(colours, latencies(0, 40))
    (run,) = read_runs(write(tmp_path / "one.json", one))
    assert one == run.result
    assert "colours fp32 (colours.onnx) in onnxruntime/CPUExecutionProvider" == run.name
    assert (40, "single-stream of 1 a query") == (len(run.total_ms), run.arrival)
    assert ("0.jpg", "1.jpg") == run.queries[:2]
    assert 2 == len(read_runs(write(tmp_path / "two.json", one, one)))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"runs": 3}', '{"record": {}, "model": {}}'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    """With how to make one."""
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match=r"x\.json is no result .*edgebreed bench --json > FILE"):
        read_runs(tmp_path / "x.json")
    with pytest.raises(InputError, match=r"cannot read .*gone\.json: No such file"):
        read_runs(tmp_path / "gone.json")


def test_columns_of_different_lengths_are_refused(colours: Path, tmp_path: Path) -> None:
    """A file that somebody cut."""
    one = result(colours, latencies(0, 40))
    broken = replace(one, record=replace(one.record, total_ms=one.record.total_ms[:-1]))
    with pytest.raises(InputError, match=r"columns of \[39, 40\] samples"):
        read_runs(write(tmp_path / "x.json", broken))
