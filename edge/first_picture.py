"""An animation without what follows its first picture, which alone is decoded."""

from edgebreed.edge.avif_header import avif_boxes
from edgebreed.edge.image_format import format_of
from edgebreed.edge.png_chunks import without_animation


def first_picture(data: bytes) -> bytes:
    """A file whose first picture decodes as a still one; the same file where it is one.

    OpenCV decodes a PNG animation with room for several whole pictures, and the moving part of an AVIF file
    by sizes of its own. WebP and GIF animations cost it no more than stills.
    """
    kind = format_of(data)
    if kind == "PNG":
        return without_animation(data)
    return _without_movie(data) if kind == "AVIF" else data


def _without_movie(data: bytes) -> bytes:
    """The file with its movie box named as one to skip, and its brand as a still's: no offset changes."""
    found = {box.name: box for box in avif_boxes(data)}
    if b"moov" not in found or b"ftyp" not in found:
        return data
    still, brands = bytearray(data), found[b"ftyp"]
    still[brands.start : brands.end] = data[brands.start : brands.end].replace(b"avis", b"avif")
    name = data.rindex(b"moov", 0, found[b"moov"].start)
    still[name : name + 4] = b"free"
    return bytes(still)
