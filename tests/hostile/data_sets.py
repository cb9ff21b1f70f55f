"""Data sets as people might have them, drawn at random: any names, layouts, files, links and options."""

import contextlib
import functools
import io
import json
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from hypothesis import strategies as st
from PIL import Image

from edgebreed.edge.text import printable

from .exif_mutants import mutant, original

Draw = Callable[[st.SearchStrategy[Any]], Any]

NAMES = (
    *("plain", "two words", "it's", 'say "hi"', "$HOME", "$x_1$", "#1 pug", "new\nline", "a\tb", "--json"),
    *("*", "[bold]red[/bold]", "[/]", "{x}", "%s", "back\\slash", "~", "a,b;c", "<b>&amp;", " ends ", "🐕"),
    *(
        "👩‍👩‍👧",
        "עברית",
        "\u202eabc",
        "\u00e9t\u00e9",
        "e\u0301te\u0301",
        "x" * 255,
        "é" * 127,
        "\x1b[31m",
        "\x7f",
    ),
    *("a\u2028b", "\u200b", "train", "Test", "val", "a.jpg", "0", "10", "null", "run.json", "runs", "\r"),
)
"""Class and file names that each once were, or could be, misread."""
LAYOUTS: tuple[dict[str, int], ...] = (
    {"": 8},
    {"train": 5, "valid": 2, "test": 2},
    {"train": 5, "val": 1, "test": 2},
    {"Training": 4, "VALIDATION": 2, "testing": 1},
    {"train": 8, "valid": 2},
    {"train": 8, "test": 2},
    {"train": 9},
    {"": 4},
)
"""Split folders with the most images of a class; one without a name has the classes in the root itself."""
VARIANTS = (
    *(("JPEG", "jpg", "RGB"), ("PNG", "png", "RGB"), ("JPEG", "JPEG", "RGB"), ("JPEG", "jfif", "L")),
    *(("WEBP", "webp", "RGB"), ("BMP", "bmp", "RGB"), ("TIFF", "tif", "RGB"), ("GIF", "gif", "P")),
    *(("AVIF", "avif", "RGB"), ("PNG", "png", "I;16"), ("PNG", "png", "RGBA"), ("PNG", "PNG", "LA")),
    *(("JPEG", "jpg", "CMYK"), ("TIFF", "tiff", "I;16"), ("PNG", "jpg", "RGB"), ("JPEG", "png", "RGB")),
    *(("BMP", "bmp", "1"), ("WEBP", "webp", "RGBA"), ("PNG", "png", "1"), ("PNG", "png", "P")),
)
"""Format, suffix and pixels of an image; some suffixes are wrong."""
SIZES = ((24, 16),) * 6 + ((64, 64), (200, 150), (1, 1), (1, 40), (300, 2), (17, 23))
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
NO_IMAGES = (
    b"",
    b"this is text",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF\0\0\0\0WEBP",
    HEIC,
)
PLAIN = VARIANTS[0]


@dataclass(frozen=True)
class Link:
    """A symbolic link, to a path below the data set's parent or to nowhere."""

    target: bytes


class Folder:
    """An empty folder."""


class Pipe:
    """A named pipe: no regular file, and whoever opens it waits."""


Content = bytes | Link | Folder | Pipe


@dataclass
class DataSet:
    """What is to be written, and how it is to be learned.

    Attributes:
        entries: contents by path below the root.
        classes: folders of the classes.
        splits: folders of the splits; the root itself for a data set without.
        images: numbers of the pictures by path.
        options: of the training.
        names: label by class folder; None without `--names`.
        exclude: lines of the list of images to leave out; None without one.
        negatives: contents by name; empty without negatives.
        root: name of the data set's own folder.
        threshold: of 'unknown'.
    """

    entries: dict[bytes, Content] = field(default_factory=dict)
    classes: list[bytes] = field(default_factory=list)
    splits: list[bytes] = field(default_factory=list)
    images: dict[bytes, int] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] | None = None
    exclude: list[str] | None = None
    negatives: dict[bytes, bytes] = field(default_factory=dict)
    threshold: float | None = None
    root: bytes = b"data"

    def __repr__(self) -> str:
        """In a failed test's report: no contents of files."""
        entries = {
            os.fsdecode(path): len(content) if isinstance(content, bytes) else content
            for path, content in self.entries.items()
        }
        others = {name: getattr(self, name) for name in ("options", "names", "exclude", "threshold", "root")}
        return f"DataSet({entries}, {others}, {len(self.negatives)} negatives)"

    def add(self, folder: bytes, name: bytes, content: Content) -> bytes:
        """Puts something into a folder; the name makes room for its parts where it is too long."""
        path = joined(folder, name)
        self.entries.setdefault(path, content)
        return path

    def write(self, root: Path) -> None:
        """Writes the files; of two that exclude each other, such as a file and a folder, the first."""
        root.mkdir(parents=True)
        for path, content in self.entries.items():
            with contextlib.suppress(FileExistsError, NotADirectoryError):
                _write(root / os.fsdecode(path), root.parent, content)


