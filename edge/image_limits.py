"""How much an image file may ask for before it is refused: bytes to read, pixels to make room for, scans."""

from dataclasses import dataclass

from edgebreed.edge.image_header import ImageHeader

_MEGA = 1_000_000
_SMALLEST_BYTES = 64 * _MEGA
_LONGEST_SIDE = 1_000_000  # px; OpenCV's decoders refuse a longer one
_BYTES_A_PIXEL = 3  # of an uncompressed picture
_MOST_SCANS = 64  # of a progressive JPEG; programs that make one need some 20 at most
_MOST_TEXTS = 16  # of a PNG; each may unfold to 8 MB, and a photo has one or two
_MOST_CLEARS = 20_000  # of a GIF, each worth microseconds and a few bits; one a 3,800 codes is usual
_AVIF_SHARE = 4  # AV1 decodes into several buffers, so that the same memory holds fewer pixels


@dataclass(frozen=True)
class ImageLimits:
    """Bounds on one image file, so that no file of a few bytes takes gigabytes or minutes.

    Attributes:
        megapixels: whole millions of pixels that a picture may have; an AVIF picture a quarter of them.
        remedy: what whoever gave a larger file can do, in words that end the message.
    """

    megapixels: int = 64
    remedy: str = "shrink it, or raise --max-pixels (predict, detect, bench)"

    @property
    def bytes(self) -> int:
        """The largest file that is read: an uncompressed picture of so many pixels, and 64 MB in any case."""
        return max(_SMALLEST_BYTES, _BYTES_A_PIXEL * _MEGA * (self.megapixels + 1))

    def fault_of_size(self, size: int) -> str:
        """What is wrong with a file of so many bytes, in words that follow its name; empty if nothing is."""
        if size <= self.bytes:
            return ""
        return f"has {size / _MEGA:,.0f} MB, at most {self.bytes // _MEGA:,} MB are read: {self.remedy}"

    def fault_of(self, header: ImageHeader, kind: str) -> str:
        """What is wrong with an image of such a header, in words that follow its name; empty if nothing is.

        Args:
            header: of the file.
            kind: its format, a key of `FORMATS`.
        """
        if header.scans > _MOST_SCANS:
            return f"has {header.scans:,} scans, at most {_MOST_SCANS} are read: save it as a baseline JPEG"
        if header.texts > _MOST_TEXTS:
            return f"has {header.texts:,} compressed texts, at most {_MOST_TEXTS} are read: save it without"
        if header.clears > _MOST_CLEARS:
            return f"starts its dictionary over {_MOST_CLEARS:,} times: save it as a PNG"
        if max(header.width, header.height) > _LONGEST_SIDE:
            sides = f"{header.width:,}x{header.height:,} pixels"
            return f"has {sides}, at most {_LONGEST_SIDE:,} a side are read: cut it into pieces"
        most = max(1, self.megapixels // _AVIF_SHARE) if kind == "AVIF" else self.megapixels
        if header.pixels // _MEGA <= most:
            return ""
        sides, mpx = (
            f"{header.width:,}x{header.height:,} pixels",
            f"{header.pixels / _MEGA:,.1f} Mpx to decode",
        )
        return f"has {sides} ({mpx}), at most {most:,} Mpx are read of {kind}: {self.remedy}"


DEFAULT_LIMITS = ImageLimits()
