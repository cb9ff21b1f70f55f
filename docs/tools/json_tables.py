"""Tables of a JSON object's keys: type and meaning of each, read from the records that it is made of."""

import dataclasses
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from docstrings import meanings_of
from json_types import records_in, type_words

KeyWords = tuple[str, str]
"""The type and the meaning of a key."""


@dataclass(frozen=True)
class JsonObject:
    """A JSON object that a program reads.

    Attributes:
        records: classes whose fields and properties are its keys; the first that has a key explains it.
        keys: its keys, in order.
        computed: type and meaning of keys that are no field, or another one than the field of their name.
    """

    records: tuple[type, ...]
    keys: tuple[str, ...]
    computed: Mapping[str, KeyWords] = field(default_factory=dict)

    @classmethod
    def of_record(cls, record: type, computed: Mapping[str, KeyWords] | None = None) -> "JsonObject":
        """An object with all the fields of a dataclass."""
        names = tuple(one.name for one in dataclasses.fields(record))
        return cls((record,), names, computed or {})


def key_table(shape: JsonObject) -> str:
    """A Markdown table of an object's keys.

    Raises:
        KeyError: nothing says what a key means.
    """
    rows = [(f"`{key}`", *_words(shape, key)) for key in shape.keys]
    return markdown_table(("key", "type", "meaning"), rows)


def markdown_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(header)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def nested_records(shape: JsonObject) -> Iterator[type]:
    """The dataclasses that an object's keys hold, and those inside of these."""
    for key in shape.keys:
        if key not in shape.computed:
            for record in records_in(_type_of(shape, key)):
                yield record
                yield from nested_records(JsonObject.of_record(record))


def _words(shape: JsonObject, key: str) -> KeyWords:
    return shape.computed.get(key) or (type_words(_type_of(shape, key)), _meaning_of(shape, key))


def _type_of(shape: JsonObject, key: str) -> object:
    for record in shape.records:
        hints = typing.get_type_hints(record)
        if key in hints:
            return hints[key]
        member = getattr(record, key, None)
        if isinstance(member, property):
            return typing.get_type_hints(member.fget)["return"]
    raise KeyError(f"{key}: no field of {shape.records}; say in schema_page.py what it is")


def _meaning_of(shape: JsonObject, key: str) -> str:
    for record in shape.records:
        if key in (found := meanings_of(record)):
            return found[key]
    raise KeyError(f"{key}: give it a line in the `Attributes:` of one of {shape.records}")
