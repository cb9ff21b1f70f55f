"""`edgebreed service`."""

import json
from pathlib import Path

import pytest

from edgebreed.commands.service import service
from edgebreed.live.systemd_unit import UNIT_NAME, systemd_unit

PYTHON = Path("/opt/edgebreed/bin/python")


def test_the_unit_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """As text for a file, or as JSON."""
    service(PYTHON)
    assert systemd_unit(PYTHON) == capsys.readouterr().out
    service(PYTHON, json_=True)
    assert {"name": UNIT_NAME, "unit": systemd_unit(PYTHON)} == json.loads(capsys.readouterr().out)
