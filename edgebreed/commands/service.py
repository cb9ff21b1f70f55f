"""`edgebreed service`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import Json, print_json
from edgebreed.live.systemd_unit import UNIT_NAME, systemd_unit


def service(
    python: Annotated[
        Path | None,
        typer.Option(help="Python interpreter that edgebreed is installed for; default: this one."),
    ] = None,
    json_: Json = False,
) -> None:
    """Print a systemd unit that keeps `edgebreed stream` running on this machine."""
    text = systemd_unit(python or Path(sys.executable))
    if json_:
        print_json({"name": UNIT_NAME, "unit": text})
        return
    sys.stdout.write(text)
