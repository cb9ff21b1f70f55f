"""What an inference engine is to the rest of the runtime."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.edge.manifest import MAX_THREADS
from edgebreed.errors import EdgebreedError, EngineError, InputError

AUTO = "auto"
MAX_TIMEOUT_S = 86_400.0
_PLACE = re.compile(r"/\S+\.(?:cc|cpp|cu|h):\d+ [^\n]*?\)(?: const)?(?: \[with [^]\n]*\])? ")
_GPU_FAILURE = re.compile(r"\bCU[A-Z]+ failure -?\d+: [^;\n]+")


class ModelOutputs(NamedTuple):
    """A model's outputs for a batch.

    Attributes:
        probabilities: `(N, classes) float32`; rows sum to 1 unless the model is a multi-label one.
        in_distribution: `(N,) float32` in 0..1, how much each image looks like any of the classes; None
            where the model has no such output.
    """

    probabilities: NDArray[np.float32]
    in_distribution: NDArray[np.float32] | None = None

    def rows(self, first: int, last: int) -> "ModelOutputs":
        """The outputs of some images of the batch."""
        scores = self.in_distribution
        return ModelOutputs(self.probabilities[first:last], None if scores is None else scores[first:last])


class Engine(Protocol):
    """Runs a model; several threads may call `run` at once.

    Attributes:
        name: the engine and, where it has a choice, what runs the arithmetic:
            `onnxruntime/CUDAExecutionProvider`.
    """

    name: str

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Runs the model on a batch `(N, H, W, 3) uint8 RGB`.

        Raises:
            EngineError: the engine failed on it.
        """
        ...


@dataclass(frozen=True)
class EngineOptions:
    """How to run a model.

    Attributes:
        engine: a name of the registry, an execution provider's full name, or `auto`.
        threads: threads of one inference; 0 lets the engine choose.
        allow_fallback: take the next engine where the one that was asked for is missing, and let a GPU's
            engine leave nodes of the model to the processor.
        open_timeout_s: how long an engine may take to open the model; None is the engine's own default.
        inference_timeout_s: how long one inference may take, whatever its batch; None allows 30 s an image,
            and 600 s on a GPU, which may first compile for the size of a batch.
        spin: ONNX Runtime's threads wait for work by spinning; on few cores that takes them from the
            other stages, and slows the whole pipeline down by a quarter on two.
        arena: ONNX Runtime keeps memory for the next run.
        memory_pattern: ONNX Runtime plans the memory of all tensors once.
        io_binding: ONNX Runtime keeps input and outputs on the device between runs; None does so on a GPU.
        trt_fp16: TensorRT may compute in float16.
        cuda_graph: CUDA replays the network as one graph, where the model's golden vectors prove it right.

    Raises:
        InputError: `threads` is negative, or more than any machine has; a time limit is not above 0 s, or
            over a day.
    """

    engine: str = AUTO
    threads: int = 0
    allow_fallback: bool = False
    open_timeout_s: float | None = None
    inference_timeout_s: float | None = None
    spin: bool = False
    arena: bool = True
    memory_pattern: bool = True
    io_binding: bool | None = None
    trt_fp16: bool = False
    cuda_graph: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.threads <= MAX_THREADS:
            raise InputError(
                f"{self.threads} threads: give 1 to {MAX_THREADS}, or 0 to let the engine choose"
            )
        for seconds in (self.open_timeout_s, self.inference_timeout_s):
            if seconds is not None and not 0 < seconds <= MAX_TIMEOUT_S:
                raise InputError(
                    f"a time limit of {seconds:g} s: give more than 0, and at most {MAX_TIMEOUT_S:g}"
                )


@dataclass(frozen=True)
class EngineSpec:
    """An engine as the registry knows it, before anything is loaded.

    Attributes:
        name: as `--engine` calls it.
        formats: file formats that it runs.
        extra: the extra of edgebreed that installs it.
        options: the fields of `EngineOptions` that it heeds.
        on_gpu: whether it computes on a GPU.
        aliases: other names that users know it by.
        why_unavailable: the reason why it cannot run on this machine, in one line; None where it can.
        why_not_loading: the reason why it does not start though it is installed, such as a library that is
            missing; None where nothing is known to be.
        open: opens a model, or raises `EngineError`.
        open_timeout_s: how long that may take where nobody says so.
    """

    name: str
    formats: tuple[ModelFormat, ...]
    extra: str
    options: tuple[str, ...]
    why_unavailable: Callable[[], str | None]
    open: Callable[[ModelFile, EngineOptions], Engine]
    on_gpu: bool = False
    aliases: tuple[str, ...] = ()
    open_timeout_s: float = 60.0
    why_not_loading: Callable[[], str | None] = lambda: None


@dataclass
class FixedEngine:
    """Gives the same outputs for every image: for tests, and for trying a stream without a model.

    Attributes:
        probabilities: `(classes,) float32`.
        in_distribution: in 0..1, or None.
    """

    probabilities: NDArray[np.float32]
    in_distribution: float | None = None
    name: str = "fixed"

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Outputs for a batch `(N, H, W, 3) uint8 RGB`."""
        rows = np.repeat(self.probabilities[None], len(batch), axis=0)
        score = self.in_distribution
        return ModelOutputs(rows, None if score is None else np.full(len(batch), score, np.float32))


@contextmanager
def engine_faults(message: str) -> Iterator[None]:
    """Turns whatever an engine raises into an `EngineError` of one line.

    Engines raise a dozen kinds of their own, without a common base.
    """
    try:
        yield
    except EdgebreedError:
        raise
    except Exception as error:
        raise EngineError(f"{message}: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """The first line that says something; OpenVINO lists places in its source, outermost first, then why.

    ONNX Runtime puts the place before the reason, and after a GPU's the call that failed: both are left out.
    """
    text = _PLACE.sub("", str(error))
    gpu = _GPU_FAILURE.search(text)
    if gpu is not None:
        return gpu[0].strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and lines[0].startswith("Exception from "):
        lines.reverse()
    return next((line for line in lines if not line.startswith("Exception from ")), type(error).__name__)


def in_rows(
    run: Callable[[NDArray[np.uint8]], list[NDArray[np.float32]]], batch: NDArray[np.uint8], single: bool
) -> list[NDArray[np.float32]]:
    """A model's outputs for a batch; one of static batch 1 (`single`) takes one image after another."""
    if not single or len(batch) < 2:
        return run(batch)
    rows = [run(row) for row in np.split(batch, len(batch))]
    return [np.concatenate(parts) for parts in zip(*rows, strict=True)]


def named_outputs(outputs: list[NDArray[np.float32]], classes: int) -> ModelOutputs:
    """Tells a model's outputs apart: the one as wide as the classes, and the optional single column.

    Raises:
        EngineError: none is as wide as the classes, or a value is NaN or infinite.
    """
    wide, *narrow = sorted(outputs, key=lambda output: output.shape[-1] != classes)
    if wide.ndim != 2 or wide.shape[1] != classes:
        raise EngineError(
            f"outputs of shape {wide.shape} do not fit {classes} classes: export the model again"
        )
    if not all(np.isfinite(output).all() for output in outputs):
        raise EngineError("outputs that are no numbers (NaN or infinite): export the model in fp32")
    return ModelOutputs(wide, narrow[0][:, 0] if narrow else None)
