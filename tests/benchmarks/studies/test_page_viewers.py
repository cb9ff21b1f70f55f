"""Viewers of a live page."""

import json
import subprocess
import sys

from edgebreed.benchmarks.studies import page_viewers
from edgebreed.live.endpoint import Endpoint
from edgebreed.live.server import LivePage

from ...live.feed import frame_result


def test_every_viewer_reads_the_video_and_the_events() -> None:
    """Until standard input ends; edgebreed is not imported."""
    page = LivePage(Endpoint("127.0.0.1", 0))
    try:
        page.on_result(frame_result())
        command = [
            sys.executable,
            "-I",
            page_viewers.__file__,
            page.endpoint.host,
            str(page.endpoint.port),
            "2",
        ]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert "ready\n" == process.stdout.readline()
            read = json.loads(process.communicate()[0])
    finally:
        page.close()
    assert (True, True) == (read["images"] >= 2, read["events"] >= 2)
    assert read["bytes"] > 1000
