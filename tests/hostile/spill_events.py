"""A process of its own that spills events into a spool file until it is killed, and says which.

Usage: spill_events PATH FIRST BYTES KEPT: it prints `+N` once event N is on disk. As soon as more than KEPT
wait, it prints `-N` and removes the oldest, N. BYTES bounds the file: few of them make it shrink often.
"""

import itertools
import json
import sys
from pathlib import Path

from edgebreed.live.outbox import Outbox
from edgebreed.live.spool_limits import SpoolLimits

if __name__ == "__main__":
    first, size, kept = map(int, sys.argv[2:])
    outbox = Outbox(Path(sys.argv[1]), SpoolLimits(bytes=size))
    for number in itertools.count(first):
        outbox.put(json.dumps({"n": number, "label": "square" * (number % 50)}))
        outbox.spill()
        print(f"+{number}", flush=True)
        while len(outbox) > kept:
            (event,) = outbox.head(1)
            print(f"-{json.loads(event.body)['n']}", flush=True)
            outbox.remove({event.number})
