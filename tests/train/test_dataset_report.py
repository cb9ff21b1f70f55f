"""What `data check` finds, and the contact sheet of it."""

from pathlib import Path

import cv2

from edgebreed.train.dataset import read_dataset
from edgebreed.train.dataset_report import Cell, DatasetReport, contact_sheet
from edgebreed.train.dataset_scan import scan_dataset
from edgebreed.train.feature_cache import FeatureCache

from ..conftest import RED, plain
from .test_dataset_scan import plant_faults


def test_each_planted_fault_is_found_and_no_other(tmp_path: Path) -> None:
    """Broken, empty, misnamed, rotated; a copy and a smaller version in another split."""
    data = read_dataset(plant_faults(tmp_path))
    found = DatasetReport(data, scan_dataset(data, FeatureCache(tmp_path / "cache"))).to_dict()
    names = {
        key: sorted(Path(path).name for path in found[key])
        for key in ("undecodable", "empty", "misnamed", "turned")
    }
    assert {
        "undecodable": ["cut.jpg", "empty.jpg", "text.jpg"],
        "empty": ["empty.jpg"],
        "misnamed": ["lying.png"],
        "turned": ["turned.jpg"],
    } == names
    exact = [sorted(Path(path).name for path in group) for group in found["duplicates"]["files"]]
    assert [["copy.png", "cup.png"], ["lying.png", "person.jpg"]] == sorted(exact)
    assert (2, 1) == (found["duplicates"]["groups"], found["duplicates"]["across_splits"])
    near = [sorted(Path(path).name for path in group) for group in found["near_duplicates"]["files"]]
    assert [["cat.jpg", "smaller.jpg"], ["copy.png", "cup.png"]] == sorted(near)[:2]
    assert ["lying.png", "person.jpg", "turned.jpg"] == sorted(near)[2]
    assert (3, 2) == (found["near_duplicates"]["groups"], found["near_duplicates"]["across_splits"])


def test_a_contact_sheet_has_a_cell_for_each_image(tmp_path: Path) -> None:
    """Also for a file that does not decode, which it strikes out."""
    cv2.imwrite(str(tmp_path / "red.png"), plain(RED))
    (tmp_path / "broken.png").touch()
    cells = [
        Cell(tmp_path / name, (name, "ä line that is too long for a cell"))
        for name in ("red.png", "broken.png")
    ]
    sheet = contact_sheet(cells, columns=2)
    height, width = sheet.shape[:2]
    assert width == 2 * height - 2 * 32  # two lines of text below each
    red = (sheet[:, : width // 2] == RED).all(axis=2)
    assert red.any()
    assert not (sheet[:, width // 2 :] == RED).all(axis=2).any()
    assert (sheet[:, width // 2 :] == (60, 60, 220)).all(axis=2).any()
    assert 3 == contact_sheet([]).ndim
