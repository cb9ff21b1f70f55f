"""The request to export, and the record of its result."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.manifest import Calibration, Precision
from edgebreed.edge.task import Rejection
from edgebreed.errors import InputError
from edgebreed.export.layer_noise import LayerNoise
from edgebreed.export.measured_accuracy import MeasuredAccuracy
from edgebreed.export.mixed_precision import MixedPrecisionResult
from edgebreed.export.parity import AgreementReport, too_few_images
from edgebreed.export.recipe import (
    CALIBRATION_IMAGES,
    MAX_FLOAT_LAYERS,
    OPSET,
    OPSETS,
    AccuracyBudget,
    GraphOptions,
    Recipe,
)

PER_CHANNEL_OPSET = 13  # DequantizeLinear has an axis from it on


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """What can be asked of each export.

    Attributes:
        recipe: format, precision and target.
        out: file to write; None names it by what is exported.
        data: labelled images.
        calibration: images for the quantizer.
        calibration_size: how many of them.
        max_drop: largest loss of top-1 in points; None uses the recipe's.
        max_float_layers: how many layers of an int8 file may stay float to stay within that.
        unknown_below: score below which an image is unknown, or `off`; None uses the run's.
        debug_layers: measure the quantization noise of each layer, and plot it beside the file.
        force: write a model that exceeds its budget.
        overwrite: replace `out`.
        notice: origin and licence of the weights, kept in the manifest.
    """

    recipe: Recipe
    out: Path | None = None
    data: Path | None = None
    calibration: Path | None = None
    calibration_size: int = CALIBRATION_IMAGES
    max_drop: float | None = None
    max_float_layers: int = MAX_FLOAT_LAYERS
    unknown_below: str | None = None
    debug_layers: bool = False
    force: bool = False
    overwrite: bool = False
    notice: str = ""

    def __post_init__(self) -> None:
        precision = self.recipe.precision
        Rejection().set_to(self.unknown_below)  # refuses what is no threshold before minutes of work
        if precision is Precision.FP32 and (self.max_drop is not None or self.debug_layers):
            option = "--debug-layers" if self.debug_layers else "--max-drop"
            raise InputError(
                f"{option} has nothing to measure: fp32 loses nothing; choose another --precision"
            )
        if self.out is not None and self.out.suffix != f".{self.recipe.format}":
            raise InputError(
                f"--out {self.out}: --format {self.recipe.format} is written as .{self.recipe.format}"
            )

    @property
    def path(self) -> Path:
        """The file to write."""
        return self.out or self.default_path(f"{self.recipe.precision}.{self.recipe.format}")

    def default_path(self, ending: str) -> Path:
        """Where a file goes whose place was left open.

        Args:
            ending: of its name, after what was exported and a hyphen.
        """
        raise NotImplementedError

    @property
    def plot(self) -> Path:
        """The plot of the layers' noise."""
        return self.path.with_name(f"{self.path.stem}-layers.png")

    @property
    def budget(self) -> AccuracyBudget:
        """What the file may lose against the float model."""
        budget = self.recipe.budget
        return budget if self.max_drop is None else budget.with_drop(self.max_drop / 100)


@dataclass(frozen=True, kw_only=True)
class ExportConfig(ExportOptions):
    """A request to export a run.

    Attributes:
        run: the run; its file goes there unless asked otherwise.
        options: of the file's graph.
        data: where the run's data set is now; None where it was.
        calibration: images for the quantizer; None uses the training split.
        unknown_below: score below which an image is unknown, or `off`; None uses the run's.
    """

    run: Path
    options: GraphOptions = field(default_factory=GraphOptions)

    def __post_init__(self) -> None:
        super().__post_init__()
        precision = self.recipe.precision
        if self.calibration is not None and precision is not Precision.INT8:
            raise InputError(f"--calibration is for --precision int8: leave it out with {precision}")
        if self.recipe.format is ModelFormat.TFLITE and self.options.opset != OPSET:
            raise InputError("--opset is for --format onnx: leave it out with tflite")
        if self.options.opset not in OPSETS:
            raise InputError(f"--opset {self.options.opset}: give one from {OPSETS[0]} to {OPSETS[-1]}")
        if precision is Precision.INT8 and self.options.opset < PER_CHANNEL_OPSET:
            raise InputError(
                f"--opset {self.options.opset} with --precision int8: scales per channel need "
                f"{PER_CHANNEL_OPSET} or later"
            )

    def default_path(self, ending: str) -> Path:
        """Inside the run, with its name."""
        return self.run / f"{self.run.resolve().name}-{ending}"

    @property
    def opset(self) -> int | None:
        """ONNX operator set version; None for TFLite."""
        return self.options.opset if self.recipe.format is ModelFormat.ONNX else None


