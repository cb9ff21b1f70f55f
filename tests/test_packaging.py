"""What an installation consists of."""

import tomllib
from pathlib import Path

import pytest

import edgebreed

from .conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FLOORS = ("edge", "train", "export", "benchmarks")


def test_every_package_is_listed() -> None:
    """A folder with an `__init__.py` that is not listed is not in the wheel; the studies must not be."""
    folders = [ROOT / "edgebreed", *(ROOT / floor for floor in FLOORS)]
    found = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for folder in folders
        for path in folder.rglob("__init__.py")
        if not any(parent.is_symlink() for parent in path.parents) and "studies" not in path.parts
    }
    names = {name if name.startswith("edgebreed") else f"edgebreed.{name}" for name in found}
    assert names == set(PROJECT["tool"]["setuptools"]["packages"])


@pytest.mark.parametrize("floor", FLOORS)
def test_each_link_leads_to_its_folder(floor: str) -> None:
    """Type checkers and editors see through the links what the import system maps."""
    assert (ROOT / floor).resolve() == (ROOT / "edgebreed" / floor).resolve()


def test_changelog_and_version_agree() -> None:
    """The newest entry of the changelog is this version."""
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert PROJECT["project"]["version"] == headings[0].split()[1] == edgebreed.__version__


def test_public_names_are_what_the_door_offers() -> None:
    """`__all__` is sorted and every name in it exists."""
    assert (
        sorted(edgebreed.__all__, key=lambda name: (name.islower() or name.startswith("_"), name))
        == edgebreed.__all__
    )
    assert all(hasattr(edgebreed, name) for name in edgebreed.__all__)


def test_tests_mirror_the_source() -> None:
    """A test file of a floor bears the name of a source file of that floor."""
    for floor in (*FLOORS, "live"):
        for test in (ROOT / "tests" / floor).rglob("test_*.py"):
            folder = (ROOT / "edgebreed" / floor if floor == "live" else ROOT / floor) / test.relative_to(
                ROOT / "tests" / floor
            ).parent
            name = test.name.removeprefix("test_")
            source = folder / ("__init__.py" if name == f"{folder.name}.py" else name)
            assert source.is_file(), f"{test} tests {source}, which is not there"


def test_no_photo_is_committed() -> None:
    """The training photos' licences are unknown."""
    kinds = {".jpg", ".jpeg", ".png", ".npz", ".h5"}
    folders = (ROOT / name for name in (*FLOORS, "edgebreed", "tests"))
    assert [] == [path for folder in folders for path in folder.rglob("*") if Path(path).suffix in kinds]
