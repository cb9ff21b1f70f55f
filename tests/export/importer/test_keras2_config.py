"""Descriptions of Keras 2 for Keras 3."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from .keras_made import IMAGES, as_keras_2, small

pytestmark = pytest.mark.keras


def test_a_model_of_keras_2_is_made_again() -> None:
    """Keras 3 refuses it as it is; brought up to date, it computes the same."""
    from edgebreed.export.importer.keras2_config import modernize
    from edgebreed.train.keras_setup import keras

    model = small()
    old = as_keras_2(keras.saving.serialize_keras_object(model))
    with pytest.raises(TypeError, match="keras.src.engine.functional cannot be imported"):
        keras.saving.deserialize_keras_object(deepcopy(old))
    again = keras.saving.deserialize_keras_object(modernize(old))
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(model.predict_on_batch(IMAGES), again.predict_on_batch(IMAGES), atol=1e-6)


def test_what_keras_3_wrote_stays() -> None:
    """But for a single output in a list, which is taken out of it."""
    from edgebreed.export.importer.keras2_config import modernize
    from edgebreed.train.keras_setup import keras

    config = keras.saving.serialize_keras_object(small())
    expected = deepcopy(config)
    found = modernize(config)
    assert 7 == len(_float_layers(expected))  # a policy becomes the plain name of its type
    assert _float_layers(found) == []
    assert _without_types(expected) == _without_types(found)


def _float_layers(config: Any) -> list[Any]:
    """Layers whose type is an object."""
    from edgebreed.export.importer.keras_config import parts

    settings = [part["config"] for part, _ in parts(config) if isinstance(part.get("config"), dict)]
    return [one for one in settings if isinstance(one.get("dtype"), dict)]


def _without_types(config: Any) -> Any:
    if isinstance(config, list):
        return [_without_types(item) for item in config]
    if isinstance(config, dict):
        return {key: _without_types(value) for key, value in config.items() if key not in ("dtype", "groups")}
    return config


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"activation": "softmax_v2"}, {"activation": "softmax"}),
        ({"activation": "relu"}, {"activation": "relu"}),
        ({"axis": [3]}, {"axis": 3}),
        ({"axis": [1, 2]}, {"axis": [1, 2]}),
        ({"groups": 2}, {"groups": 2}),
        ({"batch_input_shape": [None, 4]}, {"batch_input_shape": [None, 4]}),  # of a file without modules
        ({"dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}}, {"dtype": "float32"}),
    ],
)
def test_settings_have_their_new_names(settings: dict[str, Any], expected: dict[str, Any]) -> None:
    """Those that mean something else than the default stay."""
    from edgebreed.export.importer.keras2_config import modernize

    assert expected == modernize({"class_name": "Dense", "config": settings})["config"]


def test_calls_of_functions_have_all_tensors_in_front() -> None:
    """The numbers among the arguments stay there."""
    from edgebreed.export.importer.keras2_config import modernize

    node = ["a", 0, 0, {"y": ["b", 0, 0], "name": None}]
    part = {"class_name": "TFOpLambda", "config": {}, "inbound_nodes": [node, ["a", 0, 0, {"y": 2.0}]]}
    assert [
        [["a", 0, 0, {"name": None}], ["b", 0, 0, {"name": None}]],
        [["a", 0, 0, {"y": 2.0}]],
    ] == modernize(part)["inbound_nodes"]
