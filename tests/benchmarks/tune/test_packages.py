"""The model files that are tried."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.tune.packages import export_packages, read_packages
from edgebreed.edge.manifest import Accuracy, Precision
from edgebreed.edge.model_file import write_model
from edgebreed.errors import InputError

from ...conftest import colour_manifest, colour_model


def test_a_folder_of_files(colours: Path, tmp_path: Path) -> None:
    """By name, with what each says of itself; other files do not disturb."""
    (tmp_path / "notes.txt").touch()
    int8 = colour_manifest(precision=Precision.INT8, accuracy=Accuracy("test", 100, 0.95, 0.96))
    write_model(tmp_path / "int8.onnx", colour_model(), int8)
    packages = read_packages(tmp_path)
    assert ["colours.onnx", "int8.onnx"] == [package.path.name for package in packages]
    assert [(None, None, True), (0.95, 0.96, False)] == [
        (package.top1, package.float_top1, package.is_reference) for package in packages
    ]


def test_a_folder_without_models_is_refused(tmp_path: Path) -> None:
    """With what belongs there."""
    with pytest.raises(InputError, match=r"no \.onnx and no \.tflite file in .*edgebreed export"):
        read_packages(tmp_path)


def test_files_of_two_classifiers_are_refused(colours: Path, tmp_path: Path) -> None:
    """Only one can be tuned at a time."""
    other = colour_manifest(classes=("a", "b", "c"), labels=("A", "B", "C"))
    write_model(tmp_path / "other.onnx", colour_model(), other)
    with pytest.raises(InputError, match=r"other\.onnx and colours\.onnx know different classes"):
        read_packages(tmp_path)


@pytest.mark.keras
def test_a_run_is_exported_once(small_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In every format and precision; the second time the files are there."""
    packages = export_packages([small_run], tmp_path)
    assert {".onnx", ".tflite"} == {package.path.suffix for package in packages}
    assert any(package.is_reference for package in packages)
    assert "exporting small-fp32.onnx" in capsys.readouterr().err
    times = [package.path.stat().st_mtime_ns for package in packages]
    assert times == [package.path.stat().st_mtime_ns for package in export_packages([small_run], tmp_path)]
