"""What a model file and its neighbours say, whoever wrote them."""

import json
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto

from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.preprocess import ResizeRule
from edgebreed.errors import InputError, ModelFileError
from edgebreed.export.importer.dialects.stated_recipe import stated_by_file
from edgebreed.export.importer.import_recipe import PartialRecipe

from ....edge.formats.flatbuffers_made import flatbuffer
from .described_models import RGB, foreign, tflite, with_files
from .test_hugging_face import CONVNEXT, VIT
from .test_model_api import OTX
from .test_timm_config import WHOLE
from .test_ultralytics_metadata import EXPORTED

MODEL_API = {f"model_info {key}": text for key, text in OTX.items()}


def lay(folder: Path, name: str, data: Any) -> None:
    """Writes a JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(data))


def test_a_file_that_says_nothing(tmp_path: Path) -> None:
    """And has no neighbours, as most have not."""
    assert (PartialRecipe(), ()) == stated_by_file(foreign(tmp_path / "m.onnx"))


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        (MODEL_API, "OpenVINO Model API"),
        (EXPORTED, "Ultralytics"),
        ({"character": "0\n90\n180\n270"}, "metadata (character)"),
    ],
)
def test_metadata_of_the_file_itself(tmp_path: Path, metadata: dict[str, str], name: str) -> None:
    """Its dialect is named once."""
    recipe, names = stated_by_file(foreign(tmp_path / "m.onnx", metadata))
    assert (name,) == names
    assert recipe.labels


@pytest.mark.parametrize("folder", ["", "onnx"])
def test_neighbours_lie_in_the_models_folder_or_above(tmp_path: Path, folder: str) -> None:
    """As Hugging Face's repositories have their ONNX files one folder below."""
    lay(tmp_path, "preprocessor_config.json", CONVNEXT)
    lay(tmp_path, "config.json", {"model_type": "convnext", "id2label": {"0": "a", "1": "b"}})
    recipe, names = stated_by_file(foreign(tmp_path / folder / "model.onnx"))
    assert ("Hugging Face (preprocessor_config.json)", "Hugging Face (config.json)") == names
    assert (ResizeRule.SHORTER_SIDE, 256, ("a", "b")) == (recipe.resize, recipe.resize_to, recipe.labels)


def test_the_folder_above_is_found_from_a_bare_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a user passes it who works in the model's folder."""
    lay(tmp_path, "preprocessor_config.json", VIT)
    (tmp_path / "onnx").mkdir()
    monkeypatch.chdir(tmp_path / "onnx")
    recipe, _ = stated_by_file(foreign(Path("model.onnx")))
    assert ResizeRule.SQUASH is recipe.resize


def test_the_nearer_neighbour_counts(tmp_path: Path) -> None:
    """Of two files of the same name."""
    lay(tmp_path, "preprocessor_config.json", CONVNEXT)
    lay(tmp_path / "onnx", "preprocessor_config.json", VIT)
    recipe, _ = stated_by_file(foreign(tmp_path / "onnx" / "model.onnx"))
    assert ResizeRule.SQUASH is recipe.resize


def test_one_dialect_gives_all_that_belongs_together(tmp_path: Path) -> None:
    """No mean of one program with the deviation of another, nor its rule with another's length."""
    lay(tmp_path, "config.json", WHOLE)
    recipe, names = stated_by_file(foreign(tmp_path / "m.onnx", {**MODEL_API, "model_info mean_values": ""}))
    assert ("OpenVINO Model API", "timm (config.json)") == names
    assert ((0.0,), 1.0, ResizeRule.SQUASH, None) == (
        recipe.mean,
        recipe.scale,
        recipe.resize,
        recipe.resize_to,
    )


@pytest.mark.parametrize("name", ["config.json", "metadata.json"])
def test_neighbours_of_other_programs_are_passed_over(tmp_path: Path, name: str) -> None:
    """JSON or not: the names are common."""
    for content in ("# settings", "[]", '{"theme": "dark"}'):
        (tmp_path / name).write_text(content)
        assert (PartialRecipe(), ()) == stated_by_file(foreign(tmp_path / "m.onnx"))


