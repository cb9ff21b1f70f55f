"""How an ONNX Runtime session is set up."""

import hashlib
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edgebreed.edge.engines.placement import RECORD_KEY
from edgebreed.edge.files import user_cache

_LOG = logging.getLogger(__name__)
_TENSORRT, _CUDA = "TensorrtExecutionProvider", "CUDAExecutionProvider"
NOTHING = 4
"""The level of ONNX Runtime's log at which it prints nothing: what fails is raised, and told with names of
the model escaped, that its log prints as they are."""


@dataclass(frozen=True)
class SessionSettings:
    """What a session may take of a machine.

    Attributes:
        threads: threads of one inference; 0 lets ONNX Runtime choose.
        spin: threads wait for work by spinning: faster by a little, and a processor is never idle.
        arena: memory once taken is kept for the next run.
        memory_pattern: the places of all tensors are planned once for each shape of the input.
        bind: inputs and outputs stay on the device between runs; None does so where it is a GPU.
        trt_fp16: TensorRT may compute in float16.
        int8: the model holds int8 arithmetic, which TensorRT must be told.
        avoid_saturation: sum int8 products without saturation on x86 that lacks VNNI; slower.
        inference_timeout_s: how long one inference may take; None allows some time an image.
        cuda_graph: CUDA replays the whole network as one graph, in the layout that its convolutions like
            best. The model must run on the GPU to its last node.
        allow_processor: a GPU's provider may leave nodes to the processor.
    """

    threads: int = 0
    spin: bool = False
    arena: bool = True
    memory_pattern: bool = True
    bind: bool | None = None
    trt_fp16: bool = False
    int8: bool = False
    avoid_saturation: bool = False
    inference_timeout_s: float | None = None
    cuda_graph: bool = False
    allow_processor: bool = True

    def session_options(self, runtime: Any) -> Any:
        """ONNX Runtime's own object for them.

        Args:
            runtime: the `onnxruntime` module.
        """
        options = runtime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.enable_cpu_mem_arena = self.arena
        options.enable_mem_pattern = self.memory_pattern
        options.add_session_config_entry("session.intra_op.allow_spinning", "1" if self.spin else "0")
        options.add_session_config_entry(RECORD_KEY, "1")
        if self.avoid_saturation:
            options.add_session_config_entry("session.x64quantprecision", "1")
        options.log_severity_level = NOTHING
        return options

    def provider_options(self, provider: str, model: bytes) -> dict[str, str]:
        """What an execution provider is told beside the session's options.

        TensorRT builds an engine of its own from a model, which takes minutes, and would take an old one
        for a changed model of the same name: so each model file has a cache folder by its content.

        Args:
            provider: an execution provider's full name.
            model: the model's bytes.
        """
        if provider == _CUDA and self.cuda_graph:
            return {"enable_cuda_graph": "1", "prefer_nhwc": "1"}
        if provider != _TENSORRT:
            return {}
        precision = {
            "trt_fp16_enable": "1" if self.trt_fp16 else "0",
            "trt_int8_enable": "1" if self.int8 else "0",
        }
        folder = engine_cache("tensorrt", model)
        if folder is None:
            return precision
        return {
            "trt_engine_cache_enable": "1",
            "trt_engine_cache_path": str(folder),
            "trt_timing_cache_enable": "1",
            "trt_timing_cache_path": str(folder),
            **precision,
        }


class _NoFallback:
    """Stands before ONNX Runtime's session class, whose constructor switches its fallback on.

    The option `enable_fallback` came with 1.23.
    """

    @property
    def _enable_fallback(self) -> bool:
        return False

    @_enable_fallback.setter
    def _enable_fallback(self, value: bool) -> None:
        """Stays off."""


@cache
def session_class(runtime: Any) -> Any:
    """ONNX Runtime's session, which raises where a provider fails.

    Its own one prints the fault on standard output and takes the processor, at the start and in each run.

    Args:
        runtime: the `onnxruntime` module.
    """
    return type("InferenceSession", (_NoFallback, runtime.InferenceSession), {})


def engine_cache(name: str, model: bytes) -> Path | None:
    """A folder for what a provider compiles of a model, by the model's content; None where none can be made.

    Args:
        name: of the provider.
        model: the model's bytes.
    """
    folder = user_cache() / name / hashlib.sha256(model).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _LOG.warning("what %s compiles is not kept, as %s cannot be made: %s", name, folder, error.strerror)
        return None
    return folder
