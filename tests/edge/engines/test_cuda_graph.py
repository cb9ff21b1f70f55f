"""The proof that a captured graph still answers each picture."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.cuda_graph import fault_of_graph
from edgebreed.edge.engines.engine import Engine, ModelOutputs
from edgebreed.edge.engines.onnx_runtime import OnnxRuntimeEngine
from edgebreed.edge.formats import read_model


@dataclass
class StuckGraph:
    """An engine that answers as at its first run for ever."""

    engine: Engine
    name: str = "stuck"
    first: list[ModelOutputs] = field(default_factory=list)

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """The first answer."""
        if not self.first:
            self.first.append(self.engine.run(batch))
        return self.first[0]


def test_a_graph_that_repeats_its_first_answer_is_found(colours: Path) -> None:
    """One that answers each picture passes; with a single golden vector nothing is proved."""
    model = read_model(colours)
    engine = OnnxRuntimeEngine(model, "CPUExecutionProvider")
    assert "" == fault_of_graph(engine, model.manifest)
    assert "it is off by 0.667 for golden vector grey.png" == fault_of_graph(
        StuckGraph(engine), model.manifest
    )
    single = replace(model.manifest, golden=model.manifest.golden[:1])
    assert "the model holds no two golden vectors that differ" == fault_of_graph(engine, single)
