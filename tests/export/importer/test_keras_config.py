"""Which classes the description of a Keras model may name."""

from typing import Any

import pytest

from edgebreed.errors import ModelFileError

from .keras_made import as_keras_2, small

pytestmark = pytest.mark.keras


def layer(name: str, module: str | None = "keras.layers", **settings: Any) -> dict[str, Any]:
    """A layer called `one` in a model's description."""
    part: dict[str, Any] = {"class_name": name, "config": {"name": "one", **settings}}
    if module is not None:
        part["module"] = module
    return {"class_name": "Sequential", "config": {"name": "all", "layers": [part]}}


def test_models_of_keras_are_taken() -> None:
    """Of both versions, with the objects that their layers hold."""
    from edgebreed.export.importer.keras_config import check_config
    from edgebreed.train.keras_setup import keras

    config = keras.saving.serialize_keras_object(small())
    check_config(config)
    check_config(as_keras_2(config))


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (layer("Lambda"), "the layer 'one' is a Lambda, whose code is not run: convert the model to ONNX"),
        (layer("Lambda", None), "the layer 'one' is a Lambda"),
        (layer("Dense", activation={"class_name": "__lambda__", "config": {}}), "'one' is a Lambda"),
        (
            layer("Twice", None),
            "the layer 'one' is 'Twice', which is not of Keras: convert the model to ONNX",
        ),
        (layer("Dense", "somebody.layers"), "the layer 'one' is 'Dense', which is not of Keras"),
        (layer("Dense", activation={"class_name": "function", "config": "system", "module": "os"}), "'func"),
        ({"class_name": ["Dense"], "config": {}}, r"""the layer '' is "\['Dense'\]", which"""),
    ],
)
def test_code_and_layers_of_others_are_refused(config: Any, reason: str) -> None:
    """By the layer's name, with what to do."""
    from edgebreed.export.importer.keras_config import check_config

    with pytest.raises(ModelFileError, match=reason):
        check_config(config)


def test_a_description_without_end_is_refused() -> None:
    """However deep, before Python gives up."""
    from edgebreed.export.importer.keras_config import check_config

    config: Any = []
    for _ in range(900):
        config = [config]
    with pytest.raises(ModelFileError, match="a description of over 64 levels is refused"):
        check_config(config)
