"""The folder of a run."""

import json
import shutil
from pathlib import Path

import pytest

from edgebreed.edge.preprocess import DecodeRule
from edgebreed.edge.task import Task
from edgebreed.errors import InputError
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.run_record import RunRecord, newest_run, read_record, read_run_images


@pytest.mark.keras
def test_a_record_is_read_as_it_was_written(small_run: Path) -> None:
    """With a threshold in place of the measured one where that is asked for."""
    record = read_record(small_run)
    assert record == RunRecord.from_dict(json.loads(json.dumps(record.to_dict())))
    assert (None, 0.25) == (record.rejection.threshold, record.with_threshold(0.25).rejection.threshold)
    assert "none" == record.detector.name
    people = RunRecord.from_dict({**record.to_dict(), "task": Task.of(None, True).__dict__ | {"words": {}}})
    assert "haar" == people.detector.name


@pytest.mark.keras
def test_a_run_from_before_the_decode_rule_is_decoded_in_full(small_run: Path) -> None:
    """As it was trained; a new one says that large JPEGs are reduced."""
    data = read_record(small_run).to_dict()
    assert "reduced" == data["input"].pop("decode")
    assert DecodeRule.FULL is RunRecord.from_dict(data).input.decode


@pytest.mark.keras
def test_a_data_set_that_changed_is_refused(small_run: Path, small_data: Path, tmp_path: Path) -> None:
    """It has the same names, but not the same images."""
    data, run = tmp_path / "data", tmp_path / "run"
    shutil.copytree(small_data, data)
    shutil.copytree(small_run, run)
    fields = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**fields, "data": str(data)}))
    assert 12 == len(read_run_images(run, read_record(run)).images("test"))
    first, second, *_ = sorted((data / "test" / "disc").iterdir())
    shutil.copy(first, second)
    for root in (None, data):
        with pytest.raises(InputError, match="not those that the run was made with: test images"):
            read_run_images(run, read_record(run), root)
    first, second, *_ = sorted((data / "valid" / "star").iterdir())
    second.write_bytes(b"other")
    with pytest.raises(InputError, match=f"1 of the 48 that it learned .* is valid/star/{second.name}"):
        read_run_images(run, read_record(run), data)


@pytest.mark.keras
def test_a_run_knows_what_it_learned_from(small_run: Path) -> None:
    """Its training and validation images; runs of before do not say it."""
    record = read_record(small_run)
    data = read_run_images(small_run, record)
    assert record.learned is not None
    assert {image.path: image in data.learned for image in data.all_images} == {
        image.path: digest_of(image.path) in record.learned for image in data.all_images
    }
    assert record == RunRecord.from_dict(json.loads(json.dumps(record.to_dict())))
    assert record.dropped is not None
    older = {name: value for name, value in record.to_dict().items() if name not in ("learned", "dropped")}
    assert (None, None) == (RunRecord.from_dict(older).learned, RunRecord.from_dict(older).dropped)


def test_the_newest_run_is_found(tmp_path: Path) -> None:
    """Where there is none, the message says how to make one."""
    with pytest.raises(InputError, match="no run under .*make one with `edgebreed train`"):
        newest_run(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "run.json").touch()
    assert tmp_path / "a" == newest_run(tmp_path)


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    """It has no record, or a damaged one."""
    with pytest.raises(InputError, match=r"is no run \(no run\.json\): make one"):
        read_record(tmp_path)
    (tmp_path / "run.json").write_text('{"arch": "scratch"}')
    with pytest.raises(InputError, match=r"run\.json is damaged .*: train again"):
        read_record(tmp_path)
