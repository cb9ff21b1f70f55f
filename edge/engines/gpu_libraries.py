"""The shared libraries of ONNX Runtime's GPU providers: loads what pip installed, names what is missing."""

import contextlib
import ctypes
import io
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edgebreed.extras import install_command

_REMEDIES = {
    "libcuda.so": "install the driver of the graphics card",  # pip cannot bring it
    "libnvinfer": '`pip install "tensorrt>=10,<11"`',  # ONNX Runtime is not built for 11
    "libnvonnxparser": '`pip install "tensorrt>=10,<11"`',
}
_TENSORRT = ("libnvinfer.so.10", "libnvinfer_plugin.so.10", "libnvonnxparser.so.10")
_NO_DEVICE = 100  # CUDA_ERROR_NO_DEVICE
_MISSING = re.compile(r"(lib[\w.+-]+): cannot open shared object file")


def has_nvidia_gpu(root: Path = Path("/")) -> bool:
    """Whether this machine has an NVIDIA GPU with its driver, or is a Jetson."""
    return any((root / name).exists() for name in ("proc/driver/nvidia/version", "etc/nv_tegra_release"))


def why_not_loading(runtime: Any, library: str) -> str | None:
    """Why a provider's library does not load, as what is missing and what installs it; None where it loads.

    Args:
        runtime: the `onnxruntime` module.
        library: file name of the provider's library; a build that has it inside has no such file.
    """
    path = Path(runtime.__file__).parent / "capi" / library
    return _why_not_loading(runtime, path) if path.exists() else None


@cache
def _why_not_loading(runtime: Any, path: Path) -> str | None:
    _preload(runtime)
    shared = path.with_name("libonnxruntime_providers_shared.so")
    try:
        if shared.exists():
            ctypes.CDLL(str(shared), ctypes.RTLD_GLOBAL)
        ctypes.CDLL(str(path))
    except OSError as error:
        return what_is_missing(str(error)) or str(error)
    return _why_driver_does_not_start()


def _why_driver_does_not_start() -> str | None:
    """None also without a driver: a library that needs one has said so, and a build may do without."""
    with contextlib.suppress(OSError):
        return driver_fault(ctypes.CDLL("libcuda.so.1"))
    return None


def driver_fault(driver: Any) -> str | None:
    """Why the driver of the graphics card starts no GPU; None where it does.

    Args:
        driver: its library, `libcuda.so.1`.
    """
    code = driver.cuInit(0)
    if code == _NO_DEVICE:
        return "the driver of the graphics card finds no GPU (CUDA error 100)"
    return f"the driver of the graphics card does not start (CUDA error {code})" if code else None


def what_is_missing(text: str) -> str | None:
    """The library that a loader's message misses, and what installs it; None where it misses none."""
    missing = _MISSING.search(text)
    if missing is None:
        return None
    cuda = f"`{install_command('gpu')}` brings CUDA and cuDNN"
    remedy = next((words for name, words in _REMEDIES.items() if missing[1].startswith(name)), cuda)
    return f"{missing[1]} is missing: {remedy}"


@cache
def _preload(runtime: Any) -> None:
    """Loads what pip installed, which is not on the loader's path.

    ONNX Runtime prints what it does not find, which `why_not_loading` says in one line.
    """
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        runtime.preload_dlls()
    package = find_spec("tensorrt_libs")
    for folder in package.submodule_search_locations or () if package else ():
        for name in _TENSORRT:
            with contextlib.suppress(OSError):
                ctypes.CDLL(str(Path(folder) / name), ctypes.RTLD_GLOBAL)