def joined(folder: bytes, name: bytes) -> bytes:
    """A path below a folder."""
    return folder + b"/" + name if folder else name


def _write(path: Path, home: Path, content: Content) -> None:
    (path if isinstance(content, Folder) else path.parent).mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        with path.open("xb") as file:
            file.write(content)
    elif isinstance(content, Link):
        path.symlink_to(home / os.fsdecode(content.target))
    elif isinstance(content, Pipe):
        os.mkfifo(path)


@functools.lru_cache(8192)
def picture(number: int, variant: tuple[str, str, str] = PLAIN, size: tuple[int, int] = SIZES[0]) -> bytes:
    """An image file; the number decides what it shows."""
    kind, _, mode = variant
    coarse = np.random.default_rng(number).integers(0, 256, (5, 5, 4), np.uint8)
    pixels = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    image = Image.fromarray(pixels)
    if mode == "I;16":
        image = Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    elif mode != "RGBA":
        image = image.convert("RGB").convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def _file_name(text: str, suffix: str = "") -> bytes:
    """A name that a file system takes: 255 bytes at most, neither empty nor a way up."""
    letters = os.fsencode(text).replace(b"/", b"_").replace(b"\0", b"_")[: 255 - len(suffix)]
    name = letters + suffix.encode()
    return name if name.strip(b".") else b"_" + name


def names() -> st.SearchStrategy[bytes]:
    """Names of classes: mostly plain, some of any characters, a few that are no UTF-8."""
    text = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12
    )
    common = [b"ant", b"bee", b"cat", b"dog", b"elk"]
    odd = st.one_of(st.sampled_from(NAMES), text).map(lambda name: _whole(_file_name(name)))
    plain = st.sampled_from(common)
    raw = st.binary(min_size=1, max_size=6).map(lambda name: _file_name(os.fsdecode(name)))
    return st.integers(0, 39).flatmap(lambda n: raw if n == 39 else odd if n > 19 else plain)


def _whole(name: bytes) -> bytes:
    """The name without half a character that was cut off at its end."""
    return name.decode(errors="ignore").encode()


@st.composite
def data_sets(draw: Draw) -> DataSet:
    """Sound data sets to which up to five odd things were done."""
    found = DataSet(root=draw(names()) if _one_in(8, draw) else b"data")
    classes = draw(st.lists(names(), min_size=2, max_size=4, unique=True))
    for split, most in draw(st.sampled_from(LAYOUTS)).items():
        found.splits.append(split.encode())
        for name in _spelled(classes, decomposed=bool(split) and _one_in(4, draw)):
            folder = joined(split.encode(), name)
            found.classes.append(folder)
            for _ in range(draw(st.integers(max(1, most - 2), most))):
                add_image(draw, found, folder)
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=5)):
        change(draw, found)
    _draw_options(draw, found)
    return found


def _spelled(classes: list[bytes], decomposed: bool) -> list[bytes]:
    """Class names as a split that came from macOS or elsewhere spells them; too long ones stay."""
    form: Literal["NFC", "NFD"] = "NFD" if decomposed else "NFC"
    spelled = [os.fsencode(unicodedata.normalize(form, os.fsdecode(name))) for name in classes]
    return spelled if max(map(len, spelled)) < 256 and len({*spelled}) == len(classes) else classes


def add_image(draw: Draw, found: DataSet, folder: bytes) -> None:
    """An image that no other one looks like, of any format and size."""
    number = len(found.images)
    variant = draw(st.sampled_from(VARIANTS if draw(st.integers(0, 3)) == 3 else VARIANTS[:3]))
    stem = os.fsdecode(draw(names())) if draw(st.integers(0, 15)) == 15 else ""
    size = draw(st.sampled_from(SIZES)) if not stem else SIZES[0]
    name = _file_name(f"{number}{stem}", f".{variant[1]}")
    found.images[found.add(folder, name, picture(number, variant, size))] = number


