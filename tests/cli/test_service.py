"""`edgebreed service`."""

import json
from pathlib import Path

import pytest

from edgebreed.commands.service import service
from edgebreed.live.systemd_unit import SINGLE, TEMPLATE, SystemdUnit

PYTHON = Path("/opt/edgebreed/bin/python")


@pytest.mark.parametrize("unit", [SINGLE, TEMPLATE], ids=["single", "template"])
def test_the_unit_is_printed(unit: SystemdUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """As text for a file, or as JSON; the template where it is asked for."""
    template = unit is TEMPLATE
    service(PYTHON, template)
    assert unit.text(PYTHON) == capsys.readouterr().out
    service(PYTHON, template, json_=True)
    assert {"name": unit.name, "unit": unit.text(PYTHON)} == json.loads(capsys.readouterr().out)
    assert unit.name == ("edgebreed-stream@.service" if template else "edgebreed-stream.service")
