"""Goes the whole way once, from drawn photos to a stream: draw, train, export, evaluate, predict, stream.

    pip install "edgebreed[all-cpu]" scikit-image
    python examples/surfaces_walkthrough.py surfaces-demo           # some minutes
    python examples/surfaces_walkthrough.py surfaces-demo --quick   # a minute; it knows little

Each command is printed before it runs, and may be typed as it stands in the folder. At the end,
`surfaces-demo/events.jsonl` holds a line for every photo that the stream saw.
"""

import argparse
import json
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

DRAW = Path(__file__).parent / "surfaces.py"
MODEL = "runs/surfaces/surfaces-int8.onnx"
LIGHT = "--negatives surfaces/negatives --backbone EfficientNetLite0"
"""A light network on ImageNet weights, and photos of other things that it must call unknown."""
TINY = "--arch scratch --size 64 --epochs 1"
SLIGHT = (
    "--quick shows the steps: one pass over few photos teaches next to nothing, so its accuracy is chance."
)
STEPS = (
    "train --data surfaces --out runs/surfaces",
    f"export --run runs/surfaces --format onnx --precision int8 --out {MODEL}",
    f"evaluate surfaces --model {MODEL}",
    f"predict surfaces/test --model {MODEL}",
    f"stream --source surfaces/test --model {MODEL} --headless --events events.jsonl",
)


def steps(quick: bool) -> list[str]:
    """The commands of edgebreed, in order; a quick export is handed over whatever it has lost."""
    more = (TINY, "--force") if quick else (LIGHT, "")
    added = [f"{step} {extra}".strip() for step, extra in zip(STEPS, more, strict=False)]
    return [*added, *STEPS[len(more) :]]


def run(folder: Path, program: list[str], words: str) -> None:
    """Runs a program in the folder, and ends this one where it fails."""
    code = subprocess.run([*program, *shlex.split(words)], cwd=folder, check=False).returncode
    if code:
        sys.exit(code)


def label_counts(events: Path) -> Counter[str]:
    """How often each class stands in a file of events."""
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    return Counter(line["label"] or line["kind"] for line in lines if line["event"] == "result")


def main() -> None:
    """Goes the whole way in a folder that does not exist yet."""
    parser = argparse.ArgumentParser(description="From drawn photos of surfaces to a stream.")
    parser.add_argument("folder", type=Path, help="where everything is written; must not exist")
    parser.add_argument("--quick", action="store_true", help="few photos and a tiny network, to see it run")
    asked = parser.parse_args()
    if asked.folder.exists():
        parser.error(f"{asked.folder} exists: name another")
    asked.folder.mkdir(parents=True)
    run(asked.folder, [sys.executable, str(DRAW)], f"surfaces --photos {10 if asked.quick else 100}")
    for step in steps(asked.quick):
        print(f"\n$ edgebreed {step}", flush=True)
        run(asked.folder, [sys.executable, "-m", "edgebreed"], step)
    print("\nanswers in the stream:", dict(label_counts(asked.folder / "events.jsonl")))
    if asked.quick:
        print(SLIGHT)


if __name__ == "__main__":
    main()
