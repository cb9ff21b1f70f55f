"""Texts in the archive behind a TFLite model, which anybody may have made."""

import io
import zipfile
import zlib

MAX_TEXT = 1 << 24  # bytes, unpacked


def archived(data: bytes, name: str) -> str | None:
    """A text of the archive behind a model; None where there is none of that name.

    Args:
        data: the whole file.
        name: of the text.

    Raises:
        ValueError: the archive is damaged, or the text is too long or no UTF-8.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as file:
            found = file.read(MAX_TEXT + 1)
    except (zipfile.BadZipFile, KeyError):
        return None
    except (OSError, EOFError, RuntimeError, zlib.error) as error:  # what zipfile raises for wrong bytes
        raise ValueError(f"{name} behind the model is damaged ({error})") from error
    if len(found) > MAX_TEXT:
        raise ValueError(f"{name} behind the model has more than {MAX_TEXT:,} bytes")
    return found.decode("utf-8-sig")
