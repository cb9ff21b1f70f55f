"""Every command and program of the documentation runs, and prints what its page shows."""

from pathlib import Path

import pytest

from ..conftest import ROOT
from .block_runner import PageFolder, run_page
from .page_blocks import load_page
from .page_names import check_names
from .prepared_folders import PreparedFolders
from .sentences import check_sentences
from .shown_commands import check_blocks

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))
CHECKED = (
    "AGENTS.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "llms.txt",
    "examples/README.md",
    "edge/models/README.md",
    "benchmarks/studies/README.md",
    "benchmarks/studies/peers/README.md",
)
"""Pages whose blocks are not run: they need a checkout, data that is not here, or minutes."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the user, with the caches that all pages share."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def prepared(home: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedFolders:
    """What pages need beforehand."""
    return PreparedFolders(tmp_path_factory.mktemp("prepared"), home)


@pytest.mark.docs
@pytest.mark.keras
@pytest.mark.parametrize("name", ["README.md", *PAGES])
def test_a_page_shows_what_is_so(name: str, prepared: PreparedFolders, home: Path, tmp_path: Path) -> None:
    """Its blocks run in order, in one folder that holds nothing but what the page needs."""
    page = load_page(ROOT / name, ROOT)
    prepared.copy_to(page, tmp_path)
    run_page(page, PageFolder(tmp_path, home))


@pytest.mark.parametrize("name", CHECKED)
def test_commands_in_blocks_exist(name: str) -> None:
    """With their options, on pages of which nothing is run."""
    check_blocks(load_page(ROOT / name, ROOT))


@pytest.mark.parametrize("name", ["README.md", *PAGES, *CHECKED])
def test_commands_in_sentences_exist(name: str) -> None:
    """With their options."""
    check_sentences(name, (ROOT / name).read_text())


@pytest.mark.parametrize("name", ["README.md", *PAGES, *CHECKED])
def test_extras_examples_and_modules_exist(name: str) -> None:
    """Also in blocks that cannot run on every machine."""
    check_names(name, (ROOT / name).read_text())
