"""The command line: collects the commands, and turns errors into one line and an exit code."""

import errno
import io
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from edgebreed import __version__
from edgebreed.cli_logging import log_to_stderr, print_message
from edgebreed.commands import bench, data
from edgebreed.commands.detect import detect
from edgebreed.commands.doctor import doctor
from edgebreed.commands.evaluate import evaluate
from edgebreed.commands.export import export
from edgebreed.commands.import_model import import_model
from edgebreed.commands.inspect import inspect, verify
from edgebreed.commands.predict import predict
from edgebreed.commands.service import service
from edgebreed.commands.stream import stream
from edgebreed.commands.train import train
from edgebreed.commands.tune import tune
from edgebreed.edge.engines.time_limit import engine_is_busy
from edgebreed.edge.stream.redaction import redact
from edgebreed.errors import EdgebreedError
from edgebreed.opencv import require_opencv
from edgebreed.signals import raised_signals
from edgebreed.usage_message import usage_message

USAGE_ERROR, INTERNAL_ERROR, INTERRUPTED = 2, 70, 130  # 70 is EX_SOFTWARE of sysexits.h
_PATHS = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR)
_DISKS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
ENVIRONMENT = (*_PATHS, *_DISKS)
"""What the system refuses that is no fault of edgebreed: a path; a full, locked or broken disk."""
WORKS_WITHOUT_OPENCV = {"doctor", "inspect", "service", "-h", "--help", "--version"}

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Train, export, run and measure image classifiers on edge devices.",
)
for command in (train, evaluate, export, inspect, verify, detect, predict, stream, tune, doctor, service):
    app.command()(command)
app.command("import")(import_model)
app.add_typer(bench.app, name="bench")
app.add_typer(data.app, name="data")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"edgebreed {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Train, export, run and measure image classifiers on edge devices."""


def main() -> None:
    """Runs the command line: exits 0 done, 1 a check failed, 2 wrong input, 70 a bug, 130 interrupted."""
    with raised_signals():
        code = exit_code_of(lambda: run(sys.argv[1:]))
    end(code)


def end(code: int) -> NoReturn:
    """Ends the process; at once where an engine still runs, as unloading its library would crash."""
    if engine_is_busy():
        with suppress(OSError):  # a full disk, or a reader that is gone
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Runs a command and returns its exit code; errors become one line on standard error."""
    if sys.stdout is None:  # it was closed, as `>&-` does
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  (it is open as long as the process lives)
    _escape_what_cannot_be_printed()
    with log_to_stderr():
        return exit_code_of(lambda: _call(arguments))


def _call(arguments: list[str]) -> int:
    """Runs a command; before one that computes anything, OpenCV must be there."""
    if arguments and not WORKS_WITHOUT_OPENCV & {*arguments}:
        require_opencv()
    code: int = app(arguments, prog_name="edgebreed", standalone_mode=False) or 0
    if code == INTERRUPTED:  # Typer makes this of a `KeyboardInterrupt`, and says nothing
        raise KeyboardInterrupt
    return code


def _escape_what_cannot_be_printed() -> None:
    """Names of files may hold bytes that are no UTF-8, and the terminal may know ASCII alone."""
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            output.reconfigure(errors="backslashreplace")


def exit_code_of(command: Callable[[], int]) -> int:
    """Runs a command and returns its exit code, or that of the exception that it raises."""
    try:
        return command()
    except EdgebreedError as error:
        return _fail(str(error), error.exit_code)
    except TyperException as error:
        message = usage_message(error)
        return _fail(message, USAGE_ERROR) if message else USAGE_ERROR
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader has closed the pipe; without this, Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        return _foreign(error)


def _foreign(error: Exception) -> int:
    """The exit code of an error that is not edgebreed's: what the system refuses is no bug."""
    if isinstance(error, OSError) and error.errno in ENVIRONMENT:
        what = "the output" if error.filename is None else error.filename
        return _fail(f"cannot read or write {what}: {error.strerror}", USAGE_ERROR)
    if isinstance(error, OSError) and error.errno == errno.ENOENT and error.filename is None:  # `tempfile`'s
        return _fail(f"{error.strerror}: make room in one of them, or name another in TMPDIR", USAGE_ERROR)
    if os.environ.get("EDGEBREED_DEBUG"):
        _print_traceback(error)
    what = redact(f"unexpected {type(error).__name__}: {error}")
    return _fail(f"{what} (EDGEBREED_DEBUG=1 shows where)", INTERNAL_ERROR)


def _print_traceback(error: Exception) -> None:
    """Prints where an error came from, on standard error; its messages may quote an address."""
    for line in "".join(traceback.format_exception(error)).splitlines():
        is_place = line.startswith("  ")  # a file and its line of code
        print(line if is_place else redact(line), file=sys.stderr)


def _fail(message: str, code: int) -> int:
    print_message(message)
    return code
