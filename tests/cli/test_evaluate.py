"""`edgebreed evaluate`."""

from pathlib import Path

import cv2

from ..conftest import BLUE, RED, Cli, plain
from ..test_cli import assert_refused


def test_evaluate_measures_a_file_on_a_folder_of_classes(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Top-1 over all images, and of each class."""
    for name, colour in (("red", RED), ("blue", BLUE), ("green", BLUE)):
        (tmp_path / "data" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "data" / name / "1.png"), plain(colour))
    measured = cli("evaluate", "data", "--model", colours, "--json").json
    assert 3 == measured["n"]
    assert abs(measured["top1"] - 2 / 3) < 1e-9


def test_without_a_model_or_a_run_the_message_says_how_to_make_one(cli: Cli) -> None:
    """Instead of a missing file."""
    assert_refused(cli("evaluate", "."), "no run under runs/: make one with `edgebreed train`")
