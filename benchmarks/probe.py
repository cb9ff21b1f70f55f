"""A fixed piece of work that tells how fast the machine is at the moment."""

import time

import cv2
import numpy as np

SIDE = 256  # px; fits the second-level cache, as most of a network's layers do


class Probe:
    """Smooths and integrates a picture and multiplies two matrices, under a millisecond in all."""

    def __init__(self) -> None:
        generator = np.random.default_rng(0)
        self._picture = generator.integers(0, 256, (SIDE, SIDE), np.uint8)
        self._matrix = generator.random((SIDE, SIDE), np.float32)

    def run(self) -> float:
        """Does the work once and returns its time in ms."""
        start = time.perf_counter_ns()
        cv2.integral(cv2.GaussianBlur(self._picture, (9, 9), 2))
        cv2.gemm(self._matrix, self._matrix, 1.0, self._matrix, 0.0)
        return (time.perf_counter_ns() - start) / 1e6
