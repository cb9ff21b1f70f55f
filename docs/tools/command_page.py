"""The page of the command line, from the commands' own help."""

import re
import subprocess
import sys

INTRODUCTION = """\
# Command line

Every command and option, as `edgebreed COMMAND --help` prints them. Exit codes: 0 done; 1 done, and the
result is bad (a check failed, an accuracy bound was missed); 2 the request or its input was at fault; 70 a
bug in edgebreed; 130 interrupted. [Troubleshooting](troubleshooting.md) explains messages.

"""


def command_page() -> str:
    """The page as Markdown."""
    command = [sys.executable, "-m", "typer", "edgebreed.cli", "utils", "docs", "--name", "edgebreed"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return INTRODUCTION + with_whole_sentences(printed.removeprefix("# `edgebreed`").lstrip())


def with_whole_sentences(page: str) -> str:
    """The page with the first sentence of each command in its list of commands, which Typer cuts off."""
    sections = re.findall(r"^#+ `edgebreed ([\w ]+)`\n\n(.+?)(?=\.\s|$)", page, re.MULTILINE)
    sentences = {name.split()[-1]: f"{sentence.rstrip('.')}." for name, sentence in sections}

    def line(found: re.Match[str]) -> str:
        return f"* `{found[1]}`: {sentences[found[1]]}"

    return re.sub(r"^\* `(\w+)`: .*\.\.\.$", line, page, flags=re.MULTILINE)
