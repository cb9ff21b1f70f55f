"""The chart of the front page."""

from xml.etree import ElementTree

from systems_chart import chart

SYSTEMS = [
    {
        "system": "edgebreed",
        "model": "a int8",
        "p50_ms": 20.0,
        "photos": 8,
        "top1_all": {"top1": 0.975, "n": 8},
    },
    {"system": "plain <runtime>", "model": "b fp32", "p50_ms": 10.0, "photos": 8, "top1_all": None},
]
RECORD = {
    "figures": {"systems": SYSTEMS},
    "machine": {"cpu": "a processor", "cores": 2},
    "date": "2026-01-31",
}


def test_bars_are_as_long_as_the_times() -> None:
    """The fastest system first, edgebreed's bar in its own colour, and the accuracy where it is known."""
    svg = ElementTree.fromstring(chart(RECORD))
    bars = [element for element in svg.iter() if element.tag.endswith("rect")]
    short, long = (float(bar.attrib["width"]) for bar in bars)
    assert (2 * short, ["other", "ours"]) == (long, [bar.attrib["class"] for bar in bars])
    texts = [element.text for element in svg.iter() if element.tag.endswith("text")]
    assert {"plain <runtime>", "10 ms", "20 ms, top-1 97.5%"} <= set(texts)
    assert "8 photos, each by every system in turn; a processor, 2 cores, 2026-01-31" in texts
