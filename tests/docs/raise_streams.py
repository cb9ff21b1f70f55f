"""Raises the messages of cameras, the live page, MQTT and disks."""

import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import cv2

from edgebreed.edge.stream import ReconnectSettings
from edgebreed.edge.stream.opencv_capture import open_capture
from edgebreed.edge.stream.outage import Outage
from edgebreed.edge.stream.source_uri import parse_source

from ..conftest import ROOT
from ..edge.stream.http_camera import http_camera, knows_basic
from ..live.fake_broker import fake_broker
from .desk import Desk, message_of, shown_as


@shown_as("camera ... does not open: plug it in, or see `edgebreed doctor`")
def no_camera(desk: Desk) -> str:
    """Nothing is plugged in."""
    return desk.said("stream", "--source", "93", "--headless")


@shown_as("camera ... exists and does not open: close the program that uses it, or pick another one")
def busy_camera(desk: Desk) -> str:
    """A device that is no camera refuses as one that is in use does."""
    return desk.said("stream", "--source", "/dev/null", "--headless")


@shown_as("no permission to read camera ...: `sudo usermod -aG video $USER`, then log in again")
def no_right(desk: Desk) -> str:
    """The user is not in the group `video`."""
    desk.monkeypatch.setattr("os.access", lambda *_: False)
    return message_of(lambda: open_capture(parse_source("/dev/null")))


@shown_as("... does not open: the camera refuses the login: check user and password")
def wrong_password(desk: Desk) -> str:
    """A camera on the network."""

    def refuse(camera: BaseHTTPRequestHandler) -> None:
        knows_basic(camera, "me:right")

    with http_camera(refuse) as address:
        return message_of(lambda: open_capture(parse_source(f"http://me:wrong@{address}/video")))


@shown_as("... does not open: the host refuses the connection: check the port, and that the camera streams")
def nobody_listens(desk: Desk) -> str:
    """The camera is off, or its stream is."""
    return message_of(lambda: open_capture(parse_source("rtsp://127.0.0.1:9/stream")))


@shown_as("... does not open: no such host is found: check its name and the network")
def no_host(desk: Desk) -> str:
    """A name that is mistyped."""
    return message_of(lambda: open_capture(parse_source("rtsp://nosuch.invalid/stream")))


@shown_as("... needs GStreamer, which this OpenCV lacks: use the OpenCV of JetPack or Debian")
def no_gstreamer(desk: Desk) -> str:
    """OpenCV's wheel has none."""
    has = cv2.videoio_registry.hasBackend
    desk.monkeypatch.setattr(
        cv2.videoio_registry, "hasBackend", lambda backend: backend != cv2.CAP_GSTREAMER and has(backend)
    )
    return desk.said("stream", "--source", "csi://0", "--headless")


@shown_as("... was lost and did not come back in ... s: ...")
def lost_camera(desk: Desk) -> str:
    """For longer than `--give-up` allows."""
    outage = Outage("0", "3 reads failed", ReconnectSettings(give_up_s=0.001), lambda *_: None)
    time.sleep(0.01)
    return message_of(lambda: outage.limited(1.0))


@shown_as("... does not open as a video: give a file that OpenCV's FFmpeg reads")
def no_video(desk: Desk) -> str:
    """A file that is none."""
    return desk.said("stream", "--source", desk.file("clip.mp4", b"hello"), "--headless")


@shown_as("cannot serve on ...: Address already in use: choose another --serve")
def port_in_use(desk: Desk) -> str:
    """By another stream."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        return desk.said("stream", "--source", desk.photo.parent, "--serve", port, "--headless")


@shown_as("no broker: '...': give mqtt://[user:password@]host[:port]/topic, or mqtts:// for TLS")
def no_broker_url(desk: Desk) -> str:
    """An address of the web."""
    return desk.said("stream", "--source", desk.photo.parent, "--headless", "--mqtt", "http://broker/cam")


@shown_as("... is unreachable (...): events wait in ...")
def broker_away(desk: Desk) -> str:
    """Nothing listens there."""
    options = ("--source", desk.photo, "--headless", "--model", desk.model, "--mqtt-spool", "spool")
    return desk.said("stream", *options, "--mqtt", "mqtt://127.0.0.1:9/home/camera")


@shown_as("... is unreachable (the broker refuses: Not authorized): events wait in ...")
def wrong_broker_password(desk: Desk) -> str:
    """Or a user who may not publish there; the broker answers 5, `not authorized`."""
    options = ("--source", desk.photo, "--headless", "--model", desk.model, "--mqtt-spool", "spool")
    with fake_broker(lambda *_: True, greeting=b"\x20\x02\x00\x05") as broker:
        return desk.said("stream", *options, "--mqtt", f"mqtt://me:wrong@127.0.0.1:{broker.address.port}/cam")


@shown_as("cannot read or write ...: No space left on device")
def full_disk(desk: Desk) -> str:
    """Of the file that takes the output."""
    command = [sys.executable, "-m", "edgebreed", "predict", str(desk.photo), "--model", str(desk.model)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    return done.stderr
