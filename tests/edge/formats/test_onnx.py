"""ONNX files with a manifest in their metadata."""

import onnx
import pytest
from onnx import helper

from edgebreed.edge.formats import onnx as onnx_file
from edgebreed.errors import ModelFileError

from ...conftest import colour_model


def test_metadata_reads_what_onnx_wrote() -> None:
    """Keys, values, and letters beyond ASCII."""
    model = onnx.load_from_string(colour_model())
    helper.set_model_props(model, {"a": "1", "größe": "x" * 300})
    found = {key.decode(): value.decode() for key, value in onnx_file.metadata(model.SerializeToString())}
    assert {"a": "1", "größe": "x" * 300} == found


def test_onnx_reads_what_was_appended() -> None:
    """An entry is part of the model to every other reader."""
    data = colour_model() + onnx_file.metadata_entry(b"key", b"v" * 70_000)
    assert [("key", "v" * 70_000)] == [(p.key, p.value) for p in onnx.load_from_string(data).metadata_props]


def test_a_model_is_joined_with_its_manifest_and_split_again() -> None:
    """Byte for byte."""
    joined = onnx_file.join(colour_model(), '{"größe": 1}', ())
    assert (colour_model(), '{"größe": 1}') == onnx_file.split(joined)


def test_of_two_manifests_none_is_chosen() -> None:
    """Readers differ in which of two they take."""
    twice = colour_model() + 2 * onnx_file.metadata_entry(b"edgebreed", b"{}")
    with pytest.raises(ModelFileError, match="2 manifests where one is allowed: export the model again"):
        onnx_file.split(twice)


def test_metadata_is_taken_out_by_the_beginning_of_its_key() -> None:
    """From anywhere in the file; all other bytes stay."""
    kept, dropped = onnx_file.metadata_entry(b"b a", b"1"), onnx_file.metadata_entry(b"a b", b"2")
    model = dropped + colour_model() + dropped + kept
    assert colour_model() + kept == onnx_file.without_metadata(model, b"a ")
