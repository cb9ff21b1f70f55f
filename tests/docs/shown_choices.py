"""The values that an option of a command may have, where they are a few words."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_type_hints

from edgebreed.edge.engines import AUTO, ENGINES


def wrong_choice(command: Any, words: list[str]) -> str:
    """What is wrong with the value of an option; empty where nothing is."""
    for option, value in _options_with_values(words):
        choices = _choices(command, option)
        if choices and value not in choices and not value.isupper():  # NAME stands for any
            return f"no {option} {value}: it is one of {', '.join(choices)}"
    return ""


def _options_with_values(words: list[str]) -> Iterator[tuple[str, str]]:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        option, equals, value = word.partition("=")
        if option.startswith("-"):
            yield option, value if equals else following


def _choices(command: Any, option: str) -> list[str]:
    if option == "--engine":
        return [AUTO, *ENGINES]
    types = get_type_hints(command.callback)
    for parameter in command.params:
        if option in parameter.opts and parameter.name in types:
            return [str(member.value) for kind in _enums(types[parameter.name]) for member in kind]
    return []


def _enums(annotation: Any) -> Iterator[type[Enum]]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield annotation
    for part in get_args(annotation):
        yield from _enums(part)
