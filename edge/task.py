"""What a model is asked, in which words it answers, and when it answers 'unknown'."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from edgebreed.edge.json_fields import MANY, JsonFields
from edgebreed.edge.prediction import Kind, Prediction
from edgebreed.errors import InputError
from edgebreed.str_enum import StrEnum

OFF = "off"
"""What `--unknown-below` takes to answer every image with a class."""


@dataclass(frozen=True)
class Words:
    """How answers are put into words.

    Attributes:
        known: what stands before a known class, as in "dog: Pug (98%)"; empty for the class alone.
        person: what stands before the class that a person resembles; empty where people are no answer.
        unknown: the whole answer where nothing was recognised.
    """

    known: str = ""
    person: str = ""
    unknown: str = "unknown"


@dataclass(frozen=True)
class Task:
    """What a model is asked.

    Attributes:
        subject: what all of its classes are, such as `dog`; None where they have no common noun.
        people: whether a person is an answer of its own, found by a face.
        words: how answers are put into words.
        multi_label: whether an image may show several of the classes, or none; else it shows one.
    """

    subject: str | None = None
    people: bool = False
    words: Words = field(default_factory=Words)
    multi_label: bool = False

    def __post_init__(self) -> None:
        if self.multi_label and self.people:
            raise ValueError("people are an answer of their own: a multi-label model has none")

    @classmethod
    def of(cls, subject: str | None, people: bool = False, multi_label: bool = False) -> "Task":
        """A task with the words that follow from it."""
        if multi_label:
            none = "none of the labels" if subject is None else f"no {subject}"
            return cls(subject, people, Words(subject or "", "", none), multi_label)
        person = "person, resembles" if people else ""
        if subject is None:
            unknown = "neither a known class nor a person" if people else "unknown"
            return cls(None, people, Words("", person, unknown))
        noun = f"{'an' if subject[:1].lower() in 'aeiou' else 'a'} {subject}"
        unknown = f"neither {noun} nor a person" if people else f"not {noun}"
        return cls(subject, people, Words(subject, person, unknown))

    @classmethod
    def from_dict(cls, data: object) -> "Task":
        """Reads a task from JSON types.

        Raises:
            ValueError: a field is missing, or is not what is allowed.
        """
        fields = JsonFields(data, "task")
        words = fields.part("words")
        task = cls(
            fields.optional("subject", fields.text),
            fields.flag("people", default=False),
            Words(*(words.text(key, default=getattr(Words, key)) for key in ("known", "person", "unknown"))),
            multi_label=fields.flag("multi_label", default=False),
        )
        fields.end()
        words.end()
        return task

    def summary(self, kind: Kind, best: Prediction, searched: bool = True) -> str:
        """The answer as a sentence.

        Args:
            kind: of the answer.
            best: the most probable class.
            searched: whether faces were searched; where they were not, nothing is said of persons.
        """
        if kind is Kind.UNKNOWN:
            silent = self.people and not searched
            return Task.of(self.subject, people=False).words.unknown if silent else self.words.unknown
        before = self.words.known if kind is Kind.KNOWN else self.words.person
        return _answer(before, [best])

    def summary_of_labels(self, labels: Sequence[Prediction]) -> str:
        """The answer of a multi-label model as a sentence.

        Args:
            labels: those that the image shows, most probable first.
        """
        return _answer(self.words.known, labels) if labels else self.words.unknown


def _answer(before: str, classes: Sequence[Prediction]) -> str:
    """As in `defect: crack (93%), stain (71%)`."""
    answer = ", ".join(f"{one.label} ({one.probability:.0%})" for one in classes)
    return f"{before}: {answer}" if before else answer


class RejectionScore(StrEnum):
    """Which number tells an image of a known class from any other image."""

    MAX_PROBABILITY = "max-probability"  # the largest softmax output (Hendrycks & Gimpel 2017)
    IN_DISTRIBUTION = "in-distribution"  # the model's second output, fitted against negatives


@dataclass(frozen=True)
class Rejection:
    """When to answer 'unknown' (classification with a reject option, Chow 1970).

    Attributes:
        score: the number that is compared.
        threshold: below it, an image shows none of the classes; None answers every image with a class.
        kept: share of validation images at or above the threshold; None without one.
        auroc: area under the ROC curve, classes against negatives; None without negatives.
        false_positive_rate: share of negatives at or above the threshold; None without negatives.
        negatives: number of images of none of the classes that it was fitted on.
        reason: why there is no threshold, or who set it; empty where it was measured.
    """

    score: RejectionScore = RejectionScore.MAX_PROBABILITY
    threshold: float | None = None
    kept: float | None = None
    auroc: float | None = None
    false_positive_rate: float | None = None
    negatives: int = 0
    reason: str = ""

    @classmethod
    def from_dict(cls, data: object) -> "Rejection":
        """Reads a rejection from JSON types.

        Raises:
            ValueError: a field is missing, or is not what is allowed.
        """
        fields = JsonFields(data, "rejection")
        rejection = cls(
            score=fields.choice("score", RejectionScore),
            threshold=fields.optional("threshold", fields.share),
            kept=fields.optional("kept", fields.share),
            auroc=fields.optional("auroc", fields.share),
            false_positive_rate=fields.optional("false_positive_rate", fields.share),
            negatives=fields.whole("negatives", 0, MANY, default=0),
            reason=fields.text("reason", default=""),
        )
        fields.end()
        return rejection

    def describe(self, unknown: str) -> str:
        """When 'unknown' is answered, in one line; `unknown` are the model's words for it."""
        if self.threshold is None:
            return f"never answered: {self.reason or 'no threshold'}"
        kept = f", keeps {self.kept:.1%} of validation images" if self.kept is not None else ""
        by_hand = f", {self.reason}" if self.reason else ""
        return f"'{unknown}' below {self.threshold:.3f} ({self.score}){kept}{by_hand}"

    def set_to(self, unknown_below: float | str | None) -> "Rejection":
        """The same with a threshold that somebody chose.

        Args:
            unknown_below: in 0..1, or `off`; None changes nothing.

        Raises:
            InputError: it is something else.
        """
        if unknown_below is None:
            return self
        threshold = None if unknown_below == OFF else parse_threshold(unknown_below)
        return replace(self, threshold=threshold, kept=None, false_positive_rate=None, reason="set by hand")


def parse_threshold(text: float | str) -> float:
    """A threshold in 0..1.

    Raises:
        InputError: it is none.
    """
    try:
        value = float(text)
    except (ValueError, TypeError):
        value = -1.0
    if not 0 <= value <= 1:
        raise InputError(f"--unknown-below {text}: give a score from 0 to 1, or `{OFF}`")
    return value
