"""NVIDIA's management library with two GPUs, of which each reading of a counter finds more."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = """
#include <string.h>
static unsigned long long used[2] = {1000, 7000};
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
    if (index > 1) return 2;
    *device = &used[index];
    return 0;
}
int nvmlDeviceGetHandleByUUID(const char *name, void **device) {
    return strcmp(name, "GPU-b") ? 6 : nvmlDeviceGetHandleByIndex_v2(1, device);
}
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules) {
    *millijoules = *(unsigned long long *)device;
    *(unsigned long long *)device += device == &used[0] ? 500 : 2000;
    return FAILS;
}
"""
needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")


def build_fake_nvml(folder: Path, *, fails: int = 0) -> str:
    """Compiles the library; `fails` is the error that its counters return, 3 for a GPU that has none."""
    source, library = folder / "nvml.c", folder / f"libnvml-{fails}.so"
    source.write_text(SOURCE)
    command = ["cc", "-shared", "-fPIC", f"-DFAILS={fails}", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    return str(library)
