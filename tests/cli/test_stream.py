"""`edgebreed stream`."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import av
import cv2
import pytest

from edgebreed.signals import REPEAT_S

from ..conftest import BLUE, RED, Cli, plain
from ..edge.stream.captures import WAITED, silent_server, wait_for
from ..edge.stream.http_camera import http_camera, jpeg, knows_basic, part, send_parts
from ..edge.stream.videos import cut, damage, write_timed_video, write_video
from ..live.certificates import certificate
from ..live.fake_broker import fake_broker


def test_stream_accounts_for_its_frames(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Events, recording and summary agree."""
    video = write_video(tmp_path / "v.avi", 6)
    arguments = ("stream", "--source", video, "--model", colours, "--headless", "--json")
    data = cli(*arguments, "--events", "e.jsonl", "--record", "r.mp4").json
    assert {"read": 6, "processed": 6, "dropped": 0, "failed": 0} == data["frames"]
    assert ("ended", "FFMPEG", 0) == (data["state"], data["backend"], data["reconnects"])
    assert data["fps"] > 0
    events = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    assert ["state", *["result"] * 6, "state"] == [event["event"] for event in events]
    assert ("running", "ended") == (events[0]["state"], events[-1]["state"])
    assert {"source", "kind", "label", "top", "faces", "number", "frame_latency_ms"} <= set(events[1])
    recording = cv2.VideoCapture(str(tmp_path / "r.mp4"))
    assert [True] * 6 + [False] == [recording.read()[0] for _ in range(7)]


@pytest.mark.parametrize("name", ["caf\udce9.avi", "http:v.avi", "-v.avi", "a\nb.avi", "\U0001f436.avi"])
def test_files_of_any_name_are_read_and_written(cli: Cli, tmp_path: Path, colours: Path, name: str) -> None:
    """Videos, models, events and recordings; JSON has no byte alone, which strict readers refuse."""
    write_video(tmp_path / "v.avi", 3).rename(tmp_path / name)
    colours = colours.rename(tmp_path / f"{name}.onnx")
    written = [f"--events={name}.jsonl", f"--record={name}.mp4"]
    outcome = cli("stream", f"--source={name}", f"--model={name}.onnx", "--headless", "--json", *written)
    assert (0, 3) == (outcome.code, outcome.json["frames"]["processed"])
    events = (tmp_path / f"{name}.jsonl").read_text().splitlines()
    shown = name.replace("\udce9", "\\udce9")
    assert f"{shown}#0" == json.loads(events[1])["source"]
    assert shown == outcome.json["source"]
    assert (tmp_path / f"{name}.mp4").stat().st_size > 0


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--mqtt", "mqtt://h", "no topic to publish to"),
        ("--serve", "h:x", "no address to serve on"),
        ("--mqtt-discovery", "homeassistant", "--mqtt-discovery needs a broker: give one with --mqtt"),
    ],
)
def test_wrong_addresses_are_refused_before_the_camera_opens(
    cli: Cli, colours: Path, option: str, value: str, message: str
) -> None:
    """So that nobody waits for the camera to learn of them."""
    source = ("stream", "--source=http://127.0.0.1:1/x", "--headless")
    outcome = cli(*source, f"--model={colours}", option, value)
    assert 2 == outcome.code
    assert message in outcome.err


