"""`edgebreed service`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import Json, print_json
from edgebreed.errors import InputError
from edgebreed.live.systemd_unit import SINGLE, TEMPLATE


def service(
    python: Annotated[
        Path | None,
        typer.Option(help="Python interpreter that edgebreed is installed for; default: this one."),
    ] = None,
    template: Annotated[
        bool,
        typer.Option(
            "--template", help="A template for several streams, each with a settings file of its own."
        ),
    ] = False,
    json_: Json = False,
) -> None:
    """Print a systemd unit that keeps `edgebreed stream` running on this machine."""
    unit = TEMPLATE if template else SINGLE
    python = python or Path(sys.executable)
    text = unit.text(python)
    _refuse_no_program(python)
    if json_:
        print_json({"name": unit.name, "unit": text})
        return
    sys.stdout.write(text)


def _refuse_no_program(python: Path) -> None:
    if not (python.is_file() and os.access(python, os.X_OK)):
        raise InputError(
            f"--python {python} is no program on this machine: install edgebreed there first, "
            "such as with `python3 -m venv /opt/edgebreed`"
        )
