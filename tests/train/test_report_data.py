"""What a run's report is made of."""

from pathlib import Path

from edgebreed.train.dataset import Dataset, LabelledImage
from edgebreed.train.report_data import images_per_class

from .report_run import classified, report_data


def test_images_are_classified_by_the_likeliest_class() -> None:
    """With its probability as the confidence."""
    tested = classified((0, 0, 1))
    assert [0, 0, 1] == tested.labels.tolist()
    assert [0, 1, 1] == tested.predictions.tolist()
    assert [0.9, 0.8, 0.7] == [round(float(one), 3) for one in tested.confidences]
    assert [[1, 1], [0, 1]] == tested.confusion.tolist()


def test_a_report_knows_its_names_and_metrics() -> None:
    """Those of the test images."""
    report = report_data(classified((0, 0, 1), names=("one", "two")))
    assert ("one", "two") == report.names
    assert 3 == report.metrics.n


def test_images_are_counted_by_class_and_split() -> None:
    """A split without images is not there; a class without images has none."""
    images = tuple(LabelledImage(Path(str(number)), number % 2) for number in range(5))
    data = Dataset(Path("x"), ("a", "b", "c"), {"train": images, "valid": (), "test": images[:1]})
    assert {"train": (3, 2, 0), "test": (1, 0, 0)} == images_per_class(data)
