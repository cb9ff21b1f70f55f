"""Reads mutants one after another, and says of each what came of it and what it took.

Usage: python -m tests.hostile.read_mutants FIRST END: a JSON line before each mutant and one after it.
"""

import json
import resource
import signal
import sys
import time

from edgebreed.edge.images import decode, is_turned
from edgebreed.edge.preprocess import DecodeRule, InputSpec, to_input
from edgebreed.errors import ImageError

from ..edge.read_photos import status_bytes
from .photo_mutants import mutant

GIVEN_UP_S = 10.0
ADDRESS_SPACE = 6_000_000_000  # bytes; keeps the machine from harm


def outcome(data: bytes) -> str:
    """What reading a mutant ends in."""
    try:
        for spec in (InputSpec(8, 8), InputSpec(3, 3, decode=DecodeRule.REDUCED)):
            to_input(decode(data, at_least=spec.decoded_size), spec)
        is_turned(data)
    except ImageError as error:
        return "refused" if " read" in str(error) else "undecodable"
    except Exception as error:
        return f"foreign: {type(error).__name__}: {error}"
    return "read"


def tell(**fields: object) -> None:
    """Prints a line at once, so that it is not lost in a crash."""
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        data = mutant(number)
        tell(begun=number)
        signal.setitimer(signal.ITIMER_PROF, GIVEN_UP_S)  # ends the process, also inside a decoder
        start = time.process_time()
        came = outcome(data)
        seconds, peak = time.process_time() - start, status_bytes("VmHWM")
        signal.setitimer(signal.ITIMER_PROF, 0)
        tell(number=number, outcome=came, seconds=seconds, peak=peak)
