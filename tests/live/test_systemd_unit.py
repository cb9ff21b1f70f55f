"""The systemd units."""

import inspect
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
import typer

from edgebreed.commands.common import Model
from edgebreed.commands.stream import stream
from edgebreed.errors import InputError
from edgebreed.live.options import Mqtt, MqttDiscovery, Token
from edgebreed.live.systemd_unit import SINGLE, TEMPLATE, SystemdUnit

from ..conftest import ROOT
from ..edge.stream.videos import write_video

PYTHON = Path("/opt/edgebreed/bin/python")
BOTH = pytest.mark.parametrize("unit", [SINGLE, TEMPLATE], ids=["single", "template"])
WORST_EXPOSURE = 1.5  # as `systemd-analyze security` counts, from 0 to 10
UNITS_OWN = {"execve"}  # systemd's own last call, which every filter must let through


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


@BOTH
def test_its_command_line_exists(unit: SystemdUnit) -> None:
    """The module, the command and each option."""
    found = settings(unit.text(PYTHON))
    command = found["ExecStart"][0]
    words = shlex.split(command)
    assert [str(PYTHON), "-m", "edgebreed", "stream"] == words[:4]
    assert set() == {word for word in words if word.startswith("--")} - words_of(stream)
    assert {"--headless", "--serve"} <= set(words)
    variables = set(re.findall(r"\$\{(\w+)\}", command))
    assert {"EDGEBREED_SOURCE"} == set(re.findall(r"(\w+)=", found["Environment"][0])) - variables


@BOTH
def test_settings_come_by_variables_that_the_options_read(unit: SystemdUnit) -> None:
    """Not by the command line, which every user of the machine can read."""
    documented = set(re.findall(r"^#   (EDGEBREED_(?!SERVE)\w+) ", unit.text(PYTHON), re.MULTILINE))
    source = inspect.signature(stream).parameters["source"].annotation
    assert documented == {
        get_args(option)[1].envvar for option in (Token, Mqtt, MqttDiscovery, Model, source)
    }


def test_it_restarts_is_bounded_and_is_not_root() -> None:
    """As a device that runs for months needs."""
    found = {name: values[0] for name, values in settings(SINGLE.text(PYTHON)).items()}
    assert ("always", "5", "0") == tuple(found[k] for k in ("Restart", "RestartSec", "StartLimitIntervalSec"))
    assert ("notify", "30") == tuple(found[k] for k in ("Type", "WatchdogSec"))
    assert ("2G", "yes", "edgebreed") == tuple(
        found[k] for k in ("MemoryMax", "DynamicUser", "StateDirectory")
    )
    assert ("strict", "yes", "") == tuple(
        found[k] for k in ("ProtectSystem", "NoNewPrivileges", "CapabilityBoundingSet")
    )
    assert ("closed", "char-video4linux rw") == (found["DevicePolicy"], found["DeviceAllow"])


def test_instances_of_the_template_share_nothing() -> None:
    """Each has its own settings, which must be there, and folders; a port is free unless one is given."""
    found = settings(TEMPLATE.text(PYTHON))
    single = settings(SINGLE.text(PYTHON))
    assert ["/etc/edgebreed-stream-%i.env"] == found["EnvironmentFile"]
    assert ["-/etc/edgebreed-stream.env"] == single["EnvironmentFile"]
    assert ["edgebreed-stream/%i"] == found["StateDirectory"] == found["CacheDirectory"]
    assert found["Environment"][0].endswith("EDGEBREED_SERVE=127.0.0.1:0")
    assert "%i" not in "".join(line for line in TEMPLATE.text(PYTHON).splitlines() if line.startswith("#"))


@BOTH
def test_nothing_is_left_to_fill_in(unit: SystemdUnit) -> None:
    """A word that no attribute fills would reach systemd."""
    assert [] == re.findall(r"@[a-z]+@", unit.text(PYTHON))


def written(unit: SystemdUnit, folder: Path) -> Path:
    """A unit's file, with a program that is there."""
    path = folder / unit.name
    path.write_text(unit.text(PYTHON).replace(str(PYTHON), str(shutil.which("true"))))
    return path


@pytest.mark.systemd
@BOTH
def test_systemd_accepts_it(unit: SystemdUnit, tmp_path: Path) -> None:
    """By `systemd-analyze verify`, which also looks for the program."""
    path = written(unit, tmp_path)
    done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.systemd
