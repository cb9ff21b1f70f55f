"""How an optional part is installed on this machine."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

_WHEELS = tuple(f"opencv{kind}-python{form}" for kind in ("", "-contrib") for form in ("", "-headless"))
_OPENCV_EXTRAS = {"opencv", "headless"}


def install_command(extra: str) -> str:
    """The command that installs an extra of edgebreed.

    Beside an OpenCV that pip did not install, such as JetPack's or Debian's, it names the packages: the extra
    would bring OpenCV's wheel, which replaces one that has GStreamer by one that has not.
    """
    packages = tuple(_packages(extra)) if has_system_opencv() else ()
    return " ".join(["pip install", *(f'"{one}"' for one in packages or (f"edgebreed[{extra}]",))])


def has_system_opencv() -> bool:
    """Whether OpenCV is here and is none of its wheels."""
    found = find_spec("cv2")
    return found is not None and found.origin is not None and not any(map(_is_installed, _WHEELS))


def _is_installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


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
