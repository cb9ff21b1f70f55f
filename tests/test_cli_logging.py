"""Log messages on the command line."""

import logging
import os
import subprocess
import sys

import pytest

from edgebreed.cli_logging import log_to_stderr, print_message

from .conftest import fresh_python

STREAM, EXPORT = logging.getLogger("edgebreed.edge.stream.sinks"), logging.getLogger("edgebreed.export")


def test_warnings_and_the_states_of_a_stream_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each; other information is not."""
    with log_to_stderr():
        STREAM.info("running: %s", "camera 0")
        EXPORT.warning("first line\nsecond line")
        EXPORT.info("detail")
        EXPORT.warning("caf\udce9\x1b[31m.jpg")
    STREAM.info("after the command")
    out, err = capsys.readouterr()
    lines = ["running: camera 0", "first line second line", r"caf\udce9\x1b[31m.jpg"]
    assert ("", [f"edgebreed: {line}" for line in lines]) == (out, err.splitlines())


def test_a_name_in_a_message_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Escapes, marks of direction and bytes that are no text stand as they are written in Python."""
    print_message("no image in \x1b[31m\u202ea\udcff/🐕")
    assert "edgebreed: no image in \\x1b[31m\\u202ea\\udcff/🐕\n" == capsys.readouterr().err


def test_a_name_without_end_leaves_room_for_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    """The line begins and ends as it did."""
    print_message(f"no image in {'x' * 10_000}: give another folder")
    line = capsys.readouterr().err
    assert line.startswith("edgebreed: no image in xxx")
    assert line.endswith("xxx: give another folder\n")
    assert 2000 < len(line) < 2100


@pytest.mark.slow
def test_matplotlibs_advice_is_not_for_users_of_edgebreed() -> None:
    """It gives some where there is no home to write to, and draws all the same."""
    code = "from edgebreed.cli_logging import log_to_stderr\nwith log_to_stderr(): import matplotlib.figure"
    environment = {**os.environ, "MPLCONFIGDIR": "/dev/null/x"}
    for lines, advised in ((code, False), ("import matplotlib.figure", True)):
        done = subprocess.run([sys.executable, "-c", lines], env=environment, capture_output=True, check=True)
        assert advised == (b"MPLCONFIGDIR" in done.stderr)


@pytest.mark.slow
def test_importing_edgebreed_configures_no_logging() -> None:
    """That is up to the program that uses the library."""
    code = "import logging, edgebreed, edgebreed.cli, edgebreed.edge.stream; names = ('', 'edgebreed')"
    handlers = "[logging.getLogger(name).handlers for name in names], logging.getLogger('edgebreed').level"
    assert "[[], []] 0" == fresh_python(f"{code}; print(*({handlers}))").strip()
