"""How an optional part is installed on this machine."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

_OPENCV_EXTRAS = {"opencv", "headless"}
RUNTIMES = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-openvino",
    "onnxruntime-directml",
    "onnxruntime-qnn",
)
"""Packages that install the module `onnxruntime`, of which each overwrites the others."""
_PLUGIN_RUNTIME = (1, 23)  # the first ONNX Runtime that takes plug-ins


def install_command(extra: str) -> str:
    """The command that installs an extra of edgebreed.

    Beside another OpenCV than `opencv-python`, such as JetPack's, Debian's or the headless one, it names the
    packages: the extra would bring `opencv-python`, which replaces it, and has no GStreamer.
    """
    packages = tuple(_packages(extra)) if has_other_opencv() else ()
    return _pip_install(packages, extra)


def plugin_command(extra: str) -> str:
    """The command that installs an execution provider's plug-in beside the ONNX Runtime that is here.

    Of any build it takes plug-ins since 1.23. The extra would bring the plain one, over a build for GPUs.
    """
    found = installed_runtime()
    if found and _release(version(found)) >= _PLUGIN_RUNTIME:
        packages = [one for one in _packages(extra) if not re.match(r"onnxruntime(?![\w-])", one)]
        return f"`{_pip_install(packages, extra)}`"
    remove = f"`pip uninstall {found}`, then " if found not in (None, "onnxruntime") else ""
    return f"{remove}`{install_command(extra)}`"


def installed_runtime() -> str | None:
    """The package of the ONNX Runtime that is here; None where there is none, or it came without pip."""
    for name in RUNTIMES:
        with suppress(PackageNotFoundError):
            return version(name) and name
    return None


def _pip_install(packages: Collection[str], extra: str) -> str:
    """Of these packages, or of the extra where there are none."""
    return " ".join(["pip install", *(f'"{one}"' for one in packages or (f"edgebreed[{extra}]",))])


def _release(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])


def has_other_opencv() -> bool:
    """Whether OpenCV is here and is not `opencv-python`, which the extras bring."""
    found = find_spec("cv2")
    if found is None or found.origin is None:
        return False
    try:
        return not version("opencv-python")
    except PackageNotFoundError:
        return True


def _packages(extra: str) -> Iterator[str]:
    """What an extra brings beside OpenCV; extras in it are followed."""
    lines: list[str] | None = None
    with suppress(PackageNotFoundError):  # a checkout that was not installed
        lines = requires("edgebreed")
    for line in lines or []:
        requirement, _, marker = line.partition(";")
        if not re.fullmatch(rf"\s*extra == ['\"]{re.escape(extra)}['\"]\s*", marker):
            continue
        inner = re.fullmatch(r"edgebreed\[([\w-]+)\]\s*", requirement)
        if inner is None:
            yield requirement.strip()
        elif inner[1] not in _OPENCV_EXTRAS:
            yield from _packages(inner[1])
