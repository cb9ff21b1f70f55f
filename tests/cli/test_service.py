"""`edgebreed service`."""

import json
import shutil
from pathlib import Path

import pytest

from edgebreed.commands.service import service
from edgebreed.errors import InputError
from edgebreed.live.systemd_unit import SINGLE, TEMPLATE, SystemdUnit


def program() -> Path:
    """A program outside of the folders that a service does not see."""
    return Path(str(shutil.which("true")))


@pytest.mark.parametrize("unit", [SINGLE, TEMPLATE], ids=["single", "template"])
def test_the_unit_is_printed(unit: SystemdUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """As text for a file, or as JSON; the template where it is asked for."""
    template = unit is TEMPLATE
    service(program(), template)
    assert unit.text(program()) == capsys.readouterr().out
    service(program(), template, json_=True)
    assert {"name": unit.name, "unit": unit.text(program())} == json.loads(capsys.readouterr().out)
    assert unit.name == ("edgebreed-stream@.service" if template else "edgebreed-stream.service")


@pytest.mark.parametrize("python", ["/etc/passwd", "/usr/bin", "/nonexistent/bin/python"])
def test_what_is_no_program_is_refused(python: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No unit is printed for a file without the right to run it, a folder, or nothing."""
    with pytest.raises(InputError, match=rf"--python {python} is no program on this machine: install"):
        service(Path(python))
    assert "" == capsys.readouterr().out
