"""Takes the fields of a JSON object that a stranger may have written, each typed and bounded."""

import base64
import binascii
import math
import reprlib
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from edgebreed.str_enum import StrEnum

Chosen = TypeVar("Chosen", bound=StrEnum)
Found = TypeVar("Found")

SHORT, LONG = 300, 10_000  # characters
MANY = 1_000_000_000  # of whatever is counted
_JOINERS = "\u200c\u200d"  # invisible, and part of words in many scripts and of emoji
_CONTROL = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of what breaks a line, steers a terminal, turns the order of letters around, is not to
be seen, or is half of a letter."""


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in _CONTROL and letter not in _JOINERS


_PLANES = (range(0xD800), range(0xE000, 0x20000), range(0xE0000, 0xE1000))  # others hold none of them
OF_FOLDERS = "".join(letter for plane in _PLANES for letter in map(chr, plane) if _is_control(letter))
"""Those that a folder's name may hold: all but halves of letters."""


def control_characters(text: str, allowed: str = "") -> str:
    """Those that no name or label may hold, each once."""
    return "".join(sorted(letter for letter in set(text) - set(allowed) if _is_control(letter)))


class JsonFields:
    """The fields of a JSON object.

    Each method takes a field by its key and raises `ValueError` where it is not what is allowed: one line
    with the field, what came and what is allowed.

    Args:
        data: the object.
        name: what to call it in errors.

    Raises:
        ValueError: it is no object.
    """

    def __init__(self, data: object, name: str) -> None:
        self._name, self._taken = name, set[str]()
        if not isinstance(data, dict):
            _refuse(name, data, "an object")
        self.data: dict[str, Any] = data

    def has(self, key: str) -> bool:
        """Whether a field is there and not null."""
        self._taken.add(key)
        return self.data.get(key) is not None

    def optional(self, key: str, take: Callable[[str], Found]) -> Found | None:
        """What `take` makes of a field; None where it is missing or null."""
        return take(key) if self.has(key) else None

    def text(self, key: str, most: int = SHORT, *, default: str | None = None, allowed: str = "") -> str:
        """A text of so many characters, without control characters but those that are allowed."""
        if default is not None and not self.has(key):
            return default
        return _text(self._path(key), self._take(key), most, allowed)

    def base64(self, key: str, most: int) -> bytes:
        """Bytes as base64 of at most so many characters."""
        try:
            return base64.b64decode(self.text(key, most), validate=True)
        except binascii.Error as error:
            raise ValueError(f"{self._path(key)} is no base64 ({error})") from error

    def texts(self, key: str, most: int, *, unique: bool = False, allowed: str = "") -> tuple[str, ...]:
        """A list of texts that are not empty."""
        items = self.items(key, most)
        found = tuple(
            _text(f"{self._path(key)}[{at}]", item, SHORT, allowed, least=1) for at, item in enumerate(items)
        )
        if unique and len(set(found)) < len(found):
            twice = Counter(found).most_common(1)[0][0]
            raise ValueError(f"{self._path(key)} has {twice!r} twice: each may stand there once")
        return found

    def items(self, key: str, most: int) -> list[Any]:
        """A list of at most so many items."""
        value = self._take(key)
        if not isinstance(value, list | tuple):
            _refuse(self._path(key), value, "a list")
        if len(value) > most:
            raise ValueError(f"{self._path(key)} has {len(value)} items: at most {most} are allowed")
        return list(value)

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number within bounds."""
        if default is not None and not self.has(key):
            return default
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            _refuse(self._path(key), value, f"a whole number from {least} to {most}")
        return value

    def wholes(self, key: str, count: int, least: int, most: int) -> list[int]:
        """A list of so many whole numbers within bounds."""
        items = {str(at): item for at, item in enumerate(self.items(key, count))}
        return [JsonFields(items, self._path(key)).whole(str(at), least, most) for at in range(count)]

    def number(self, key: str, least: float, most: float) -> float:
        """A finite number within bounds."""
        return bounded_number(self._path(key), self._take(key), least, most)

    def share(self, key: str) -> float:
        """A number in 0..1."""
        return self.number(key, 0, 1)

    def numbers(self, key: str, most: int, least_value: float, most_value: float) -> tuple[float, ...]:
        """A list of numbers within bounds."""
        path = self._path(key)
        return tuple(
            bounded_number(f"{path}[{at}]", item, least_value, most_value)
            for at, item in enumerate(self.items(key, most))
        )

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._take(key) if self.has(key) else default
        if not isinstance(value, bool):
            _refuse(self._path(key), value, "true or false")
        return value

    def choice(self, key: str, kind: type[Chosen]) -> Chosen:
        """One of an enumeration's texts."""
        value = self._take(key)
        if value not in list(kind):
            _refuse(self._path(key), value, f"one of {', '.join(kind)}")
        return kind(value)

    def part(self, key: str) -> "JsonFields":
        """An object within this one."""
        return JsonFields(self._take(key), self._path(key))

    def parts(self, key: str, most: int) -> list["JsonFields"]:
        """A list of objects."""
        path = self._path(key)
        return [JsonFields(item, f"{path}[{at}]") for at, item in enumerate(self.items(key, most))]

    def keys(self, most: int) -> list[str]:
        """All keys of an object whose fields bear names of their own."""
        if len(self.data) > most:
            raise ValueError(f"{self._name} has {len(self.data)} fields: at most {most} are allowed")
        return [_text(f"a key of {self._name}", key, SHORT) for key in self.data]

    def scalar(self, key: str) -> bool | int | float | str:
        """A truth value, a finite number or a text."""
        value = self._take(key)
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return _text(self._path(key), value, SHORT)
        return bounded_number(self._path(key), value, -MANY, MANY)

    def end(self) -> None:
        """To be called last.

        Raises:
            ValueError: there are fields that nothing took.
        """
        unknown = sorted(self.data.keys() - self._taken)
        if unknown:
            raise ValueError(f"{self._path(unknown[0])} is no field that this edgebreed knows")

    def _path(self, key: str) -> str:
        return f"{self._name}.{key}"

    def _take(self, key: str) -> Any:
        self._taken.add(key)
        if key not in self.data:
            raise ValueError(f"{self._path(key)} is missing")
        return self.data[key]


def bounded_number(name: str, value: object, least: float, most: float) -> int | float:
    """A finite number within bounds.

    Raises:
        ValueError: it is something else.
    """
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not least <= number <= most:
        _refuse(name, value, f"a number from {least} to {most}")
    return number


def _text(name: str, value: object, most: int, allowed: str = "", least: int = 0) -> str:
    if not isinstance(value, str) or not least <= len(value) <= most:
        _refuse(name, value, f"a text of {f'{least} to' if least else 'at most'} {most} characters")
    if control := control_characters(value, allowed):
        raise ValueError(
            f"{name} is {_shown(value)}: control characters such as {control[0]!a} are not allowed"
        )
    return value


def _refuse(name: str, value: object, allowed: str) -> NoReturn:
    raise ValueError(f"{name} is {_shown(value)}: {allowed} is allowed")


def _shown(value: object) -> str:
    return reprlib.repr(value)
