"""The page of schemas, from real outputs."""

import json
import re

import pytest
from schema_page import schema_page

pytestmark = pytest.mark.docs  # the build of the pages runs the same commands


@pytest.fixture(scope="module")
def page() -> str:
    """The page; its commands take seconds."""
    return schema_page()


def test_every_output_has_its_keys(page: str) -> None:
    """A key of each, by its section."""
    sections = dict(re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    keys = {
        "Manifest": "golden",
        "Answers of predict": "summary",
        "Events of a stream": "captured_at",
        "Summary of a stream": "reconnects",
        "Result of bench": "latency_ms",
        "Metrics": "edgebreed_frames_total",
    }
    assert keys.keys() == sections.keys()
    assert [] == [title for title, key in keys.items() if f"| `{key}` |" not in sections[title]]


def test_examples_are_json(page: str) -> None:
    """With the keys of the table above them."""
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    assert 6 == len(examples)
    assert [] == [key for example in examples for key in example if f"| `{key}` |" not in page]


def test_links_lead_to_a_heading(page: str) -> None:
    """Each record that a type names is explained on the page."""
    headings = {line[4:].lower() for line in page.splitlines() if line.startswith("### ")}
    assert set() == set(re.findall(r"\]\(#(.+?)\)", page)) - headings