@pytest.mark.parametrize(
    "shape", [("N", 3, 224, 224), (1, 224, 224, 3), ("N", 3, "H", "W"), (1, 3, "H", 224)]
)
def test_a_size_that_the_model_can_take_stays(tmp_path: Path, shape: tuple[int | str, ...]) -> None:
    """In either layout, and with open sides."""
    lay(tmp_path, "config.json", WHOLE)
    recipe, _ = stated_by_file(foreign(tmp_path / "m.onnx", shape=shape))
    assert ((224, 224), 235) == (recipe.size, recipe.resize_to)


def test_a_size_that_the_model_does_not_have_takes_its_rule_along(tmp_path: Path) -> None:
    """A length of the shorter side is for one size of the input."""
    lay(tmp_path, "config.json", WHOLE)
    recipe, _ = stated_by_file(foreign(tmp_path / "m.onnx", shape=(1, 3, 288, 288)))
    assert (None, None, None) == (recipe.size, recipe.resize, recipe.resize_to)
    assert recipe.mean is not None


def test_an_input_of_whole_numbers_takes_grey_levels_as_they_are(tmp_path: Path) -> None:
    """Whatever the description says of the model before it was quantized."""
    path = tmp_path / "m.tflite"
    path.write_bytes(tflite([127.5], [127.5], RGB))
    model = foreign(path, None, (1, 8, 8, 3), TensorProto.UINT8, ModelFormat.TFLITE)
    recipe, names = stated_by_file(model)
    assert (("TFLite Metadata",), 1.0, (0.0,), (1.0,)) == (names, recipe.scale, recipe.mean, recipe.std)


@pytest.mark.parametrize(
    ("files", "name", "labels"),
    [
        ({"labelmap.txt": "a\nb"}, "labelmap.txt behind the model", ("a", "b")),
        ({"metadata.json": json.dumps(EXPORTED)}, "Ultralytics", ("tench", "Grandfather's clock")),
    ],
)
def test_files_behind_a_tflite_model(
    tmp_path: Path, files: dict[str, str], name: str, labels: tuple[str, ...]
) -> None:
    """Without a description in the flatbuffer."""
    path = tmp_path / "m.tflite"
    path.write_bytes(with_files(flatbuffer(), files))
    recipe, names = stated_by_file(foreign(path, format_=ModelFormat.TFLITE))
    assert ((name,), labels) == (names, recipe.labels)


def test_numbered_labels_beside_an_export_of_teachable_machine(tmp_path: Path) -> None:
    """Labels beside a model of another name may be of another model."""
    (tmp_path / "labels.txt").write_text("0 Class 1\n1 Class 2\n")
    recipe, names = stated_by_file(foreign(tmp_path / "keras_model.h5", shape=(1, 224, 224, 3)))
    assert (("Teachable Machine (labels.txt)",), ("Class 1", "Class 2")) == (names, recipe.labels)
    assert (PartialRecipe(), ()) == stated_by_file(foreign(tmp_path / "other.onnx"))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("preprocessor_config.json", "{", "is no JSON"),
        ("preprocessor_config.json", '{"image_mean": "x", "image_std": 1}', r": config\.image_mean is 'x'"),
        ("config.json", '{"model_type": "vit", "id2label": {"7": "a"}}', ": id2label: "),
        ("config.json", '{"pretrained_cfg": []}', r": config\.pretrained_cfg is \[\]"),
    ],
)
def test_a_wrong_neighbour_is_refused_by_its_path(
    tmp_path: Path, name: str, content: str, reason: str
) -> None:
    """And its key, in one line."""
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=reason) as caught:
        stated_by_file(foreign(tmp_path / "m.onnx"))
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wrong_metadata_is_refused_by_the_models_path(tmp_path: Path) -> None:
    """And by its key."""
    with pytest.raises(InputError, match=r"m\.onnx says of itself what cannot be: model_info\.mean_values"):
        stated_by_file(foreign(tmp_path / "m.onnx", {**MODEL_API, "model_info mean_values": "1 x"}))
    with pytest.raises(InputError, match="task 'detect' of Ultralytics"):
        stated_by_file(foreign(tmp_path / "m.onnx", {**EXPORTED, "task": "detect"}))


def test_a_damaged_description_is_refused(tmp_path: Path) -> None:
    """By the path of the file."""
    path = tmp_path / "m.tflite"
    whole = tflite([0.0], [1.0], RGB)
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(ModelFileError, match=r"m\.tflite: TFLite file is damaged"):
        stated_by_file(foreign(path, format_=ModelFormat.TFLITE))
