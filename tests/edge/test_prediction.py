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
