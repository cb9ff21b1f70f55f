"""The energy counter of an NVIDIA GPU, from the library that comes with its driver."""

import ctypes
import os
from collections.abc import Callable
from typing import Any

LIBRARY = "libnvidia-ml.so.1"
FIRST_GPU = "0"


def energy_counter(library: str = LIBRARY, gpu: str | None = None) -> Callable[[], float | None] | None:
    """Finds the counter of the GPU that CUDA computes on; GPUs since Volta have one, a Jetson has none.

    A counter misses nothing between two readings, which polling the power does, and takes no processor time
    meanwhile.

    Args:
        library: NVIDIA's management library.
        gpu: number or UUID; None is the first that `CUDA_VISIBLE_DEVICES` names, or the first of all.

    Returns:
        Reads the joules since the driver was loaded, None where there is no figure; None without a GPU.
    """
    gpu = visible_gpu() if gpu is None else gpu
    try:
        nvml = ctypes.CDLL(library)
    except OSError:
        return None
    device = ctypes.c_void_p()
    if nvml.nvmlInit_v2() or _find_device(nvml, gpu, device):
        return None

    def joules() -> float | None:
        millijoules = ctypes.c_ulonglong()
        failed = nvml.nvmlDeviceGetTotalEnergyConsumption(device, ctypes.byref(millijoules))
        return None if failed else millijoules.value / 1e3

    return joules


def visible_gpu() -> str:
    """The first GPU that a program sees, as CUDA is told."""
    return os.environ.get("CUDA_VISIBLE_DEVICES", FIRST_GPU).split(",")[0].strip()


def _find_device(nvml: Any, gpu: str, device: ctypes.c_void_p) -> int:
    """Fills in the handle; returns NVML's error, 0 where there is none."""
    if gpu.isdigit():
        return int(nvml.nvmlDeviceGetHandleByIndex_v2(ctypes.c_uint(int(gpu)), ctypes.byref(device)))
    return int(nvml.nvmlDeviceGetHandleByUUID(gpu.encode(), ctypes.byref(device)))
