"""The page of the command line, from the commands' own help."""

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
    return INTRODUCTION + printed.removeprefix("# `edgebreed`").lstrip()
