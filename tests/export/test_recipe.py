"""What can be exported, and its names."""

import re

import pytest

from edgebreed.edge.manifest import Precision, Target
from edgebreed.errors import InputError
from edgebreed.export.recipe import FLOAT_BOUND, INT8_BOUND, Format, NumberTypes, Recipe

INT8 = (Format.ONNX, Precision.INT8)


def test_every_name_decodes_to_its_recipe() -> None:
    """All of them, and no two alike."""
    recipes = Recipe.all()
    assert 11 == len({recipe.name for recipe in recipes}) == len(recipes)
    assert recipes == tuple(Recipe.from_name(recipe.name) for recipe in recipes)
    assert Recipe(*INT8, Target.X86_VNNI) == Recipe.from_name("onnx-int8-x86-vnni")


def test_a_name_of_none_is_told_what_there_is() -> None:
    """With the list."""
    with pytest.raises(InputError, match=r"no recipe 'onnx-int4': choose one of onnx-fp32, .*tflite-dynamic"):
        Recipe.from_name("onnx-int4")


@pytest.mark.parametrize(
    ("format_", "precision", "choices"),
    [
        (Format.ONNX, Precision.DYNAMIC, "fp32 or fp16 or int8 or weight-int8"),
        (Format.TFLITE, Precision.WEIGHT_INT8, "fp32 or fp16 or int8 or dynamic"),
    ],
)
def test_a_precision_that_a_format_lacks_is_refused(
    format_: Format, precision: Precision, choices: str
) -> None:
    """The message lists those that it has."""
    with pytest.raises(InputError, match=f"--precision {precision} for {format_}: choose {choices}"):
        Recipe(format_, precision)


def test_a_target_is_for_int8_in_onnx_alone() -> None:
    """And there it must be given."""
    with pytest.raises(
        InputError, match=r"--target arm for tflite int8: only --format onnx .* leave --target"
    ):
        Recipe(Format.TFLITE, Precision.INT8, Target.ARM)
    with pytest.raises(InputError, match="needs --target: choose x86 or x86-vnni or arm or tensorrt"):
        Recipe(*INT8)


def test_a_target_that_is_left_out_is_this_processors() -> None:
    """Where a recipe needs one; else there is none."""
    assert Recipe.fitting(*INT8, None).target in set(Target)
    assert Target.TENSORRT is Recipe.fitting(*INT8, Target.TENSORRT).target
    assert Recipe.fitting(Format.ONNX, Precision.FP16, None).target is None


def test_each_target_has_the_number_types_that_its_kernels_take() -> None:
    """Unsigned on x86, 7 bits without VNNI, symmetric for TensorRT."""
    types = {target: Recipe(*INT8, target).number_types for target in Target}
    assert NumberTypes(signed=False, reduce_range=True) == types[Target.X86]
    assert NumberTypes(signed=False) == types[Target.X86_VNNI]
    assert NumberTypes(signed=True) == types[Target.ARM]
    assert NumberTypes(signed=True, symmetric=True, fuse=False) == types[Target.TENSORRT]
    with pytest.raises(ValueError, match="symmetric activations must be signed"):
        NumberTypes(signed=False, symmetric=True)


def test_bounds_are_those_that_are_promised() -> None:
    """Half a point for int8, one in TFLite, a tenth for fp16, nothing for fp32."""
    drops = {recipe.name: recipe.bound.drop for recipe in Recipe.all() if recipe.target is None}
    assert (0.0, 0.001, 0.01) == (drops["onnx-fp32"], drops["tflite-fp16"], drops["tflite-int8"])
    assert (0.005, 0.985) == (INT8_BOUND.drop, INT8_BOUND.agreement)
    assert (1e-4, 1.0) == (FLOAT_BOUND.max_error, FLOAT_BOUND.agreement)
    assert (0.02, 0.94) == (INT8_BOUND.allowing(0.02).drop, INT8_BOUND.allowing(0.02).agreement)


def test_names_hold_nothing_that_a_file_name_could_not() -> None:
    """They are used as such."""
    assert all(re.fullmatch(r"[a-z0-9-]+", recipe.name) for recipe in Recipe.all())
