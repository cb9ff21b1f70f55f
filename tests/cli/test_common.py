"""Options and output functions that several commands share."""

import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from edgebreed.commands.common import LONGEST_JPEG, save_jpeg
from edgebreed.edge.images import read_photo

from ..conftest import RED, Cli, plain

HIDE = """
import sys

class Without:
    def __init__(self, finder, packages):
        self._finder, self._packages = finder, packages

    def __getattr__(self, name):
        return getattr(self._finder, name)

    def find_spec(self, name, path=None, target=None):
        return None if name.split(".")[0] in self._packages else self._finder.find_spec(name, path, target)

sys.meta_path[:] = [Without(finder, {packages!r}) for finder in sys.meta_path]
from edgebreed.cli import run
sys.exit(run({arguments!r}))
"""


def test_annotated_images_of_equal_names_get_different_files(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """If they are from two folders, or of two formats."""
    for name in ("p/a/1.png", "p/b/1.png", "p/b/1.bmp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / name), plain(RED))
    for command in (("predict", "p", "--model", colours), ("detect", "p/a", "p/b")):
        out = tmp_path / str(command[0])
        assert 0 == cli(*command, "--save", out).code
        saved = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.jpg"))
        assert ["a/1.jpg", "b/1.bmp.jpg", "b/1.png.jpg"] == saved


@pytest.mark.parametrize(
    "command",
    [("predict", "."), ("stream", "--source", "."), ("bench",), ("verify",), ("inspect",)],
    ids=lambda command: command[0],
)
def test_the_model_may_come_by_a_variable(
    command: tuple[str, ...], cli: Cli, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every command that otherwise takes the one that ships, as a service's settings are variables."""
    monkeypatch.setenv("EDGEBREED_MODEL", "/elsewhere/model.onnx")
    outcome = cli(*command)
    assert (2, True) == (outcome.code, "cannot read model /elsewhere/model.onnx" in outcome.err)


@pytest.mark.parametrize("size", [(70_000, 2), (1, 131_000)])
def test_a_picture_longer_than_jpeg_can_be_is_shrunk(size: tuple[int, int], tmp_path: Path) -> None:
    """To the longest side that OpenCV writes; others keep their size."""
    save_jpeg(tmp_path / "long.jpg", plain(RED, *size))
    save_jpeg(tmp_path / "short.jpg", plain(RED, 65_500, 1))
    assert LONGEST_JPEG == max(read_photo(tmp_path / "long.jpg").shape)
    assert (1, 65_500, 3) == read_photo(tmp_path / "short.jpg").shape


@pytest.mark.slow
@pytest.mark.parametrize("package", ["keras", "scipy", "sklearn", "matplotlib", "cleanlab", "tensorboardX"])
@pytest.mark.parametrize("arguments", [["train"], ["data", "check", "."]], ids=["train", "data check"])
def test_training_says_what_to_install(arguments: list[str], package: str) -> None:
    """In one line, whichever of its packages is missing."""
    assert_names_the_extra(arguments, package, "train")


@pytest.mark.slow
@pytest.mark.training
@pytest.mark.parametrize("package", ["onnx", "tf2onnx", "nncf", "ai_edge_quantizer", "flatbuffers"])
def test_exporting_says_what_to_install(package: str) -> None:
    """In one line, whichever of its packages is missing."""
    assert_names_the_extra(["export", "--format", "onnx"], package, "export")


def assert_names_the_extra(arguments: list[str], package: str, extra: str) -> None:
    """Runs a command in a Python without a package."""
    code = HIDE.format(packages=[package], arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert f'run `pip install "edgebreed[{extra}]"`' in done.stderr
