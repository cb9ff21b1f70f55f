"""What docstrings say of attributes."""

from docstrings import attribute_meanings, meanings_of

from edgebreed import Prediction, Result


def test_attributes_are_read_over_several_lines() -> None:
    """Other sections are no attributes."""
    attributes = "    Attributes:\n        a: one\n            line.\n        b: two.\n"
    text = f"A thing.\n\n{attributes}\n    Raises:\n        c: d.\n"
    assert {"a": "one line.", "b": "two."} == attribute_meanings(text)
    assert {} == attribute_meanings("A thing.") == attribute_meanings(None)


def test_properties_have_a_meaning_too() -> None:
    """Their docstring's first paragraph."""
    assert {"label", "probability"} == meanings_of(Prediction).keys()
    assert "The most probable class; None where the kind is unknown." == meanings_of(Result)["label"]
