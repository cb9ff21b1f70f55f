"""What `train` is asked for, and what fitting returns."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.label_thresholds import HALF, set_label_thresholds
from edgebreed.edge.preprocess import DecodeRule, InputSpec, ResizeRule
from edgebreed.edge.task import Rejection, Task
from edgebreed.errors import InputError
from edgebreed.str_enum import StrEnum


class Arch(StrEnum):
    """What is trained."""

    SCRATCH = "scratch"  # a small CNN, from random weights
    TRANSFER = "transfer"  # a new head on a backbone with ImageNet weights

    @classmethod
    def _missing_(cls, value: object) -> "Arch | None":
        """`xception`, the backbone where none is named, means a transfer."""
        return cls.TRANSFER if value == XCEPTION else None


LONGEST_SUBJECT = 100  # letters
LOGS = "tensorboard"  # folder of a run
XCEPTION = "xception"
SIDE = 224
SIDES = {
    "scratch": 128,
    XCEPTION: 299,
    "inceptionv3": 299,
    "inceptionresnetv2": 299,
    "nasnetlarge": 331,
    "efficientnetb1": 240,
    "efficientnetb2": 260,
    "efficientnetb3": 300,
    "efficientnetb4": 380,
    "efficientnetb5": 456,
    "efficientnetb6": 528,
    "efficientnetb7": 600,
}
"""Input side in px by network, where it is not 224: the one that a backbone's weights were trained at."""


class Maxima(NamedTuple):
    """A layer whose maps' maxima are features too, and its number of maps."""

    layer: str
    number: int


MAXIMA = {XCEPTION: Maxima("block14_sepconv1_act", 1536)}
"""Layers whose maxima join a backbone's averages, where that was measured to help.

For Xception it prevented 22 of 464 mistakes in five-fold cross-validation of 4,772 images, done twice.
"""
History = dict[str, list[float]]
"""Loss and accuracy by epoch, as Keras names them."""
EPOCHS = {Arch.SCRATCH: 20, Arch.TRANSFER: 20}


@dataclass(frozen=True)
class TrainConfig:
    """A request to train.

    Attributes:
        out: folder of the run.
        cache: folder of the feature cache.
        arch: a small network from scratch, or a head on a backbone.
        data: folder of the data set; None draws the demo.
        weights: ImageNet weights of the backbone; None downloads them. A network from scratch ignores them.
        negatives: folder of images that show none of the classes.
        exclude: file that lists images to leave out, a path below `data` a line.
        names: JSON file that maps folder names to the labels that users read.
        epochs: passes over the training images; 0 takes the architecture's default.
        size: side of the square input in px; 0 takes the architecture's default.
        resize: how an image becomes a square.
        seed: of everything random.
        keep_duplicates: learn also from images that look like one of another split, and divide a data set
            without regard to looks; copies of a file stay in one split.
        resume: continue a fit on images that was interrupted.
        fine_tune: passes over augmented images that tune the top of the backbone; 0 leaves it frozen.
        backbone: the network that a head stands on, in any case; Xception if empty.
        subject: what all classes are, such as `rocket`; None where they have no common noun.
        people: answer a person as such, by a face.
        unknown_below: threshold of 'unknown' in place of the measured one: in 0..1, or `off`.
        labels: CSV file with the labels of each image of `data`, of which it may show several or none; None
            where folders are classes.
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
    fine_tune: int = 0
    backbone: str = ""
    subject: str | None = None
    people: bool = False
    unknown_below: str | None = None
    labels: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "epochs", self.epochs or EPOCHS[self.arch])
        if self.backbone and self.arch is Arch.SCRATCH:
            raise InputError(f"--backbone {self.backbone} is for a transfer: leave --arch scratch out")
        object.__setattr__(self, "size", self.size or SIDES.get(self.network, SIDE))
        if self.resume and self.arch is not Arch.SCRATCH and not self.fine_tune:
            raise InputError(
                "--resume is for --arch scratch and --fine-tune: features are cached, run the transfer again"
            )
        if self.fine_tune and self.arch is Arch.SCRATCH:
            raise InputError("--fine-tune is for a transfer: leave --arch scratch out")
        if self.subject is not None and not _is_noun(self.subject):
            raise InputError(f"--subject {self.subject!r}: give a noun in one line, such as rocket")
        Rejection().set_to(self.unknown_below)  # refuses what is no threshold before anything is fitted
        if self.labels is not None:
            self._check_multi_label()
        if self.negatives is not None and self.arch is Arch.SCRATCH:
            raise InputError(
                "--negatives needs --arch transfer: a network from scratch has no features to judge by"
            )

    def _check_multi_label(self) -> None:
        """Refuses what a multi-label model has no answer for."""
        if self.data is None:
            raise InputError(f"--labels {self.labels}: pass --data with the folder of its images")
        if self.people:
            raise InputError("--people is for one class an image: leave it out with --labels")
        if self.negatives is not None:
            raise InputError(
                "--negatives is for one class an image: with --labels, give them as rows without a label"
            )
        set_label_thresholds((HALF,), self.unknown_below)

    @property
    def task(self) -> Task:
        """What the model will be asked."""
        return Task.of(self.subject, self.people, multi_label=self.labels is not None)

    @property
    def network(self) -> str:
        """The run's network: `scratch`, or the backbone in lower case."""
        return self.arch.value if self.arch is Arch.SCRATCH else (self.backbone or XCEPTION).lower()

    @property
    def spec(self) -> InputSpec:
        """The model's input."""
        return InputSpec(self.size, self.size, self.resize, DecodeRule.REDUCED)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            key: str(value) if isinstance(value, Path | StrEnum) else value
            for key, value in asdict(self).items()
        }


def _is_noun(text: str) -> bool:
    """Whether a model file takes a text as its subject, with the words around it."""
    return bool(text.strip()) and text.isprintable() and len(text) <= LONGEST_SUBJECT


@dataclass(frozen=True)
class Fitted:
    """A fitted classifier and what was measured while it was fitted.

    Attributes:
        model: from images to a dict of `probabilities` and, where there are negatives, `in_distribution`.
        history: loss and accuracy by epoch.
        test: outputs for the test images.
        rejection: when to answer 'unknown'.
        temperature: divided the logits; part of the model's last layer.
        trainable: number of parameters that were fitted.
        seconds: by step.
        interrupted: a signal ended a fit on images, which can be resumed.
        fine_tune_history: loss and accuracy by pass of the fine-tuning; empty without one.
        left_out_negatives: negatives that look like one of the classes.
        valid: probabilities of the validation images, which the model behind them did not learn,
            `(N, classes) float32`.
    """

    model: Any
    history: History
    test: ModelOutputs
    rejection: Rejection
    temperature: float
    trainable: int
    seconds: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False
    fine_tune_history: History = field(default_factory=dict)
    left_out_negatives: tuple[Path, ...] = ()
    valid: NDArray[np.float32] | None = None
