"""Runs `edgebreed` commands on disks that are full, each in a process that ends as a user's does.

Usage: full_disk.py: reads a line of JSON a case, `[bytes, folder, [argument, ...]]`, in which no file that
the process writes may grow beyond so many bytes, and prints a line of JSON with its exit code and its errors.
A process of its own for each would load TensorFlow each time; here they are forked from one that has.
"""

import json
import os
import resource
import sys
import tempfile
from importlib import import_module

from edgebreed import telemetry
from edgebreed.cli import main

HEAVY = ("export.exporter", "export.graph.index", "train.scratch", "train.trainer", "outputs.recording")
"""Modules of edgebreed that are loaded before the processes part, with all that they import."""


def run_limited(limit: int, folder: str, arguments: list[str]) -> None:
    """Becomes a command whose files may have so many bytes, beginning with those it writes into a folder."""
    os.chdir(folder)
    tempfile.tempdir = folder
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.argv = ["edgebreed", *arguments]
    main()


def outcome(limit: int, folder: str, arguments: list[str]) -> tuple[int, str]:
    """The exit code of a command, negative for a signal, and what it said on standard error."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.dup2(writer, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
        os.closerange(reader, writer + 1)
        run_limited(limit, folder, arguments)
    os.close(writer)
    with os.fdopen(reader, errors="replace") as said:
        text = said.read()
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), text


if __name__ == "__main__":
    telemetry.import_quietly("onnxruntime")
    for module in HEAVY:
        import_module(f"edgebreed.{module}")
    for line in sys.stdin:
        print(json.dumps(outcome(*json.loads(line))), flush=True)
