"""How much a TFLite file makes LiteRT do while it is opened."""

import numpy as np
import pytest

from edgebreed.edge.formats.tflite_size import MAX_COUNT, MAX_NUMBERS

from .flatbuffers_made import model, operator, refusal, weight

GATHER, TILE, NEG, RANGE, SHAPE, MUL = 36, 69, 59, 96, 77, 18


@pytest.mark.parametrize("what", ["tensors", "operators"])
def test_more_than_are_planned_in_moments_are_refused(what: str) -> None:
    """400,000 would take LiteRT minutes, in which no other thread of Python runs."""
    made = model()
    parts = getattr(made.subgraphs[0], what)
    parts += [parts[0]] * (MAX_COUNT - len(parts) + 1)
    found = refusal(made)
    assert f"of 20,001 {what} is refused, 20,000 are allowed: export it with `edgebreed export`" in found


@pytest.mark.parametrize("kind", [TILE, RANGE])
def test_numbers_that_make_any_number_of_others_are_refused(kind: int) -> None:
    """Some hundred bytes took LiteRT half a minute and 8 GB at opening."""
    made = model()
    places = [weight(made, 0), weight(made, 2**31 - 1), weight(made, 1)]
    operator(made, kind, *places[: 2 if kind == TILE else 3])
    assert f"operator {kind} of numbers in the file alone is refused: export it with" in refusal(made)


def test_what_an_image_goes_into_is_not_computed_at_opening() -> None:
    """The same operators, of an image's values."""
    made = model()
    operator(made, TILE, 0, weight(made, [1, 1, 1, 2]))
    operator(made, RANGE, weight(made, 0), operator(made, NEG, 0), weight(made, 1))
    assert "" == refusal(made)


def test_a_shape_is_known_at_opening() -> None:
    """Of an image too; what is computed of it and of numbers in the file is computed then."""
    made = model()
    end = operator(made, MUL, operator(made, SHAPE, 0), weight(made, 2**30))
    operator(made, RANGE, weight(made, 0), end, weight(made, 1))
    assert "operator 96 of numbers in the file alone is refused" in refusal(made)


@pytest.mark.parametrize("kind", [MUL, GATHER])
def test_products_of_numbers_in_the_file_are_bounded(kind: int) -> None:
    """A column by a row: a few kilobytes make a hundred million numbers, and those more."""
    for side, refused in ((100, False), (20_000, True)):
        made = model()
        operator(made, kind, weight(made, np.ones((side, 1))), weight(made, np.ones((1, side))))
        assert refused == (f"that makes over {MAX_NUMBERS // 10**6}," in refusal(made))


def test_weights_are_counted_for_each_operator_that_reads_them() -> None:
    """Each makes a copy of its own, in the order that suits it."""
    for readers, refused in ((10, False), (10_000, True)):
        made = model()
        kernel = weight(made, np.ones(10_000))
        for _ in range(readers):
            operator(made, MUL, 0, kernel)
        assert refused == ("numbers at opening: export it with" in refusal(made))
