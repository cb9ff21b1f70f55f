"""From images to a run."""

import json
import stat
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from edgebreed.errors import InputError
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.run_record import read_record

from ..conftest import SHAPES_64

pytestmark = pytest.mark.keras


def test_a_run_holds_what_its_readers_need(small_run: Path) -> None:
    """Model, record, metrics, plots and report."""
    assert {
        "model.keras",
        "run.json",
        "metrics.json",
        "curves.png",
        "confusion.png",
        "report.html",
        "history.csv",
    } <= {p.name for p in small_run.iterdir()}
    record = read_record(small_run)
    assert ("scratch", SHAPES_64, 3) == (record.arch, record.input.height, len(record.classes))
    metrics = json.loads((small_run / "metrics.json").read_text())
    assert metrics["test"]["n"] == 12
    assert (1, 2) == (metrics["schema"], len(metrics["history"]["loss"]))
    assert 1 == pytest.approx(sum(metrics["test"]["delivered"].values()))
    assert not (small_run / "checkpoint.npz").exists()
    assert 0o600 == stat.S_IMODE((small_run / "report.html").stat().st_mode)  # it shows images


def test_the_same_seed_fits_the_same_model(small_run: Path, small_data: Path, tmp_path: Path) -> None:
    """On one machine to the last bit: a resumed run could not end as an undisturbed one otherwise."""
    from edgebreed.train.trainer import train

    config = TrainConfig(
        tmp_path / "again", tmp_path / "cache", Arch.SCRATCH, small_data, epochs=2, size=SHAPES_64
    )
    train(config)
    first, again = (json.loads((run / "metrics.json").read_text()) for run in (small_run, config.out))
    assert all(first[key] == again[key] for key in ("history", "test", "temperature"))


def _fail(*_: object, **__: object) -> None:
    raise MemoryError("no memory")


def test_a_drawing_that_fails_loses_no_run(
    small_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is there before; what an earlier run drew is not left beside it."""
    from edgebreed.train.trainer import train

    config = TrainConfig(tmp_path / "run", tmp_path, Arch.SCRATCH, small_data, epochs=1, size=32)
    config.out.mkdir()
    (config.out / "report.html").write_text("of an earlier run")
    monkeypatch.setattr(Figure, "savefig", _fail)
    train(config)
    assert "is complete, but its report was not drawn: no memory" in caplog.text
    assert 3 == len(read_record(config.out).classes)
    assert not {"report.html", "checkpoint.npz"} & {path.name for path in config.out.iterdir()}


def test_names_for_people_come_from_a_file(small_data: Path, tmp_path: Path) -> None:
    """A file that holds none is refused before anything is read."""
    from edgebreed.train.trainer import train

    (tmp_path / "names.json").write_text("[1]")
    config = TrainConfig(tmp_path / "r", tmp_path, Arch.SCRATCH, small_data, names=tmp_path / "names.json")
    with pytest.raises(InputError, match=r"names\.json is no list of names .*: give JSON such as"):
        train(config)
