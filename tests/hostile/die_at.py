"""Runs `edgebreed`, and kills its own process with SIGKILL when it does something to a file.

Usage: die_at.py EVENT PART COUNT MILLISECONDS ARGUMENT...: at the COUNT-th audit event EVENT (`open` or
`os.rename`) whose file name contains PART, this many milliseconds later.
"""

import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

from edgebreed.cli import main


def die_after(seconds: float) -> None:
    """Kills this process without any chance to clean up."""
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def watch(event: str, part: str, count: int, seconds: float) -> None:
    """Waits for the event; a delay passes in a thread, so that the writing goes on meanwhile."""
    left = [count]

    def look(name: str, arguments: tuple[Any, ...]) -> None:
        if name == event and part in Path(str(arguments[0])).name:
            left[0] -= 1
            if left[0] == 0:
                die_after(0) if seconds == 0 else Thread(target=die_after, args=(seconds,)).start()

    sys.addaudithook(look)


if __name__ == "__main__":
    watch(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]) / 1000)
    sys.argv = ["edgebreed", *sys.argv[5:]]
    main()
