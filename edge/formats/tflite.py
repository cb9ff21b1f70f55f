"""TFLite files, with the manifest in a zip archive behind the flatbuffer.

That is how TensorFlow Lite Metadata attaches its associated files, so other tools find `labels.txt` there.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

from edgebreed.edge.formats.digest import MARK, PLACEHOLDER
from edgebreed.edge.formats.tflite_check import check_tflite
from edgebreed.edge.manifest import NO_MANIFEST
from edgebreed.errors import ModelFileError

IDENTIFIER = b"TFL3"  # bytes 4 to 8 of each TFLite flatbuffer
MAX_TEXT = 1 << 24  # bytes of a manifest; that of a model of a thousand classes has some 400 kB
_MANIFEST = "edgebreed.json"
_LABELS = "labels.txt"
_NOT_BEFORE_1980 = (1980, 1, 1, 0, 0, 0)  # the same model gives the same file on every day


def split(data: bytes) -> tuple[bytes, str]:
    """The flatbuffer without the archive behind it, and the manifest's JSON.

    Raises:
        ModelFileError: there is none, the archive is damaged, or the model takes weights from another file.
        UnicodeDecodeError: the JSON is no UTF-8.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = _stored(archive, archive.getinfo(_MANIFEST))
            flatbuffer = data[: min(entry.header_offset for entry in archive.infolist())]
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelFileError(NO_MANIFEST) from error
    except (ValueError, EOFError, RuntimeError, zlib.error) as error:  # what zipfile raises for wrong bytes
        raise ModelFileError(f"manifest is damaged ({error}): copy or export the model again") from error
    check_tflite(flatbuffer)
    return flatbuffer, text.decode()


def join(flatbuffer: bytes, text: str, labels: Sequence[str]) -> bytes:
    """A flatbuffer with an archive behind it: the labels, one a line, and the manifest's JSON.

    A label that would be no line or several ones, and so shift those after it, is written with spaces in
    their place; the manifest has it as it is. The archive's comment is a digest's placeholder.
    """
    buffer = io.BytesIO(flatbuffer)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        archive.comment = MARK + b": " + PLACEHOLDER
        for name, content in ((_LABELS, "\n".join(map(_line, labels))), (_MANIFEST, text)):
            archive.writestr(zipfile.ZipInfo(name, _NOT_BEFORE_1980), content)
    return buffer.getvalue()


def _stored(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A file of the archive that was stored as it is: a deflated one may be a thousand times its size."""
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > MAX_TEXT:
        raise ValueError(f"{_MANIFEST} is deflated or over {MAX_TEXT:,} bytes")
    return archive.read(entry)


def _line(label: str) -> str:
    """A label without any character that some reader ends a line at, as `str.splitlines` lists them."""
    return re.sub("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", " ", label).strip() or "-"
