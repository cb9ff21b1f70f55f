"""What the packages' own programs answer, asked once for all tests."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from edgebreed.edge.images import Frame
from edgebreed.train.demo import write_demo

from ..conftest import SHAPES_64
from .environment import run_foreign
from .photos import photos_of, read, write_photos


@dataclass(frozen=True)
class PackageAnswers:
    """A package's answers to its photos.

    Attributes:
        photos: folder of them.
        labels: file of its labels.
        reference: CSV of the probabilities.
    """

    photos: Path
    labels: Path
    reference: Path

    @property
    def arguments(self) -> list[object]:
        """For `edgebreed import`."""
        return ["--labels", self.labels, "--reference", self.reference, "--photos", self.photos]


AnswersOf = Callable[[str, bool], PackageAnswers]


@pytest.fixture(scope="session")
def answers_of(tmp_path_factory: pytest.TempPathFactory) -> AnswersOf:
    """Asks a package's program, about demo photos or real ones."""

    @lru_cache
    def ask(package: str, real: bool) -> PackageAnswers:
        folder = tmp_path_factory.mktemp(package)
        photos = write_photos(photos_of(package, real), folder / "photos")
        answers = PackageAnswers(photos, folder / "labels.txt", folder / "reference.csv")
        run_foreign("package_answers", package, photos, answers.labels, answers.reference)
        return answers

    return ask


@pytest.fixture(scope="session")
def drawn_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CNN that was fitted to the demo's drawings until it is mostly right."""
    from edgebreed.train.config import Arch, TrainConfig
    from edgebreed.train.trainer import train

    folder = tmp_path_factory.mktemp("drawn")
    data, out = folder / "data", folder / "run"
    write_demo(data)
    train(TrainConfig(out, folder / "cache", Arch.SCRATCH, data, epochs=10, size=SHAPES_64))
    return out


@pytest.fixture(scope="session")
def drawings(drawn_run: Path) -> list[Frame]:
    """Thirty of the drawings that it was not fitted to."""
    paths = sorted((drawn_run.parent / "data" / "test").rglob("*.png"))
    return [read(path) for path in paths[:: len(paths) // 30][:30]]
