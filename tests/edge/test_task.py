"""What a model is asked, and when it answers 'unknown'."""

import json
from dataclasses import asdict

import pytest

from edgebreed.edge.prediction import Kind, Prediction
from edgebreed.edge.task import Rejection, RejectionScore, Task, Words, parse_threshold
from edgebreed.errors import InputError

BEST = Prediction("Robin", 0.96)


@pytest.mark.parametrize(
    ("subject", "people", "known", "unknown"),
    [
        (None, False, "Robin (96%)", "unknown"),
        (None, True, "Robin (96%)", "neither a known class nor a person"),
        ("bird", False, "bird: Robin (96%)", "not a bird"),
        ("owl", True, "owl: Robin (96%)", "neither an owl nor a person"),
    ],
)
def test_words_follow_from_subject_and_people(
    subject: str | None, people: bool, known: str, unknown: str
) -> None:
    """A model of birds never says dog, and one without people has no words for a person."""
    task = Task.of(subject, people)
    assert known == task.summary(Kind.KNOWN, BEST)
    assert unknown == task.summary(Kind.UNKNOWN, BEST)
    if people:
        assert "person, resembles: Robin (96%)" == task.summary(Kind.PERSON, BEST)
    else:
        assert "person" not in json.dumps(list(asdict(task)["words"].values()))


def test_nothing_is_said_of_persons_where_faces_were_not_searched() -> None:
    """With `--faces never` nobody knows whether there is one."""
    task = Task.of("dog", people=True)
    assert "not a dog" == task.summary(Kind.UNKNOWN, BEST, searched=False)
    assert "neither a dog nor a person" == task.summary(Kind.UNKNOWN, BEST)
    assert "dog: Robin (96%)" == task.summary(Kind.KNOWN, BEST, searched=False)


def test_words_of_its_own_and_json_keep_a_task() -> None:
    """As the manifest stores it."""
    task = Task("pug", True, Words("a pug", "somebody like", "nothing"))
    assert task == Task.from_dict(json.loads(json.dumps(asdict(task))))
    assert "a pug: Robin (96%)" == task.summary(Kind.KNOWN, BEST)


def test_a_threshold_set_by_hand_says_so() -> None:
    """What was measured of the old one does not hold for it; the score's AUROC does."""
    measured = Rejection(RejectionScore.IN_DISTRIBUTION, 0.4, 0.99, 0.999, 0.01, 120)
    assert measured is measured.set_to(None)
    chosen = measured.set_to("0.25")
    assert (0.25, None, None, 0.999, "set by hand") == (
        chosen.threshold,
        chosen.kept,
        chosen.false_positive_rate,
        chosen.auroc,
        chosen.reason,
    )
    assert None is measured.set_to("off").threshold


@pytest.mark.parametrize("wrong", ["1.5", "-0.1", "nan", "half", ""])
def test_what_is_no_threshold_is_refused(wrong: str) -> None:
    """The message holds the value and what is allowed."""
    with pytest.raises(InputError, match=f"--unknown-below {wrong}: give a score from 0 to 1, or `off`"):
        parse_threshold(wrong)


@pytest.mark.parametrize(
    ("subject", "answer", "none"),
    [
        (None, "crack (93%), stain (71%)", "none of the labels"),
        ("defect", "defect: crack (93%), stain (71%)", "no defect"),
    ],
)
def test_a_multi_label_answer_names_every_label(subject: str | None, answer: str, none: str) -> None:
    """Or says that there is none."""
    task = Task.of(subject, multi_label=True)
    assert answer == task.summary_of_labels([Prediction("crack", 0.93), Prediction("stain", 0.71)])
    assert none == task.summary_of_labels([])
    assert task == Task.from_dict(json.loads(json.dumps(asdict(task))))


def test_a_task_from_before_multi_label_models_has_one_class_an_image() -> None:
    """Its JSON does not say so."""
    data = asdict(Task.of("dog", people=True))
    del data["multi_label"]
    assert Task.of("dog", people=True) == Task.from_dict(data)


def test_a_multi_label_model_answers_no_people() -> None:
    """A person is an answer in place of classes."""
    with pytest.raises(ValueError, match="a multi-label model has none"):
        Task(people=True, multi_label=True)