def _draw_options(draw: Draw, found: DataSet) -> None:
    found.options = {
        "keep_duplicates": _one_in(6, draw),
        "people": _one_in(8, draw),
        "seed": draw(st.integers(0, 3)),
    }
    found.threshold = draw(st.sampled_from([None, 0.3, 0.5, 0.9]))
    if _one_in(6, draw):
        found.names = _draw_labels(draw, found)
    if _one_in(6, draw):
        found.exclude = _draw_exclusions(draw, found)
    if _one_in(6, draw):
        found.negatives = _draw_negatives(draw, found)
        if draw(st.booleans()):
            own = [os.fsdecode(name) for name in found.negatives if name.startswith(b"own")]
            found.exclude = [*(found.exclude or ()), *own]


def _one_in(count: int, draw: Draw) -> bool:
    return bool(draw(st.integers(1, count)) == count)


def _draw_labels(draw: Draw, found: DataSet) -> dict[str, str]:
    """Labels of some classes: other words, another class's name, or one label for two."""
    classes = [Path(os.fsdecode(folder)).name for folder in found.classes]
    labels = st.one_of(st.sampled_from([*NAMES, "1", "2"]), st.sampled_from(classes)).map(printable)
    return dict(draw(st.dictionaries(st.sampled_from(classes), labels)))


def _draw_exclusions(draw: Draw, found: DataSet) -> list[str]:
    """Paths of images as they are, or in the quotes that a list knows; now and then one that is none."""
    paths = sorted(os.fsdecode(path) for path in found.images)
    chosen = draw(st.lists(st.sampled_from(paths), max_size=3))
    quoted = [json.dumps(path) if draw(st.booleans()) else path for path in chosen]
    return ["# a comment", *quoted, *(["ant/missing.jpg"] if draw(st.integers(0, 7)) == 7 else [])]


def _draw_negatives(draw: Draw, found: DataSet) -> dict[bytes, bytes]:
    """Images of nothing that is a class; now and then the classes' own, copies, text, or too few."""
    count = draw(st.integers(3, 12))
    negatives = {b"%d.jpg" % number: picture(10_000 + number) for number in range(count)}
    own = [content for content in found.entries.values() if isinstance(content, bytes)]
    for number in range(draw(st.integers(0, 2))):
        negatives[b"own-%d.jpg" % number] = draw(st.sampled_from(own))
    return negatives


def _folder(draw: Draw, found: DataSet) -> bytes:
    return bytes(draw(st.sampled_from(found.classes)))


def _anywhere(draw: Draw, found: DataSet) -> bytes:
    return bytes(draw(st.sampled_from([b"", *found.splits, *found.classes])))


def _image(draw: Draw, found: DataSet) -> tuple[bytes, bytes]:
    """The path and the content of an image."""
    path = draw(st.sampled_from(sorted(found.images)))
    content = found.entries[path]
    assert isinstance(content, bytes)
    return path, content


def _loose_file(draw: Draw, found: DataSet) -> None:
    folder = draw(st.sampled_from([b"", *found.splits]))
    name = draw(st.sampled_from([b"loose.jpg", b"README.md", b"labels.csv", b"loose.heic", b"noname"]))
    found.add(folder, name, picture(9000))


def _other_format(draw: Draw, found: DataSet) -> None:
    name = draw(st.sampled_from([b"a.txt", b"a.jxl", b"a.pdf", b"jpg", b"a.jpg.part", b"a.svg", b"a.heic"]))
    found.add(_folder(draw, found), name, draw(st.sampled_from(NO_IMAGES)))


def _no_image(draw: Draw, found: DataSet) -> None:
    _, whole = _image(draw, found)
    cut = whole[: draw(st.integers(0, len(whole)))]
    suffix = draw(st.sampled_from([b".jpg", b".png", b".tif", b".gif", b".avif", b".webp", b".bmp"]))
    found.add(_folder(draw, found), b"broken" + suffix, draw(st.sampled_from([*NO_IMAGES, cut])))


def _nested(draw: Draw, found: DataSet) -> None:
    folder = joined(_folder(draw, found), draw(names()))
    for _ in range(draw(st.integers(1, 3))):
        add_image(draw, found, folder)


def _hidden(draw: Draw, found: DataSet) -> None:
    name = draw(st.sampled_from([b".DS_Store", b"._0.jpg", b".thumbs/0.jpg", b"Thumbs.db", b"desktop.ini"]))
    found.add(_anywhere(draw, found), name, picture(9001))


def _output(draw: Draw, found: DataSet) -> None:
    folder = joined(_anywhere(draw, found), draw(st.sampled_from([b"findings", b"run", b"runs/x", b"train"])))
    found.add(folder, draw(st.sampled_from([b".edgebreed-output", b"run.json"])), b"{}")
    found.add(folder, b"ant/annotated.jpg", picture(9002))


def _beside(draw: Draw, found: DataSet) -> None:
    folder = draw(st.sampled_from([b"extra", b"annotations", b"test2", b"__MACOSX", b"valid", b"train"]))
    found.add(folder, draw(st.sampled_from([b"a.xml", b"a.jpg", b"ant/a.jpg", b"x/y/a.png"])), picture(9003))


