"""Execution providers that come as plug-ins, in packages of their own, for an ONNX Runtime without them."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from edgebreed import telemetry
from edgebreed.edge.engines.engine import first_line
from edgebreed.edge.engines.gpu_libraries import what_is_missing
from edgebreed.errors import EngineError
from edgebreed.extras import installed_runtime, plugin_command


@dataclass(frozen=True)
class Plugin:
    """A plug-in, as its package describes it.

    Attributes:
        provider: full name of its execution provider.
        module: its Python module, which names the library to load.
        extra: the extra of edgebreed that installs it.
        devices: what it computes on.
        cache: its option for a folder in which what it has compiled is kept; empty where it has none.
    """

    provider: str
    module: str
    extra: str
    devices: str
    cache: str = ""

    def why_unavailable(self) -> str | None:
        """Why it is not on this machine; None where it is installed."""
        if find_spec(self.module) is not None:
            return None
        return f"{self.provider} is not in this ONNX Runtime: run {plugin_command(self.extra)}"

    def why_not_loading(self, runtime: Any) -> str | None:
        """Why it does not start though it is installed; None where it has a device.

        Args:
            runtime: the `onnxruntime` module.
        """
        if self.why_unavailable() is not None:
            return None
        try:
            self.found_devices(runtime)
        except EngineError as error:
            return str(error)
        return None

    def found_devices(self, runtime: Any) -> list[Any]:
        """The devices of this machine that it computes on.

        Raises:
            EngineError: it does not load, or there is none.
        """
        if not hasattr(runtime, "get_ep_devices"):
            package = installed_runtime() or "onnxruntime"
            raise EngineError(f"{self.provider} needs ONNX Runtime 1.23: `pip install -U {package}`")
        _register(runtime, self)
        found = [device for device in runtime.get_ep_devices() if device.ep_name == self.provider]
        if not found:
            raise EngineError(f"{self.provider} finds no device here: it computes on {self.devices}")
        return found[:1]


PLUGINS = {
    "tensorrt-rtx": Plugin(
        "NvTensorRTRTXExecutionProvider",
        "onnxruntime_ep_nv_tensorrt_rtx",
        "rtx",
        "NVIDIA cards RTX 20 to 50",
        "nv_runtime_cache_path",
    ),
    "openvino-ep": Plugin(
        "OpenVINOExecutionProvider",
        "onnxruntime_ep_openvino",
        "openvino-ep",
        "Intel's processors, graphics and NPUs",
        "cache_dir",
    ),
}
"""Engine names and their plug-ins."""


@cache
def _register(runtime: Any, plugin: Plugin) -> None:
    """Loads a plug-in into ONNX Runtime, which takes it once."""
    try:
        library = telemetry.import_quietly(plugin.module).get_library_path()
        runtime.register_execution_provider_library(plugin.module, library)
    except Exception as error:  # ONNX Runtime's own kinds have no common base
        reason = what_is_missing(str(error)) or first_line(error)
        raise EngineError(f"{plugin.provider} does not load: {reason}") from error
