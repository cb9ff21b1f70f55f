"""What can be exported, under which names and within which budgets."""

import re

import pytest

from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.manifest import Precision, Target
from edgebreed.errors import InputError
from edgebreed.export.recipe import FLOAT_BUDGET, HALF_BUDGET, INT8_BUDGET, QuantizationScheme, Recipe

INT8 = (ModelFormat.ONNX, Precision.INT8)


def test_every_name_gives_its_recipe() -> None:
    """All names differ."""
    recipes = Recipe.all()
    assert 11 == len({recipe.name for recipe in recipes}) == len(recipes)
    assert recipes == tuple(Recipe.from_name(recipe.name) for recipe in recipes)
    assert Recipe(*INT8, Target.X86_VNNI) == Recipe.from_name("onnx-int8-x86-vnni")


def test_an_unknown_name_is_refused() -> None:
    """With the list of names."""
    with pytest.raises(InputError, match=r"no recipe 'onnx-int4': choose one of onnx-fp32, .*tflite-dynamic"):
        Recipe.from_name("onnx-int4")


@pytest.mark.parametrize(
    ("format_", "precision", "choices"),
    [
        (ModelFormat.ONNX, Precision.DYNAMIC, "fp32 or fp16 or int8 or weight-int8"),
        (ModelFormat.TFLITE, Precision.WEIGHT_INT8, "fp32 or fp16 or int8 or dynamic"),
    ],
)
def test_a_precision_that_a_format_lacks_is_refused(
    format_: ModelFormat, precision: Precision, choices: str
) -> None:
    """With the list of those that it has."""
    with pytest.raises(InputError, match=f"--precision {precision} for {format_}: choose {choices}"):
        Recipe(format_, precision)


def test_only_int8_in_onnx_has_a_target() -> None:
    """And it needs one."""
    with pytest.raises(
        InputError, match=r"--target arm for tflite int8: only --format onnx .* leave --target"
    ):
        Recipe(ModelFormat.TFLITE, Precision.INT8, Target.ARM)
    with pytest.raises(InputError, match="needs --target: choose x86 or x86-vnni or arm or tensorrt"):
        Recipe(*INT8)


def test_a_target_that_is_left_out_is_this_processor() -> None:
    """Where the recipe needs one; else there is none."""
    assert Recipe.resolve(*INT8, None).target in set(Target)
    assert Target.TENSORRT is Recipe.resolve(*INT8, Target.TENSORRT).target
    assert Recipe.resolve(ModelFormat.ONNX, Precision.FP16, None).target is None


def test_each_target_has_the_integer_types_that_its_kernels_take() -> None:
    """Unsigned on x86, 7 bits without VNNI, symmetric for TensorRT."""
    types = {target: Recipe(*INT8, target).scheme for target in Target}
    assert QuantizationScheme(signed=False, reduce_range=True) == types[Target.X86]
    assert QuantizationScheme(signed=False) == types[Target.X86_VNNI]
    assert QuantizationScheme(signed=True) == types[Target.ARM]
    assert QuantizationScheme(signed=True, symmetric=True, fuse=False) == types[Target.TENSORRT]
    with pytest.raises(ValueError, match="symmetric activations must be signed"):
        QuantizationScheme(signed=False, symmetric=True)


def test_budgets_are_those_that_are_documented() -> None:
    """Half a point for int8, one in TFLite, a tenth for fp16, nothing for fp32."""
    drops = {recipe.name: recipe.budget.drop for recipe in Recipe.all() if recipe.target is None}
    assert (0.0, 0.001, 0.01) == (drops["onnx-fp32"], drops["tflite-fp16"], drops["tflite-int8"])
    assert (0.005, 0.985) == (INT8_BUDGET.drop, INT8_BUDGET.agreement)
    assert (1e-4, 1.0) == (FLOAT_BUDGET.max_error, FLOAT_BUDGET.agreement)
    assert (0.02, 0.94) == (INT8_BUDGET.with_drop(0.02).drop, INT8_BUDGET.with_drop(0.02).agreement)


def test_names_can_be_file_names() -> None:
    """Lower case, digits and hyphens."""
    assert all(re.fullmatch(r"[a-z0-9-]+", recipe.name) for recipe in Recipe.all())


def test_a_budget_allows_at_least_one_image_where_it_allows_a_loss() -> None:
    """12 images measure in steps of 1/12. With enough images or a loss of exactly 0 it stays the same."""
    few = HALF_BUDGET.measurable_on(12)
    assert (1 / 12, 11 / 12) == pytest.approx((few.drop, few.agreement))
    assert HALF_BUDGET.max_error == few.max_error
    assert HALF_BUDGET == HALF_BUDGET.measurable_on(1000)
    assert FLOAT_BUDGET == FLOAT_BUDGET.measurable_on(12)
