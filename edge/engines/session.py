"""How an ONNX Runtime session is set up."""

import hashlib
import logging
import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from edgebreed.edge.files import user_cache

_LOG = logging.getLogger(__name__)
_TENSORRT, _CPU = "TensorrtExecutionProvider", "CPUExecutionProvider"
NOTHING = 4
"""The level of ONNX Runtime's log at which it prints nothing: what fails is raised, and told with names of
the model escaped, that its log prints as they are."""
_SHARE = 0.5  # of the machine's memory


@cache
def bound_arena(runtime: Any) -> None:
    """Bounds the memory that all sessions on the processor together take for tensors.

    A model of some hundred bytes may compute tensors of any size from an image's. The bound holds once a
    process, as do the memory and its lock.

    Args:
        runtime: the `onnxruntime` module.
    """
    kind, usage = runtime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, runtime.OrtMemType.DEFAULT
    most = int(_SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    place = runtime.OrtMemoryInfo("Cpu", kind, 0, usage)
    runtime.create_and_register_allocator(place, runtime.OrtArenaCfg({"max_mem": most}))


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

    def session_options(self, runtime: Any, provider: str = _CPU) -> Any:
        """ONNX Runtime's own object for them.

        Args:
            runtime: the `onnxruntime` module.
            provider: an execution provider's full name.
        """
        options = runtime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.enable_cpu_mem_arena = self.arena
        options.enable_mem_pattern = self.memory_pattern
        options.add_session_config_entry("session.intra_op.allow_spinning", "1" if self.spin else "0")
        if self.avoid_saturation:
            options.add_session_config_entry("session.x64quantprecision", "1")
        options.log_severity_level = NOTHING
        if self.arena and provider == _CPU and hasattr(os, "sysconf"):  # Windows has none
            bound_arena(runtime)
            options.add_session_config_entry("session.use_env_allocators", "1")
        return options

    def provider_options(self, provider: str, model: bytes) -> dict[str, str]:
        """What an execution provider is told beside the session's options.

        TensorRT builds an engine of its own from a model, which takes minutes, and would take an old one
        for a changed model of the same name: so each model file has a cache folder by its content.

        Args:
            provider: an execution provider's full name.
            model: the model's bytes.
        """
        if provider != _TENSORRT:
            return {}
        folder = user_cache() / "tensorrt" / hashlib.sha256(model).hexdigest()[:16]
        precision = {
            "trt_fp16_enable": "1" if self.trt_fp16 else "0",
            "trt_int8_enable": "1" if self.int8 else "0",
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            _LOG.warning("TensorRT's engine is not kept, as %s cannot be made: %s", folder, error.strerror)
            return precision
        return {
            "trt_engine_cache_enable": "1",
            "trt_engine_cache_path": str(folder),
            "trt_timing_cache_enable": "1",
            "trt_timing_cache_path": str(folder),
            **precision,
        }
