"""Enumerations of texts, as `enum.StrEnum` makes them from Python 3.11 on."""

from enum import Enum


class StrEnum(str, Enum):
    """An enumeration whose members are texts: `str` and `format` give the value on every Python."""

    def __str__(self) -> str:
        return str(self.value)
