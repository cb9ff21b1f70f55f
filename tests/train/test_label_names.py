"""Labels in place of folder names."""

from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.train.label_names import read_names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_names_are_read_as_editors_save_them(tmp_path: Path, encoding: str) -> None:
    """A folder's name may have its accents apart."""
    path = tmp_path / "names.json"
    path.write_bytes('{"disc": "Scheibe ○", "cafe\u0301": 3}'.encode(encoding))
    assert {"disc": "Scheibe ○", "café": "3"} == read_names(path)


@pytest.mark.parametrize(
    "text",
    [
        '{"disc": ["a"]}',
        '{"disc": true}',
        '{"disc": NaN}',
        '{"disc": " "}',
        '{"disc": "a", "disc": "b"}',
        '{"disc": null}',
        r'{"disc": "\ud83d"}',
        "[" * 100_000,
        "\0",
    ],
)
def test_names_that_no_model_can_show_are_refused(tmp_path: Path, text: str) -> None:
    """Lists, truth values, no number, blanks, a key twice, half a character, and what is no text."""
    (tmp_path / "names.json").write_text(text)
    with pytest.raises(
        InputError, match=r"names\.json is no (list of names .*: give JSON such as|text: save)"
    ):
        read_names(tmp_path / "names.json")


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(InputError, match=r"cannot read --names .*gone\.json: No such file"):
        read_names(tmp_path / "gone.json")