@BOTH
def test_systemd_finds_it_little_exposed(unit: SystemdUnit, tmp_path: Path) -> None:
    """Of what remains, the network and the cameras are what the service is for."""
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(written(unit, tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    level = re.search(r"exposure level for .*: ([\d.]+)", done.stdout)
    assert level is not None, done.stderr
    assert float(level[1]) <= WORST_EXPOSURE


def calls_of(name: str) -> set[str]:
    """The system calls that a group of systemd's holds."""
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout.split("\n")[1:]
    words = [line.strip() for line in listed if line.strip() and not line.strip().startswith("#")]
    return set().union(*(calls_of(word) if word.startswith("@") else {word} for word in words))


def allowed_calls(unit: SystemdUnit) -> set[str]:
    """The system calls that a unit lets through."""
    calls: set[str] = set()
    for value in settings(unit.text(PYTHON))["SystemCallFilter"]:
        words = value.removeprefix("~").split()
        named = set().union(*(calls_of(word) if word.startswith("@") else {word} for word in words))
        calls = calls - named if value.startswith("~") else calls | named
    return calls


def stream_command(source: Path, model: Path, *python: str) -> list[str]:
    """How a stream is started, without a window, by a module or by other arguments of the interpreter."""
    program = [sys.executable, *(python or ("-m", "edgebreed"))]
    return [*program, "stream", "--source", str(source), "--model", str(model), "--headless"]


@pytest.mark.systemd
@pytest.mark.strace
def test_a_stream_makes_no_system_call_that_the_unit_refuses(colours: Path, tmp_path: Path) -> None:
    """With the page, a recording and events, from its first line to its end."""
    traced, source = tmp_path / "calls", write_video(tmp_path / "clip.avi", 12)
    tracer = ("strace", "-f", "-c", "-U", "name", "-o", str(traced))
    outputs = ("--serve", "0", "--record", str(tmp_path / "out.mp4"), "--events", str(tmp_path / "events"))
    subprocess.run([*tracer, *stream_command(source, colours), *outputs], cwd=ROOT, check=True)
    made = set(traced.read_text().split()) - {"syscall", "total"}
    refused = {call for call in made - allowed_calls(SINGLE) if call.strip("-")}
    assert {"openat", "mmap", "socket"} <= made
    assert set() == refused - UNITS_OWN


NO_CODE_WRITTEN = """
import ctypes, sys
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1
if ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0):
    sys.exit("this kernel has no PR_SET_MDWE")
from edgebreed.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "code", "said"), [("cpu", 0, ""), ("openvino", 2, "cute=no in a drop-in")]
)
def test_memory_that_is_never_written_and_executed(
    engine: str, code: int, said: str, colours: Path, tmp_path: Path
) -> None:
    """The default engine and the page bear `MemoryDenyWriteExecute`; OpenVINO does not, and says so."""
    source = write_video(tmp_path / "clip.avi", 3)
    command = [*stream_command(source, colours, "-c", NO_CODE_WRITTEN), "--engine", engine, "--serve", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "no PR_SET_MDWE" in done.stderr:
        pytest.skip("the kernel is older than 6.3")
    assert code == done.returncode, done.stderr
    assert said in done.stderr


@pytest.mark.parametrize("folder", ["/home/ann/venv", "/root/venv", "/tmp/venv"])
def test_an_installation_that_the_service_cannot_see_is_refused(folder: str) -> None:
    """The message names it, and where to install instead."""
    with pytest.raises(InputError, match=rf"does not see {folder}/bin/python: .* /opt/edgebreed"):
        SINGLE.text(Path(folder) / "bin" / "python")


@pytest.mark.parametrize("name", ["a\nExecStartPre=rm", "\x1b[31m", "\udcff"])
def test_a_path_that_is_no_line_of_text_is_refused(name: str) -> None:
    """It could add a line of its own to the unit."""
    with pytest.raises(InputError, match="install edgebreed in a folder of a plain name"):
        SINGLE.text(Path("/opt") / name / "python")


def test_a_path_that_systemd_would_change_is_quoted() -> None:
    """Spaces and percent signs survive."""
    line = settings(SINGLE.text(Path("/opt/my models/100%/python")))["ExecStart"][0]
    assert line.startswith('"/opt/my models/100%%/python" -m edgebreed')


@pytest.mark.parametrize("python", [Path(".venv/bin/python"), Path("/opt/link/python")])
def test_an_interpreter_that_systemd_cannot_start_is_refused(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path, and a link into a home folder."""
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/home/ann/python"))
    with pytest.raises(InputError, match="systemd needs the absolute path|a service does not see"):
        SINGLE.text(python)
