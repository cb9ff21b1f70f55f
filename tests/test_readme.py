"""The front page says what is so, and what it shows is there."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from edgebreed.cli import app

from .conftest import ROOT

README = (ROOT / "README.md").read_text()
PICTURES = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
LINKED = ("README.md", "CONTRIBUTING.md", "AGENTS.md", "llms.txt", "SECURITY.md", "edge/models/README.md")
FILES = (
    "Makefile",
    "constraints.txt",
    "requirements.lock",
    "mkdocs.yml",
    "llms.txt",
    "edge/models/README.md",
)
BUILT = {"docs/figures.md", "docs/schemas.md", "docs/python-api.md", "docs/command-line.md"}
"""Pages that the documentation's build writes."""


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)", page.read_text(), re.MULTILINE)
    words = (re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings)
    return {word.replace(" ", "-") for word in words}


def options_of(command: str) -> set[str]:
    """The options of a command such as `train` or `data check`."""
    found = typer.main.get_command(app)
    for name in command.split():
        found = found.commands.get(name, found) if hasattr(found, "commands") else found
    return {option for parameter in found.params for option in parameter.opts}


def test_it_is_short_and_shows_something() -> None:
    """A newcomer reads it in minutes; its pictures are light."""
    assert len(README.splitlines()) <= 150
    assert len(PICTURES) >= 3
    assert all((ROOT / picture).stat().st_size < 2e6 for picture in PICTURES)


@pytest.mark.parametrize("name", LINKED)
def test_links_lead_to_files(name: str) -> None:
    """Those to pages that the documentation's build writes would lead nowhere in the repository."""
    folder = (ROOT / name).parent
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text())
    assert [] == [link for link in links if not (folder / link).exists()]
    assert set() == BUILT & set(links)


@pytest.mark.parametrize("name", LINKED)
def test_links_lead_to_headings(name: str) -> None:
    """Where they name one, on the page itself or on another."""
    path = ROOT / name
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", path.read_text())
    assert [] == [
        link for link in links if link[1] not in anchors_of(path.parent / link[0] if link[0] else path)
    ]


def test_pictures_are_shown_and_not_linked() -> None:
    """The addresses of plain links to them would lead nowhere on a page outside the repository."""
    linked = re.findall(r"\]\((docs/pictures/[^)]+)\)", README)
    assert linked == [picture for picture in PICTURES if picture.startswith("docs/pictures/")]


@pytest.mark.parametrize("line", sorted(set(re.findall(r"^(?:\$ )?edgebreed (.*)", README, re.MULTILINE))))
def test_commands_have_the_options_that_are_given_them(line: str) -> None:
    """Each command exists, with its options."""
    command, *words = shlex.split(line, comments=True)
    assert set() == {word for word in words if word.startswith("--")} - options_of(command)


def test_options_that_the_security_page_names_exist() -> None:
    """It promises nothing that no option does."""
    named = set(re.findall(r"`(--[a-z-]+)`", (ROOT / "SECURITY.md").read_text()))
    assert {"--serve", "--max-pixels"} <= named
    commands: dict[str, object] = vars(typer.main.get_command(app))["commands"]
    assert set() == named - set().union(*map(options_of, commands))


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / name for name in FILES)], ids=lambda p: p.name)
def test_no_host_and_no_path_of_ours(path: Path) -> None:
    """The project speaks of itself alone."""
    assert not re.search(r"/work/|/root/|index-url|localhost:\d", path.read_text())
