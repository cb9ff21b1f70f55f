"""What the runtime answers."""

from edgebreed.edge.prediction import Kind, Prediction, Result

TOP = (Prediction("Robin", 0.9), Prediction("Wren", 0.1))


def test_a_label_is_told_unless_the_kind_is_unknown() -> None:
    """The probability is that of the most probable class all the same."""
    for kind, label in ((Kind.KNOWN, "Robin"), (Kind.PERSON, "Robin"), (Kind.UNKNOWN, None)):
        result = Result("a.jpg", kind, TOP, "words")
        assert (label, 0.9) == (result.label, result.probability)


def test_json_says_whether_faces_were_searched() -> None:
    """Null is not the same as none."""
    found = Result("a.jpg", Kind.PERSON, TOP, "words", ((1, 2, 3, 4),), {"detect": 9.0}).to_dict()
    assert [[1, 2, 3, 4]] == found["faces"]
    assert ("words", "person", "Robin", {"detect": 9.0}) == (
        found["summary"],
        found["kind"],
        found["label"],
        found["stages_ms"],
    )
    assert None is Result("a.jpg", Kind.KNOWN, TOP, "words").to_dict()["faces"]
    assert [] == Result("a.jpg", Kind.UNKNOWN, TOP, "words", ()).to_dict()["faces"]


def test_several_labels_are_in_the_answer_of_a_multi_label_model_alone() -> None:
    """Its label is the most probable one of those, which need not be the most probable class."""
    wren = TOP[1:]
    several = Result("a.jpg", Kind.KNOWN, TOP, "words", labels=wren)
    assert ("Wren", 0.1) == (several.label, several.probability)
    assert [{"label": "Wren", "probability": 0.1}] == several.to_dict()["labels"]
    none = Result("a.jpg", Kind.UNKNOWN, TOP, "words", labels=())
    assert (None, 0.9, []) == (none.label, none.probability, none.to_dict()["labels"])
    assert "labels" not in Result("a.jpg", Kind.KNOWN, TOP, "words").to_dict()


def test_an_answer_changes_with_its_labels_and_not_with_their_order() -> None:
    """Two labels of nearly the same probability may change places with every frame."""
    both = Result("a.jpg", Kind.KNOWN, TOP, "words", labels=TOP)
    assert both.answer == Result("b.jpg", Kind.KNOWN, TOP, "words", labels=TOP[::-1]).answer
    assert both.answer != Result("b.jpg", Kind.KNOWN, TOP, "words", labels=TOP[:1]).answer
    assert (Kind.UNKNOWN, frozenset()) == Result("c.jpg", Kind.UNKNOWN, TOP, "words").answer
    assert (Kind.KNOWN, frozenset({"Robin"})) == Result("c.jpg", Kind.KNOWN, TOP, "words").answer
