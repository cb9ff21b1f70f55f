"""Inference engines, interchangeable behind one protocol."""

from edgebreed.edge.engines.base import Answers, Engine, FixedEngine
from edgebreed.edge.engines.choose import ENGINES, EngineOptions, load_engine, open_engine

__all__ = ["ENGINES", "Answers", "Engine", "EngineOptions", "FixedEngine", "load_engine", "open_engine"]
