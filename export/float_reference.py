"""The float model's outputs for a run's images, which exported files are compared with."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.files import write_whole
from edgebreed.edge.preprocess import InputSpec
from edgebreed.export.reference_images import LabelledReferenceImages
from edgebreed.train.dataset import Dataset, labels_of
from edgebreed.train.evaluation import KerasEngine, compute_outputs
from edgebreed.train.feature_cache import Digest, digest_of


@dataclass(frozen=True)
class FloatReference:
    """Computes the float model's outputs once for each split and keeps them in `<run>/reference`.

    Attributes:
        model: the Keras model of the run.
        data: the run's images.
        spec: the model's input.
        digest: SHA-256 of a file.
    """

    model: KerasEngine
    data: Dataset
    spec: InputSpec
    digest: Digest = digest_of

    def images(self, split: str) -> LabelledReferenceImages:
        """The images of a split, which are sorted by class."""
        images = self.data.images(split)
        paths = tuple(image.path for image in images)
        return LabelledReferenceImages(split, paths, self._outputs(paths), labels_of(images))

    def _outputs(self, paths: Sequence[Path]) -> ModelOutputs:
        """Kept under a digest of the model and the images: a change of either computes them again."""
        contents = [self.digest(self.model.path), *(self.digest(path) for path in paths)]
        key = hashlib.sha256("".join(contents).encode()).hexdigest()[:16]
        kept = self.model.path.parent / "reference" / f"{key}.npz"
        if kept.is_file():
            with np.load(kept) as arrays:
                return ModelOutputs(arrays["probabilities"], arrays.get("in_distribution"))
        outputs = compute_outputs(self.model, paths, self.spec, "float reference")
        buffer = io.BytesIO()
        arrays = {name: values for name, values in outputs._asdict().items() if values is not None}
        np.savez(buffer, **arrays)
        write_whole(kept, buffer.getvalue(), overwrite=True)
        return outputs
