"""The systemd unit."""

import inspect
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
import typer

from edgebreed.commands.stream import stream
from edgebreed.errors import InputError
from edgebreed.live.options import Mqtt, Token
from edgebreed.live.systemd_unit import UNIT_NAME, systemd_unit

PYTHON = Path("/opt/edgebreed/bin/python")


def settings(text: str) -> dict[str, list[str]]:
    """The settings of a unit, each with its values."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def words_of(command: Callable[..., None]) -> set[str]:
    """The options of a command."""
    app = typer.Typer()
    app.command()(command)
    return {word for parameter in typer.main.get_command(app).params for word in parameter.opts}


def test_its_command_line_exists() -> None:
    """The module, the command and each option."""
    command = settings(systemd_unit(PYTHON))["ExecStart"][0]
    words = shlex.split(command)
    assert [str(PYTHON), "-m", "edgebreed", "stream"] == words[:4]
    assert set() == {word for word in words if word.startswith("--")} - words_of(stream)
    assert {"--headless", "--serve"} <= set(words)
    variables = set(re.findall(r"\$\{(\w+)\}", command))
    given = set(re.findall(r"(\w+)=", settings(systemd_unit(PYTHON))["Environment"][0]))
    assert {"EDGEBREED_SOURCE"} == given - variables


def test_secrets_come_by_variables_that_the_options_read() -> None:
    """Not by the command line, which every user of the machine can read."""
    documented = set(
        re.findall(r"^#   (EDGEBREED_(?:TOKEN|MQTT|SOURCE)) ", systemd_unit(PYTHON), re.MULTILINE)
    )
    source = inspect.signature(stream).parameters["source"].annotation
    assert documented == {get_args(option)[1].envvar for option in (Token, Mqtt, source)}
    assert ["-/etc/edgebreed-stream.env"] == settings(systemd_unit(PYTHON))["EnvironmentFile"]


def test_it_restarts_is_bounded_and_is_not_root() -> None:
    """As a device that runs for months needs."""
    found = {name: values[0] for name, values in settings(systemd_unit(PYTHON)).items()}
    assert ("always", "5", "0") == tuple(found[k] for k in ("Restart", "RestartSec", "StartLimitIntervalSec"))
    assert ("2G", "yes", "edgebreed") == tuple(
        found[k] for k in ("MemoryMax", "DynamicUser", "StateDirectory")
    )
    assert ("strict", "yes", "") == tuple(
        found[k] for k in ("ProtectSystem", "NoNewPrivileges", "CapabilityBoundingSet")
    )
    assert ("closed", "char-video4linux rw") == (found["DevicePolicy"], found["DeviceAllow"])


@pytest.mark.systemd
def test_systemd_accepts_it(tmp_path: Path) -> None:
    """By `systemd-analyze verify`, which also looks for the program."""
    path = tmp_path / UNIT_NAME
    path.write_text(systemd_unit(PYTHON).replace(str(PYTHON), str(shutil.which("true"))))
    done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("folder", ["/home/ann/venv", "/root/venv", "/tmp/venv"])
def test_an_installation_that_the_service_cannot_see_is_refused(folder: str) -> None:
    """The message names it, and where to install instead."""
    with pytest.raises(InputError, match=rf"does not see {folder}/bin/python: .* /opt/edgebreed"):
        systemd_unit(Path(folder) / "bin" / "python")


def test_a_path_that_systemd_would_change_is_quoted() -> None:
    """Spaces and percent signs survive."""
    line = settings(systemd_unit(Path("/opt/my models/100%/python")))["ExecStart"][0]
    assert line.startswith('"/opt/my models/100%%/python" -m edgebreed')


@pytest.mark.parametrize("python", [Path(".venv/bin/python"), Path("/opt/link/python")])
def test_an_interpreter_that_systemd_cannot_start_is_refused(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path, and a link into a home folder."""
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/home/ann/python"))
    with pytest.raises(InputError, match="systemd needs the absolute path|a service does not see"):
        systemd_unit(python)
