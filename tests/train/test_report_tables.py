"""The tables of a run's report."""

import numpy as np

from edgebreed.train.classification_metrics import measure
from edgebreed.train.report_tables import class_table, confusion_table

ROWS = np.eye(3, dtype=np.float32)[[0, 1, 0, 1]]


def test_the_weakest_class_comes_first_and_an_untested_one_last() -> None:
    """Each with its interval."""
    table = class_table(measure(ROWS, np.array([0, 1, 1, 1]), ("a", "b", "c")), ("A", "B <b>", "C"))
    assert table.index("B &lt;b&gt;") < table.index(">A<") < table.index(">C<")
    assert "<td>3</td><td>66.7%</td><td>20.8% to 93.9%</td><td>100.0%</td><td>80.0%</td>" in table
    assert "<td>0</td><td>not known</td><td></td><td>not known</td><td>not known</td>" in table


def test_the_matrix_shows_counts() -> None:
    """Shaded by the share of the label's images; what never happened is blank."""
    table = confusion_table(np.array([[3, 1], [0, 0]]), ("a<", "b"))
    assert 'rgb(var(--heat) / 0.45)">3</td><td style="background: rgb(var(--heat) / 0.15)">1</td>' in table
    assert "<tr><th>b</th><td></td><td></td></tr>" in table
    assert 2 == table.count("a&lt;")
