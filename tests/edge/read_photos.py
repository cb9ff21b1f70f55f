"""Reads photos, and prints what came of each and what all of them took.

Usage: python -m tests.edge.read_photos FILE...: a JSON object with `outcomes`, `peak_bytes` and `seconds`.
The process may not take more than 4 GB, which keeps the machine from harm.
"""

import json
import resource
import sys
import time
from pathlib import Path

from edgebreed.edge.images import read_photo
from edgebreed.errors import ImageError

ADDRESS_SPACE = 4_000_000_000  # bytes


def outcome(path: Path) -> str:
    """The shape of a photo, or why it is refused."""
    try:
        return "x".join(map(str, read_photo(path).shape))
    except ImageError as error:
        return str(error).removeprefix(f"{path} ")


def peak_bytes() -> int:
    """The most memory that this process ever had; `ru_maxrss` is at least what its parent had."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    outcomes = {path: outcome(Path(path)) for path in sys.argv[1:]}
    print(json.dumps({"outcomes": outcomes, "peak_bytes": peak_bytes(), "seconds": time.process_time()}))
