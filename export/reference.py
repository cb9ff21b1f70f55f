"""The float model's answers to photos, computed once a run and kept beside it."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.files import write_whole
from edgebreed.edge.preprocess import InputSpec
from edgebreed.train.evaluation import KerasEngine, compute_outputs
from edgebreed.train.feature_cache import digest_of


def reference_answers(model: KerasEngine, paths: Sequence[Path], spec: InputSpec) -> ModelOutputs:
    """Answers of the Keras model, kept under `<run>/reference` by the content of model and photos."""
    contents = [digest_of(model.path), *(digest_of(path) for path in paths)]
    key = hashlib.sha256("".join(contents).encode()).hexdigest()[:16]
    kept = model.path.parent / "reference" / f"{key}.npz"
    if kept.is_file():
        with np.load(kept) as arrays:
            return ModelOutputs(arrays["probabilities"], arrays.get("in_distribution"))
    answers = compute_outputs(model, paths, spec, "float reference")
    buffer = io.BytesIO()
    np.savez(buffer, **{name: values for name, values in answers._asdict().items() if values is not None})
    write_whole(kept, buffer.getvalue(), overwrite=True)
    return answers
