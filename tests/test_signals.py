"""Ctrl-C, SIGTERM and SIGHUP as a request to stop, and a second one as the end."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from edgebreed.signals import HINT_S, REPEAT_S, stop_signals

HANGS = {
    "in Python": "while True: time.sleep(0.01)",
    "in a driver": "mutex = ctypes.create_string_buffer(64); [lock(mutex) for _ in 'ab']",
}
"""A call of the second kind never returns, whatever signals come: no handler in Python runs meanwhile."""


@contextmanager
def hanging(how: str, grace_s: float | None = None, begin: str = "") -> Iterator[subprocess.Popen[str]]:
    """A process that hangs within `stop_signals`, after other code."""
    code = f"""
import ctypes, os, time
from edgebreed.signals import stop_signals
{begin}
lock = ctypes.CDLL(None).pthread_mutex_lock
with stop_signals({grace_s}):
    print("ready", flush=True)
    {HANGS[how]}
"""
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    with subprocess.Popen(command, text=True, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_signals_are_collected_instead_of_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, and only inside the block: the handlers from before are restored."""
    monkeypatch.setattr(
        "edgebreed.signals.REPEAT_S", 60.0
    )  # on a busy machine they come apart from one another
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    with stop_signals() as received:
        assert [] == received
        for number in numbers:
            os.kill(os.getpid(), number)
        assert list(numbers) == received
    assert before == [signal.getsignal(number) for number in numbers]
    assert -1 == signal.set_wakeup_fd(-1)


def test_a_forked_process_that_goes_on_does_not_hold_up_the_end() -> None:
    """It has the watched descriptors too."""
    code = """
import os, time
from edgebreed.signals import stop_signals
with stop_signals():
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
print("ended", flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        try:
            assert select.select([process.stdout], [], [], 15)[0]
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_under_nohup_the_end_of_a_terminal_stops_nothing() -> None:
    """The signal stays ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals() as received:
            os.kill(os.getpid(), signal.SIGHUP)
            assert [] == received
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.slow
@pytest.mark.parametrize("how", HANGS)
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_ends_a_process_that_hangs(how: str, second: signal.Signals) -> None:
    """At once, with the exit code of an interruption and one line; the first has no such effect."""
    with hanging(how) as process:
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2 * REPEAT_S)
        process.send_signal(second)
        _, errors = process.communicate(timeout=10)
    assert (130, "edgebreed: ended at once by a second signal\n") == (process.returncode, errors)


@pytest.mark.slow
def test_a_signal_that_comes_twice_at_once_is_one() -> None:
    """As a terminal and a wrapper send it; later, the user is told what a second one does."""
    with hanging("in Python") as process:
        for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process.send_signal(number)
        assert process.stderr is not None
        assert "edgebreed: stopping: a second signal ends it at once\n" == process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert 130 == process.wait(10)


@pytest.mark.slow
@pytest.mark.parametrize("how", HANGS)
def test_a_process_that_does_not_stop_in_its_grace_is_ended(how: str) -> None:
    """By one signal; the last line says so."""
    with hanging(how, grace_s=HINT_S) as process:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
    assert 130 == process.returncode
    assert errors.splitlines()[-1].startswith("edgebreed: ended at once: not all has stopped within 2 s")


def test_a_stuck_standard_error_does_not_hold_up_the_end() -> None:
    """A full pipe whose reader waits: there, nothing can be said."""
    fill = "os.set_blocking(2, False); os.write(2, bytes(1 << 20)); os.set_blocking(2, True)"
    with hanging("in Python", begin=fill) as process:
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2 * REPEAT_S)
        process.send_signal(signal.SIGINT)
        assert 130 == process.wait(10)


def test_every_signal_raises_like_ctrl_c_and_only_the_first_does() -> None:
    """Another one, as a wrapper sends it, would break off the closing of files."""
    code = """
import os, signal
from edgebreed.signals import raised_signals
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    with raised_signals():
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt:
            os.kill(os.getpid(), number)
            print(number.name)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (["SIGINT", "SIGTERM", "SIGHUP"], "") == (done.stdout.split(), done.stderr)
