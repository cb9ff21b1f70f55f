"""The page of a measurement."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from edgebreed.benchmarks.report.html_report import (
    html_report,
    short_engine,
    write_html_report,
)
from edgebreed.edge.accuracy import percent_range
from edgebreed.errors import InputError

from ...live.browser import Browser
from ..results import latencies, result


class TagBalance(HTMLParser):
    """Records elements that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Opens one."""
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Closes the last one."""
        assert tag == self.open.pop()


def test_it_is_whole_and_needs_nothing_beside_it(colours: Path) -> None:
    """Every element is closed, and no address is fetched."""
    html = html_report([result(colours, latencies(0)), result(colours, latencies(1))])
    balance = TagBalance()
    balance.feed(html)
    assert [] == balance.open
    assert not re.search(r"https?://|src=|@import|url\(", html.replace("http://www.w3.org/2000/svg", ""))


def test_it_shows_every_system_and_every_reason(colours: Path) -> None:
    """Rows, drawings and why a run is invalid."""
    html = html_report([result(colours, latencies(0)), result(colours, latencies(1, 20))])
    assert 2 == html.count('class="sign"')
    assert "20 samples, at least 64 are needed" in html
    assert {"Result", "Latency", "Stages", "Steadiness", "How it was measured"} <= set(
        re.findall("<h2>(.*?)</h2>", html)
    )


def test_accuracy_is_drawn_where_the_model_states_it(colours: Path) -> None:
    """Against latency and size."""
    without = result(colours, latencies(0))
    stated = replace(without, model=replace(without.model, top1=0.97, top1_photos=320))
    assert "Accuracy against cost" not in html_report([without])
    assert "measured on 320 photos" in html_report([without, stated])


def test_names_cannot_break_the_page(colours: Path) -> None:
    """They come from files."""
    strange = result(colours, latencies(0))
    strange = replace(strange, model=replace(strange.model, name="<script>"))
    assert "<script>" not in html_report([strange])


def test_names_that_are_no_text_are_written_as_escapes(colours: Path, tmp_path: Path) -> None:
    """Of the folder of the images, for example."""
    strange = result(colours, latencies(0))
    strange = replace(strange, model=replace(strange.model, name="n\udcff"))
    write_html_report(tmp_path / "r.html", [strange])
    assert b"n\\udcff" in (tmp_path / "r.html").read_bytes()


def test_it_is_not_overwritten(colours: Path, tmp_path: Path) -> None:
    """Unless that is asked for."""
    results = [result(colours, latencies(0))]
    write_html_report(tmp_path / "r.html", results)
    with pytest.raises(InputError, match=r"r\.html exists: pass --overwrite"):
        write_html_report(tmp_path / "r.html", results)
    write_html_report(tmp_path / "r.html", results, overwrite=True)


def test_engines_by_a_short_name() -> None:
    """Without the words that all providers share."""
    assert ["onnxruntime/CPU", "litert"] == [
        short_engine(name) for name in ("onnxruntime/CPUExecutionProvider", "litert")
    ]


def test_the_style_has_a_dark_mode_and_balanced_braces(colours: Path) -> None:
    """A missing brace would silently drop every rule after it."""
    page = html_report([result(colours, latencies(0))])
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "prefers-color-scheme: dark" in style
    assert style.count("{") == style.count("}")


def test_intervals_stand_beside_what_they_are_of(colours: Path) -> None:
    """Of each percentile, and of the accuracy."""
    one = result(colours, latencies(0))
    one = replace(one, model=replace(one.model, top1=0.97, top1_photos=320))
    low, high = one.interval_ms["p90"] or (0, 0)
    html = html_report([one])
    assert f"{one.latency_ms.p90:.2f}<small>{low:.2f} to {high:.2f}</small>" in html
    assert f"97.0%<small>{percent_range(0.97, 320)}</small>" in html


def test_every_cell_names_its_column(colours: Path) -> None:
    """On a phone, where the table's head is not shown."""
    html = html_report([result(colours, latencies(0))])
    columns = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', html)
    assert columns[1:] == re.findall(r'data-label="(.*?)"', html)


@pytest.mark.browser
def test_no_column_is_cut_on_a_phone(colours: Path, tmp_path: Path) -> None:
    """A system is a card there, with all of its figures inside."""
    write_html_report(tmp_path / "r.html", [result(colours, latencies(0)), result(colours, latencies(1, 20))])
    ends = "[...document.querySelectorAll('.systems td')].map(cell => cell.getBoundingClientRect().right)"
    with Browser() as browser:
        browser.open((tmp_path / "r.html").as_uri(), width=390)
        assert browser.wait("document.readyState === 'complete' && document.querySelector('footer') !== null")
        assert 390 == browser.value("document.documentElement.scrollWidth")
        assert 18 == len(browser.value(ends))
        assert max(browser.value(ends)) < 390
