"""The request to export a model file again, in another precision."""

from dataclasses import dataclass
from pathlib import Path

from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.edge.manifest import Precision
from edgebreed.errors import InputError
from edgebreed.export.request import ExportOptions


@dataclass(frozen=True, kw_only=True)
class ModelExportConfig(ExportOptions):
    """A request to export a float32 ONNX file in another precision.

    Attributes:
        source: the file, which edgebreed has exported or imported.
        data: labelled photos to measure accuracy on; None measures the agreement with the file alone.
        calibration: photos to calibrate int8 on and, without `data`, to measure on.
        unknown_below: score below which an image is unknown, or `off`; None uses the file's.
        notice: None keeps the file's.
    """

    source: Path

    def __post_init__(self) -> None:
        super().__post_init__()
        precision = self.recipe.precision
        if self.recipe.format is not ModelFormat.ONNX:
            raise InputError("--from is for --format onnx: an ONNX file does not become TFLite here")
        if precision is Precision.FP32:
            raise InputError(
                "--from with --precision fp32: the file is fp32 already; choose int8, fp16 or weight-int8"
            )
        if self.path.resolve() == self.source.resolve():
            raise InputError(f"--out {self.path} is the file that --from reads: give another one")
        if self.calibration is None and precision is Precision.INT8:
            raise InputError(
                "--from with --precision int8 needs photos to calibrate on: pass --calibration DIR"
            )
        if self.calibration is None and self.data is None:
            raise InputError(
                f"--from with --precision {precision} needs photos to measure on: pass --calibration DIR, "
                "or --data DIR with labelled ones"
            )

    def default_path(self, ending: str) -> Path:
        """Beside the file that it is made from, with its name."""
        return self.source.with_name(f"{self.source.stem.removesuffix('-fp32')}-{ending}")

    def check(self, model: ModelFile) -> None:
        """Refuses a file that cannot be quantized.

        Raises:
            InputError: it is not in ONNX, or not in fp32.
        """
        precision = model.manifest.precision
        if model.format is not ModelFormat.ONNX:
            raise InputError(f"{self.source} is a TFLite file: --from takes its float original in ONNX")
        if precision is not Precision.FP32:
            raise InputError(
                f"{self.source} is in {precision}: what it lost is gone, so --from takes its fp32 original"
            )
