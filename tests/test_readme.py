"""README says what is so."""

import re
import shlex
import subprocess
import sys

import pytest

from .conftest import ROOT

README = (ROOT / "README.md").read_text()
REFERENCE = "<!-- reference: `make reference` writes what follows -->\n"


def test_the_reference_is_the_command_lines_own_help() -> None:
    """`make reference` was run after the last change of an option."""
    command = [sys.executable, "-m", "typer", "edgebreed.cli", "utils", "docs", "--name", "edgebreed"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    expected = re.sub(r"^#", "##", printed, flags=re.MULTILINE)
    assert expected.strip() == README.split(REFERENCE)[1].strip()


@pytest.mark.parametrize("line", sorted(set(re.findall(r"^edgebreed .*", README, re.MULTILINE))))
def test_commands_in_readme_exist(line: str) -> None:
    """Each has the options that README gives it."""
    command, *words = shlex.split(line, comments=True)[1:]
    section = README.split(REFERENCE)[1].split(f"### `edgebreed {command}`")[1].split("\n### ")[0]
    assert [] == [word for word in words if word.startswith("--") and f"`{word}" not in section]


def test_options_that_the_security_page_names_exist() -> None:
    """It promises nothing that no option does."""
    named = set(re.findall(r"`(--[a-z-]+)`", (ROOT / "SECURITY.md").read_text()))
    assert {"--serve", "--max-pixels"} <= named
    assert set() == {word for word in named if f"`{word}" not in README.split(REFERENCE)[1]}


def test_no_host_and_no_path_of_ours() -> None:
    """The project speaks of itself alone."""
    for path in (
        *ROOT.glob("*.md"),
        ROOT / "Makefile",
        ROOT / "constraints.txt",
        ROOT / "requirements.lock",
        *ROOT.glob("edge/models/*.md"),
    ):
        assert not re.search(r"/work/|/root/|index-url|localhost:\d", path.read_text()), path
