"""Keeps a session's inputs and outputs on its device, so that each run copies once in and once out."""

import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_GRAPHS = 4  # batch sizes whose work is kept as a graph; each holds the device's memory of a whole run
_GRAPH = "gpu_graph_id"  # of ONNX Runtime's run options
_NO_GRAPH = "-1"
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class _Buffers(NamedTuple):
    """What is bound for batches of one shape, and the graph that replays their work."""

    binding: Any
    input: Any
    graph: str


class DeviceBinding:
    """ONNX Runtime's I/O binding; the buffers are kept while the batch keeps its shape.

    Args:
        runtime: the `onnxruntime` module.
        session: an inference session.
        device: where its provider computes: `cuda` or `cpu`.
        graphs: whether the session replays each batch size's work as a CUDA graph, which needs buffers that
            stay where they are: those of `MOST_GRAPHS` sizes are kept.

    Attributes:
        copies_ms: what the copies took since `forget_copies`: `host-to-device` and `device-to-host`, in ms.
    """

    def __init__(self, runtime: Any, session: Any, device: str, *, graphs: bool = False) -> None:
        self._runtime, self._session, self._device, self._graphs = runtime, session, device, graphs
        self._name = session.get_inputs()[0].name
        self._buffers: dict[tuple[int, ...], _Buffers] = {}
        self.copies_ms: dict[str, float] = {}

    def forget_copies(self) -> None:
        """Starts `copies_ms` anew; a batch may take several runs, whose copies add up."""
        self.copies_ms = {}

    def run(self, batch: NDArray[np.uint8], options: Any) -> list[NDArray[np.float32]]:
        """The outputs for a batch `(N, H, W, 3) uint8 RGB`, back in the host's memory.

        Args:
            batch: the images.
            options: ONNX Runtime's `RunOptions`.
        """
        start = time.perf_counter_ns()
        buffers = self._filled(batch)
        if self._graphs:
            options.add_run_config_entry(_GRAPH, buffers.graph)
        buffers.binding.synchronize_inputs()
        copied = time.perf_counter_ns()
        self._session.run_with_iobinding(buffers.binding, options)
        buffers.binding.synchronize_outputs()
        computed = time.perf_counter_ns()
        outputs: list[NDArray[np.float32]] = buffers.binding.copy_outputs_to_cpu()
        end = time.perf_counter_ns()
        self._add_copies((copied - start) / 1e6, (end - computed) / 1e6)
        return outputs

    def _add_copies(self, before_ms: float, after_ms: float) -> None:
        for name, ms in (("host-to-device", before_ms), ("device-to-host", after_ms)):
            self.copies_ms[name] = self.copies_ms.get(name, 0.0) + ms

    def _filled(self, batch: NDArray[np.uint8]) -> _Buffers:
        """The buffers for a batch, with it in their input."""
        buffers = self._buffers.get(batch.shape)
        if buffers is not None:
            buffers.input.update_inplace(batch)
            return buffers
        if not self._graphs:
            self._buffers.clear()
        buffers = self._bound(batch)
        if buffers.graph != _NO_GRAPH:
            self._buffers[batch.shape] = buffers
        return buffers

    def _bound(self, batch: NDArray[np.uint8]) -> _Buffers:
        binding, own = self._session.io_binding(), batch.copy()  # on a CPU the device's memory is the array's
        filled = self._runtime.OrtValue.ortvalue_from_numpy(own, self._device, 0)
        binding.bind_ortvalue_input(self._name, filled)
        for output in self._session.get_outputs():
            if self._graphs:
                binding.bind_ortvalue_output(output.name, self._room_for(output, len(batch)))
            else:
                binding.bind_output(output.name, self._device, 0)
        number = len(self._buffers)
        return _Buffers(binding, filled, _NO_GRAPH if self._graphs and number >= MOST_GRAPHS else str(number))

    def _room_for(self, output: Any, images: int) -> Any:
        """A buffer on the device for an output of the batch."""
        shape = (images, *output.shape[1:])
        return self._runtime.OrtValue.ortvalue_from_shape_and_type(
            shape, _TYPES.get(output.type, np.float32), self._device, 0
        )
