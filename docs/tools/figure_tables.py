"""Tables of a study's figures, which may be nested."""

from collections.abc import Iterator
from typing import Any

from json_tables import markdown_table

Row = tuple[str, dict[str, str]]
"""A name, and values by the path of their keys."""


def figure_tables(figures: dict[str, Any]) -> Iterator[str]:
    """A table of the plain figures, and one for each object or list of objects."""
    plain = {key: value for key, value in figures.items() if not isinstance(value, dict | list)}
    if plain:
        yield markdown_table(
            ("figure", "value"), ((f"`{key}`", format_value(one)) for key, one in plain.items())
        )
    for key, value in figures.items():
        if key not in plain:
            yield _table(key, list(_rows("", value)))


def keys_of(value: Any) -> list[str]:
    """Every key in a nested object, each once, in order."""
    found: dict[str, None] = {}
    for key, inner in value.items() if isinstance(value, dict) else ():
        found |= {key: None} | dict.fromkeys(keys_of(inner))
    for inner in value if isinstance(value, list) else ():
        found |= dict.fromkeys(keys_of(inner))
    return list(found)


def format_value(value: Any) -> str:
    """A figure with four significant digits, or a text."""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(format_value(one) for one in value)
    return "" if value is None else f"{value:,.0f}" if isinstance(value, float) else str(value)


def _table(name: str, rows: list[Row]) -> str:
    """The rows of a list have no names, only their places, which say nothing."""
    columns = list(dict.fromkeys(column for _, values in rows for column in values))
    names = [f"`{name}`"] if not all(row.isdigit() for row, _ in rows) else []
    header = [*names, *(f"`{column}`" if column else "value" for column in columns)]
    cells = ([*([row] if names else []), *(values.get(one, "") for one in columns)] for row, values in rows)
    return markdown_table(header, cells)


def _rows(name: str, value: Any) -> Iterator[Row]:
    """A row for each object that holds no further objects but as its own columns."""
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value):
            yield from _rows(f"{name} {number}".strip(), one)
    elif isinstance(value, dict) and _is_group(value):
        for key, one in value.items():
            yield from _rows(f"{name} {key}".strip(), one)
    else:
        yield name, _flat(value)


def _is_group(value: dict[str, Any]) -> bool:
    """Whether an object's keys are names of objects alike, and not figures."""
    return all(isinstance(one, dict | list) for one in value.values()) and bool(value)


def _flat(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {"": format_value(value)}
    found: dict[str, str] = {}
    for key, inner in value.items():
        found |= {f"{key} {path}".strip(): text for path, text in _flat(inner).items()}
    return found
