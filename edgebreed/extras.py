"""How an optional part is installed on this machine."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

_OPENCV_EXTRAS = {"opencv", "headless"}


def install_command(extra: str) -> str:
    """The command that installs an extra of edgebreed.

    Beside another OpenCV than `opencv-python`, such as JetPack's, Debian's or the headless one, it names the
    packages: the extra would bring `opencv-python`, which replaces it, and has no GStreamer.
    """
    packages = tuple(_packages(extra)) if has_other_opencv() else ()
    return " ".join(["pip install", *(f'"{one}"' for one in packages or (f"edgebreed[{extra}]",))])


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
    for line in requires("edgebreed") or []:
        requirement, _, marker = line.partition(";")
        if not re.fullmatch(rf"\s*extra == ['\"]{re.escape(extra)}['\"]\s*", marker):
            continue
        inner = re.fullmatch(r"edgebreed\[([\w-]+)\]\s*", requirement)
        if inner is None:
            yield requirement.strip()
        elif inner[1] not in _OPENCV_EXTRAS:
            yield from _packages(inner[1])
