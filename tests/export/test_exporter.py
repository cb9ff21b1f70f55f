"""Whole exports of a small run."""

import contextlib
import io
import json
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest

from edgebreed.cli import run
from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.formats import read_manifest, read_model
from edgebreed.edge.preprocess import DecodeRule
from edgebreed.edge.verify import verify
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.run_record import read_record, read_run_images

from ..conftest import GREY, ROOT, Cli, plain
from ..test_cli import assert_refused

pytestmark = pytest.mark.keras

Exported = Callable[[str, str], tuple[Path, dict[str, Any]]]
"""A file of the small run by its format and precision, and what `export --json` printed."""


@pytest.fixture(scope="module")
def exported(small_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Exports each kind of file once; tests copy what they change."""
    folder = tmp_path_factory.mktemp("exported")

    @cache
    def export_once(format_: str, precision: str) -> tuple[Path, dict[str, Any]]:
        out = folder / f"{precision}.{format_}"
        # Two epochs make a model that is unsure of everything; int8's budget is for fitted models.
        force = ["--force"] if precision == "int8" else []
        options = ["--format", format_, "--precision", precision, "--out", str(out), "--json", *force]
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert 0 == run(["export", "--run", str(small_run), *options])
        return out, json.loads(printed.getvalue())

    return export_once


@pytest.mark.parametrize(
    ("format_", "precision", "engine"),
    [
        ("onnx", "fp32", "cpu"),
        ("onnx", "int8", "cpu"),
        ("onnx", "int8", "openvino"),
        ("tflite", "fp32", "litert"),
    ],
)
def test_an_exported_file_runs_and_verifies_itself(
    exported: Exported, format_: str, precision: str, engine: str
) -> None:
    """It needs nothing but the file."""
    out, record = exported(format_, precision)
    manifest = read_manifest(out)
    assert (out.stat().st_size, 12) == (record["bytes"], record["n"])
    assert (DecodeRule.REDUCED, 5) == (manifest.input.decode, len(manifest.golden))
    assert record["agreement"]["max_error"] <= (1e-4 if precision == "fp32" else 0.2)
    loaded = load_engine(read_model(out), EngineOptions(engine))
    assert verify(loaded, manifest).max_error <= 0.2
    assert (5, 3) == loaded.run(np.zeros((5, 64, 64, 3), np.uint8)).probabilities.shape


def test_onnx_is_checked_named_and_of_the_stated_opset(exported: Exported) -> None:
    """`batch` is symbolic, the input is uint8, no weight is in another file."""
    out, record = exported("onnx", "fp32")
    model = onnx.load(out, load_external_data=False)
    onnx.checker.check_model(model, full_check=True)
    (value,) = model.graph.input
    assert "batch" == value.type.tensor_type.shape.dim[0].dim_param
    assert (17, 17, onnx.TensorProto.UINT8) == (
        record["opset"],
        next(opset.version for opset in model.opset_import if not opset.domain),
        value.type.tensor_type.elem_type,
    )


def test_the_manifest_knows_the_images_that_the_run_learned_from(
    small_run: Path, tmp_path: Path, cli: Cli
) -> None:
    """Training, validation and calibration images, and no test image."""
    other = tmp_path / "other"
    other.mkdir()
    cv2.imwrite(str(other / "grey.png"), plain(GREY))
    options = ("--run", small_run, "--precision", "int8", "--calibration", other, "--force")
    assert 0 == cli("export", *options, "--out", tmp_path / "m.onnx").code
    learned = read_manifest(tmp_path / "m.onnx").learned
    assert learned is not None
    splits = read_run_images(small_run, read_record(small_run)).splits
    digests = {name: {digest_of(image.path) for image in images} for name, images in splits.items()}
    seen = digests["train"] | digests["valid"]
    seen.add(digest_of(other / "grey.png"))
    assert len(seen) == learned.n
    assert seen == {digest for digest in seen | digests["test"] if digest in learned}


def test_the_check_of_the_data_set_shares_its_digests(small_run: Path) -> None:
    """The manifest needs them too; no image is hashed twice."""
    asked = list[Path]()

    def digest(path: Path) -> str:
        asked.append(path)
        return digest_of(path)

    data = read_run_images(small_run, read_record(small_run), digest=digest)
    assert sorted(image.path for image in data.all_images) == sorted(asked)


def test_nothing_is_overwritten(small_run: Path, tmp_path: Path, cli: Cli) -> None:
    """It is refused before any work is done."""
    (tmp_path / "m.onnx").touch()
    outcome = cli("export", "--run", small_run, "--out", tmp_path / "m.onnx")
    assert 2 == outcome.code
    assert re.match(r"edgebreed: .*m\.onnx exists: pass --overwrite", outcome.err)


def test_a_data_set_that_moved_can_be_named(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """The run records where it was; the message says how to name the new place."""
    record = json.loads((small_run / "run.json").read_text())
    run = tmp_path / "moved"
    run.mkdir()
    (run / "model.keras").symlink_to(small_run / "model.keras")
    (run / "splits.json").symlink_to(small_run / "splits.json")
    (run / "run.json").write_text(json.dumps({**record, "data": "/nowhere"}))
    assert "data set /nowhere is gone: pass --data DIR" in cli("export", "--run", run).err
    assert 0 == cli("export", "--run", run, "--data", small_data).code


def test_other_photos_of_the_same_names_are_no_data_set_of_the_run(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """Nothing is calibrated on them, and no accuracy on them is recorded."""
    shutil.copytree(small_data, tmp_path / "other")
    for path in (tmp_path / "other").rglob("*.png"):
        cv2.imwrite(str(path), plain(GREY))
    refused = cli("export", "--run", small_run, "--data", "other", "--out", "m.onnx")
    assert_refused(refused, "48 of the 48 that it learned have another content, the first is train/disc")
    assert "pass --data DIR with the same data set" in refused.err
    assert not (tmp_path / "m.onnx").exists()


def test_the_plain_runtimes_need_no_edgebreed() -> None:
    """The programs of the page on exports import none; they are run with the page's other blocks."""
    page = (ROOT / "docs/export.md").read_text()
    section = page.split("## Use the file without edgebreed")[1].split("\n## ")[0]
    programs = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert 2 == len(programs)
    assert [] == [program for program in programs if re.search(r"(import|from) edgebreed", program)]


@pytest.mark.parametrize(("format_", "precision"), [("onnx", "fp32"), ("onnx", "int8"), ("tflite", "fp32")])
def test_a_multi_label_run_is_exported_with_its_thresholds(
    several_run: Path, tmp_path: Path, cli: Cli, format_: str, precision: str
) -> None:
    """Compared label by label; int8 of a network that was hardly fitted needs force."""
    out = tmp_path / f"defects.{format_}"
    options = ("--format", format_, "--precision", precision, *(["--force"] if precision == "int8" else []))
    record = cli("export", "--run", several_run, *options, "--out", out, "--json").json
    manifest, run_record = read_manifest(out), read_record(several_run)
    assert (run_record.thresholds, True) == (manifest.thresholds, manifest.task.multi_label)
    assert {"labels", "max_error"} == set(record["agreement"])
    assert precision == "int8" or 1.0 == record["agreement"]["labels"]
    assert record["accuracy"]["exported"] == record["test"]["subset_accuracy"]
    stated = manifest.accuracy
    assert stated is not None
    assert record["test"]["mean_average_precision"] == pytest.approx(stated.mean_average_precision)
    assert 0 == cli("verify", out).code


def test_the_table_of_a_multi_label_export_speaks_of_labels(
    several_run: Path, tmp_path: Path, cli: Cli
) -> None:
    """A threshold by hand holds for each."""
    out = tmp_path / "defects.onnx"
    options = ("--format", "onnx", "--precision", "fp32", "--unknown-below", "0.3", "--out", out)
    table = " ".join(cli("export", "--run", several_run, *options).out.replace("│", " ").split())
    assert "subset accuracy exported" in table
    assert "of the decisions on labels" in table
    assert (0.3, 0.3, 0.3) == read_manifest(out).thresholds
    off = (*options, "--unknown-below", "off", "--overwrite")
    assert_refused(cli("export", "--run", several_run, *off), "give a score")
