"""Writes a model file again with its manifest in today's schema; the model's own bytes stay as they are.

    python examples/renew_model.py MODEL...

A file of an older edgebreed then carries a digest over all of its bytes.
"""

import sys
from pathlib import Path

from edgebreed.edge.formats import read_model, write_model


def renew(path: Path) -> None:
    """Reads a model file with all of its checks, and replaces it."""
    model = read_model(path)
    write_model(path, model.data, model.manifest, overwrite=True)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        renew(Path(name))
        print(f"{name}: renewed")
