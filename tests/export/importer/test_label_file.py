"""Names of classes in the forms in which other programs write them."""

from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.export.importer.label_file import (
    fit_labels,
    literal,
    numbered_labels,
    parse_labels,
    read_labels,
)

ANIMALS = ("tabby cat", "great white shark", "Añu")
FORMS = {
    "lines": "tabby cat\ngreat white shark\nAñu\n\n",
    "Windows": "tabby cat\r\ngreat white shark\r\nAñu",
    "numbered": "0 tabby cat\n1 great white shark\n2 Añu",
    "with colons": "0: tabby cat\n1:great white shark\n2 :  Añu",
    "from 1": "1: tabby cat\n2: great white shark\n3: Añu",
    "CSV": "0,tabby cat\n1,great white shark\n2,Añu",
    "quotes": '"tabby cat"\n"great white shark"\n"Añu"',
    "YAML": "- tabby cat\n- great white shark\n- Añu",
    "JSON list": '["tabby cat", "great white shark", "Añu"]',
    "JSON by id": '{"2": "Añu", "0": "tabby cat", "1": "great white shark"}',
    "JSON by label": '{"great white shark": 1, "tabby cat": 0, "Añu": 2}',
    "Keras": '{"0": ["n02123045", "tabby cat"], "1": ["n01484850", "great white shark"], "2": ["n9", "Añu"]}',
    "Python list": "['tabby cat', 'great white shark', 'Añu']",
    "Python dict": "{0: 'tabby cat', 1: 'great white shark', 2: 'Añu'}",
    "DeepStream": "tabby cat;great white shark;Añu;\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_labels_in_order(form: str) -> None:
    """Of lists in the forms of several programs."""
    assert ANIMALS == parse_labels(FORMS[form])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_are_read_as_editors_save_them(tmp_path: Path, encoding: str) -> None:
    """With a byte order mark and without."""
    path = tmp_path / "labels.txt"
    path.write_bytes(FORMS["Windows"].encode(encoding))
    assert ANIMALS == read_labels(path)


@pytest.mark.parametrize(
    "text", ["1 euro\n2 euro", "0\n90\n180\n270", "n02085620 Chihuahua\nn02085782 Chin", "[UNK]\nyes"]
)
def test_lines_that_are_not_numbered_from_0_in_order_stay_as_they_are(text: str) -> None:
    """Coins, angles, synsets with their codes, and a bracket that begins no list."""
    assert tuple(text.split("\n")) == parse_labels(text)
    assert numbered_labels(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "label 0 is ''"),
        ("a\n\nb", "label 1 is ''"),
        ("a\x1b[31m\nb", "control characters such as '\\\\x1b'"),
        ('["a", 1.5]', "label 1 is 1.5"),
        ('{"0": "a", "2": "b"}', "not the numbers from 0 to 1"),
        ('{"0": {"name": "a"}}', "label 0 is {'name': 'a'}"),
        ("a" * 301, "1 to 300 characters"),
        ("[]", "0 labels: 1 to 100,000"),
    ],
)
def test_what_is_no_list_of_labels_is_refused_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    """With the label that is wrong, and the file."""
    path = tmp_path / "labels.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=reason) as caught:
        read_labels(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_missing_or_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """With the remedy."""
    path = tmp_path / "labels.txt"
    with pytest.raises(InputError, match="cannot read --labels .*: No such file"):
        read_labels(path)
    path.write_bytes("Bär\nKatze".encode("latin-1"))
    with pytest.raises(InputError, match="is no UTF-8: save it as UTF-8"):
        read_labels(path)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "{" * 3000 + "}" * 3000, "(" * 100_000 + "1" + ")" * 100_000]
)
def test_deep_nesting_ends_in_a_refusal(text: str) -> None:
    """Neither the reader of JSON nor Python's own gives up with anything else."""
    with pytest.raises(ValueError, match="label 0 is"):
        parse_labels(text)


@pytest.mark.parametrize(
    "text", ["[" + "-" * 200_000 + "1]", "[" + "1+" * 200_000 + "1]", "{" + "a." * 99_999]
)
def test_long_expressions_are_no_literals(text: str) -> None:
    """Python's parser gives them up, and the process goes on."""
    assert literal(text) is None


def test_texts_of_megabytes_are_not_parsed() -> None:
    """As the lists of all classes that there are have some three."""
    with pytest.raises(ValueError, match="16,777,217 characters: at most 16,777,216 are allowed"):
        literal("[" * ((1 << 24) + 1))


def test_labels_that_fit_stay() -> None:
    """And nothing is noted."""
    assert (("a", "b"), "") == fit_labels(["a", "b"], 2)


def test_a_background_class_is_put_first_where_imagenets_thousand_lack_it() -> None:
    """As networks of 1,001 classes have it, and the change is told."""
    labels, note = fit_labels([f"class {number}" for number in range(1000)], 1001)
    assert (1001, "background", "class 999") == (len(labels), labels[0], labels[1000])
    assert "'background' was put before the 1,000 labels" == note


def test_a_background_class_that_the_model_lacks_is_left_out() -> None:
    """Whatever case it is written in."""
    assert (("a", "b"), "the first label, 'Background', was left out") == fit_labels(
        ["Background", "a", "b"], 2
    )


@pytest.mark.parametrize(("count", "outputs"), [(3, 2), (2, 3), (1000, 999), (1, 2), (1000, 1002)])
def test_other_counts_are_refused_with_both_numbers(count: int, outputs: int) -> None:
    """And with what to pass."""
    labels = [f"class {number}" for number in range(count)]
    with pytest.raises(InputError, match=rf"{count:,} labels? for a model of {outputs:,} .*pass --labels"):
        fit_labels(labels, outputs)
