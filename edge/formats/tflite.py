"""TFLite files, with the manifest in a zip archive behind the flatbuffer.

That is how TensorFlow Lite Metadata attaches its associated files, so other tools find `labels.txt` there.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

from edgebreed.edge.manifest import NO_MANIFEST
from edgebreed.errors import ModelFileError

IDENTIFIER = b"TFL3"  # bytes 4 to 8 of each TFLite flatbuffer
_MANIFEST = "edgebreed.json"
_LABELS = "labels.txt"


def read_text(data: bytes) -> str:
    """The manifest's JSON.

    Raises:
        ModelFileError: there is none, or the archive is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(_MANIFEST).decode()
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelFileError(NO_MANIFEST) from error
    except (ValueError, EOFError, RuntimeError, zlib.error) as error:  # what zipfile raises for wrong bytes
        raise ModelFileError(f"manifest is damaged ({error}): copy or export the model again") from error


def body(data: bytes) -> bytes:
    """The flatbuffer without the archive behind it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return data[: min(entry.header_offset for entry in archive.infolist())]


def join(flatbuffer: bytes, text: str, labels: Sequence[str]) -> bytes:
    """A flatbuffer with the manifest's JSON and the labels, one a line, in an archive behind it.

    A label that would be no line or several ones, and so shift those after it, is written with spaces in
    their place; the manifest has it as it is.
    """
    buffer = io.BytesIO(flatbuffer)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(_LABELS, "\n".join(map(_line, labels)))
        archive.writestr(_MANIFEST, text)
    return buffer.getvalue()


def _line(label: str) -> str:
    """A label without any character that some reader ends a line at, as `str.splitlines` lists them."""
    return re.sub("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", " ", label).strip() or "-"
