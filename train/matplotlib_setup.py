"""matplotlib, with its list of fonts in edgebreed's cache instead of a folder of its own in the home."""

import os

from edgebreed.edge.files import user_cache

os.environ.setdefault("MPLCONFIGDIR", str(user_cache() / "matplotlib"))

import matplotlib  # it looks for its folder when it is imported
import matplotlib.style
from matplotlib.figure import Figure

__all__ = ["Figure", "matplotlib"]
