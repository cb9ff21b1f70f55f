"""Photos from disk."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edgebreed.edge.files import mark_output
from edgebreed.edge.image_limits import ImageLimits
from edgebreed.edge.images import decode, find_photos, is_photo, is_turned, read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.errors import ImageError, InputError

from ..conftest import RED, ROOT, plain
from . import bombs
from .encoded import bgr, difference, drawn, encode, oriented, upright


def test_a_folder_gives_its_photos_by_name(tmp_path: Path) -> None:
    """Stray and hidden files are no photos."""
    for name in ("b.jpg", "a.PNG", ".DS_Store", "._a.jpg", "notes.txt", "sub/c.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert ["a.PNG", "b.jpg", "c.webp"] == [path.name for path in find_photos([tmp_path])]


def test_hidden_folders_are_left_out(tmp_path: Path) -> None:
    """Editors and file managers keep copies in them; the folder that was named may be hidden itself."""
    folder = tmp_path / ".photos"
    for name in ("a.jpg", ".thumbnails/a.jpg", "b/.ipynb_checkpoints/a.jpg", "b/c.jpg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert ["a.jpg", "b/c.jpg"] == [path.relative_to(folder).as_posix() for path in find_photos([folder])]


def test_linked_folders_are_followed(tmp_path: Path) -> None:
    """As training does; a circle ends."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "1.jpg").touch()
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "c").symlink_to("../a")
    (tmp_path / "a" / "b" / "up").symlink_to("..")
    assert [tmp_path / "set/c/b/1.jpg"] == find_photos([tmp_path / "set"])


def test_what_is_left_out_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In one line; saved pictures below are left out, and read where their folder is named."""
    mark_output(tmp_path / "saved")
    for name in ("1.jpg", "2.heic", ".3.jpg", "saved/1.jpg"):
        (tmp_path / name).touch()
    assert [tmp_path / "1.jpg"] == find_photos([tmp_path])
    assert [
        f"left out in {tmp_path}: 1 in HEIC: convert to JPEG (2.heic); "
        "2 written by edgebreed (saved/.edgebreed-output, saved/1.jpg)"
    ] == caplog.messages
    assert [tmp_path / "saved/1.jpg"] == find_photos([tmp_path / "saved"])


def test_a_folder_of_other_formats_says_so(tmp_path: Path) -> None:
    """A phone's photos, for instance."""
    (tmp_path / "1.HEIC").touch()
    with pytest.raises(
        InputError, match=r"no photo in .* but 1 in HEIC: convert to JPEG \(1.HEIC\): expected"
    ):
        find_photos([tmp_path])


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    """The message says which folder and what was expected."""
    with pytest.raises(InputError, match=r"no photo in .*expected files named \.avif, \.bmp"):
        find_photos([tmp_path])


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    """The message says which path."""
    with pytest.raises(InputError, match="no such file or folder: .*nowhere"):
        find_photos([tmp_path / "nowhere"])


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40])
def test_bytes_that_are_no_image_are_refused(data: bytes) -> None:
    """Empty, text, and a PNG's start with nothing behind it."""
    with pytest.raises(ImageError, match=r"cat\.jpg does not decode as an image: give a JPEG"):
        decode(data, "cat.jpg")


@pytest.mark.parametrize("length", [40, 400, -1])
def test_a_jpeg_that_ends_early_is_refused(length: int) -> None:
    """OpenCV would fill the rest with grey, or not, by its version."""
    data = encode(drawn(), "JPEG")[:length]
    with pytest.raises(ImageError, match=r"cat\.jpg ends before its image does: copy or download it again"):
        decode(data, "cat.jpg")


