"""Every error that edgebreed raises on purpose.

EdgebreedError                  anything below; the command line prints one line and exits with `exit_code`
├── InputError                  a path or an option that the caller gave (exit 2)
│   ├── ImageError              a file that does not decode to a photo
│   └── DatasetError            a folder that cannot be read as a data set
├── ModelFileError              a model file without a manifest, damaged, or of another schema (exit 2)
├── EngineError                 an engine that is not on this machine, refuses a model, or failed (exit 2)
│   ├── EngineTimeoutError      an engine that did not open a model, or answer, in time (exit 2)
│   └── MissingExtraError       an engine, or another optional part, whose package is not installed (exit 2)
├── OpenCVError                 OpenCV is not installed, or does not load (exit 2)
├── SourceError                 a camera or a video that does not open, or of which nothing decodes (exit 2)
│   └── IncompleteVideoError    a video whose end is missing; the results so far are right (exit 1)
└── ProofError                  work that was done and whose result missed its bound (exit 1)
"""

from edgebreed.extras import install_command


class EdgebreedError(Exception):
    """Base of all errors that a caller may want to catch; the message is one line."""

    exit_code = 2


class InputError(EdgebreedError):
    """A path or an option is at fault."""


class ImageError(InputError):
    """A file does not decode to a photo."""


class DatasetError(InputError):
    """A folder cannot be read as a data set."""


class ModelFileError(EdgebreedError):
    """A model file is no model, carries no manifest, is damaged, or is of an unknown schema."""


class EngineError(EdgebreedError):
    """An engine or execution provider is not on this machine, refuses a model, or failed on an image."""


class EngineTimeoutError(EngineError):
    """An engine did not open a model, or did not answer, within its time limit."""


class SourceError(EdgebreedError):
    """A camera or a video does not open, or nothing of it decodes."""


class IncompleteVideoError(SourceError):
    """The end of a video file is missing; the frames before it were processed."""

    exit_code = 1


class MissingExtraError(EngineError):
    """An engine, or another optional part, is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} is not installed: run `{install_command(extra)}`")
        self._made_of = feature, extra

    def __reduce__(self) -> "tuple[type[MissingExtraError], tuple[str, str]]":
        """How it is pickled, for a pool of processes; an exception's own way would pass the message alone."""
        return type(self), self._made_of


class OpenCVError(EdgebreedError):
    """OpenCV is not installed, or does not load."""


class ProofError(EdgebreedError):
    """The work was done and its result missed the bound.

    Attributes:
        rows: what was measured, to be shown as a table beside the message.
    """

    exit_code = 1

    def __init__(self, message: str, rows: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.rows = rows or {}
