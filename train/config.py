"""What `train` is asked for, and what fitting hands back."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.manifest import Rejection
from edgebreed.edge.preprocess import InputSpec, ResizeRule
from edgebreed.errors import InputError


class Arch(StrEnum):
    """Architectures that can be trained."""

    SCRATCH = "scratch"
    XCEPTION = "xception"


SIZES = {Arch.SCRATCH: 128, Arch.XCEPTION: 299}
EPOCHS = {Arch.SCRATCH: 20, Arch.XCEPTION: 20}


@dataclass(frozen=True)
class TrainConfig:
    """A request to train.

    Attributes:
        out: folder of the run.
        cache: folder of the feature cache.
        arch: architecture.
        data: folder of the data set; None draws the demo.
        weights: ImageNet weights of the base; None downloads them.
        negatives: folder of photos that show none of the classes.
        exclude: file that lists photos to leave out, a path below `data` a line.
        names: JSON file that maps folder names to the names that people read.
        epochs: passes over the training photos; 0 takes the architecture's own number.
        size: side of the square input in px; 0 takes the architecture's own.
        resize: how a photo becomes a square.
        seed: of everything random.
        resume: go on with a run from scratch that was cut off.
        keep_duplicates: learn also from training photos that repeat one of another split.
    """

    out: Path
    cache: Path
    arch: Arch = Arch.SCRATCH
    data: Path | None = None
    weights: Path | None = None
    negatives: Path | None = None
    exclude: Path | None = None
    names: Path | None = None
    epochs: int = 0
    size: int = 0
    resize: ResizeRule = ResizeRule.SQUASH
    seed: int = 0
    keep_duplicates: bool = False
    resume: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "epochs", self.epochs or EPOCHS[self.arch])
        object.__setattr__(self, "size", self.size or SIZES[self.arch])
        if self.resume and self.arch is not Arch.SCRATCH:
            raise InputError(
                "--resume is for --arch scratch: the features of a transfer are cached, run it again"
            )
        if self.negatives is not None and self.arch is Arch.SCRATCH:
            raise InputError(
                "--negatives needs --arch xception: a network from scratch has no features to judge by"
            )

    @property
    def spec(self) -> InputSpec:
        """The model's input."""
        return InputSpec(self.size, self.size, self.resize)


@dataclass
class Fitted:
    """A classifier and what was learnt about it.

    Attributes:
        model: from photos to a dict of `probabilities` and perhaps `known`.
        history: loss and accuracy by epoch.
        test: probabilities of the test photos `(N, classes) float32`.
        rejection: when to answer 'none of the classes'.
        temperature: divided the logits; folded into the model.
        trainable: number of parameters that were fitted.
        seconds: by step.
    """

    model: Any
    history: dict[str, list[float]]
    test: NDArray[np.float32]
    rejection: Rejection
    temperature: float
    trainable: int
    seconds: dict[str, float] = field(default_factory=dict)