def test_a_stream_is_described_to_home_assistant(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """After the status and before the events, with the name of the model."""
    cv2.imwrite(str(tmp_path / "red.png"), plain(RED))
    with fake_broker() as server:
        publishing = ("--mqtt", server.address, "--mqtt-spool", "spool", "--mqtt-discovery", "homeassistant")
        outcome = cli("stream", "--source=red.png", f"--model={colours}", "--headless", *publishing)
    assert 0 == outcome.code
    online, description, offline = server.statuses
    assert (b"online", b"offline") == (online, offline)
    assert "colours" == json.loads(description)["device"]["model"]
    assert ["state", "result", "state"] == [json.loads(event)["event"] for event in server.payloads]
    assert "described to Home Assistant on homeassistant/device/edgebreed_" in outcome.err


@pytest.mark.parametrize(
    ("package", "option", "value", "extra"),
    [
        ("uvicorn", "--serve", "0", "serve"),
        ("paho", "--mqtt", "mqtt://h/t", "mqtt"),
        ("av", "--record", "r.mp4", "record"),
    ],
)
def test_a_missing_extra_is_named_before_the_camera_opens(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, package: str, option: str, value: str, extra: str
) -> None:
    """A camera that does not open would hide it."""
    monkeypatch.setitem(sys.modules, package, None)
    outcome = cli("stream", "--source=http://127.0.0.1:1/x", "--headless", option, value)
    assert 2 == outcome.code
    assert f"({option}) is not installed: run `pip install" in outcome.err
    assert f"[{extra}]" in outcome.err


PASSWORD, KEY = "s3 cret/x?y#z@w", "S3cretK3y0f41"


@pytest.mark.parametrize(
    "source",
    [
        f"rtsp://admin:{PASSWORD}@127.0.0.1:9/live",
        f"rtsp://admin:{PASSWORD}",
        f"http://127.0.0.1:9/live/{KEY}?session={KEY}&psk={PASSWORD}",
        f"srt://127.0.0.1:9?streamid=#!::r=live,u=me,s={KEY}",
        f'rtspsrc location="rtsp://127.0.0.1:9/{KEY}" user-pw="{PASSWORD}" proxy={KEY} ! decodebin',
        f"gopher://me:{PASSWORD}@127.0.0.1/",
        f"me:{PASSWORD}@127.0.0.1/{KEY}",
        f"psk={KEY} x.mp4",
    ],
)
def test_no_secret_of_a_source_is_printed(
    cli: Cli, colours: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Nor when tracebacks are asked for."""
    monkeypatch.setenv("EDGEBREED_DEBUG", "1")
    outcome = cli("stream", f"--source={source}", "--model", colours, "--headless", "--json")
    assert (2, "") == (outcome.code, outcome.out)
    assert not [part for part in ("cret", "x?y", "z@w", KEY) if part in outcome.out + outcome.err]


def test_no_secret_of_a_running_stream_is_written(
    cli: Cli, tmp_path: Path, colours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To standard output, standard error and events; a password of any characters opens the camera."""
    monkeypatch.setenv("EDGEBREED_DEBUG", "1")

    def camera(request: BaseHTTPRequestHandler) -> None:
        if knows_basic(request, f"me:{PASSWORD}"):
            send_parts(request, [part(jpeg(number), None) for number in range(12)])

    with http_camera(camera) as address:
        source = f"--source=http://me:{PASSWORD}@{address}/live/{KEY}?channel=1&session={KEY}"
        options = ("--headless", "--json", "--events", "e.jsonl", "--max-frames", 3)
        outcome = cli("stream", source, "--model", colours, *options)
    written = outcome.out + outcome.err + (tmp_path / "e.jsonl").read_text()
    assert (0, f"http://{address}/live/***?channel=1&session=***") == (outcome.code, outcome.json["source"])
    assert not [part for part in ("cret", "x?y", "z@w", KEY) if part in written]


def test_stream_classifies_a_folder_like_predict(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """The same results: both run the same pipeline."""
    (tmp_path / "p").mkdir()
    for name, colour in (("a", RED), ("b", BLUE), ("c", RED)):
        cv2.imwrite(str(tmp_path / "p" / f"{name}.png"), plain(colour))
    cli("stream", "--source", "p", "--model", colours, "--headless", "--events", "e.jsonl")
    streamed = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()][1:-1]
    predicted = [
        json.loads(line) for line in cli("predict", "p", "--model", colours, "--json").out.splitlines()
    ]
    for key in ("source", "kind", "label", "top", "faces"):
        assert [result[key] for result in predicted] == [result[key] for result in streamed]


def test_without_an_output_the_answers_are_printed(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """On standard error, each change once; an output that shows them takes their place."""
    (tmp_path / "p").mkdir()
    for name, colour in (("a", RED), ("b", RED), ("c", BLUE)):
        cv2.imwrite(str(tmp_path / "p" / f"{name}.png"), plain(colour))
    arguments = ("stream", "--source", "p", "--model", colours, "--headless", "--json")
    shown = cli(*arguments).err
    assert ["p/a.png: ", "p/c.png: "] == re.findall(r"p/\w\.png: ", shown)
    assert ".png" not in cli(*arguments, "--events", "e.jsonl").err


def test_stream_stops_after_max_frames(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """And goes on with its events file the next time."""
    video = write_video(tmp_path / "v.avi", 6)
    arguments = ("stream", "--source", video, "--model", colours, "--headless", "--max-frames", 2)
    assert "2 processed, 0 dropped, 0 failed" in cli(*arguments, "--events", "e.jsonl").out
    assert 0 == cli(*arguments, "--events", "e.jsonl").code
    assert 2 * (1 + 2 + 1) == len((tmp_path / "e.jsonl").read_text().splitlines())


def test_a_certificate_that_cannot_serve_is_told_at_once(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """In one line, before anything is opened or written."""
    (tmp_path / "v.avi").touch()
    arguments = ("stream", "--source", "v.avi", "--model", colours, "--headless", "--serve", "0")
    outcome = cli(*arguments, "--events", "e.jsonl", "--tls-cert", "c.pem", "--tls-key", "k.pem")
    message = "edgebreed: cannot read --tls-cert c.pem: No such file or directory: give PEM files\n"
    assert (2, message, "") == (outcome.code, outcome.err, outcome.out)
    assert "--tls-cert and --tls-key belong together" in cli(*arguments, "--tls-key", "k.pem").err
    assert not (tmp_path / "e.jsonl").exists()


def test_a_stream_is_watched_over_https(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Its address is printed, and no output overwrites the key."""
    cert, key = certificate(tmp_path)
    video = write_video(tmp_path / "v.avi", 6)
    arguments = ("stream", "--source", video, "--model", colours, "--headless", "--serve", "0")
    secure = (*arguments, "--tls-cert", cert, "--tls-key", key)
    assert "live page at https://127.0.0.1:" in cli(*secure).err
    assert f"{key} would overwrite {key}" in cli(*secure, "--events", key, "--overwrite").err


def test_an_output_never_overwrites_an_input(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Nor with --overwrite."""
    video = write_video(tmp_path / "v.avi", 6)
    whole = video.read_bytes()
    arguments = ("stream", "--source", video, "--model", colours, "--headless", "--overwrite")
    for option, path in (("--record", video), ("--events", video), ("--events", colours)):
        outcome = cli(*arguments, option, path)
        assert (2, f"edgebreed: {path} would overwrite {path}: name another file\n") == (
            outcome.code,
            outcome.err,
        )
    assert whole == video.read_bytes()


def test_a_stream_that_does_not_start_leaves_no_events_file(cli: Cli, tmp_path: Path) -> None:
    """It would make the next attempt fail, or replace the events of the last stream."""
    arguments = (
        "stream",
        "--source",
        write_video(tmp_path / "v.avi", 1),
        "--headless",
        "--events",
        "e.jsonl",
    )
    assert 2 == cli(*arguments, "--model", "gone.onnx").code
    assert not (tmp_path / "e.jsonl").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("option", "name"), [("--record", "r.mp4"), ("--events", "e.jsonl")])
def test_an_output_that_fails_is_said_once(option: str, name: str, tmp_path: Path, colours: Path) -> None:
    """The stream has failed then, and leaves no empty file in the way of the next one."""
    video, output = write_video(tmp_path / "v.avi", 3), tmp_path / name
    arguments = ("stream", "--source", video, "--model", colours, "--headless", "--json", option, output)
    no_disk = ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-m", "edgebreed", *arguments)
    done = subprocess.run([*map(str, no_disk)], capture_output=True, text=True, check=False)
    assert (2, 1) == (done.returncode, done.stderr.count("cannot write")), done.stderr
    data = json.loads(done.stdout)
    assert ("failed", True) == (data["state"], data["reason"].endswith(f"{output}: File too large"))
    assert not output.exists()


def test_a_stream_without_a_decodable_image_fails(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """With the reason of the last image."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "note.jpg").write_text("hello")
    outcome = cli("stream", "--source", "p", "--model", colours, "--headless", "--json")
    assert (2, "failed") == (outcome.code, outcome.json["state"])
    assert "note.jpg does not decode" in outcome.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--size", "big"), "--size big is no frame size: write width and height in px, as 1280x720"),
        (("--record", "r.gif"), "cannot write video r.gif: name a file .mp4 or .avi"),
        (("--record", "no/r.mp4"), "cannot write video no/r.mp4: name a file .mp4 or .avi"),
        (("--events", "no/e.jsonl"), "cannot write events to no/e.jsonl: No such file"),
    ],
)
def test_invalid_options_are_refused(
    cli: Cli, tmp_path: Path, options: tuple[str, str], message: str
) -> None:
    """Before the first frame, in one line."""
    outcome = cli("stream", "--source", write_video(tmp_path / "v.avi", 1), "--headless", *options)
    assert (2, "") == (outcome.code, outcome.out)
    assert message in outcome.err


@pytest.mark.slow
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":77"}, {"WAYLAND_DISPLAY": "wayland-77"}])
def test_a_stream_without_a_display_goes_on(
    display: dict[str, str], cli: Cli, tmp_path: Path, colours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the display of a login that has ended is still named; one line says so."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in display.items():
        monkeypatch.setenv(name, value)
    outcome = cli("stream", "--source", write_video(tmp_path / "v.avi", 3), "--model", colours, "--json")
    assert (0, 3) == (outcome.code, outcome.json["frames"]["processed"])
    said = [line for line in outcome.err.splitlines() if "window" in line]
    assert 1 == len(said)
    assert said[0].endswith("going on without one (--headless asks for none)")


def test_states_are_printed_on_standard_error(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """And the address of the page; standard output has nothing but the result."""
    video = write_video(tmp_path / "v.avi", 2)
    outcome = cli("stream", "--source", video, "--model", colours, "--headless", "--json", "--serve", "0")
    assert 2 == outcome.json["frames"]["processed"]
    page, running = outcome.err.splitlines()
    assert page.startswith("edgebreed: live page at http://127.0.0.1:")
    assert f"edgebreed: running: {video} by FFMPEG, in onnxruntime/CPUExecutionProvider" == running


def test_a_recording_plays_at_the_time_stamps_of_its_source(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Which a browser wrote without a frame rate; events carry them."""
    times_ms = (0, 206, 371, 511, 1500)
    video = write_timed_video(tmp_path / "v.webm", times_ms)
    arguments = ("stream", "--source", video, "--model", colours, "--headless", "--json")
    assert 0 == cli(*arguments, "--events", "e.jsonl", "--record", "r.mp4").code
    events = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    seconds = [time_ms / 1e3 for time_ms in times_ms]
    assert seconds == pytest.approx([event["media_s"] for event in events[1:-1]])
    with av.open(tmp_path / "r.mp4") as recording:
        assert seconds == pytest.approx([frame.time for frame in recording.decode(video=0)])


def test_a_video_without_its_end_exits_1(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """With the results of the frames that came."""
    video = cut(write_video(tmp_path / "v.avi", 50), 0.6)
    outcome = cli("stream", "--source", video, "--model", colours, "--headless", "--json")
    assert (1, "failed") == (outcome.code, outcome.json["state"])
    count = outcome.json["frames"]["processed"]
    assert 15 < count < 40
    assert (
        f"{count} of 50 frames of {video} came, and the end of the file is missing" in outcome.json["reason"]
    )
    assert f"edgebreed: {outcome.json['reason']}" == outcome.err.splitlines()[-1]


def test_a_video_with_damaged_frames_is_done(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """They count as failed, and standard error says how many came."""
    video = damage(write_video(tmp_path / "v.mp4", 50), 0.4, 0.55)
    outcome = cli("stream", "--source", video, "--model", colours, "--headless", "--json")
    frames = outcome.json["frames"]
    assert (0, "ended", frames["read"]) == (
        outcome.code,
        outcome.json["state"],
        frames["processed"] + frames["failed"],
    )
    assert f"{frames['processed']} of 50 frames of {video} came: the file is damaged" in outcome.err


def test_a_video_of_which_nothing_decodes_is_refused(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """In one line."""
    video = write_video(tmp_path / "v.avi", 50)
    data = video.read_bytes()
    start = data.index(b"movi") + 4
    video.write_bytes(data[:start] + bytes(len(data) - start))
    outcome = cli("stream", "--source", video, "--model", colours, "--headless", "--json")
    assert (2, "failed", 0) == (outcome.code, outcome.json["state"], outcome.json["frames"]["processed"])
    assert f"edgebreed: no frame of {video} decodes (0 of 50 frames came)" in outcome.err


def test_a_source_that_does_not_open_in_time_is_refused(cli: Cli) -> None:
    """In the time that the user has set."""
    with silent_server() as (port, _):
        arguments = ("stream", "--source", f"http://127.0.0.1:{port}/x", "--headless", "--open-timeout")
        outcome = cli(*arguments, 0.3)
    assert (2, "") == (outcome.code, outcome.out)
    said = rf"http://127\.0\.0\.1:{port}/x did not open within {WAITED} s: check cable"
    assert re.search(said, outcome.err)
    assert "0.1" in cli(*arguments, 0).err


@contextmanager
def streaming(
    *arguments: object, program: tuple[str, ...] = ("-m", "edgebreed")
) -> Iterator[subprocess.Popen[str]]:
    """A stream in a process of its own."""
    command = [sys.executable, *program, "stream", "--headless", "--threads", 1, *arguments]
    with subprocess.Popen([*map(str, command)], text=True, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_first_open_at_once(number: signal.Signals) -> None:
    """Though it had an hour; one line says so."""
    with silent_server() as (port, taken):
        source = f"rtsp://127.0.0.1:{port}/x"
        with streaming("--source", source, "--open-timeout", 3600) as process:
            assert taken.wait(60)
            process.send_signal(number)
            _, errors = process.communicate(timeout=5)
    assert (130, "edgebreed: interrupted\n") == (process.returncode, errors)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_program_that_still_loads(number: signal.Signals) -> None:
    """As Ctrl-C does later: without a traceback."""
    with silent_server() as (port, _), streaming("--source", f"rtsp://127.0.0.1:{port}/x") as process:
        wait_for(lambda: "numpy" in Path(f"/proc/{process.pid}/maps").read_text())
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
    assert (130, "edgebreed: interrupted\n") == (process.returncode, errors)


SHORT_GRACE = """
import edgebreed.commands.stream as module
module.GRACE_S = 2.0
from edgebreed.__main__ import main
main()
"""


@pytest.mark.slow
def test_one_signal_ends_a_stream_whose_output_hangs(tmp_path: Path, colours: Path) -> None:
    """By itself, after some seconds in which the user is told what a second one does."""
    os.mkfifo(tmp_path / "events")
    reading = os.open(tmp_path / "events", os.O_RDONLY | os.O_NONBLOCK)
    size = fcntl.fcntl(reading, fcntl.F_SETPIPE_SZ, 4096)
    video = write_video(tmp_path / "v.avi", 60)
    outputs = ("--model", colours, "--events", tmp_path / "events")
    with streaming("--source", video, *outputs, program=("-c", SHORT_GRACE)) as process:
        wait_for(lambda: _is_stuck(reading, size))
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    os.close(reading)
    hint, end = errors.splitlines()[-2:]
    assert (130, "edgebreed: stopping: a second signal ends it at once") == (process.returncode, hint)
    assert "ended at once: not all has stopped within 2 s" in end


@pytest.mark.slow
def test_a_second_signal_ends_a_stream_whose_output_hangs(tmp_path: Path, colours: Path) -> None:
    """Here a pipe of events that nobody reads: the first signal has to wait for it."""
    os.mkfifo(tmp_path / "events")
    reading = os.open(tmp_path / "events", os.O_RDONLY | os.O_NONBLOCK)
    size = fcntl.fcntl(reading, fcntl.F_SETPIPE_SZ, 4096)
    video = write_video(tmp_path / "v.avi", 60)
    with streaming("--source", video, "--model", colours, "--events", tmp_path / "events") as process:
        wait_for(lambda: _is_stuck(reading, size))
        for _ in range(2):
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(2 * REPEAT_S)
            process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=5)
    os.close(reading)
    assert (130, "edgebreed: ended at once by a second signal") == (
        process.returncode,
        errors.splitlines()[-1],
    )


def _is_stuck(pipe: int, size: int) -> bool:
    """Whether a pipe that nobody reads has no room for one more event: its writer waits."""
    before = _waiting_bytes(pipe)
    time.sleep(0.3)
    return before > size / 2 and before == _waiting_bytes(pipe)


def _waiting_bytes(pipe: int) -> int:
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)
