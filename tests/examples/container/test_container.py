"""The container file's steps, and the services beside it."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy, copytree

import pytest
import yaml

from edgebreed.live.auth import PUBLIC_PATH
from edgebreed.live.broker import Broker
from edgebreed.live.mqtt import MqttSink
from edgebreed.live.routes import PICTURES

from ...conftest import MOSQUITTO, ROOT
from ...docs.shown_commands import check_commands
from ...live.feed import frame_result
from ...live.mosquitto import free_port, wait_for
from ..served_stream import TOKEN, draw_photos, served_stream

FOLDER = ROOT / "examples" / "container"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
STREAMS = yaml.safe_load((FOLDER / "go2rtc.yaml").read_text())["streams"]
PORT = "8080"


def steps() -> list[tuple[str, str]]:
    """The instructions of the container file, each with its arguments on one line."""
    text = re.sub(r"^#.*\n", "", (FOLDER / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\s*\\\n\s*", " ", text).split("\n")
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line)]


def arguments_of(instruction: str) -> list[str]:
    """The arguments of every such instruction, in order."""
    return [rest for name, rest in steps() if name == instruction]


def from_json(instruction: str) -> list[str]:
    """The words of the only such instruction, which are a list in JSON."""
    (text,) = arguments_of(instruction)
    words: list[str] = json.loads(text[text.index("[") :])
    return words


def copied() -> list[str]:
    """What is copied out of the checkout."""
    return [name for text in arguments_of("COPY") if not text.startswith("--") for name in text.split()[:-1]]


def healthcheck(python: Path, port: int) -> list[str]:
    """The command that asks whether the stream is healthy, for another Python and another port."""
    _, *options, code = from_json("HEALTHCHECK")
    return [str(python), *options, code.replace(PORT, str(port))]


def test_the_base_is_debian_without_a_name_that_moves() -> None:
    """Both stages have the same, and another can be given."""
    assert "BASE=docker.io/library/debian:trixie-slim" == arguments_of("ARG")[0]
    assert ["${BASE} AS build", "${BASE}"] == arguments_of("FROM")


def test_nothing_runs_as_root() -> None:
    """The user is a number, which Kubernetes can check, owns the volume alone, and may open cameras."""
    assert ["10001"] == arguments_of("USER")
    made = arguments_of("RUN")[-1]
    assert "useradd --system --uid 10001 --user-group --groups video" in made
    assert "install --directory --owner edgebreed --group edgebreed /data" in made
    assert ["/data"] == arguments_of("VOLUME") == arguments_of("WORKDIR")[1:]


def test_the_health_check_asks_the_port_that_is_served() -> None:
    """By the page's own path, which needs no token."""
    assert ["edgebreed"] == from_json("ENTRYPOINT")
    assert f"0.0.0.0:{PORT}" == from_json("CMD")[-1]
    assert f"http://127.0.0.1:{PORT}{PUBLIC_PATH}" in from_json("HEALTHCHECK")[-1]
    assert [PORT] == arguments_of("EXPOSE")
    check_commands("CMD", [shlex.join(["edgebreed", *from_json("CMD")])])


@pytest.mark.slow
def test_the_health_check_tells_a_running_stream_from_none(tmp_path: Path) -> None:
    """By its exit code."""
    with served_stream(tmp_path) as stream:
        command = healthcheck(Path(sys.executable), stream.port)
        assert 0 == subprocess.run(command, check=False).returncode
    assert 1 == subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode


def test_everything_that_the_package_is_made_of_is_copied() -> None:
    """Each exists in the checkout."""
    config = (ROOT / "pyproject.toml").read_text()
    mapped = re.search(r"\[tool\.setuptools\.package-dir\]\n(.*?)\n\n", config, re.DOTALL)
    assert mapped is not None
    assert set(re.findall(r'= "(\w+)"', mapped[1])) <= set(copied())
    assert all((ROOT / name).exists() for name in copied())


