"""The page of figures: every record of a study, with its question, command, machine, date and samples."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docstrings import attribute_meanings
from figure_tables import figure_tables, keys_of

STUDIES = Path(__file__).parent.parent.parent / "benchmarks" / "studies"
INTRODUCTION = """\
# Figures

What studies of edgebreed measured. A study is a program that answers one question; each section here is the
record of its last run. Times hold for the machine that is named, and against one another.
"""


def figures_page(studies: Path = STUDIES) -> str:
    """The page as Markdown."""
    records = (json.loads(path.read_text()) for path in sorted((studies / "results").glob("*.json")))
    return "\n".join([INTRODUCTION, *(_section(record, studies) for record in records)])


def _section(record: dict[str, Any], studies: Path) -> str:
    question, method = question_of(record["study"], studies)
    title = record["study"].replace("_", " ").replace(".", ": ").capitalize()
    parts = [f"## {title}\n", f"**{question}**\n", method]
    parts += [_origin(record), *figure_tables(record["figures"]), *_legend(record, studies)]
    return "\n".join(part for part in parts if part)


def _origin(record: dict[str, Any]) -> str:
    machine = record["machine"]
    sets = ", ".join(machine["int8"] + machine["float"])
    text = (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['architecture']} ({sets}), {machine['system']}"
    )
    facts = f"{text}; {record['date']}; {record['samples']} samples"
    return f"```text\n{record['command']}\n```\n\n{facts}.\n"


def _legend(record: dict[str, Any], studies: Path) -> Iterator[str]:
    meanings = labels_of_study(record["study"], studies)
    for key in keys_of(record["figures"]):
        if key in meanings:
            yield f"- `{key}`: {meanings[key]}"
    yield ""


def _tree(study: str, studies: Path) -> ast.Module:
    return ast.parse((studies / f"{study.replace('.', '/')}.py").read_text())


def question_of(study: str, studies: Path = STUDIES) -> tuple[str, str]:
    """A study's question, and how it answers it, from its docstring."""
    docstring = ast.get_docstring(_tree(study, studies)) or ""
    question, *paragraphs = docstring.split("\n\n")
    method = [one for one in paragraphs if not one.startswith("    ")]
    return " ".join(question.split()), "\n\n".join(" ".join(one.split()) for one in method) + "\n"


def labels_of_study(study: str, studies: Path = STUDIES) -> dict[str, str]:
    """What the keys of a study's figures mean: its `LABELS`, and the attributes of its classes."""
    found: dict[str, str] = {}
    for node in _tree(study, studies).body:
        if isinstance(node, ast.ClassDef):
            found |= attribute_meanings(ast.get_docstring(node))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LABELS":
            found |= ast.literal_eval(node.value)
    return found
