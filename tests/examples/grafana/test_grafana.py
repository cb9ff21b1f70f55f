"""The dashboard asks for what a stream has, and Prometheus understands it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from ...conftest import ROOT
from ...live.mosquitto import free_port, wait_for
from ..served_stream import TOKEN, ServedStream, served_stream

FOLDER = ROOT / "examples" / "grafana"
DASHBOARD = json.loads((FOLDER / "edgebreed.json").read_text())
TARGETS = [(panel, target) for panel in DASHBOARD["panels"] for target in panel["targets"]]
QUERIES = [target["expr"] for _, target in TARGETS]
SELECTOR = re.compile(r"(\w+)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
PAGE = (ROOT / "docs" / "monitoring.md").read_text()
ALERTS = re.findall(r"`([^`]+)`", PAGE.partition("| question | query |")[2].partition("\n\n")[0])
OF_PROMETHEUS = {"instance"}
"""Labels that Prometheus adds when it scrapes."""

Labels = dict[str, set[str]]


def labels_of(metrics: str) -> dict[str, Labels]:
    """Each sample's name, with its labels and their values."""
    found: dict[str, Labels] = {}
    for sample in (one for family in text_string_to_metric_families(metrics) for one in family.samples):
        labels = found.setdefault(sample.name, {})
        for label, value in sample.labels.items():
            labels.setdefault(label, set()).add(value)
    return found


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStream]:
    """A running stream."""
    with served_stream(tmp_path_factory.mktemp("stream")) as running:
        yield running


@pytest.fixture(scope="module")
def exposed(stream: ServedStream) -> dict[str, Labels]:
    """What its `/metrics` has."""
    return labels_of(stream.read("/metrics"))


def used_labels(query: str) -> set[str]:
    """Labels that a query selects or groups by."""
    grouped = ", ".join(re.findall(r"by \(([^)]*)\)", query))
    selected = [label for _, matchers in SELECTOR.findall(query) for label, *_ in MATCHER.findall(matchers)]
    return {*selected, *filter(None, grouped.split(", "))}


@pytest.mark.slow
@pytest.mark.parametrize("query", QUERIES)
def test_metrics_and_labels_of_a_query_exist(query: str, exposed: dict[str, Labels]) -> None:
    """On the page of a stream; and so do the values that labels are compared with."""
    selectors = SELECTOR.findall(query)
    assert selectors
    for metric, matchers in selectors:
        assert metric in exposed
        assert used_labels(query) <= {*exposed[metric], *OF_PROMETHEUS}
        for label, _, values in MATCHER.findall(matchers):
            assert {one for one in values.split("|") if "$" not in one} <= exposed[metric].get(label, set())


@pytest.mark.slow
@pytest.mark.parametrize(("panel", "target"), TARGETS, ids=QUERIES)
def test_legends_and_columns_show_labels_that_exist(
    panel: dict[str, Any], target: dict[str, Any], exposed: dict[str, Labels]
) -> None:
    """Those that a query keeps: an aggregation drops all that it does not group by."""
    query = target["expr"]
    kept = used_labels(query) if " by (" in query else set(exposed[SELECTOR.findall(query)[0][0]])
    columns = [column for one in panel.get("transformations", []) for column in one["options"]["indexByName"]]
    shown = {*re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]), *columns}
    assert shown
    assert shown <= kept | OF_PROMETHEUS


@pytest.mark.slow
def test_the_page_names_the_metrics_that_exist(exposed: dict[str, Labels]) -> None:
    """All of edgebreed's own, and no other."""
    named = set(re.findall(r"\bedgebreed_\w+", PAGE))
    own = {name for name in exposed if name.startswith("edgebreed_") and not name.endswith("_created")}
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in own} == {
        name.removesuffix("_bucket") for name in named
    }


def test_every_query_is_of_the_chosen_devices_and_data_source() -> None:
    """And the choices themselves are defined."""
    source, device = DASHBOARD["templating"]["list"]
    assert ("datasource", "datasource") == (source["name"], source["type"])
    assert ("instance", "label_values(edgebreed_fps, instance)") == (device["name"], device["query"]["query"])
    sources = [thing["datasource"] for pair in TARGETS for thing in pair] + [device["datasource"]]
    assert all(one == {"type": "prometheus", "uid": "${datasource}"} for one in sources)
    assert all(
        'instance=~"$instance"' in matchers for query in QUERIES for _, matchers in SELECTOR.findall(query)
    )


def test_panels_lie_beside_one_another() -> None:
    """Each with a number and a title of its own, within Grafana's 24 columns, and an explanation."""
    panels = DASHBOARD["panels"]
    for key in ("id", "title"):
        assert len(panels) == len({panel[key] for panel in panels})
    assert all(panel["description"].endswith(".") for panel in panels)
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert not any(overlap(*pair) for pair in combinations(places, 2))


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    """Whether two panels cover the same cell."""
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )


@contextmanager
def prometheus(folder: Path, target: int) -> Iterator[str]:
    """The address of a Prometheus that has the example's settings, but scrapes one port, and every second."""
    (folder / "token").write_text(TOKEN)
    settings = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    (job,) = settings["scrape_configs"]
    settings["global"]["scrape_interval"] = "1s"
    job["authorization"]["credentials_file"] = str(folder / "token")
    job["static_configs"][0]["targets"] = [f"127.0.0.1:{target}"]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    address = f"127.0.0.1:{free_port()}"
    options = (f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data")
    command = ["prometheus", *options, f"--web.listen-address={address}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: ready(f"http://{address}"))
            yield f"http://{address}"
        finally:
            process.kill()


def ready(url: str) -> bool:
    """Whether Prometheus takes queries."""
    try:
        return bool(urlopen(f"{url}/-/ready", timeout=10).read())
    except URLError:
        return False


def ask(url: str, query: str) -> Any:
    """The series that a query finds, with Grafana's variables filled in."""
    values = {"$instance": ".*", "$__rate_interval": "30s", "$__range": "30s"}
    for name, value in values.items():
        query = query.replace(name, value)
    with urlopen(f"{url}/api/v1/query?{urlencode({'query': query})}", timeout=10) as reply:
        return json.load(reply)["data"]["result"]


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.prometheus
def test_prometheus_answers_every_query(stream: ServedStream, tmp_path: Path) -> None:
    """With numbers, once it has scraped a stream for some seconds; it understands those of the page too."""
    with prometheus(tmp_path, stream.port) as url:
        for query in QUERIES:
            wait_for(partial(ask, url, query))
        assert ALERTS
        for query in ALERTS:
            ask(url, query)
        (state,) = ask(url, DASHBOARD["panels"][0]["targets"][0]["expr"])
        assert ("running", f"127.0.0.1:{stream.port}") == (
            state["metric"]["edgebreed_state"],
            state["metric"]["instance"],
        )


@pytest.mark.prometheus
def test_the_settings_are_valid() -> None:
    """Promtool reads them; the token's file is the reader's own."""
    promtool = shutil.which("promtool")
    assert promtool is not None
    command = [promtool, "check", "config", "--syntax-only", str(FOLDER / "prometheus.yml")]
    assert 0 == subprocess.run(command, check=False).returncode
