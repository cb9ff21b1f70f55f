"""JSON files of known names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edgebreed.errors import InputError
from edgebreed.export.importer.dialects.json_dialects import DIALECTS, MAX_BYTES, Reader, read_object

from .test_hugging_face import EFFICIENTNET, VIT
from .test_teachable_machine import METADATA
from .test_timm_config import WHOLE

PUBLISHED: list[dict[str, Any]] = [
    VIT,
    EFFICIENTNET,
    METADATA,
    WHOLE,
    {"model_type": "vit", "id2label": {"0": "a"}},
]
WRONG: list[Any] = [None, True, -1, 10**400, 1e400, "", "\x1b[31m", [], [[]], {}, {"height": []}, ["a"] * 5]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[1]", "holds no JSON object"),
        (b"\x89PNG\0", "is no text"),
        (b" " * (MAX_BYTES + 1), "has 16,777,217 bytes: at most 16,777,216 are allowed"),
    ],
)
def test_what_holds_no_object_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """By the name that the caller gives."""
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^the recipe {reason}"):
        read_object(path, "the recipe")


def test_a_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(InputError, match="cannot read the recipe: No such file"):
        read_object(tmp_path / "none.json", "the recipe")


def test_each_file_is_understood_in_one_dialect() -> None:
    """So that the order of the table does not matter."""
    for data in PUBLISHED:
        understood = [name for _, name, read in DIALECTS if read(data) is not None]
        assert len(understood) == 1, understood


def variants(data: dict[str, Any], value: Any) -> Iterator[dict[str, Any]]:
    """An object with another value in each field in turn, and in those of the objects within."""
    for key, inner in data.items():
        yield {**data, key: value}
        for name in inner if isinstance(inner, dict) else ():
            yield {**data, key: {**inner, name: value}}


def refusal(read: Reader, data: dict[str, Any]) -> str:
    """Why an object is refused; empty where it is read, or of another program."""
    try:
        read(data)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("data", PUBLISHED)
def test_any_value_in_place_of_another_is_read_or_refused(data: dict[str, Any]) -> None:
    """Nothing but `ValueError` leaves the readers, in one line, and most such values are refused."""
    changed = [one for value in WRONG for one in variants(data, value)]
    refused = [reason for one in changed for _, _, read in DIALECTS if (reason := refusal(read, one))]
    assert len(refused) > len(WRONG)
    assert [] == [reason for reason in refused if not reason.isprintable()]
