"""From images to a run."""

import json
import stat
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from edgebreed.errors import InputError
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.multi_label_data import read_multi_label
from edgebreed.train.multi_label_metrics import MultiLabelMetrics
from edgebreed.train.run_record import read_record, read_run_images

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


@pytest.mark.long
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


@pytest.mark.long
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


def test_a_multi_label_run_holds_its_labels_and_thresholds(several_run: Path, several_data: Path) -> None:
    """In its record, in a CSV file of its splits, and in a report."""
    record = read_record(several_run)
    assert (("crack", "stain", "scratch"), 3, True) == (
        record.classes,
        len(record.thresholds),
        record.task.multi_label,
    )
    data = read_run_images(several_run, record)
    again = read_multi_label(several_data, several_data / "labels.csv")
    assert again.splits == data.splits
    metrics = json.loads((several_run / "metrics.json").read_text())
    assert list(record.thresholds) == [one["threshold"] for one in metrics["test"]["by_label"].values()]
    assert "delivered" not in metrics["test"]
    assert not (several_run / "splits.json").exists()
    assert (several_run / "report.html").is_file()


@pytest.mark.long
@pytest.mark.parametrize("unknown_below", [None, "0.7"])
def test_a_head_is_fitted_to_several_labels(
    several_data: Path, tmp_path: Path, unknown_below: str | None
) -> None:
    """On a backbone's features; thresholds by hand replace those that are measured."""
    from edgebreed.train.trainer import train

    config = TrainConfig(
        tmp_path / "run",
        tmp_path / "cache",
        Arch.TRANSFER,
        several_data,
        epochs=20,
        backbone="EfficientNetLite0",
        unknown_below=unknown_below,
        labels=several_data / "labels.csv",
    )
    result = train(config)
    assert isinstance(result.test, MultiLabelMetrics)
    assert (result.test.mean_average_precision or 0) > 0.6  # 0.4 by chance
    assert (unknown_below == "0.7") == ((0.7,) * 3 == read_record(tmp_path / "run").thresholds)
    assert bool(result.thresholds_reason) == (unknown_below is None)  # 12 validation images are few
