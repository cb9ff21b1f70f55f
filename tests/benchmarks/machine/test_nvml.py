"""A GPU's energy counter, of a library that is compiled here."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.nvml import energy_counter, visible_gpu

from .fake_nvml import build_fake_nvml, needs_compiler


@needs_compiler
@pytest.mark.parametrize(("gpu", "joules"), [("0", [1.0, 1.5]), ("1", [7.0, 9.0]), ("GPU-b", [7.0, 9.0])])
def test_each_gpu_has_its_own_counter(tmp_path: Path, gpu: str, joules: list[float]) -> None:
    """In joules; the GPU by its number or its UUID."""
    counter = energy_counter(build_fake_nvml(tmp_path), gpu)
    assert counter is not None
    assert joules == [counter(), counter()]


@needs_compiler
@pytest.mark.parametrize("gpu", ["2", "-1", "", "MIG-1"])
def test_a_gpu_that_is_not_there_has_none(tmp_path: Path, gpu: str) -> None:
    """Also none that is hidden from CUDA."""
    assert energy_counter(build_fake_nvml(tmp_path), gpu) is None


@needs_compiler
def test_a_gpu_without_a_counter_has_no_figure(tmp_path: Path) -> None:
    """As those before Volta."""
    counter = energy_counter(build_fake_nvml(tmp_path, fails=3), "0")
    assert counter is not None
    assert counter() is None


def test_without_the_library_there_is_none() -> None:
    """As on most machines."""
    assert energy_counter("libnvidia-ml-that-is-missing.so.1") is None


@pytest.mark.parametrize(("told", "gpu"), [(None, "0"), ("1,0", "1"), ("GPU-b", "GPU-b"), ("", "")])
def test_cuda_is_told_which_gpu(monkeypatch: pytest.MonkeyPatch, told: str | None, gpu: str) -> None:
    """The first of the list, which is the one that it computes on."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if told is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", told)
    assert gpu == visible_gpu()
