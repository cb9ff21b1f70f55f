"""Reads what a class's docstrings say about its attributes."""

import inspect
import re

_ATTRIBUTE = re.compile(r"^    (\w+): ", re.MULTILINE)


def attribute_meanings(docstring: str | None) -> dict[str, str]:
    """What the `Attributes:` section of a Google docstring says of each attribute, in one line each."""
    text = inspect.cleandoc(docstring or "")
    _, found, section = text.partition("Attributes:\n")
    if not found:
        return {}
    body = re.split(r"\n(?=\S)", section)[0]
    names, texts = _ATTRIBUTE.findall(body), _ATTRIBUTE.split(body)[2::2]
    return {name: " ".join(text.split()) for name, text in zip(names, texts, strict=True)}


def meanings_of(record: type) -> dict[str, str]:
    """What a class's attributes and properties mean."""
    properties = {
        name: inspect.cleandoc(member.__doc__ or "").partition("\n\n")[0]
        for name, member in inspect.getmembers(record)
        if isinstance(member, property)
    }
    return {**properties, **attribute_meanings(record.__doc__)}
