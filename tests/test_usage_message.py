"""A refused command line says how the word is passed."""

import pytest

from .conftest import Cli
from .test_cli import assert_refused


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (
            ("verify", "--model", "m.onnx"),
            "--model: write the model without it, as in `edgebreed verify MODEL`",
        ),
        (
            ("inspect", "--model", "m.onnx"),
            "as in `edgebreed inspect MODEL` (see `edgebreed inspect --help`)",
        ),
        (("stream", "v.mp4"), "(v.mp4): name it with --source (see `edgebreed stream --help`)"),
        (("train", "birds"), "(birds): name it with --data (see `edgebreed train --help`)"),
        (("export", "runs/a"), "(runs/a): name it with --run (see `edgebreed export --help`)"),
        (("doctor", "--wrong"), "(see `edgebreed doctor --help`)"),
        (("wrong",), "(see `edgebreed --help`)"),
    ],
)
def test_a_word_in_the_wrong_place_is_told_its_place(cli: Cli, arguments: tuple[str, ...], hint: str) -> None:
    """Some commands take a model as a word, others with an option; their own help tells which."""
    assert_refused(cli(*arguments), hint)
