"""A headless Chromium, driven through its DevTools protocol over a pipe."""

import base64
import itertools
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from ..conftest import CHROMIUM

_FLAGS = (
    "--headless",
    "--no-sandbox",  # tests may run as root, where Chromium has no sandbox
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--ignore-certificate-errors",
    "--remote-debugging-pipe",
)


class Browser:
    """A browser with one page at a time; the end of the `with` block closes both."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        child_in, self._out = os.pipe()
        self._in, child_out = os.pipe()
        assert CHROMIUM is not None
        command = [CHROMIUM, *_FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        # The protocol's pipe is file descriptors 3 and 4, which Popen alone cannot number.
        shell = f'exec "$@" 3<&{child_in} 4>&{child_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *command],
            pass_fds=(child_in, child_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(child_in)
        os.close(child_out)
        self._numbers, self._buffer, self._session = itertools.count(1), b"", ""
        self._target = ""

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        os.close(self._out)
        os.close(self._in)
        self._profile.cleanup()

    def open(self, url: str, width: int = 1280, height: int = 800, *, dark: bool = False) -> None:
        """Opens a new page of a size in px; does not wait until it has loaded."""
        self._session = ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._show(target, width, height, dark)
        self._call("Page.navigate", url=url)

    def close(self) -> None:
        """Closes the page; its streams end."""
        self._session, target, self._target = "", self._target, ""
        if target:
            self._call("Target.closeTarget", targetId=target)

    def value(self, expression: str) -> Any:
        """Evaluates a JavaScript expression on the page."""
        reply = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return reply["result"].get("value")

    def wait(self, expression: str, seconds: float = 30) -> Any:
        """Waits until an expression is true; returns its last value."""
        end = time.monotonic() + seconds
        while not (value := self._value_unless_leaving(expression)) and time.monotonic() < end:
            time.sleep(0.1)
        return value

    def _value_unless_leaving(self, expression: str) -> Any:
        """None while one page gives way to the next."""
        try:
            return self.value(expression)
        except AssertionError as error:
            if "navigated" not in str(error):
                raise
            return None

    def press(self, key: str) -> None:
        """Presses and releases the key of a character."""
        for kind in ("keyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, key=key, text=key if kind == "keyDown" else "")

    def without_scripts(self, url: str) -> None:
        """Opens a page in a browser that has JavaScript switched off; what is on it can still be asked."""
        self.open("about:blank")
        self._call("Emulation.setScriptExecutionDisabled", value=True)
        self._call("Page.navigate", url=url)

    def screenshot(self, path: Path) -> None:
        """Writes the visible part of the page as a PNG file."""
        data = self._call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def _show(self, target: str, width: int, height: int, dark: bool) -> None:
        self._target = target
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])

    def _call(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        request: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            request["sessionId"] = self._session
        os.write(self._out, json.dumps(request).encode() + b"\0")
        while True:
            reply = self._read()
            if reply.get("id") == number:
                assert "error" not in reply, reply
                return reply["result"]

    def _read(self) -> Any:
        while b"\0" not in self._buffer:
            data = os.read(self._in, 1 << 20)
            assert data, "the browser has exited"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)
