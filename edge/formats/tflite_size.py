"""Bounds what LiteRT does while it opens a TFLite file.

It holds Python's lock meanwhile, so that no time limit ends it. It plans the memory of all tensors in a time
that grows with the square of their number, copies weights for each operator that reads them, and computes
what depends on no image.
"""

import math
from collections.abc import Mapping, Sequence

from edgebreed.edge.formats.flatbuffer import FlatTable
from edgebreed.errors import ModelFileError

MAX_COUNT = 20_000
"""Of tensors, and of operators; large networks have some 3,000. LiteRT 2.3 plans 10,000 in 0.1 s."""
MAX_NUMBERS, MAX_PER_BYTE = 1 << 26, 4
"""Numbers that are copied or computed at opening: so many, and some for each byte of the file."""
_GRAPHS, _TENSORS, _OPERATORS = 2, 0, 3
_SHAPES, _MAX_RANK = {77, 110}, 8  # SHAPE and RANK, whose output is known once the file is open
_SIZED_BY_VALUES = {69, 96}  # TILE and RANGE: a few numbers make any number of others, at opening
REMEDY = "export it with `edgebreed export`"


def check_counts(model: FlatTable) -> None:
    """Refuses a file of several graphs, or of more tensors or operators than are opened in moments.

    Raises:
        ModelFileError: with what came and what is allowed.
    """
    graphs = model.vector(_GRAPHS, 4)[1]
    if graphs != 1:
        raise ModelFileError(f"TFLite file of {graphs} graphs is refused, one is allowed: {REMEDY}")
    (graph,) = model.tables(_GRAPHS)
    for slot, what in ((_TENSORS, "tensors"), (_OPERATORS, "operators")):
        count = graph.vector(slot, 4)[1]
        if count > MAX_COUNT:
            raise ModelFileError(
                f"TFLite file of {count:,} {what} is refused, {MAX_COUNT:,} are allowed: {REMEDY}"
            )


def check_size(operators: Sequence[tuple[int, FlatTable]], weights: Mapping[int, int], size: int) -> None:
    """Refuses a file that makes LiteRT copy or compute more at opening than its size explains.

    Args:
        operators: the kind and the table of each, in order.
        weights: how many numbers each tensor has that the file holds.
        size: of the file, in bytes.

    Raises:
        ModelFileError: with what is allowed.
    """
    known, total, most = dict(weights), 0, MAX_NUMBERS + MAX_PER_BYTE * size
    for kind, operator in operators:
        inputs = [place for place in operator.scalars(1, "i") if place >= 0]
        computed = all(place in known for place in inputs)
        if computed and kind in _SIZED_BY_VALUES:
            raise ModelFileError(f"operator {kind} of numbers in the file alone is refused: {REMEDY}")
        if kind in _SHAPES or computed:
            numbers = _MAX_RANK if kind in _SHAPES else math.prod(known[place] for place in inputs)
            known.update(dict.fromkeys(operator.scalars(2, "i"), numbers))
        else:
            numbers = sum(weights.get(place, 0) for place in inputs)
        total += numbers
        if total > most:
            raise ModelFileError(
                f"TFLite file of {size:,} bytes that makes over {most:,} numbers at opening: {REMEDY}"
            )
