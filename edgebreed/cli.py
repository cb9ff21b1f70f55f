"""The command line's door: collects the commands and turns errors into one line and an exit code."""

import os
import sys

import typer
from typer.exceptions import TyperException

from edgebreed.commands import bench, data
from edgebreed.commands.detect import detect
from edgebreed.commands.doctor import doctor
from edgebreed.commands.evaluate import evaluate
from edgebreed.commands.export import export
from edgebreed.commands.inspect import inspect, verify
from edgebreed.commands.predict import predict
from edgebreed.commands.service import service
from edgebreed.commands.stream import stream
from edgebreed.commands.train import train
from edgebreed.commands.tune import tune
from edgebreed.errors import EdgebreedError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Train, export, run and measure image classifiers on edge devices.",
)
for command in (train, evaluate, export, inspect, verify, detect, predict, stream, tune, doctor, service):
    app.command()(command)
app.add_typer(bench.app, name="bench")
app.add_typer(data.app, name="data")


def main() -> None:
    """Runs a command; exit codes: 0 done, 1 a check failed, 2 a wrong request, 130 interrupted."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs a command and returns its exit code; errors become one line on standard error."""
    try:
        return app(arguments, prog_name="edgebreed", standalone_mode=False) or 0
    except EdgebreedError as error:
        return _tell(str(error), error.exit_code)
    except TyperException as error:
        return _tell(f"{error.format_message()} (see `edgebreed --help`)", 2)
    except (KeyboardInterrupt, typer.Abort):
        return _tell("interrupted", 130)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), 1
        )  # the reader went away; so that the exit does not complain
        return 0
    except (
        Exception
    ) as error:  # a fault of ours: a user is told in one line, a developer can ask for all of it
        if os.environ.get("EDGEBREED_DEBUG"):
            raise
        return _tell(f"unexpected {type(error).__name__}: {error} (EDGEBREED_DEBUG=1 shows where)", 2)


def _tell(message: str, code: int) -> int:
    print("edgebreed: " + " ".join(message.split()), file=sys.stderr)
    return code
