"""Answers photos with labdog, a line each: the photo's path in, JSON out. Runs in labdog's environment."""

import json
import sys
import time

from labdog import labdog

for line in sys.stdin:
    start = time.perf_counter_ns()
    breed, _ = labdog(line.strip())
    print(json.dumps({"ms": (time.perf_counter_ns() - start) / 1e6, "answer": breed}), flush=True)
