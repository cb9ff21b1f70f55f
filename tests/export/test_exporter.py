"""Exports, proved, on a small run."""

import json
import re
from pathlib import Path

import numpy as np
import onnx
import pytest

from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.verify import verify
from edgebreed.errors import ProofError
from edgebreed.export.exporter import with_tolerance
from edgebreed.export.proof import Proof, require
from edgebreed.export.recipe import FLOAT_BOUND, INT8_BOUND

from ..conftest import ROOT, Cli, colour_manifest

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("format_", "precision", "engine"),
    [
        ("onnx", "fp32", "cpu"),
        ("onnx", "int8", "cpu"),
        ("onnx", "int8", "openvino"),
        ("tflite", "fp32", "litert"),
    ],
)
def test_an_export_explains_and_proves_itself(
    small_run: Path, tmp_path: Path, cli: Cli, format_: str, precision: str, engine: str
) -> None:
    """The file alone is enough to answer and to verify."""
    out = tmp_path / f"small.{format_}"
    # Two epochs make a model that is unsure of everything; --force, as int8's bound is for fitted models.
    force = ["--force"] if precision == "int8" else []
    options = ("--run", small_run, "--format", format_, "--precision", precision, "--out", out)
    outcome = cli("export", *options, "--json", *force)
    assert 0 == outcome.code, outcome.err
    record, manifest = outcome.json, read_manifest(out)
    assert (out.stat().st_size, 12) == (record["bytes"], record["n"])
    assert record["agreement"]["max_error"] <= (1e-4 if precision == "fp32" else 0.2)
    loaded = load_engine(out, manifest, EngineOptions(engine))
    assert verify(loaded, manifest).max_error <= 0.2
    assert ((5, 3)) == loaded.run(np.zeros((5, 64, 64, 3), np.uint8)).probabilities.shape


def test_onnx_is_checked_named_and_of_the_stated_opset(small_run: Path, tmp_path: Path, cli: Cli) -> None:
    """`batch` is symbolic, the input is uint8, nothing lies outside the file."""
    record = cli("export", "--run", small_run, "--out", tmp_path / "m.onnx", "--json").json
    model = onnx.load(tmp_path / "m.onnx", load_external_data=False)
    onnx.checker.check_model(model, full_check=True)
    (value,) = model.graph.input
    assert "batch" == value.type.tensor_type.shape.dim[0].dim_param
    assert (17, 17, onnx.TensorProto.UINT8) == (
        record["opset"],
        next(opset.version for opset in model.opset_import if not opset.domain),
        value.type.tensor_type.elem_type,
    )


def test_a_missed_bound_writes_nothing_and_exits_1(small_run: Path, tmp_path: Path, cli: Cli) -> None:
    """A gate that is asked for the impossible: the validation photos of other classes' folders."""
    with pytest.raises(
        ProofError, match=r"onnx-fp32: largest probability difference is 0\.5 .* the bound is 0\.0001"
    ):
        require(Proof("valid", 10, 1.0, 0.5, 1.0, 1.0), FLOAT_BOUND, "onnx-fp32")
    with pytest.raises(ProofError, match=r"loss of top-1 is 0\.1"):
        require(Proof("valid", 10, 1.0, 0.0, 1.0, 0.9), FLOAT_BOUND, "onnx-fp32")
    assert 1 == ProofError.exit_code


def test_the_tolerance_is_one_that_the_file_holds() -> None:
    """int8 may be far off on drawn images; a float file that is has a fault."""
    manifest = colour_manifest(tolerance=0.1)
    assert manifest is with_tolerance(manifest, 0.1, INT8_BOUND, force=False)
    assert 0.35 == pytest.approx(with_tolerance(manifest, 0.3, INT8_BOUND, force=False).tolerance)
    with pytest.raises(ProofError, match=r"a golden vector is off by 0\.3, the bound is 0\.1"):
        with_tolerance(manifest, 0.3, FLOAT_BOUND, force=False)


def test_nothing_is_overwritten(small_run: Path, tmp_path: Path, cli: Cli) -> None:
    """Before any work is done."""
    (tmp_path / "m.onnx").touch()
    outcome = cli("export", "--run", small_run, "--out", tmp_path / "m.onnx")
    assert 2 == outcome.code
    assert re.match(r"edgebreed: .*m\.onnx exists: pass --overwrite", outcome.err)


def test_a_data_set_that_moved_can_be_named(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """The run remembers where it was; the message says how to say where it is."""
    record = json.loads((small_run / "run.json").read_text())
    run = tmp_path / "moved"
    run.mkdir()
    (run / "model.keras").symlink_to(small_run / "model.keras")
    (run / "splits.json").symlink_to(small_run / "splits.json")
    (run / "run.json").write_text(json.dumps({**record, "data": "/nowhere"}))
    assert "data set /nowhere is gone: pass --data DIR" in cli("export", "--run", run).err
    assert 0 == cli("export", "--run", run, "--data", small_data).code


def test_the_plain_runtimes_need_no_edgebreed(small_run: Path, tmp_path: Path, cli: Cli) -> None:
    """The snippets of README run as they stand."""
    cli("export", "--run", small_run, "--out", tmp_path / "model.onnx")
    cli("export", "--run", small_run, "--format", "tflite", "--out", tmp_path / "model.tflite")
    snippets = re.findall(r"```python\n(# plain .*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert 2 == len(snippets)
    for snippet in snippets:
        assert "edgebreed" not in snippet
        exec(snippet, {"size": 64})
