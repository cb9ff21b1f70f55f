"""The page of figures."""

import json

import pytest
from figure_tables import keys_of
from figures_page import STUDIES, figures_page, labels_of_study, question_of

RECORDS = [json.loads(path.read_text()) for path in sorted((STUDIES / "results").glob("*.json"))]


def test_each_record_has_its_section() -> None:
    """With question, command, machine, date and samples."""
    page = figures_page()
    for record in RECORDS:
        question, _ = question_of(record["study"])
        facts = (question, record["command"], record["machine"]["cpu"], record["date"])
        assert [] == [fact for fact in (*facts, f"{record['samples']} samples") if fact not in page]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record["study"]))
def test_every_figure_is_explained(record: dict[str, object]) -> None:
    """By `LABELS` of its study, or by the attributes of a class there; keys with blanks are names."""
    meanings = labels_of_study(str(record["study"]))
    assert [] == [key for key in keys_of(record["figures"]) if key not in meanings and key.isidentifier()]


def test_a_study_tells_its_question_and_its_way() -> None:
    """From its docstring, without the command."""
    question, way = question_of("head_fit")
    assert question.startswith("Which way to fit a linear head")
    assert way.startswith("Three ways are compared")
    assert "edgebreed.benchmarks" not in way
