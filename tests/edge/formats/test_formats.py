"""A model and its manifest in one file."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from edgebreed.edge.formats import MAX_BYTES, format_of, onnx, read_manifest, read_model, write_model
from edgebreed.edge.formats.digest import with_digest
from edgebreed.errors import InputError, ModelFileError

from ...conftest import colour_manifest, colour_model
from .flatbuffers_made import flatbuffer


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
    with pytest.raises(
        ModelFileError, match=r"bare\.onnx: no manifest: `edgebreed import` takes in another program's model"
    ):
        read_manifest(tmp_path / "bare.onnx")


@pytest.mark.parametrize("data", [b"", b"hello world", b"\x00\x00\x00\x00TFL3 and no archive"])
def test_no_model_at_all_is_refused(tmp_path: Path, data: bytes) -> None:
    """Empty, text, and a TFLite file's head."""
    (tmp_path / "x.onnx").write_bytes(data)
    with pytest.raises(ModelFileError, match=r"x\.onnx: .*(import|export)"):
        read_manifest(tmp_path / "x.onnx")


@pytest.mark.parametrize("data", [b"PK\x03\x04 and more", b"\x89HDF\r\n\x1a\n"])
def test_a_keras_file_is_told_apart(tmp_path: Path, data: bytes) -> None:
    """A run holds one; devices have no Keras."""
    (tmp_path / "model.keras").write_bytes(data)
    with pytest.raises(
        ModelFileError, match=r"model\.keras is a Keras file: `edgebreed export --run .*` makes"
    ):
        read_manifest(tmp_path / "model.keras")


def test_a_flipped_byte_is_noticed(colours: Path) -> None:
    """The manifest holds the digest of the model."""
    data = bytearray(colours.read_bytes())
    data[data.index(b"logits")] ^= 1
    colours.write_bytes(data)
    with pytest.raises(ModelFileError, match="does not match its digest: copy or export it again"):
        read_manifest(colours)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", "[" * 100_000])
def test_a_manifest_that_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    """By the file's name, and in one line."""
    path = tmp_path / "x.onnx"
    path.write_bytes(with_digest(onnx.join(colour_model(), text, ())))
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
    model = read_model(colours)
    assert colour_model() == model.data
    write_model(tmp_path / "again.onnx", model.data, model.manifest)
    assert colours.read_bytes() == (tmp_path / "again.onnx").read_bytes()


OLD = "do not match its manifest: copy or export it again"


def older(model: bytes, **changes: object) -> bytes:
    """A file of schema 2, which has a digest of the model alone."""
    data = {
        **colour_manifest().to_dict(),
        "schema": 2,
        "sha256": hashlib.sha256(model).hexdigest(),
        **changes,
    }
    return model + onnx.metadata_entry(b"edgebreed", json.dumps(data).encode())


def test_an_older_file_is_read_with_what_it_has(tmp_path: Path) -> None:
    """Its digest covers the model; its manifest's fields are bounded as any other's."""
    path = tmp_path / "old.onnx"
    path.write_bytes(older(colour_model()))
    assert colour_manifest() == read_manifest(path)
    for wrong, message in (({"sha256": "0" * 64}, OLD), ({"tolerance": 7}, "tolerance is 7")):
        path.write_bytes(older(colour_model(), **wrong))
        with pytest.raises(ModelFileError, match=message):
            read_manifest(path)


def test_a_file_of_today_needs_its_digest(tmp_path: Path) -> None:
    """Else a single bit of its mark would switch the check off."""
    path = tmp_path / "m.onnx"
    path.write_bytes(older(colour_model(), schema=3))
    with pytest.raises(ModelFileError, match="the file's digest is missing: copy or export it again"):
        read_manifest(path)


def test_a_manifest_that_no_reader_takes_is_not_written(tmp_path: Path) -> None:
    """Nothing is left behind."""
    with pytest.raises(ModelFileError, match="labels.1. is .*: control characters"):
        write_model(tmp_path / "m.onnx", colour_model(), colour_manifest(labels=("a", "b\x1b", "c")))
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1" * 5000, "1e999"])
def test_numbers_that_json_does_not_have_are_refused(tmp_path: Path, number: str) -> None:
    """Python's reader would take them."""
    path = tmp_path / "m.onnx"
    text = json.dumps(colour_manifest().to_dict()).replace('"tolerance": 0.01', f'"tolerance": {number}')
    path.write_bytes(with_digest(onnx.join(colour_model(), text, ())))
    with pytest.raises(ModelFileError, match="m.onnx: manifest is damaged"):
        read_manifest(path)


@pytest.mark.parametrize("twice", ['"name": "a", "name": "b"', '"task": {"people": true, "people": false}'])
def test_a_key_that_stands_twice_is_refused(tmp_path: Path, twice: str) -> None:
    """Each reader would take another value."""
    path = tmp_path / "m.onnx"
    text = json.dumps(colour_manifest().to_dict()).replace("{", f"{{{twice}, ", 1)
    path.write_bytes(with_digest(onnx.join(colour_model(), text, ())))
    with pytest.raises(ModelFileError, match="'(name|people)' stands twice in an object: each key may"):
        read_manifest(path)


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe would never end, and a device neither."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="is no file: give a model file"):
            read_manifest(path)


def test_a_file_of_any_size_is_not_read_whole(tmp_path: Path) -> None:
    """A gigabyte is the most; a sparse file takes no room here."""
    with (tmp_path / "large.onnx").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ModelFileError, match="large.onnx has 1,073,741,825 bytes: a model may have 1,073"):
        read_manifest(tmp_path / "large.onnx")


@pytest.mark.parametrize("made", [colour_model, flatbuffer])
def test_no_flipped_bit_is_accepted(made: Callable[[], bytes], tmp_path: Path) -> None:
    """Anywhere in either format's file: model, manifest, archive or digest."""
    path, rng = tmp_path / "m", np.random.default_rng(5)
    write_model(path, made(), colour_manifest())
    data = path.read_bytes()
    for bit in rng.integers(0, 8 * len(data), 300):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << int(bit % 8)
        path.write_bytes(flipped)
        with pytest.raises(ModelFileError):
            read_manifest(path)
