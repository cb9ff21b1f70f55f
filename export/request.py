"""A request to export, and the record of what came of it."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from edgebreed.edge.manifest import Calibration, Precision
from edgebreed.errors import InputError
from edgebreed.export.accuracy_control import Controlled
from edgebreed.export.convert import Shape
from edgebreed.export.layers import LayerNoise
from edgebreed.export.proof import Proof
from edgebreed.export.recipe import CALIBRATION_PHOTOS, MAX_FLOAT_LAYERS, OPSET, Bound, Format, Recipe

PER_CHANNEL_OPSET = 13  # DequantizeLinear has an axis from it on


@dataclass(frozen=True)
class ExportConfig:
    """A request to export.

    Attributes:
        run: the run to export.
        recipe: format, precision and target.
        shape: what else the file is asked for.
        out: file to write; None names it by run and recipe, inside the run.
        data: data set to prove on; None takes the run's own.
        calibration: photos for the quantizer; None takes the training split.
        calibration_size: how many of them.
        max_drop: largest loss of top-1 in points; None takes the recipe's.
        max_float_layers: how many layers of an int8 file may stay float to hold that.
        debug_layers: measure the noise of each layer, and draw it beside the file.
        force: write a model that missed its bound.
        overwrite: replace `out`.
        notice: origin and licence of the weights, kept in the manifest.
    """

    run: Path
    recipe: Recipe
    shape: Shape = field(default_factory=Shape)
    out: Path | None = None
    data: Path | None = None
    calibration: Path | None = None
    calibration_size: int = CALIBRATION_PHOTOS
    max_drop: float | None = None
    max_float_layers: int = MAX_FLOAT_LAYERS
    debug_layers: bool = False
    force: bool = False
    overwrite: bool = False
    notice: str = ""

    def __post_init__(self) -> None:
        precision = self.recipe.precision
        if self.calibration is not None and precision is not Precision.INT8:
            raise InputError(f"--calibration is for --precision int8: leave it out with {precision}")
        if precision is Precision.FP32 and (self.max_drop is not None or self.debug_layers):
            option = "--debug-layers" if self.debug_layers else "--max-drop"
            raise InputError(
                f"{option} has nothing to measure: fp32 loses nothing; choose another --precision"
            )
        if self.recipe.format is Format.TFLITE and self.shape.opset != OPSET:
            raise InputError("--opset is for --format onnx: leave it out with tflite")
        if precision is Precision.INT8 and self.shape.opset < PER_CHANNEL_OPSET:
            raise InputError(
                f"--opset {self.shape.opset} with --precision int8: weights have a scale a channel from "
                f"{PER_CHANNEL_OPSET} on"
            )
        if self.out is not None and self.out.suffix != f".{self.recipe.format}":
            raise InputError(
                f"--out {self.out}: --format {self.recipe.format} is written as .{self.recipe.format}"
            )

    @property
    def path(self) -> Path:
        """The file to write."""
        name = f"{self.run.resolve().name}-{self.recipe.precision}.{self.recipe.format}"
        return self.out or self.run / name

    @property
    def plot(self) -> Path:
        """The picture of the layers' noise."""
        return self.path.with_name(f"{self.path.stem}-layers.png")

    @property
    def opset(self) -> int | None:
        """ONNX operator set version; None for TFLite."""
        return self.shape.opset if self.recipe.format is Format.ONNX else None

    @property
    def bound(self) -> Bound:
        """What the file may lose on validation photos."""
        bound = self.recipe.bound
        return bound if self.max_drop is None else bound.allowing(self.max_drop / 100)


@dataclass(frozen=True)
class ExportRecord:
    """What was exported and what it was proved by.

    Attributes:
        config: the request.
        size: of the file, in bytes.
        engine: what ran it for the proof.
        parity: of the float32 file in the same format with the Keras model.
        control: the proof on validation photos, which the bound is held against, and what it took.
        report: on test photos, which decide nothing.
        golden_error: largest difference in a golden vector.
        calibration: what the quantizer saw.
        layers: noise of each layer, where it was asked for.
    """

    config: ExportConfig
    size: int
    engine: str
    parity: Proof
    control: Controlled
    report: Proof
    golden_error: float
    calibration: Calibration | None
    layers: tuple[LayerNoise, ...]

    def sized(self) -> "ExportRecord":
        """The same with the size of the file that was written."""
        return replace(self, size=self.config.path.stat().st_size)

    def to_dict(self) -> dict[str, Any]:
        """What `edgebreed export --json` prints."""
        recipe, report = self.config.recipe, self.report
        data = {
            "path": str(self.config.path),
            "bytes": self.size,
            "recipe": recipe.name,
            "format": recipe.format.value,
            "precision": recipe.precision.value,
            "target": recipe.target and recipe.target.value,
            "opset": self.config.opset,
            "static_batch": self.config.shape.static_batch,
            "engine": self.engine,
            "n": report.n,
            "accuracy": {
                "float": report.float_top1,
                "exported": report.exported_top1,
                "float_interval": report.float_interval,
                "exported_interval": report.exported_interval,
            },
            "agreement": {"top1": report.agreement, "max_error": report.max_error},
            "losses": report.to_dict()["losses"],
            "parity": self.parity.to_dict(),
            "gate": self.control.proof.to_dict(),
            "control": self.control.to_dict(),
            "golden_error": self.golden_error,
            "calibration": self.calibration and self.calibration.__dict__,
        }
        if self.config.debug_layers:
            data["layers"] = [row.__dict__ for row in self.layers]
            data["plot"] = str(self.config.plot)
        return data
