"""The systemd unit that keeps a stream running."""

from pathlib import Path

from edgebreed.errors import InputError

NAME = "edgebreed-stream.service"
_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # by ProtectHome and PrivateTmp


def unit(python: Path) -> str:
    """The unit for an installation.

    Args:
        python: the interpreter that edgebreed is installed for.

    Raises:
        InputError: a service of this unit cannot see it.
    """
    if not python.is_absolute():
        raise InputError(f"--python {python}: give the whole path, from / on, as systemd needs it")
    if any(path.is_relative_to(folder) for folder in _HIDDEN for path in (python, python.resolve())):
        raise InputError(
            f"a service does not see {python}: install edgebreed outside of people's folders, "
            "such as with `python3 -m venv /opt/edgebreed`"
        )
    text = (Path(__file__).parent / NAME).read_text()
    return text.replace("@python@", _quoted(str(python)))


def _quoted(word: str) -> str:
    """A word as systemd reads it; `%` and `$` would be replaced, a space would end it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if " " in word else escaped
