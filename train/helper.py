"""A second process for what needs no Keras: it works while Keras is imported and while it fits."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import active_children, get_context, parent_process
from threading import Thread

THREADS = "OMP_NUM_THREADS"


@contextmanager
def helper() -> Iterator[Executor]:
    """The process; it ends with this one, and at once when something fails here.

    It is started anew instead of forked: threads of TensorFlow and OpenCV do not outlive a fork.
    """
    others = set(active_children())
    with ProcessPoolExecutor(1, get_context("spawn"), _begin) as executor:
        with _one_thread_for_products():
            executor.submit(os.getpid)
        try:
            yield executor
        except BaseException:
            for child in set(active_children()) - others:
                child.kill()
            raise


@contextmanager
def _one_thread_for_products() -> Iterator[None]:
    """What starts within multiplies matrices on one core, unless the user chose otherwise.

    Small products on more cores wait for each other, twice as long where the parent works on these too.
    """
    if THREADS in os.environ:
        yield
        return
    os.environ[THREADS] = "1"
    try:
        yield
    finally:
        del os.environ[THREADS]


def _begin() -> None:
    """The parent answers signals to the group, and leaves no child behind if it is killed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def load(module: str) -> None:
    """Imports a module ahead of the work that needs it."""
    import_module(module)
