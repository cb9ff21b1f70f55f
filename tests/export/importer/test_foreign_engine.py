"""A foreign model as an engine."""

from pathlib import Path

import numpy as np

from edgebreed.export.golden import drawn_inputs
from edgebreed.export.importer.foreign_answers import as_probabilities, own_outputs
from edgebreed.export.importer.foreign_engine import ForeignEngine

from .onnx_made import LABELS, foreign, stated


def test_it_answers_in_probabilities_as_its_own_program_does() -> None:
    """For a batch in RGB; the name is the file's."""
    engine = ForeignEngine(foreign(path=Path("trees") / "m.onnx"), stated())
    batch = drawn_inputs(stated().input, 3)
    found = engine.run(batch)
    expected = as_probabilities(own_outputs(foreign(), stated(), batch), stated().output)
    assert ("m.onnx", (3, len(LABELS))) == (engine.name, found.probabilities.shape)
    assert np.array_equal(expected, found.probabilities)
    assert found.in_distribution is None
