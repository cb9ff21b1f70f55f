"""Folders that pages need beforehand, each made once."""

import shutil
from collections.abc import Callable
from pathlib import Path

from ..conftest import ROOT
from .block_runner import PageFolder
from .page_blocks import Page, PageError

TRAIN = """\
edgebreed train --data surfaces --negatives surfaces/negatives --backbone EfficientNetLite0 \\
    --out runs/surfaces
edgebreed export --run runs/surfaces --format onnx --precision int8
"""


class PreparedFolders:
    """Makes each folder when a page first asks for it, and copies it for every page.

    Args:
        folder: where they are made.
        home: folder of the user in which the commands run.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self._place = PageFolder(folder, home)
        self._folder = folder
        self._made: dict[str, tuple[str, ...]] = {}

    def copy_to(self, page: Page, folder: Path) -> None:
        """Copies what a page needs.

        Raises:
            PageError: it needs something that nobody makes.
        """
        for name in page.needs:
            if name not in _MAKERS:
                raise PageError(f"{page.name} needs {name}: {', '.join(_MAKERS)} are prepared")
            for made in self.make(name):
                shutil.copytree(self._folder / made, folder / made, dirs_exist_ok=True)

    def make(self, name: str) -> tuple[str, ...]:
        """Makes what stands under a name, if it is not there, and returns the folders' names."""
        if name not in self._made:
            self._made[name] = _MAKERS[name](self)
        return self._made[name]

    def run(self, script: str) -> None:
        """Runs a script that must succeed."""
        code, printed = self._place.shell(script)
        assert code == 0, printed

    def link_examples(self) -> tuple[str, ...]:
        """The checkout's own examples."""
        shutil.copytree(ROOT / "examples", self._folder / "examples", dirs_exist_ok=True)
        return ("examples",)

    def write_photos(self) -> tuple[str, ...]:
        """The six demonstration photos."""
        self.run(f"python '{ROOT}/examples/demo_photos.py' photos")
        return ("photos",)

    def draw_surfaces(self) -> tuple[str, ...]:
        """The data set of surfaces, 40 photos a class."""
        self.run(f"python '{ROOT}/examples/surfaces.py' surfaces")
        return ("surfaces",)

    def draw_defects(self) -> tuple[str, ...]:
        """240 photos of surfaces with several defects or none, and their labels in a CSV file."""
        self.run(f"python '{ROOT}/examples/surfaces.py' defects --multi-label --photos 240")
        return ("defects",)

    def write_foreign_model(self) -> tuple[str, ...]:
        """The data set, and a classifier of another program with its answers."""
        self.make("surfaces")
        self.run(f"python '{ROOT}/examples/foreign_classifier.py' surfaces foreign")
        return ("surfaces", "foreign")

    def train_on_surfaces(self) -> tuple[str, ...]:
        """The data set, and a run with its exported model."""
        self.make("surfaces")
        self.run(TRAIN)
        return ("surfaces", "runs")


_MAKERS: dict[str, Callable[[PreparedFolders], tuple[str, ...]]] = {
    "photos": PreparedFolders.write_photos,
    "surfaces": PreparedFolders.draw_surfaces,
    "defects": PreparedFolders.draw_defects,
    "foreign": PreparedFolders.write_foreign_model,
    "surfaces-run": PreparedFolders.train_on_surfaces,
    "examples": PreparedFolders.link_examples,
}
