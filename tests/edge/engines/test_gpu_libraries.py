"""The libraries of GPU providers."""

from pathlib import Path
from types import SimpleNamespace

import onnxruntime
import pytest

from edgebreed.edge.engines.gpu_libraries import driver_fault, has_nvidia_gpu, why_not_loading

LIBRARY = "libonnxruntime_providers_cuda.so"


class GpuBuild:
    """Stands for the module of an ONNX Runtime for GPUs in a folder."""

    def __init__(self, folder: Path) -> None:
        self.__file__ = str(folder / "__init__.py")

    def preload_dlls(self) -> None:
        """Says what it does not find, as the module does."""
        print("Failed to load libcublasLt.so.13")


def build_lacking(folder: Path, library: str) -> GpuBuild:
    """An ONNX Runtime whose provider needs a library of 9 letters: a copy of one that needs libc.so.6."""
    sound = Path(onnxruntime.__file__).parent / "capi" / "libonnxruntime_providers_shared.so"
    capi = folder / "capi"
    capi.mkdir(parents=True)
    needed = b"libc.so.6\0"
    assert needed in sound.read_bytes()
    (capi / LIBRARY).write_bytes(sound.read_bytes().replace(needed, library.encode() + b"\0"))
    return GpuBuild(folder)


@pytest.mark.parametrize(
    ("library", "remedy"),
    [("libq.so.9", 'pip install "edgebreed\\[gpu\\]"'), ("libc.so.6", "")],
)
def test_what_is_missing_is_named_with_what_installs_it(
    library: str, remedy: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In one line, without what ONNX Runtime prints meanwhile."""
    reason = why_not_loading(build_lacking(tmp_path, library), LIBRARY)
    expected = (
        f'{library} is missing: `pip install "edgebreed[gpu]"` brings CUDA and cuDNN' if remedy else None
    )
    assert expected == reason
    assert ("", "") == capfd.readouterr()


def test_a_build_without_such_a_file_is_not_judged(tmp_path: Path) -> None:
    """It may have the provider inside."""
    assert None is why_not_loading(GpuBuild(tmp_path), LIBRARY)


def test_a_gpu_shows_by_its_driver_or_as_a_jetson(tmp_path: Path) -> None:
    """Whatever is installed for it."""
    assert not has_nvidia_gpu(tmp_path)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/nv_tegra_release").write_text("# R36 (release)")
    assert has_nvidia_gpu(tmp_path)


def test_a_library_that_is_cut_off_is_told_in_the_loaders_words(tmp_path: Path) -> None:
    """It is not missing, and does not load."""
    build = build_lacking(tmp_path, "libq.so.9")
    library = tmp_path / "capi" / LIBRARY
    library.write_bytes(b"")
    assert f"{library}: file too short" == why_not_loading(build, LIBRARY)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (0, None),
        (100, "the driver of the graphics card finds no GPU (CUDA error 100)"),
        (803, "the driver of the graphics card does not start (CUDA error 803)"),
    ],
)
def test_a_driver_without_a_gpu_is_told_before_anything_is_opened(code: int, fault: str | None) -> None:
    """All libraries load then; `doctor` would call the engine available."""
    assert fault == driver_fault(SimpleNamespace(cuInit=lambda _: code))
