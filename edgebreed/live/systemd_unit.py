"""The systemd units that keep streams running: one stream, or a template for any number of them."""

from dataclasses import dataclass
from pathlib import Path

from edgebreed.errors import InputError

_FILE = "edgebreed-stream.service"
_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # by ProtectHome and PrivateTmp


@dataclass(frozen=True)
class SystemdUnit:
    """What a unit and its files are called.

    Attributes:
        unit: its name without the suffix.
        option: of `edgebreed service` that prints it.
        instance: what `systemctl` is asked to start.
        settings: file of environment variables.
        optional: `-` where the unit starts without that file.
        folder: below /var/lib and /var/cache. The two units share none, as each gives its own to its user.
        serve: where the page is served unless the settings say so.
        description: one line.
    """

    unit: str = "edgebreed-stream"
    option: str = ""
    instance: str = "edgebreed-stream"
    settings: str = "/etc/edgebreed-stream.env"
    optional: str = "-"
    folder: str = "edgebreed"
    serve: str = "127.0.0.1:8080"
    description: str = "edgebreed: classifies the frames of a camera"

    @property
    def name(self) -> str:
        """Its file's name."""
        return f"{self.unit}.service"

    def text(self, python: Path) -> str:
        """The unit for an installation.

        Args:
            python: absolute path of the interpreter that edgebreed is installed for.

        Raises:
            InputError: the path is relative, no line of text, or hidden from the unit's sandbox.
        """
        _refuse_unseen(python)
        text = (Path(__file__).parent / _FILE).read_text()
        words = {**vars(self), "state": f"/var/lib/{self.folder}", "python": _quoted(str(python))}
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        return "".join(map(_readable, text.splitlines(keepends=True)))


SINGLE = SystemdUnit()
TEMPLATE = SystemdUnit(
    unit="edgebreed-stream@",
    option=" --template",
    instance="edgebreed-stream@NAME",
    settings="/etc/edgebreed-stream-%i.env",
    optional="",  # an instance without a source of its own would take the first camera from another
    folder="edgebreed-stream/%i",
    serve="127.0.0.1:0",
    description="edgebreed: classifies the frames of camera %i",
)


def _readable(line: str) -> str:
    """Comments name an instance by a word; systemd fills in the rest."""
    return line.replace("%i", "NAME") if line.startswith("#") else line


def _refuse_unseen(python: Path) -> None:
    if not python.is_absolute():
        raise InputError(f"--python {python}: systemd needs the absolute path")
    if not str(python).isprintable():
        raise InputError(f"--python {python}: a unit is text, install edgebreed in a folder of a plain name")
    if any(path.is_relative_to(folder) for folder in _HIDDEN for path in (python, python.resolve())):
        raise InputError(
            f"a service does not see {python}: install edgebreed outside of home and temporary folders, "
            "such as with `python3 -m venv /opt/edgebreed`"
        )


def _quoted(word: str) -> str:
    """A word as systemd parses it, which expands `%` and `$` and splits at spaces."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if " " in word else escaped
