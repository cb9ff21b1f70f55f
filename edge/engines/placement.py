"""Which execution provider runs which nodes of a model, whatever the session's first provider is called."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

RECORD_KEY = "session.record_ep_graph_assignment_info"
"""Session option by which ONNX Runtime keeps the assignment."""

_PROCESSOR = "CPUExecutionProvider"


@dataclass(frozen=True)
class Placement:
    """Nodes by provider; one that a provider compiled into its own counts as one node.

    Attributes:
        nodes: number of nodes by the provider's full name; empty before ONNX Runtime 1.24, which tells it.
    """

    nodes: dict[str, int]

    @property
    def on_processor(self) -> int:
        """How many nodes the processor runs."""
        return self.nodes.get(_PROCESSOR, 0)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.nodes.values())

    def __str__(self) -> str:
        return f"{self.on_processor} of {self.total} nodes on the processor"


def placement_of(session: Any) -> Placement:
    """The placement of a session that was made with `RECORD_KEY`."""
    if not hasattr(session, "get_provider_graph_assignment_info"):
        return Placement({})
    nodes: Counter[str] = Counter()
    for part in session.get_provider_graph_assignment_info():
        nodes[part.ep_name] += len(part.get_nodes())
    return Placement(dict(nodes))