def test_only_the_opencv_without_windows_is_installed() -> None:
    """The extras of engines would bring the other one over it."""
    (install,) = [text for text in arguments_of("RUN") if "pip install" in text]
    extras = re.search(r'"\.\[([\w,]+)\]"', install)
    assert extras is not None
    assert "headless,serve,mqtt,record" == extras[1]
    assert ["BASE", "ENGINE"] == [text.partition("=")[0] for text in arguments_of("ARG")]
    assert "ENGINE=onnxruntime" == arguments_of("ARG")[1]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The environment that the container file makes, out of nothing but what it copies."""
    for name in copied():
        target = tmp_path / "src" / name
        target.parent.mkdir(exist_ok=True)
        if (ROOT / name).is_dir():
            copytree(ROOT / name, target, symlinks=True)
        else:
            copy(ROOT / name, target)
    (install,) = [text for text in arguments_of("RUN") if "pip install" in text]
    command = install.replace("/opt/edgebreed", str(tmp_path / "env"))
    environment = {**os.environ, "ENGINE": arguments_of("ARG")[1].partition("=")[2]}
    subprocess.run(command, shell=True, check=True, cwd=tmp_path / "src", env=environment)
    return tmp_path / "env" / "bin"


@contextmanager
def container(programs: Path, data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """What the container runs, on another port and on 3,000 pictures, with no other variables than these."""
    source = draw_photos(data / "photos", 3000)
    settings = {"STATE_DIRECTORY": str(data), "EDGEBREED_SOURCE": str(source), "EDGEBREED_TOKEN": TOKEN}
    words = [*from_json("ENTRYPOINT"), *(word.replace(PORT, str(port)) for word in from_json("CMD"))]
    with subprocess.Popen([programs / words[0], *words[1:]], cwd=data, env=settings) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.long
def test_what_is_installed_starts_and_stops(installed: Path, tmp_path: Path) -> None:
    """It becomes healthy, and ends by SIGTERM; no TensorFlow is there, and one OpenCV."""
    port = free_port()
    check, quiet = healthcheck(installed / "python", port), subprocess.DEVNULL
    with container(installed, tmp_path, port) as process:
        wait_for(lambda: subprocess.run(check, check=False, stderr=quiet).returncode == 0)
        process.send_signal(signal.SIGTERM)
        assert 130 == process.wait(20)
    listed = subprocess.run([installed / "pip", "list"], check=True, capture_output=True, text=True).stdout
    assert ["opencv-python-headless"] == re.findall(r"^opencv\S*|^tensorflow\S*", listed, re.MULTILINE)


def test_the_files_that_compose_mounts_exist() -> None:
    """And the container file that it builds, from the checkout."""
    build = COMPOSE["edgebreed"]["build"]
    assert ROOT == (FOLDER / build["context"]).resolve()
    assert (ROOT / build["dockerfile"]).is_file()
    mounts = [mount for service in COMPOSE.values() for mount in service.get("volumes", [])]
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./") and "models" not in mount]
    assert ["./go2rtc.yaml", "./mosquitto.conf"] == files
    assert all((FOLDER / file).is_file() for file in files)


def test_what_has_no_login_is_of_this_machine() -> None:
    """Only the page of edgebreed, which has a token, is open to others."""
    published = {name: service["ports"] for name, service in COMPOSE.items()}
    assert [f"{PORT}:{PORT}"] == published.pop("edgebreed")
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_the_stream_of_compose_has_no_rights() -> None:
    """It is started with options that exist, and its source and its broker are services beside it."""
    stream = COMPOSE["edgebreed"]
    assert (True, ["ALL"]) == (stream["read_only"], stream["cap_drop"])
    check_commands("compose.yaml", [f"edgebreed {stream['command']}"])
    source, events = (stream["environment"][f"EDGEBREED_{name}"] for name in ("SOURCE", "MQTT"))
    assert ("rtsp://go2rtc:8554/door", "mqtt://mosquitto/home/door") == (source, events)
    assert {"edgebreed", "go2rtc", "mosquitto"} == set(COMPOSE)


def test_go2rtc_has_the_camera_and_the_answers() -> None:
    """By the page's own path; every variable is one that it is given."""
    assert {"door", "door-answers"} == set(STREAMS)
    assert f"http://edgebreed:{PORT}{PICTURES}?token=${{EDGEBREED_TOKEN}}#" in STREAMS["door-answers"]
    used = {name for text in STREAMS.values() for name in re.findall(r"\$\{(\w+)\}", text)}
    assert set(COMPOSE["go2rtc"]["environment"]) == used


@pytest.mark.broker
def test_mosquitto_takes_its_settings(tmp_path: Path) -> None:
    """And events without a login."""
    assert MOSQUITTO is not None
    port, settings = free_port(), (FOLDER / "mosquitto.conf").read_text()
    (tmp_path / "mosquitto.conf").write_text(settings.replace("listener 1883", f"listener {port} 127.0.0.1"))
    with subprocess.Popen(
        [MOSQUITTO, "-c", tmp_path / "mosquitto.conf"], stderr=subprocess.DEVNULL
    ) as process:
        sink = MqttSink(Broker("127.0.0.1", port, False, "home/door"), tmp_path / "spool", 60)
        try:
            sink.on_result(frame_result(1))
            wait_for(lambda: sink.publisher.pending == 0)
        finally:
            sink.close()
            process.kill()
