"""The page of schemas: the keys of everything that edgebreed writes for programs, with real examples."""

import json
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from json_tables import JsonObject, KeyWords, key_table, markdown_table, nested_records
from prometheus_client import CollectorRegistry, Metric, generate_latest
from sample_outputs import SampleOutputs, run_samples, shorten

from edgebreed.benchmarks.report.bench_result import BenchResult
from edgebreed.edge.imported import Imported
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.prediction import Result
from edgebreed.edge.stream import EVENT_SCHEMA, FrameCounts, FrameResult, StateChange, StreamSummary

INTRODUCTION = """\
# Schemas

The keys of what edgebreed writes for other programs: the manifest inside a model file, the JSON of `predict`,
`stream` and `bench`, events, and metrics. Each example was printed by the command while this page was built;
`...` stands for what was left out of it.
"""
MANIFEST: dict[str, KeyWords] = {
    "learned": (
        "text, base64, or null",
        "the images it learned from: the first 6 bytes of each file's SHA-256; null where not known",
    ),
    "dropped": ("text, base64, or null", "the same of the images of its data set that training left out"),
}
NESTED: dict[type, dict[str, KeyWords]] = {
    Imported: {
        "recipe": (
            "object of objects",
            "how it is used: by field, its `value` and its `origin` (`given`, `file`, `found` or `assumed`)",
        ),
    },
}
"""Words for records inside of others."""
ANSWER: dict[str, KeyWords] = {
    "labels": (
        "list of [Prediction](#prediction)",
        "of a multi-label model alone: every label at or above its threshold, most probable first",
    ),
}
EVENT: dict[str, KeyWords] = {
    **ANSWER,
    "schema": ("integer", f"version of this schema, {EVENT_SCHEMA}; new keys leave it as it is"),
    "event": ("text: `result`, `state`", "what the event reports"),
    "source": (
        "text",
        "name of the source, without credentials, `#` and the frame's number; of a photo its path",
    ),
    "size": ("list of 2 integers", "width and height of the frame in px"),
}
SUMMARY: dict[str, KeyWords] = {
    "frames": ("object of integers", "how many frames were `read`, `processed`, `dropped`, and `failed`"),
    "fps": ("number", "processed frames per second"),
    "age_ms": (
        "object of numbers, or null",
        "time from capture to result in ms: `p50`, `p99`, `mean` and `max`; null without frames",
    ),
}
EVENTS = """\
`edgebreed stream --events FILE` appends one object a line, `--mqtt` publishes the same objects, and the live
page receives them. A consumer skips keys that it does not know."""
BENCH = """\
`edgebreed bench --json`: one object; where several models or engines took turns, a list of them in `runs`."""
MQTT_KEYS = """\
### Keys that MQTT adds

| key | type | meaning |
| --- | --- | --- |
| `run` | text | identifies the run of the program |
| `n` | integer | number of the event in that run, from 1: twice the same is a duplicate |
"""


def schema_page() -> str:
    """The page as Markdown."""
    return "\n".join([INTRODUCTION, *_sections(run_samples())])


def _sections(sample: SampleOutputs) -> Iterator[str]:
    seen: set[type] = set()
    yield _heading("Manifest", "In every exported model file; `edgebreed inspect --json` prints it.")
    yield from _object(JsonObject.of_record(Manifest, MANIFEST), sample.manifest, seen)
    yield _heading(
        "Answers of predict", "`edgebreed predict --json`: one object a line, in the order of the photos."
    )
    answer = JsonObject((Result,), (*sample.prediction, *ANSWER), ANSWER)
    yield from _object(answer, sample.prediction, seen)
    yield from _events(sample.events, seen)
    yield _heading("Summary of a stream", "`edgebreed stream --json`, printed when the stream has ended.")
    summary = JsonObject((StreamSummary, FrameCounts), tuple(sample.summary), SUMMARY)
    yield from _object(summary, sample.summary, seen)
    yield _heading("Result of bench", BENCH)
    yield from _object(JsonObject.of_record(BenchResult), sample.bench, seen)
    yield from _metrics(sample.metrics)


def _heading(title: str, text: str) -> str:
    return f"## {title}\n\n{text}\n"


def _object(shape: JsonObject, example: dict[str, Any], seen: set[type]) -> Iterator[str]:
    """The keys of an object, an example, and the records in it that the page has not shown yet."""
    yield key_table(shape)
    yield _collapsed("Example", json.dumps(shorten(example), indent=2), "json")
    for record in nested_records(shape):
        if record not in seen:
            seen.add(record)
            yield f"### {record.__name__}\n\n{_first_sentence(record)}\n"
            yield key_table(JsonObject.of_record(record, NESTED.get(record)))


def _first_sentence(record: type) -> str:
    return " ".join((record.__doc__ or "").partition("\n\n")[0].split())


def _collapsed(title: str, text: str, language: str) -> str:
    """A code block that a click opens."""
    return f'??? example "{title}"\n\n' + indent(f"```{language}\n{text}\n```\n", "    ")


def _events(events: list[dict[str, Any]], seen: set[type]) -> Iterator[str]:
    yield _heading("Events of a stream", EVENTS)
    of_kind = {event["event"]: event for event in events}
    yield "### Event result\n\nA frame and its answer.\n"
    result = JsonObject((FrameResult, Result), (*of_kind["result"], *ANSWER), EVENT)
    yield from _object(result, of_kind["result"], seen)
    yield "### Event state\n\nA change of the stream's state, or news of an outage that goes on.\n"
    state = JsonObject((StateChange,), tuple(of_kind["state"]), EVENT)
    yield from _object(state, of_kind["state"], seen)
    yield MQTT_KEYS


def _metrics(registry: CollectorRegistry) -> Iterator[str]:
    yield _heading("Metrics", "`/metrics` of the live page, in the format of Prometheus.")
    rows = [
        (f"`{_exposed_name(one)}`", one.type, _labels(one), one.documentation) for one in registry.collect()
    ]
    yield markdown_table(("metric", "type", "labels", "meaning"), rows)
    yield _collapsed("Example", generate_latest(registry).decode().strip(), "text")


def _exposed_name(metric: Metric) -> str:
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


def _labels(metric: Metric) -> str:
    names = {name: None for sample in metric.samples for name in sample.labels if name != "le"}
    return ", ".join(f"`{name}`" for name in names)
