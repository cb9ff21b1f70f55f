"""Reads photos, and prints what came of each and what all of them took.

Usage: python -m tests.edge.read_photos MB FILE...: a JSON object with `outcomes`, `peak_bytes` and `seconds`.
The process may not take more than so many megabytes of addresses beside those that it starts with.
"""

import json
import resource
import sys
import time
from pathlib import Path

from edgebreed.edge.images import read_photo
from edgebreed.errors import ImageError


def outcome(path: Path) -> str:
    """The shape of a photo, or why it is refused."""
    try:
        return "x".join(map(str, read_photo(path).shape))
    except ImageError as error:
        return str(error).removeprefix(f"{path} ")


def status_bytes(name: str) -> int:
    """A figure of this process. `VmHWM` is its peak of memory; `ru_maxrss` would be its parent's at least."""
    return 1024 * int(Path("/proc/self/status").read_text().partition(f"{name}:")[2].split()[0])


if __name__ == "__main__":
    most = status_bytes("VmSize") + 1_000_000 * int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    outcomes = {path: outcome(Path(path)) for path in sys.argv[2:]}
    peak = status_bytes("VmHWM")
    print(json.dumps({"outcomes": outcomes, "peak_bytes": peak, "seconds": time.process_time()}))
