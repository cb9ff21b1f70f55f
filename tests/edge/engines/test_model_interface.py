"""What a loaded model takes and gives, against its manifest."""

import pytest

from edgebreed.edge.engines.model_interface import Shape, TensorInfo, check_interface
from edgebreed.edge.task import Rejection, RejectionScore
from edgebreed.errors import ModelFileError

from ...conftest import colour_manifest

IMAGE, ANSWER, SCORE = (
    TensorInfo("uint8", (None, 8, 8, 3)),
    TensorInfo("float32", (None, 3)),
    TensorInfo("float32", (None, 1)),
)
SCORED = colour_manifest(rejection=Rejection(RejectionScore.IN_DISTRIBUTION, 0.5))


def test_what_fits_passes() -> None:
    """With an open or a static batch, with or without a score, in any order, quantized or with open sizes."""
    check_interface([IMAGE], [ANSWER], colour_manifest())
    check_interface([TensorInfo("uint8", (1, 8, 8, 3))], [TensorInfo("int8", (1, 3))], colour_manifest())
    check_interface([IMAGE], [SCORE, ANSWER], SCORED)
    check_interface(
        [TensorInfo("uint8", (None,) * 4)], [TensorInfo("float32", (None, None))], colour_manifest()
    )


@pytest.mark.parametrize(
    ("dtype", "shape"),
    [
        ("float32", (None, 8, 8, 3)),
        ("uint8", (None, 9, 8, 3)),
        ("uint8", (None, 3, 8, 8)),
        ("uint8", (None, 8, 8)),
        ("uint8", (2, 8, 8, 3)),
        ("uint8", ()),
    ],
)
def test_another_input_is_refused(dtype: str, shape: Shape) -> None:
    """By type, rank, size or batch; the message says what came and what was to come."""
    with pytest.raises(
        ModelFileError, match=r"^colours takes .*its manifest says uint8 \(N, 8, 8, 3\): export"
    ):
        check_interface([TensorInfo(dtype, shape)], [ANSWER], colour_manifest())


@pytest.mark.parametrize("count", [0, 2])
def test_another_number_of_inputs_is_refused(count: int) -> None:
    """One image is all that the runtime can give."""
    with pytest.raises(ModelFileError, match="^colours takes .*: export the model again"):
        check_interface([IMAGE] * count, [ANSWER], colour_manifest())


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [SCORE],
        [TensorInfo("float32", (None, 4))],
        [TensorInfo("float32", (3,))],
        [TensorInfo("float32", (None, 3, 1))],
        [TensorInfo("int64", (None, 3))],
        [ANSWER, ANSWER],
        [ANSWER, SCORE, SCORE],
        [ANSWER, TensorInfo("float32", (None, 2))],
    ],
)
def test_other_outputs_are_refused(outputs: list[TensorInfo]) -> None:
    """By number, type, rank or width."""
    with pytest.raises(
        ModelFileError, match=r"^colours gives .*manifest says \(N, 3\) and perhaps \(N, 1\): export"
    ):
        check_interface([IMAGE], outputs, colour_manifest())


def test_a_score_that_the_threshold_needs_must_be_there() -> None:
    """Else the largest probability would be compared with a threshold that was fitted to another number."""
    with pytest.raises(ModelFileError, match=r"gives float32 \(N, 3\), .*says \(N, 3\) and \(N, 1\): export"):
        check_interface([IMAGE], [ANSWER], SCORED)
