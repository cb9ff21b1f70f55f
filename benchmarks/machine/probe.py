"""A fixed piece of work that tells how fast the machine is at the moment.

It serves one warning of `bench compare`, where two runs were made at quite different speeds, and no ratio:
it suffers from other things than a network does, which `reference` is for.
"""

import time

import numpy as np

SIDE = 128  # px; fits the second-level cache, as most of a network's layers do


class Probe:
    """Integrates a picture and takes roots, under a millisecond in all.

    NumPy's own loops stay on one thread, so that no pool of another library has to wake up for them.
    """

    def __init__(self) -> None:
        self._picture = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE)).astype(np.float32)
        self._sums, self._roots = np.empty_like(self._picture), np.empty_like(self._picture)

    def run(self) -> float:
        """Does the work twice and returns the second one's time in ms.

        The first one brings its data into the caches, whatever ran before it.
        """
        self._work()
        start = time.perf_counter_ns()
        self._work()
        return (time.perf_counter_ns() - start) / 1e6

    def _work(self) -> None:
        np.cumsum(self._picture, axis=0, out=self._sums)
        np.cumsum(self._sums, axis=1, out=self._sums)
        np.sqrt(self._sums, out=self._roots)
