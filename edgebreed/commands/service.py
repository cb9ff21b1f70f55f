"""`edgebreed service`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import Json, print_json
from edgebreed.live.unit import NAME, unit


def service(
    python: Annotated[
        Path | None, typer.Option(help="Interpreter that edgebreed is installed for; this one if left out.")
    ] = None,
    json_: Json = False,
) -> None:
    """Print a systemd unit that keeps `edgebreed stream` running on this machine."""
    text = unit(python or Path(sys.executable))
    if json_:
        print_json({"name": NAME, "unit": text})
        return
    sys.stdout.write(text)
