"""The model files that are tried."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.tune.variants import export_variants, read_variants
from edgebreed.edge.formats import ModelFormat, read_model, write_model
from edgebreed.edge.manifest import Accuracy, Precision, Target
from edgebreed.errors import InputError, MissingExtraError
from edgebreed.export import exporter
from edgebreed.export.request import ExportConfig
from edgebreed.machine import versions
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.run_record import MODEL

from ...conftest import colour_manifest, colour_model


def test_a_folder_of_files(colours: Path, tmp_path: Path) -> None:
    """By name, with what each states; other files do not matter."""
    (tmp_path / "notes.txt").touch()
    int8 = colour_manifest(precision=Precision.INT8, accuracy=Accuracy("test", 100, 0.95, 0.96))
    write_model(tmp_path / "int8.onnx", colour_model(), int8)
    variants = read_variants(tmp_path)
    assert ["colours.onnx", "int8.onnx"] == [variant.path.name for variant in variants]
    assert [(None, None, True), (0.95, 0.96, False)] == [
        (variant.top1, variant.float_top1, variant.is_baseline) for variant in variants
    ]


def test_a_folder_without_models_is_refused(tmp_path: Path) -> None:
    """With what belongs there."""
    with pytest.raises(InputError, match=r"no \.onnx and no \.tflite file in .*edgebreed export"):
        read_variants(tmp_path)


def test_files_of_two_classifiers_are_refused(colours: Path, tmp_path: Path) -> None:
    """Only one can be tuned at a time."""
    other = colour_manifest(classes=("a", "b", "c"), labels=("A", "B", "C"))
    write_model(tmp_path / "other.onnx", colour_model(), other)
    with pytest.raises(InputError, match=r"other\.onnx and colours\.onnx know different classes"):
        read_variants(tmp_path)


def planted_export(monkeypatch: pytest.MonkeyPatch, run: Path) -> list[str]:
    """Exports at once where TFLite's package is missing; returns the names of what was exported."""
    made = list[str]()

    def export(config: ExportConfig) -> None:
        if config.recipe.format is ModelFormat.TFLITE:
            raise MissingExtraError("LiteRT", "litert")
        made.append(config.path.name)
        manifest = colour_manifest(
            precision=config.recipe.precision,
            target=config.recipe.target,
            source_sha256=digest_of(run / MODEL),
            tools=versions(exporter.TOOLS),
        )
        write_model(config.path, colour_model(), manifest, overwrite=True)

    monkeypatch.setattr(exporter, "export", export)
    run.mkdir()
    (run / MODEL).write_bytes(b"a model")
    return made


def test_a_missing_package_costs_its_own_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And the log says which."""
    made = planted_export(monkeypatch, tmp_path / "run")
    variants = export_variants([tmp_path / "run"], tmp_path / "tune")
    assert made == [variant.path.name for variant in variants]
    assert caplog.messages[0].startswith("left out: LiteRT is not installed")


@pytest.mark.parametrize("stale", [{"tools": {"onnx": "0.1"}}, {"target": Target.TENSORRT}])
def test_a_file_of_other_tools_or_for_another_machine_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stale: dict[str, object]
) -> None:
    """It would answer for today's exporter on this processor."""
    run, made = tmp_path / "run", planted_export(monkeypatch, tmp_path / "run")
    variants = export_variants([run], tmp_path / "tune")
    old = next(variant for variant in variants if variant.manifest.precision is Precision.INT8)
    model = read_model(old.path)
    write_model(old.path, model.data, replace(model.manifest, **stale), overwrite=True)  # type: ignore[arg-type]  # by name
    made.clear()
    export_variants([run], tmp_path / "tune")
    assert [old.path.name] == made


@pytest.mark.long
@pytest.mark.keras
def test_a_run_is_exported_once(small_run: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In every format and precision; the second time the files are there."""
    caplog.set_level(logging.INFO)
    variants = export_variants([small_run], tmp_path)
    assert {".onnx", ".tflite"} == {variant.path.suffix for variant in variants}
    assert any(variant.is_baseline for variant in variants)
    assert "exporting small-fp32.onnx" in caplog.messages
    times = [variant.path.stat().st_mtime_ns for variant in variants]
    assert times == [variant.path.stat().st_mtime_ns for variant in export_variants([small_run], tmp_path)]
