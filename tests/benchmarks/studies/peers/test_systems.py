"""The systems that are compared."""

import sys
from pathlib import Path

import pytest

from edgebreed.benchmarks.studies.peers.systems import SubprocessSystem, edgebreed_systems, plain_system

PEER = """import json, sys
for line in sys.stdin:
    print(json.dumps({"ms": 2.5, "label": "Red" if "red" in line else "Other"}), flush=True)
"""


def test_each_system_classifies_a_photo(colours: Path, photo: Path) -> None:
    """Edgebreed's pipeline and a runtime's own interface, from the photo's file on."""
    systems = [*edgebreed_systems(colours, 1), plain_system("plain", colours, "openvino/CPU", 1)]
    replies = [system.classify(photo) for system in systems]
    assert ["red"] * 3 == [reply.label for reply in replies]
    assert all(reply.ms > 0 for reply in replies)
    assert {"colours fp32"} == {system.model for system in systems}


def test_a_peer_runs_in_its_own_process(photo: Path) -> None:
    """Its labels become the data set's classes; others stay as they are."""
    peer = SubprocessSystem("peer", "model", [sys.executable, "-c", PEER], {"Red": "red"})
    assert [(2.5, "red"), (2.5, "Other")] == [
        (reply.ms, reply.label) for reply in map(peer.classify, (photo, photo.with_name("x")))
    ]
    assert frozenset({"red"}) == peer.known
    peer.close()


def test_a_peer_that_ended_is_named(photo: Path) -> None:
    """With what to do."""
    peer = SubprocessSystem("peer", "model", [sys.executable, "-c", "input()"], None)
    with pytest.raises(RuntimeError, match="peer ended: run its program by hand to see why"):
        peer.classify(photo)
    peer.close()
