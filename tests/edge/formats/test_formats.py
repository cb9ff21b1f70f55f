"""A model and its manifest in one file."""

from pathlib import Path

import onnxruntime
import pytest

from edgebreed.edge.formats import format_of, onnx, read_manifest, split_model, write_model
from edgebreed.errors import InputError, ModelFileError

from ...conftest import colour_manifest, colour_model


def test_a_manifest_comes_back_from_onnx(colours: Path) -> None:
    """As it was written; the path may be text."""
    assert colour_manifest() == read_manifest(colours) == read_manifest(str(colours))


def test_another_runtime_reads_the_same_file(colours: Path) -> None:
    """ONNX Runtime loads it and sees the manifest as metadata."""
    session = onnxruntime.InferenceSession(str(colours))
    assert "edgebreed" in session.get_modelmeta().custom_metadata_map


def test_a_model_without_a_manifest_is_refused_by_name(tmp_path: Path) -> None:
    """And the message says what to do."""
    (tmp_path / "bare.onnx").write_bytes(colour_model())
    with pytest.raises(ModelFileError, match=r"bare\.onnx: no manifest: export it with `edgebreed export`"):
        read_manifest(tmp_path / "bare.onnx")


@pytest.mark.parametrize("data", [b"", b"hello world", b"\x00\x00\x00\x00TFL3 and no archive"])
def test_no_model_at_all_is_refused(tmp_path: Path, data: bytes) -> None:
    """Empty, text, and a TFLite file's head."""
    (tmp_path / "x.onnx").write_bytes(data)
    with pytest.raises(ModelFileError, match=r"x\.onnx: .*export"):
        read_manifest(tmp_path / "x.onnx")


def test_a_flipped_byte_is_noticed(colours: Path) -> None:
    """The manifest holds the digest of the model."""
    data = bytearray(colours.read_bytes())
    data[data.index(b"logits")] ^= 1
    colours.write_bytes(data)
    with pytest.raises(ModelFileError, match="do not match its manifest: copy or export it again"):
        read_manifest(colours)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", "[" * 100_000])
def test_a_manifest_that_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    """By the file's name, and in one line."""
    path = tmp_path / "x.onnx"
    path.write_bytes(onnx.join(colour_model(), text, ()))
    with pytest.raises(ModelFileError, match=r"x\.onnx: manifest is damaged \(.*copy or export the model"):
        read_manifest(path)


def test_nothing_is_overwritten_unasked(colours: Path) -> None:
    """The message says which option allows it."""
    with pytest.raises(InputError, match=r"colours\.onnx exists: pass --overwrite"):
        write_model(colours, colour_model(), colour_manifest())
    write_model(colours, colour_model(), colour_manifest(), overwrite=True)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(InputError, match=r"cannot read model .*gone\.onnx: No such file"):
        read_manifest(tmp_path / "gone.onnx")


def test_a_run_in_place_of_a_model_file_is_told_apart(tmp_path: Path) -> None:
    """The message says how to make a file of it."""
    message = f"{tmp_path} is a folder: give a model file; .*`edgebreed export --run {tmp_path}` makes one"
    for read in (read_manifest, format_of):
        with pytest.raises(InputError, match=message):
            read(tmp_path)


def test_a_model_is_split_and_joined_again(colours: Path, tmp_path: Path) -> None:
    """The same bytes with another manifest."""
    body, manifest = split_model(colours)
    assert colour_model() == body
    write_model(tmp_path / "again.onnx", body, manifest)
    assert colours.read_bytes() == (tmp_path / "again.onnx").read_bytes()