def _empty_folder(draw: Draw, found: DataSet) -> None:
    found.add(_anywhere(draw, found), draw(names()), Folder())


def _folder_like_an_image(draw: Draw, found: DataSet) -> None:
    add_image(draw, found, joined(_folder(draw, found), b"album.jpg"))


def _pipe(draw: Draw, found: DataSet) -> None:
    found.add(_anywhere(draw, found), draw(st.sampled_from([b"pipe", b"pipe.jpg"])), Pipe())


def _link_to_file(draw: Draw, found: DataSet) -> None:
    path, _ = _image(draw, found)
    target = draw(
        st.sampled_from([joined(found.root, path), b"outside/1.jpg", b"nowhere.jpg", b"outside/text.txt"])
    )
    found.add(_anywhere(draw, found), b"link.jpg", Link(target))


def _link_to_folder(draw: Draw, found: DataSet) -> None:
    inside = joined(found.root, _anywhere(draw, found))
    own = joined(found.root, b"circle")
    target = draw(st.sampled_from([inside, b"outside", b"outside/deep", own]))
    found.add(_anywhere(draw, found), draw(st.sampled_from([b"circle", b"album", b"ant"])), Link(target))


def _copy(draw: Draw, found: DataSet) -> None:
    path, whole = _image(draw, found)
    suffix = Path(os.fsdecode(path)).suffix.encode()
    for number in range(draw(st.integers(1, 3))):
        copied = found.add(_folder(draw, found), b"copy-%d" % number + suffix, whole)
        found.images.setdefault(copied, found.images[path])


def _look_alike(draw: Draw, found: DataSet) -> None:
    path, _ = _image(draw, found)
    variant, size = draw(st.sampled_from(VARIANTS[:7])), draw(st.sampled_from(SIZES[5:]))
    name = f"again.{variant[1]}".encode()
    found.add(_folder(draw, found), name, picture(found.images[path], variant, size))


def _damaged_exif(draw: Draw, found: DataSet) -> None:
    for number in draw(st.lists(st.integers(0, 6000), min_size=1, max_size=3)):
        suffix = {"JPEG": b".jpg", "PNG": b".png", "WEBP": b".webp", "TIFF": b".tif"}[original(number)[0]]
        found.add(_folder(draw, found), b"exif-%d" % number + suffix, mutant(number))


def _class_of_one_split(draw: Draw, found: DataSet) -> None:
    for _ in range(draw(st.integers(1, 4))):
        add_image(draw, found, joined(draw(st.sampled_from(found.splits)), b"fox"))


def _second_name(draw: Draw, found: DataSet) -> None:
    """A folder whose name is another one's in Unicode, in case, or as a split."""
    folder = joined(
        draw(st.sampled_from(found.splits)), draw(st.sampled_from(["é", "e\u0301", "Ant"])).encode()
    )
    add_image(draw, found, folder)


def _class_without_images(draw: Draw, found: DataSet) -> None:
    folder = joined(draw(st.sampled_from(found.splits)), b"empty")
    found.add(folder, draw(st.sampled_from([b"notes.txt", b"a.heic", b"Thumbs.db", b"broken.jpg"])), b"text")


def _smaller_class(draw: Draw, found: DataSet) -> None:
    """A class folder loses its images but one or none, as where a split lacks a class."""
    folder, left = _folder(draw, found), draw(st.integers(0, 1))
    inside = [path for path in found.images if path.startswith(folder + b"/")]
    for path in inside[left:] if len(found.images) - len(inside) + left else []:
        del found.entries[path], found.images[path]


def _marked_root(draw: Draw, found: DataSet) -> None:
    found.add(b"", draw(st.sampled_from([b".edgebreed-output", b"run.json"])), b"{}")


CHANGES = (
    *(_loose_file, _other_format, _no_image, _nested, _hidden, _output, _beside, _empty_folder),
    *(_folder_like_an_image, _pipe, _link_to_file, _link_to_folder, _copy, _copy, _look_alike, _look_alike),
    *(_damaged_exif, _class_of_one_split, _second_name, _class_without_images, _smaller_class, _marked_root),
)
"""What may be wrong or merely unusual."""


def write_outside(folder: Path) -> None:
    """What links lead to: a folder beside the data set, with images of its own."""
    (folder / "deep").mkdir(parents=True)
    (folder / "1.jpg").write_bytes(picture(9100))
    (folder / "deep" / "2.jpg").write_bytes(picture(9101))
    (folder / "text.txt").write_text("no image")
