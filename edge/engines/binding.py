"""Keeps a session's input and outputs on its device, so that each run copies once in and once out."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray


class DeviceBinding:
    """ONNX Runtime's I/O binding; the buffers are kept while the batch keeps its shape.

    Args:
        runtime: the `onnxruntime` module.
        session: an inference session.
        device: where its provider computes: `cuda` or `cpu`.

    Attributes:
        copies_ms: what the last run's copies took: `host-to-device` and `device-to-host`, in ms.
    """

    def __init__(self, runtime: Any, session: Any, device: str) -> None:
        self._runtime, self._session, self._device = runtime, session, device
        self._name = session.get_inputs()[0].name
        self._binding = session.io_binding()
        self._input: Any = None
        self.copies_ms: dict[str, float] = {}

    def run(self, batch: NDArray[np.uint8], options: Any) -> list[NDArray[np.float32]]:
        """The outputs for a batch `(N, H, W, 3) uint8 RGB`, back in the host's memory.

        Args:
            batch: the images.
            options: ONNX Runtime's `RunOptions`.
        """
        start = time.perf_counter_ns()
        self._put(batch)
        self._binding.synchronize_inputs()
        copied = time.perf_counter_ns()
        self._session.run_with_iobinding(self._binding, options)
        self._binding.synchronize_outputs()
        computed = time.perf_counter_ns()
        outputs: list[NDArray[np.float32]] = self._binding.copy_outputs_to_cpu()
        end = time.perf_counter_ns()
        self.copies_ms = {
            "host-to-device": (copied - start) / 1e6,
            "device-to-host": (end - computed) / 1e6,
        }
        return outputs

    def _put(self, batch: NDArray[np.uint8]) -> None:
        if self._input is not None and tuple(self._input.shape()) == batch.shape:
            self._input.update_inplace(batch)
            return
        own = batch.copy()  # on a CPU the device's memory is the array's
        self._input = self._runtime.OrtValue.ortvalue_from_numpy(own, self._device, 0)
        self._binding.clear_binding_inputs()
        self._binding.clear_binding_outputs()
        self._binding.bind_ortvalue_input(self._name, self._input)
        for output in self._session.get_outputs():
            self._binding.bind_output(output.name, self._device, 0)