@pytest.mark.parametrize(
    ("name", "data"), [("a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), ("b.HEIC", b""), ("c.heif", b"?")]
)
def test_heic_is_refused_by_name(name: str, data: bytes) -> None:
    """Whether the content or the suffix tells."""
    with pytest.raises(ImageError, match=f"{name} is HEIC, which .* does not read: convert it to JPEG"):
        decode(data, name)


def test_a_format_that_opencv_may_lack_is_named() -> None:
    """Builds for small boards read neither; a damaged file gets the same answer."""
    for kind in ("GIF", "AVIF"):
        with pytest.raises(ImageError, match=rf"OpenCV \d.* here has no {kind}: convert it to JPEG or PNG"):
            decode(encode(drawn(), kind)[:60])


@pytest.mark.parametrize(
    "suffix", ["jpg", "JPEG", "jpe", "jfif", "png", "gif", "avif", "webp", "tif", "heic"]
)
def test_photos_are_told_by_their_suffix(suffix: str) -> None:
    """HEIC too, so that a photo is refused by name and not passed over."""
    assert is_photo(Path(f"a.{suffix}"))
    assert not is_photo(Path(f"a.{suffix}.txt"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("number", range(1, 9))
def test_photos_come_upright(kind: str, number: int) -> None:
    """However the camera was held; and it is known which ones were turned."""
    data = encode(drawn(), kind, exif=oriented(number))
    assert difference(decode(data), bgr(upright(drawn(), number))) < (3 if kind == "JPEG" else 1)
    assert (number != 1) == is_turned(data)


def test_the_first_picture_of_an_animation_counts() -> None:
    """GIF, WebP and PNG have them."""
    second = drawn().rotate(180)
    for kind in ("GIF", "WEBP", "PNG"):
        frame = decode(encode(drawn(), kind, save_all=True, append_images=[second]))
        assert difference(frame, bgr(drawn())) < 8, kind


def test_grey_of_sixteen_bits_keeps_its_levels() -> None:
    """The upper eight of them."""
    ramp = np.arange(256, dtype=np.uint16)[None].repeat(4, 0) * 257
    for suffix in (".png", ".tiff"):
        frame = decode(cv2.imencode(suffix, ramp)[1].tobytes())
        assert list(range(256)) == frame[0, :, 0].tolist()


def test_inks_become_colours() -> None:
    """CMYK, as printers' JPEG and TIFF files have it."""
    for kind in ("JPEG", "TIFF"):
        assert difference(decode(encode(drawn().convert("CMYK"), kind)), bgr(drawn())) < 25, kind


@pytest.mark.parametrize("size", [(1, 1), (65500, 1), (1, 65500), (20000, 10)])
def test_any_shape_becomes_an_input(size: tuple[int, int]) -> None:
    """One pixel, the longest sides that JPEG has, a panorama."""
    frame = decode(encode(drawn(*size), "JPEG"))
    assert (*size[::-1], 3) == frame.shape
    for rule in ResizeRule:
        assert (32, 32, 3) == to_input(frame, InputSpec(32, 32, rule)).shape


def test_colours_come_as_bgr() -> None:
    """Red is the last channel."""
    data = cv2.imencode(".png", plain(RED))[1].tobytes()
    assert list(RED) == decode(data)[0, 0].tolist()


def test_grey_and_transparent_images_become_three_channels() -> None:
    """The rest of the runtime sees one shape."""
    for array in (np.zeros((4, 5), np.uint8), np.zeros((4, 5, 4), np.uint8), np.zeros((4, 5, 3), np.uint16)):
        frame = decode(cv2.imencode(".png", array)[1].tobytes())
        assert (4, 5, 3) == frame.shape
        assert frame.dtype == np.uint8


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """The message holds the system's reason."""
    with pytest.raises(InputError, match="cannot read .*gone.jpg: No such file"):
        read_photo(tmp_path / "gone.jpg")
    with pytest.raises(InputError, match=r"cannot read 'a\\x00b': .*embedded null"):
        read_photo(Path("a\0b"))


def read_in_a_child(folder: Path, files: dict[str, bytes], megabytes: int = 4000) -> dict[str, Any]:
    """What `read_photos` prints of these files, the outcomes by their names."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    paths = [str(folder / name) for name in files]
    command = [sys.executable, "-m", "tests.edge.read_photos", str(megabytes), *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return {**told, "outcomes": {Path(path).name: came for path, came in told["outcomes"].items()}}


def every_bomb() -> dict[str, bytes]:
    """A file of each way to ask for much."""
    return {
        "jpeg": bombs.jpeg(20_000, 20_000),
        "scans": bombs.many_scans(5000),
        "bmp": bombs.bmp(32_000, -32_000),
        "png": bombs.png(20_000, 20_000),
        "png16": bombs.png(8000, 8000, 16, 6),
        "texts": bombs.png(2, 2, tail=bombs.png_texts(150)),
        "webp": bombs.webp(16_000, 16_000),
        "tiff": bombs.tiff(20_000, 20_000),
        "bigtiff": bombs.tiff(20_000, 20_000, big=True),
        "tile": bombs.tiff(16, 16, 16_384),
        "gif": bombs.gif(60_000, 60_000),
        "clears": bombs.gif(9, 9, [(4, 3)] * 100_000),
        "avif": bombs.avif(20_000, 20_000),
        "stream": bombs.avif_stream(),
    }


@pytest.mark.slow
def test_files_that_ask_for_too_much_are_refused_before_they_take_it(tmp_path: Path) -> None:
    """Of every format, by every number that it has for that: each says what came and what is read."""
    told = read_in_a_child(tmp_path, every_bomb())
    assert {} == {
        name: came for name, came in told["outcomes"].items() if " read" not in came and name != "clears"
    }
    assert "starts its dictionary over 20,000 times: save it as a PNG" == told["outcomes"]["clears"]
    assert (
        "has 16x16 pixels (268.4 Mpx to decode), at most 64 Mpx are read of TIFF: "
        in told["outcomes"]["tile"]
    )
    assert told["peak_bytes"] < 250_000_000
    assert told["seconds"] < 5


@pytest.mark.hostile
@pytest.mark.parametrize("name", ["jpeg", "bmp", "tiff", "tiff16", "gif", "png"])
def test_the_largest_photos_that_are_read_fit_into_a_gigabyte(name: str, tmp_path: Path) -> None:
    """All together: the file, both decodings where it may be transparent, and Python."""
    largest = {
        "jpeg": lambda: bombs.jpeg(8000, 8000),
        "bmp": lambda: bombs.bmp(8000, 8000),
        "tiff": lambda: bombs.tiff(8000, 8000),
        "tiff16": lambda: bombs.tiff(5600, 5600, bits=16, samples=4),
        "gif": lambda: bombs.gif(8000, 8000),
        "png": lambda: bombs.whole_png(8000, 8000, 6),
    }
    told = read_in_a_child(tmp_path, {name: largest[name]()})
    assert ("5600x5600x3" if name == "tiff16" else "8000x8000x3") == told["outcomes"][name]
    assert told["peak_bytes"] < 1_000_000_000


@pytest.mark.slow
def test_pictures_with_opacity_are_laid_on_white_some_rows_at_a_time(tmp_path: Path) -> None:
    """One of 16 million pixels takes its two decodings, not several pictures of twice the depth besides."""
    told = read_in_a_child(tmp_path, {"clear.png": bombs.whole_png(4000, 4000, 6)})
    assert {"clear.png": "4000x4000x3"} == told["outcomes"]
    assert told["peak_bytes"] < 300_000_000


@pytest.mark.slow
def test_a_png_animation_takes_no_more_than_its_first_picture(tmp_path: Path) -> None:
    """OpenCV would keep several whole pictures, of which nobody sees but one."""
    data = bombs.whole_png(5000, 5000, 2, bombs.png_animation(5000, 5000))
    told = read_in_a_child(tmp_path, {"moving.png": data})
    assert {"moving.png": "5000x5000x3"} == told["outcomes"]
    assert told["peak_bytes"] < 250_000_000


@pytest.mark.slow
def test_too_little_memory_is_the_error_of_one_photo(tmp_path: Path) -> None:
    """The next one is read."""
    told = read_in_a_child(tmp_path, {"large": bombs.bmp(8000, 8000), "small": bombs.bmp(80, 80)}, 100)
    assert {"large": "needs more memory than there is: shrink it", "small": "80x80x3"} == told["outcomes"]


def test_a_limit_may_be_raised_or_lowered(photo: Path) -> None:
    """In whole millions of pixels."""
    data = bombs.bmp(2000, 1000)
    assert (1000, 2000, 3) == decode(data, limits=ImageLimits(2)).shape
    with pytest.raises(
        ImageError, match=r"a.bmp has 2,000x1,000 pixels \(2.0 Mpx to decode\), at most 1 Mpx"
    ):
        decode(data, "a.bmp", ImageLimits(1))
    assert (30, 40, 3) == read_photo(photo, ImageLimits(1)).shape


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """It is refused by its size, before a byte of it is read."""
    path = tmp_path / "sparse.jpg"
    path.touch()
    os.truncate(path, 10**12)
    with pytest.raises(ImageError, match=r"sparse.jpg has 1,000,000 MB, at most 195 MB are read: shrink it"):
        read_photo(path)


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    """A pipe would be waited for, a device may never end; a file of /proc has no size and no end."""
    os.mkfifo(tmp_path / "pipe.jpg")
    for path in (tmp_path / "pipe.jpg", Path("/dev/zero"), tmp_path):
        with pytest.raises(ImageError, match=f"{path} is no regular file: give the file of a photo"):
            read_photo(path)
    for path in (tmp_path / "pipe.jpg", Path("/dev/zero")):
        with pytest.raises(InputError, match=f"{path} is no regular file: give .* or a folder"):
            find_photos([path])
    with pytest.raises(ImageError, match="/proc/self/pagemap does not decode as an image"):
        read_photo(Path("/proc/self/pagemap"))


@pytest.mark.parametrize(
    ("kind", "data"), [("JPEG 2000", b"\0\0\0\x0cjP  \r\n\x87\n"), ("PNM", b"P6 1 1 255 abc")]
)
def test_formats_of_no_photo_are_refused_by_name(kind: str, data: bytes) -> None:
    """OpenCV would read them, without any bound."""
    with pytest.raises(
        ImageError, match=f"a.jpg is {kind}, which edgebreed does not read: convert it to JPEG"
    ):
        decode(data, "a.jpg")


JPEGS: dict[str, dict[str, object]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "chroma at half": {"subsampling": 2},
    "grey": {"mode": "L"},
    "four inks": {"mode": "CMYK"},
    **{f"orientation {number}": {"exif": oriented(number)} for number in range(1, 9)},
}


@pytest.mark.parametrize("options", JPEGS.values(), ids=JPEGS.keys())
def test_a_jpeg_is_decoded_at_the_fraction_that_suffices(options: dict[str, object]) -> None:
    """Upright, and as the whole picture is when it is shrunk; every kind of JPEG."""
    picture = drawn(640, 480).convert(str(options.get("mode", "RGB")))
    data = encode(picture, "JPEG", **{key: value for key, value in options.items() if key != "mode"})
    whole, reduced = decode(data), decode(data, at_least=(100, 100))
    assert [side // 4 for side in whole.shape[:2]] == list(reduced.shape[:2])
    expected = cv2.resize(whole, reduced.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert difference(reduced, np.asarray(expected, np.uint8)) < 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_other_formats_are_decoded_whole_whatever_suffices(kind: str) -> None:
    """The pixels are those that no size was asked of."""
    data = encode(drawn(640, 480), kind)
    assert np.array_equal(decode(data), decode(data, at_least=(100, 100)))


@pytest.mark.parametrize("progressive", [False, True])
def test_damage_is_told_alike_at_a_fraction(progressive: bool) -> None:
    """What the whole picture is refused for; a file that is cut off is no smaller picture."""
    data = encode(drawn(640, 480), "JPEG", progressive=progressive)
    rng = np.random.default_rng(0)
    damaged = [data[: len(data) // 2]]
    for at in rng.integers(2, len(data), 100):
        damaged.append(data[:at] + rng.bytes(9) + data[at + 9 :])
    assert [_fault(one, None) for one in damaged] == [_fault(one, (100, 100)) for one in damaged]


def _fault(data: bytes, at_least: tuple[int, int] | None) -> str:
    try:
        decode(data, at_least=at_least)
    except ImageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", ["m.onnx", "m.TFLITE", "m.keras"])
def test_a_model_among_photos_is_told_its_option(tmp_path: Path, name: str) -> None:
    """Rather than that it does not decode."""
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=f"{name} is a model and no photo: .* as --model .*{name}"):
        find_photos([tmp_path / name])
