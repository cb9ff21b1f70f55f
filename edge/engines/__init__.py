"""Inference engines, interchangeable behind one protocol."""

from edgebreed.edge.engines.engine import AUTO, Engine, EngineOptions, FixedEngine, ModelOutputs
from edgebreed.edge.engines.registry import ENGINES, load_engine, open_engine

__all__ = [
    "AUTO",
    "ENGINES",
    "Engine",
    "EngineOptions",
    "FixedEngine",
    "ModelOutputs",
    "load_engine",
    "open_engine",
]
