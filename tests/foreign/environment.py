"""Runs programs in the environment of `make foreign`."""

import subprocess

from ..conftest import FOREIGN, ROOT


def run_foreign(program: str, *arguments: object) -> str:
    """What a module of this folder prints, run by the environment's own Python."""
    command = [str(FOREIGN), "-m", f"tests.foreign.{program}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
