"""`edgebreed service`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import Json, print_json
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
    text = unit.text(python or Path(sys.executable))
    if json_:
        print_json({"name": unit.name, "unit": text})
        return
    sys.stdout.write(text)