@dataclass(frozen=True)
class ExportRecord:
    """What was exported, and what was measured on it.

    Attributes:
        config: the request.
        size: of the file, in bytes.
        engine: what ran it for the measurements.
        parity: of the float32 file in the same format with the float model.
        search: the file on the images that decide whether it stays within its budget, and the layers that
            stayed float for it.
        report: on test images, which decide nothing; of a file that is exported again, the last of `search`.
        measured: the file's accuracy on labelled images; None where there were none.
        golden_error: largest difference in a golden vector's probability.
        rejection: when the file answers 'unknown'.
        unknown: the same in a line of text, in the model's own words.
        calibration: the images that the quantizer saw.
        layers: quantization noise of each layer, where it was asked for.
        opset: ONNX operator set version; None for TFLite.
        static_batch: whether the batch is fixed to 1.
        remarks: what limits the measurement, a sentence each.
    """

    config: ExportOptions
    size: int
    engine: str
    parity: AgreementReport
    search: MixedPrecisionResult
    report: AgreementReport
    measured: MeasuredAccuracy | None
    golden_error: float
    rejection: Rejection
    unknown: str
    calibration: Calibration | None
    layers: tuple[LayerNoise, ...]
    opset: int | None
    static_batch: bool
    remarks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """What `edgebreed export --json` prints."""
        config, recipe, report = self.config, self.config.recipe, self.report
        data = {
            "path": str(config.path),
            "bytes": self.size,
            "recipe": recipe.name,
            "format": recipe.format.value,
            "precision": recipe.precision.value,
            "target": recipe.target and recipe.target.value,
            "opset": self.opset,
            "static_batch": self.static_batch,
            "engine": self.engine,
            "split": report.split,
            "n": report.n,
            "accuracy": self._accuracy(),
            "test": self.measured and self.measured.metrics.to_dict(),
            "agreement": {"top1": report.agreement, "max_error": report.max_error},
            "losses": report.to_dict().get("losses", []),
            "parity": self.parity.to_dict(),
            "validation": self._validation(),
            "mixed_precision": self.search.to_dict(),
            "golden_error": self.golden_error,
            "rejection": asdict(self.rejection),
            "unknown": self.unknown,
            "calibration": self.calibration and asdict(self.calibration),
            "remarks": list(self.remarks),
        }
        if config.debug_layers:
            data["layers"] = [asdict(row) for row in self.layers]
            data["plot"] = str(config.plot)
        return data

    def _accuracy(self) -> dict[str, Any] | None:
        """Of the float model and of the file by argmax, and what the file delivers; None without labels."""
        if self.measured is None:
            return None
        report = self.measured.report
        return {
            "float": report.float_top1,
            "exported": report.exported_top1,
            "float_interval": report.float_interval,
            "exported_interval": report.exported_interval,
            "delivered": self.measured.delivered.to_dict(),
        }

    def _validation(self) -> dict[str, Any]:
        """What the budget was held against, and what of it the images are too few to measure."""
        report, budget = self.search.report, self.config.budget
        return {
            **report.to_dict(),
            "budget": asdict(budget),
            "too_few_images": too_few_images(report.n, budget),
        }
