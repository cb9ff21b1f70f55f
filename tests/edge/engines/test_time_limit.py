"""Time limits of engines."""

import os
import signal
import threading
import time
from functools import partial

import numpy as np
import pytest

from edgebreed.edge.engines.time_limit import (
    EngineThread,
    InferenceLimit,
    TimeLimit,
    engine_is_busy,
    on_timeout,
)
from edgebreed.errors import EngineError, EngineTimeoutError


def test_a_call_returns_and_raises_as_without_a_limit() -> None:
    """And one after another in the same thread, as a GPU's provider keeps things by thread."""
    limit = TimeLimit()
    threads = {limit.run(threading.get_ident, 5, "late") for _ in range(20)}
    assert 1 == len(threads)
    assert threading.get_ident() not in threads
    with pytest.raises(KeyError, match="gone"):
        limit.run(partial(vars(limit).__getitem__, "gone"), 5, "late")
    assert threads == {limit.run(threading.get_ident, 5, "late")}


def test_calls_at_the_same_time_do_not_wait_for_each_other() -> None:
    """Three that end only when all have begun."""
    limit, together = TimeLimit(), threading.Barrier(4)
    callers = [threading.Thread(target=limit.run, args=(together.wait, 5, "late")) for _ in range(3)]
    for caller in callers:
        caller.start()
    together.wait(5)
    for caller in callers:
        caller.join()


def test_a_call_that_does_not_end_is_left_behind_and_none_runs_beside_it() -> None:
    """The next one is refused at once; after the end of the late one, calls run again."""
    limit, release = TimeLimit(), threading.Event()
    with pytest.raises(EngineTimeoutError, match="^it was late: do this$"):
        limit.run(release.wait, 0.05, "it was late: do this")
    assert engine_is_busy()
    with pytest.raises(EngineError, match="an earlier inference still runs: start the program again"):
        limit.run(int, 5, "late")
    release.set()
    while engine_is_busy():
        time.sleep(0.001)
    assert 0 == limit.run(int, 5, "late")


def test_a_late_call_is_asked_to_end() -> None:
    """And is not left behind where it does; what it gives is too late all the same."""
    limit, release = TimeLimit(), threading.Event()

    def call() -> None:
        on_timeout(release.set)
        release.wait()

    with pytest.raises(EngineTimeoutError, match="late"):
        limit.run(call, 0.05, "late")
    assert not engine_is_busy()
    assert 0 == limit.run(int, 5, "late")


def test_the_threads_end_with_the_limit() -> None:
    """A program that opens a thousand models has not a thousand threads."""
    limit = TimeLimit()
    limit.run(int, 5, "late")
    threads = [thread for thread in threading.enumerate() if isinstance(thread, EngineThread)]
    del limit
    threads[-1].join(5)
    assert not threads[-1].is_alive()


def test_without_a_limit_nothing_is_asked_to_end() -> None:
    """An engine may be used without one."""
    on_timeout(pytest.fail)


@pytest.mark.parametrize(("seconds", "images", "allowed"), [(None, 3, 90), (2.0, 3, 2)])
def test_a_batch_has_time_for_each_of_its_images(seconds: float | None, images: int, allowed: float) -> None:
    """Where nobody says how long the whole may take."""
    limit = InferenceLimit("engine", seconds)
    assert images == limit.run(len, np.zeros((images, 8, 8, 3), np.uint8))
    assert allowed == limit.seconds_for(images)


@pytest.mark.parametrize("wakes", [True, False])
def test_ctrl_c_asks_the_call_to_end(wakes: bool) -> None:
    """Also where it does not wake the main thread: it came to another one, or just before the wait began."""
    limit, release = TimeLimit(), threading.Event()

    def call() -> None:
        on_timeout(release.set)
        release.wait(0.1)  # until the main thread waits for this call
        if wakes:
            os.kill(os.getpid(), signal.SIGINT)
        else:
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        release.wait(10)

    with pytest.raises(KeyboardInterrupt):
        limit.run(call, 30, "late")
    assert release.is_set()  # and so the call did not end by itself
    assert not engine_is_busy()
