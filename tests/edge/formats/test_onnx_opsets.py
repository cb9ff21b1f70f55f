"""Versions of operator sets."""

from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import helper

from edgebreed.edge.formats import read_model, write_model
from edgebreed.edge.formats.onnx_check import check_onnx
from edgebreed.edge.formats.protobuf import bytes_field
from edgebreed.errors import ModelFileError

from ...conftest import colour_manifest, colour_model


def importing(version: int, domain: str, *, in_function: bool = False) -> bytes:
    """A model that imports an operator set once more, itself or in a function that nothing calls."""
    model = onnx.load_from_string(colour_model())
    imports: Any = model.opset_import
    if in_function:
        model.functions.append(onnx.FunctionProto(name="f", domain="own"))
        imports = model.functions[0].opset_import
    imports.append(helper.make_opsetid(domain, version))
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("in_function", [False, True])
@pytest.mark.parametrize(
    ("domain", "known", "unknown"),
    [
        ("", (7, 17, 30), (-(2**63), -1, 0, 6, 31, 2**31, 2**31 + 17, 2**32 + 17, 2**63 - 1)),
        ("ai.onnx", (7, 30), (6, 31, 2**31)),
        ("com.microsoft", (1, 100), (0, 101, 2**31)),
    ],
)
def test_versions_that_no_engine_knows_are_refused(
    domain: str, known: tuple[int, ...], unknown: tuple[int, ...], in_function: bool
) -> None:
    """In the message stand what came and what is allowed."""
    for version in known:
        check_onnx(importing(version, domain, in_function=in_function))
    for version in unknown:
        came, allowed = f"^opset {version % 2**64} of ", f"{known[0]} to {known[-1]} are allowed: export it"
        with pytest.raises(ModelFileError, match=f"{came}.*{allowed}"):
            check_onnx(importing(version, domain, in_function=in_function))


def test_of_several_versions_in_one_import_the_last_one_counts() -> None:
    """As protobuf's readers take it."""
    for versions, refused in ((b"\x10\x11\x10\xff\x01", True), (b"\x10\xff\x01\x10\x11", False)):
        data = colour_model() + bytes_field(8, versions)
        if refused:
            with pytest.raises(ModelFileError, match="opset 255 of ONNX"):
                check_onnx(data)
        else:
            check_onnx(data)


def test_a_version_of_two_billion_reaches_no_engine(tmp_path: Path) -> None:
    """The fault is the file's: `auto` would hand it from engine to engine."""
    path = tmp_path / "x.onnx"
    write_model(path, importing(2**31, ""), colour_manifest())
    with pytest.raises(
        ModelFileError, match=r"x\.onnx: opset 2147483648 of ONNX is refused, 7 to 30 are all"
    ):
        read_model(path)
