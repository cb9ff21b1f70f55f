"""`edgebreed export`."""

import shutil
from pathlib import Path

from ..conftest import Cli
from ..test_cli import assert_refused


def test_a_run_without_its_splits_is_refused(cli: Cli, small_run: Path, tmp_path: Path) -> None:
    """The message says what to do."""
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    (run / "splits.json").unlink()
    assert_refused(cli("export", "--run", run), "splits.json is missing or damaged: train again")


def test_without_a_run_the_message_says_how_to_make_one(cli: Cli) -> None:
    """Instead of a missing file."""
    outcome = cli("export")
    assert 2 == outcome.code
    assert "no run under runs/: make one with `edgebreed train`" in outcome.err.splitlines()[-1]
