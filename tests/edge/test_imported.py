"""What a manifest keeps of an import."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from edgebreed.edge.imported import MAX_FIELDS, Imported, Proof

RECIPE: dict[str, dict[str, Any]] = {
    "layout": {"value": "nchw", "origin": "file"},
    "mean": {"value": [0.485, 0.456, 0.406], "origin": "found"},
    "labels": {"value": 4, "origin": "given"},
    "subject": {"value": None, "origin": "assumed"},
}
IMPORTED = Imported("trees.onnx", Proof.REFERENCE, 16, 0.0125, RECIPE)
NEVER_PROVED = Imported("trees.onnx", Proof.NONE)


def changed(**changes: Any) -> dict[str, Any]:
    """What a manifest holds, with some fields changed."""
    return {**asdict(IMPORTED), **changes}


@pytest.mark.parametrize("imported", [IMPORTED, NEVER_PROVED])
def test_what_was_written_is_read_back(imported: Imported) -> None:
    """Through JSON, with and without a proof."""
    assert imported == Imported.from_dict(json.loads(json.dumps(asdict(imported))))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"proof": "belief"}, r"imported\.proof is 'belief': one of reference, photos, none"),
        ({"n": -1}, r"imported\.n is -1"),
        ({"max_error": 1.5}, r"imported\.max_error is 1\.5"),
        ({"source": 3}, r"imported\.source is 3"),
        ({"recipe": {"mean": {"origin": "file"}}}, r"imported\.recipe\.mean\.value is missing"),
        ({"recipe": {"mean": {"value": 1}}}, r"imported\.recipe\.mean\.origin is missing"),
        ({"recipe": {"mean": {"value": [1] * 51, "origin": "file"}}}, "mean.value has 51 items: at most 50"),
        ({"recipe": {"mean": {"value": [{}], "origin": "file"}}}, "value"),
        ({"recipe": {"mean": {"value": 1, "origin": "file", "by": "me"}}}, r"mean\.by is no field"),
        ({"colour": "red"}, r"imported\.colour is no field"),
    ],
)
def test_what_no_import_writes_is_refused(changes: dict[str, Any], reason: str) -> None:
    """By the field that is wrong."""
    with pytest.raises(ValueError, match=reason):
        Imported.from_dict(changed(**changes))


def test_a_recipe_has_few_fields() -> None:
    """A file cannot fill the memory with them."""
    many = {f"field{number}": RECIPE["layout"] for number in range(MAX_FIELDS + 1)}
    with pytest.raises(ValueError, match="recipe"):
        Imported.from_dict(changed(recipe=many))
    assert MAX_FIELDS == len(Imported.from_dict(changed(recipe=dict(list(many.items())[1:]))).recipe)


def test_a_line_says_what_proves_it() -> None:
    """With the largest difference, where there is a reference."""
    assert "from trees.onnx, proof: reference on 16 photos, probabilities differ by 0.013 at most" == (
        IMPORTED.describe()
    )
    assert (
        "from trees.onnx, proof: photos on 40 photos" == Imported("trees.onnx", Proof.PHOTOS, 40).describe()
    )
    assert "from trees.onnx, proof: none" == NEVER_PROVED.describe()


def test_each_field_is_a_row_with_its_origin() -> None:
    """Numbers are shortened."""
    rows = Imported("m", Proof.NONE, recipe={**RECIPE, "scale": {"value": 1 / 255, "origin": "given"}}).rows()
    assert "0.485, 0.456, 0.406 (found)" == rows["recipe mean"]
    assert "none (assumed)" == rows["recipe subject"]
    assert "0.00392157 (given)" == rows["recipe scale"]
