"""Whether a model that CUDA replays as a graph still answers each picture, and not the first one again."""

from edgebreed.edge.engines.engine import Engine
from edgebreed.edge.manifest import Manifest

ROUNDS = 2


def fault_of_graph(engine: Engine, manifest: Manifest) -> str:
    """What a captured graph answers wrongly: the golden vectors are replayed in turn, several times.

    CUDA captures the work of the first run with a shape. A graph that keeps a buffer of that run repeats its
    answer for ever, which one picture cannot show.

    Args:
        engine: runs the model as a graph.
        manifest: of the model.

    Returns:
        The fault in one line; empty where there is none.
    """
    from edgebreed.edge.verify import replay  # verifies engines, and so imports them

    if len({vector.probabilities for vector in manifest.golden}) < 2:
        return "the model holds no two golden vectors that differ"
    for vector in manifest.golden * ROUNDS:
        error = replay(engine, manifest.input, vector).error
        if error > manifest.tolerance:
            return f"it is off by {error:.3g} for golden vector {vector.name}"
    return ""
