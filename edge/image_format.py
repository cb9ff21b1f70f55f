"""Which format an image file is in, by its first bytes and never by its name, and whether it is all there."""

from edgebreed.edge.jpeg_markers import jpeg_head

FORMATS = {
    "JPEG": frozenset({".jpg", ".jpeg", ".jpe", ".jfif"}),
    "PNG": frozenset({".png"}),
    "WEBP": frozenset({".webp"}),
    "BMP": frozenset({".bmp"}),
    "TIFF": frozenset({".tif", ".tiff"}),
    "GIF": frozenset({".gif"}),
    "AVIF": frozenset({".avif"}),
    "HEIC": frozenset({".heic", ".heif", ".hif"}),
    "JPEG 2000": frozenset[str](),
    "PNM": frozenset[str](),
}
"""The suffixes of each format that is read, and of those that are among them to be refused by name."""

REFUSED = frozenset({"HEIC", "JPEG 2000", "PNM"})
"""Formats that are told by name and not read. OpenCV would read the last two where a file of another suffix
holds them; no photo comes in them, and a few bytes of JPEG 2000 can ask for any amount of memory."""

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"GIF8", "GIF"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    *((b"P%d" % number, "PNM") for number in range(1, 7)),
)
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_END_OF_IMAGE = b"\xff\xd9"


def format_of(data: bytes) -> str | None:
    """The format of an encoded image, a key of `FORMATS`; None for any other content."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _format_of_brands(data)
    return next((name for signature, name in _SIGNATURES if data.startswith(signature)), None)


def is_cut_off(data: bytes) -> bool:
    """Whether an encoded image ends before its pixels do, as after a download that was interrupted.

    Only JPEG needs the question: versions of OpenCV differ in whether they refuse such a file or fill the
    rest with grey. Files of other formats do not decode when they are cut off.
    """
    return format_of(data) == "JPEG" and data.rfind(_END_OF_IMAGE, jpeg_head(data)) < 0


def _format_of_brands(data: bytes) -> str | None:
    """Tells AVIF from HEIC, which share their container: the brands in its first box name what it holds."""
    box = data[8 : min(int.from_bytes(data[:4], "big"), 512)]
    brands = {box[start : start + 4] for start in range(0, len(box), 4)}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIC" if brands & _HEIC_BRANDS else None
