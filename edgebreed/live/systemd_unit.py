"""The systemd unit that keeps a stream running."""

from pathlib import Path

from edgebreed.errors import InputError

UNIT_NAME = "edgebreed-stream.service"
_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # by ProtectHome and PrivateTmp


def systemd_unit(python: Path) -> str:
    """The text of the unit for an installation.

    Args:
        python: absolute path of the interpreter that edgebreed is installed for.

    Raises:
        InputError: the path is relative, or hidden from the unit's sandbox.
    """
    if not python.is_absolute():
        raise InputError(f"--python {python}: systemd needs the absolute path")
    if any(path.is_relative_to(folder) for folder in _HIDDEN for path in (python, python.resolve())):
        raise InputError(
            f"a service does not see {python}: install edgebreed outside of home and temporary folders, "
            "such as with `python3 -m venv /opt/edgebreed`"
        )
    text = (Path(__file__).parent / UNIT_NAME).read_text()
    return text.replace("@python@", _quoted(str(python)))


def _quoted(word: str) -> str:
    """A word as systemd parses it, which expands `%` and `$` and splits at spaces."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if " " in word else escaped
