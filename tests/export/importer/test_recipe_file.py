"""What `--recipe` names."""

import json
from pathlib import Path
from typing import Any

import pytest

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin, PartialRecipe
from edgebreed.export.importer.named_recipes import NAMED
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind
from edgebreed.export.importer.recipe_file import read_recipe

from .dialects.test_hugging_face import VIT
from .dialects.test_timm_config import WHOLE

FULL = PartialRecipe(
    layout=Layout.NCHW,
    channels=Channels.BGR,
    scale=1.0,
    mean=(104.0, 117.0, 123.0),
    std=(1.0,),
    size=(224, 224),
    resize=ResizeRule.SHORTER_SIDE,
    resize_to=256,
    interpolation=Interpolation.CV2_AREA,
    padding=0,
    rounding=Rounding.FLOOR,
    jpeg_quality=75,
    output=OutputKind.LOGITS,
    output_name="prob",
    labels=("a", "b"),
    subject="animal",
)


def written(folder: Path, data: Any) -> str:
    """The path of a JSON file."""
    path = folder / "recipe.json"
    path.write_text(json.dumps(data))
    return str(path)


@pytest.mark.parametrize("name", NAMED)
def test_a_name_stands_for_its_recipe(name: str) -> None:
    """And states something."""
    assert NAMED[name] == read_recipe(name)
    assert NAMED[name].stated()


@pytest.mark.parametrize(
    "wrap", [dict, lambda data: {"recipe": data}, lambda data: {"imported": {"recipe": data}}]
)
def test_what_an_import_prints_is_read_back(tmp_path: Path, wrap: Any) -> None:
    """Each field with its value and origin, alone or as part of a report."""
    printed = ImportRecipe.merged([(Origin.GIVEN, FULL)]).to_dict()
    assert FULL == read_recipe(written(tmp_path, wrap(printed)))


def test_what_inspect_prints_is_read_back(tmp_path: Path) -> None:
    """But the labels, of which it holds the number."""
    printed = ImportRecipe.merged([(Origin.GIVEN, FULL)]).to_dict()
    printed["labels"]["value"] = 2
    read = read_recipe(written(tmp_path, {"imported": {"recipe": printed}}))
    assert (None, FULL.mean) == (read.labels, read.mean)


def test_a_file_may_state_some_fields(tmp_path: Path) -> None:
    """As they are, and one number for both sides and for all channels."""
    data = {"channels": "bgr", "mean": 128, "size": 64, "resize": None}
    assert PartialRecipe(channels=Channels.BGR, mean=(128.0,), size=(64, 64)) == read_recipe(
        written(tmp_path, data)
    )


@pytest.mark.parametrize(("data", "size"), [(VIT, (224, 224)), (WHOLE, (224, 224))])
def test_files_of_other_programs_are_read(
    tmp_path: Path, data: dict[str, Any], size: tuple[int, int]
) -> None:
    """Whatever they are called."""
    assert size == read_recipe(written(tmp_path, data)).size


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    """As a file it is not there either."""
    with pytest.raises(InputError, match=r"^--recipe torchvison: no such file, and no name, .*torchvision, "):
        read_recipe("torchvison")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"channels": "rbg"}, r"recipe\.channels is 'rbg': one of rgb, bgr, gray"),
        ({"size": [224]}, r"recipe\.size"),
        ({"mean": {"value": ["x"], "origin": "given"}}, r"recipe\.mean\[0\] is 'x'"),
        ({"labels": "cat"}, "str where a list or an object is allowed"),
        ({"colour": "rgb"}, r"recipe\.colour is no field that this edgebreed knows"),
        ({"scale": 0}, r"recipe\.scale is 0"),
        ({**VIT, "size": "224"}, r"config\.size is '224'"),
        ({}, "states nothing"),
        ([], "holds no JSON object"),
    ],
)
def test_a_wrong_file_is_refused_by_its_field(tmp_path: Path, data: Any, reason: str) -> None:
    """In one line with its path."""
    with pytest.raises(InputError, match=reason) as caught:
        read_recipe(written(tmp_path, data))
    assert str(caught.value).startswith(f"--recipe {tmp_path}")
    assert "\n" not in str(caught.value)
