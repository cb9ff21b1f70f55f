"""What a foreign model's inputs and outputs say of its recipe, and what models of its kind mostly do."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.preprocess import LETTERBOX_GREY, ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError, ModelFileError
from edgebreed.export.importer.foreign_model import ForeignModel, ForeignTensor
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind
from edgebreed.export.importer.recipe_candidates import IMAGENET_MEAN, IMAGENET_STD, Scaling

_IMAGE_RANK, _DEPTHS = 4, (1, 3)
_SUMS_TO_ONE = 1e-2  # probabilities in float16 or int8 do so nearly
_LARGEST_SCALED = 3  # of a mean or deviation of pixels that were scaled to 0..1 or -1..1
MAX_SIDE = 4096


def stated_by_interface(model: ForeignModel, given: PartialRecipe) -> PartialRecipe:
    """Layout, channels, size and output, as far as the model's inputs and outputs decide them.

    Args:
        model: the model.
        given: what decides where the model leaves a choice.

    Raises:
        ModelFileError: it does not take one image, or gives nothing that can be classes.
        InputError: what was given contradicts the model, or a choice is left.
    """
    image = _image_input(model)
    layout = _layout(image, given.layout)
    sides = image.shape[2:4] if layout is Layout.NCHW else image.shape[1:3]
    depth = image.shape[1 if layout is Layout.NCHW else 3]
    _refuse_other_channels(image, depth, given.channels)
    output = _class_output(model, given.output_name)
    return PartialRecipe(
        layout=layout,
        channels=Channels.GRAY if depth == 1 else None,
        size=_size(image, sides, given.size),
        output=output.kind,
        output_name=output.name if len(model.outputs) > 1 else None,
    )


def assumed_recipe(model: ForeignModel, stated: PartialRecipe) -> PartialRecipe:
    """What is mostly done: as torchvision where the channels stand first, as Keras where they stand last.

    Args:
        model: the model.
        stated: what is known already, among it layout and size.
    """
    assert stated.size is not None
    as_torch = stated.layout is Layout.NCHW and stated.resize in (None, ResizeRule.SHORTER_SIDE)
    scale, mean, std = _assumed_scaling(model, stated)
    return PartialRecipe(
        channels=Channels.RGB,
        scale=scale,
        mean=mean,
        std=std,
        resize=ResizeRule.SHORTER_SIDE if as_torch else ResizeRule.SQUASH,
        resize_to=round(max(stated.size) * 256 / 224) if as_torch else None,
        interpolation=Interpolation.PIL_BILINEAR,
        padding=LETTERBOX_GREY,
        rounding=Rounding.TORCHVISION if as_torch else Rounding.NEAREST,
    )


def _assumed_scaling(model: ForeignModel, stated: PartialRecipe) -> Scaling:
    """Where one of scale, mean and std is stated, the others change nothing."""
    if any(value is not None for value in (stated.scale, stated.mean, stated.std)):
        of_grey_levels = (
            max(map(abs, (*(stated.mean or ()), *(stated.std or ()))), default=0) > _LARGEST_SCALED
        )
        return 1.0 if of_grey_levels else 1 / 255, (0.0,), (1.0,)
    if model.inputs[0].dtype in ("uint8", "int8"):
        return 1.0, (0.0,), (1.0,)
    if stated.layout is Layout.NHWC or stated.channels is Channels.GRAY:
        return 1 / 127.5, (1.0,), (1.0,)
    return 1 / 255, IMAGENET_MEAN, IMAGENET_STD


def output_of_values(values: NDArray[np.float32]) -> OutputKind:
    """What an output holds, by its values `(N, classes)`: probabilities sum to 1, logits do not."""
    sums = np.abs(values.sum(axis=1) - 1).max() <= _SUMS_TO_ONE
    return OutputKind.PROBABILITIES if sums and values.min() >= 0 else OutputKind.LOGITS


def _image_input(model: ForeignModel) -> ForeignTensor:
    images = [one for one in model.inputs if len(one.shape) == _IMAGE_RANK]
    if len(model.inputs) != 1 or len(images) != 1:
        raise ModelFileError(
            f"{model.path} takes {_listed(model.inputs)}: a classifier of one image `(N, 3, H, W)` or "
            "`(N, H, W, 3)` is imported"
        )
    if images[0].shape[0] not in (None, 1):
        raise ModelFileError(f"{model.path} takes {images[0]}: export it with a batch of 1, or an open one")
    return images[0]


def _layout(image: ForeignTensor, given: Layout | None) -> Layout:
    places = {Layout.NCHW: image.shape[1], Layout.NHWC: image.shape[3]}
    fitting = [layout for layout, depth in places.items() if depth in _DEPTHS]
    if not fitting:
        fitting = [layout for layout, depth in places.items() if depth is None]
    if given is not None:
        if given not in fitting:
            raise InputError(f"--layout {given}: the model takes {image}, whose channels do not stand there")
        return given
    if len(fitting) != 1:
        why = "the place of its channels is open: pass --layout nchw or nhwc"
        raise InputError(f"the model takes {image}; {why if fitting else 'images have 1 or 3 channels'}")
    return fitting[0]


def _refuse_other_channels(image: ForeignTensor, depth: int | None, given: Channels | None) -> None:
    if given is not None and depth is not None and given.depth != depth:
        raise InputError(f"--channels {given}: the model takes {image}, which is {depth} deep")


def _size(
    image: ForeignTensor, sides: Sequence[int | None], given: tuple[int, int] | None
) -> tuple[int, int]:
    """The fixed sides of the input; the given ones where they are open."""
    height, width = (side or (given[place] if given else 0) for place, side in enumerate(sides))
    if given is not None and (height, width) != given:
        raise InputError(f"--size {given[0]}x{given[1]}: the model takes {image}")
    if not height or not width:
        raise InputError(f"the model takes {image}, whose sides are open: pass --size N, or HxW")
    if max(height, width) > MAX_SIDE:
        raise InputError(f"an input of {height}x{width} px: at most {MAX_SIDE} a side are allowed")
    return height, width


def _class_output(model: ForeignModel, named: str | None) -> ForeignTensor:
    if named is not None:
        found = [output for output in model.outputs if output.name == named]
        if not found:
            raise InputError(f"--output-name {named}: the model gives {_listed(model.outputs)}")
        return found[0]
    candidates = [output for output in model.outputs if _may_be_classes(output)]
    if len(candidates) == 1:
        return candidates[0]
    gives = f"{model.path} gives {_listed(model.outputs)}"
    if candidates:
        raise InputError(f"{gives}: pass --output-name with the one that holds the classes")
    raise ModelFileError(
        f"{gives}, and a classifier gives `(N, classes)`: detectors, segmenters and backbones are not taken"
    )


def _may_be_classes(output: ForeignTensor) -> bool:
    """One number a class: `(N, classes)`, also with further dimensions of 1; an open number may be."""
    inner = [size for size in output.shape[1:] if size != 1]
    numbers = output.dtype.startswith(("float", "int8", "uint8"))
    return numbers and len(output.shape) > 1 and len(inner) == 1


def _listed(tensors: Sequence[ForeignTensor]) -> str:
    shown = ", ".join(map(str, tensors[:4])) or "nothing"
    return f"{shown}, and {len(tensors) - 4} more" if len(tensors) > 4 else shown
