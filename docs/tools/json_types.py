"""Python's types in the words of JSON."""

import dataclasses
import types
import typing
from enum import Enum
from typing import Any

_WORDS = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    bytes: "text, base64",
    type(None): "null",
    Any: "anything",
}
_PLURALS = {"text": "texts", "integer": "integers", "number": "numbers"}


def type_words(annotation: Any) -> str:
    """What a value of this type is in JSON."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(type_words(one) for one in arguments)
    if origin is dict:
        return f"object of {_plural(arguments[1])}"
    if origin in (tuple, list) or hasattr(annotation, "_fields"):
        return _list_words(arguments)
    return _plain_words(annotation)


def _plain_words(annotation: Any) -> str:
    if annotation in _WORDS:
        return _WORDS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "text: " + ", ".join(f"`{member.value}`" for member in annotation)
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        name = annotation.__name__
        return f"[{name}](#{name.lower()})"
    raise TypeError(f"{annotation}: give it words in json_types.py")


def _list_words(arguments: tuple[Any, ...]) -> str:
    if arguments[-1] is Ellipsis or len(arguments) == 1:
        return f"list of {_plural(arguments[0])}"
    return f"list of {len(arguments)} {_plural(arguments[0])}"


def _plural(annotation: Any) -> str:
    words = type_words(annotation)
    return _PLURALS.get(words, words)


def records_in(annotation: Any) -> list[type]:
    """The dataclasses that a type is made of."""
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return [annotation]
    return [record for one in typing.get_args(annotation) for record in records_in(one)]
