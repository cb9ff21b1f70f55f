"""How a foreign model is used as its own program uses it: from photo to input, and from output to answer.

Several sources say something of it: the command line, the model's own file, a file beside it, a search.
Each source is a `PartialRecipe`; `ImportRecipe` is what they make together, and remembers of each field
where it is from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from edgebreed.edge.preprocess import LETTERBOX_GREY, InputSpec, ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind, PixelTransform
from edgebreed.str_enum import StrEnum


class Origin(StrEnum):
    """Where a field of a recipe is from."""

    GIVEN = "given"  # an option, or a file that was passed with one
    FILE = "file"  # the model's own file, or one that its publisher lays beside it
    FOUND = "found"  # a search, of which reference answers or labelled photos decided
    ASSUMED = "assumed"  # what models of this kind mostly do


@dataclass(frozen=True)
class PartialRecipe:
    """What one source says; None where it says nothing.

    Attributes:
        layout: where the channels stand in the model's own input.
        channels: which the model's own input has, in which order.
        scale: factor of grey levels from 0 to 255.
        mean: subtracted after scaling, one number or one for each channel in the order of `channels`.
        std: divided by afterwards, the same.
        size: height and width of the input in px.
        resize: how a photo becomes a rectangle of this size.
        resize_to: length in px that sides are scaled to before the input is cut from the middle.
        interpolation: how pixels are computed.
        padding: grey level of what a letterbox adds.
        rounding: of lengths and corners in px.
        jpeg_quality: of a JPEG that the resized picture is made and decoded again.
        output: what the model's own output holds.
        output_name: of the output that holds it, where there are several.
        labels: names of the classes in the order of the output.
        subject: what all classes are, such as `bird`.
    """

    layout: Layout | None = None
    channels: Channels | None = None
    scale: float | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    size: tuple[int, int] | None = None
    resize: ResizeRule | None = None
    resize_to: int | None = None
    interpolation: Interpolation | None = None
    padding: int | None = None
    rounding: Rounding | None = None
    jpeg_quality: int | None = None
    output: OutputKind | None = None
    output_name: str | None = None
    labels: tuple[str, ...] | None = None
    subject: str | None = None

    def stated(self) -> dict[str, Any]:
        """The fields that it says something of."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in found.items() if value is not None}

    def over(self, other: "PartialRecipe") -> "PartialRecipe":
        """What this source says, and the other where this one says nothing."""
        return replace(other, **self.stated())


@dataclass(frozen=True)
class ImportRecipe:
    """A whole recipe, and where each field of it is from; fields as in `PartialRecipe`.

    `output_name` is None where the model has one output, `subject` where the classes have no common noun,
    `resize_to` where it is the input's own size, and `jpeg_quality` where the program makes no JPEG.
    """

    layout: Layout
    channels: Channels
    scale: float
    mean: tuple[float, ...]
    std: tuple[float, ...]
    size: tuple[int, int]
    resize: ResizeRule
    resize_to: int | None
    interpolation: Interpolation
    padding: int
    rounding: Rounding
    jpeg_quality: int | None
    output: OutputKind
    output_name: str | None
    labels: tuple[str, ...]
    subject: str | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False, hash=False)

    @classmethod
    def merged(cls, sources: Sequence[tuple[Origin, PartialRecipe]]) -> "ImportRecipe":
        """Takes each field from the first source that states it.

        Raises:
            InputError: no source states a field that a recipe must have, or the values do not fit together.
        """
        values: dict[str, Any] = {
            "resize_to": None,
            "jpeg_quality": None,
            "output_name": None,
            "subject": None,
        }
        origins: dict[str, Origin] = {}
        for origin, source in reversed(sources):
            stated = source.stated()
            values.update(stated)
            origins.update(dict.fromkeys(stated, origin))
        missing = [one.name for one in fields(PartialRecipe) if one.name not in values]
        if missing:
            raise InputError(f"the model's {missing[0]} is not known: pass --{missing[0].replace('_', '-')}")
        recipe = cls(**values, origins=origins)
        recipe.check()
        return recipe

    @property
    def pixels(self) -> PixelTransform:
        """From grey levels to the model's own input."""
        return PixelTransform(self.layout, self.channels, self.scale, self.mean, self.std)

    @property
    def input(self) -> InputSpec:
        """How a photo becomes the model's rectangle."""
        height, width = self.size
        return InputSpec(
            height,
            width,
            self.resize,
            interpolation=self.interpolation,
            resize_to=self.resize_to,
            padding=self.padding,
            rounding=self.rounding,
            jpeg_quality=self.jpeg_quality,
            grey=self.channels is Channels.GRAY,
        )

    def check(self) -> None:
        """Refuses values that do not fit together.

        Raises:
            InputError: such as three means for one channel.
        """
        try:
            _ = self.pixels, self.input
        except ValueError as error:
            raise InputError(str(error)) from error

    def fits(self) -> bool:
        """Whether the values fit together."""
        try:
            self.check()
        except InputError:
            return False
        return True

    def describe(self, names: Iterable[str]) -> str:
        """Some fields as a line; those at their usual value are left out."""
        default = {
            "resize_to": None,
            "padding": LETTERBOX_GREY,
            "rounding": Rounding.NEAREST,
            "jpeg_quality": None,
        }
        values = {name: getattr(self, name) for name in names}
        return ", ".join(
            f"{name} {shown(value)}" for name, value in values.items() if default.get(name, ...) != value
        )

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Each field with `value` and `origin`, in JSON types; those that no source states are left out."""
        values = asdict(self)
        return {
            name: {"value": _plain(values[name]), "origin": origin.value}
            for name, origin in self.origins.items()
        }


def shown(value: Any) -> str:
    """A field's value as a table shows it."""
    if isinstance(value, tuple):
        return (
            "x".join(map(str, value))
            if all(isinstance(one, int) for one in value)
            else ",".join(map(shown, value))
        )
    if value is None:
        return "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
