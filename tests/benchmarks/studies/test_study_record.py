"""The JSON record of a study's figures."""

import json
import re
from pathlib import Path

import pytest

from edgebreed.benchmarks.studies.study_record import StudyRecord, command_line, publish

from ...conftest import ROOT
from ...docs.page_names import unknown_options

STUDIES = ROOT / "benchmarks" / "studies"
README = (STUDIES / "README.md").read_text()


def test_a_record_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same twice, with what makes it repeatable."""
    publish("flicker", 600, {"labels": 1.9}, tmp_path / "results")
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "results" / "flicker.json").read_text())
    assert {"study", "command", "machine", "date", "samples", "figures"} == set(printed)
    assert ("flicker", 600, {"labels": 1.9}) == (printed["study"], printed["samples"], printed["figures"])
    assert printed["machine"]["cores"] >= 1


def test_a_command_has_no_folders_of_the_machine() -> None:
    """A record is published; relative paths and options stay as they are."""
    command = command_line("flicker", ["/home/me/my photos", "../data/test", "data/test", "--clips", "3"])
    start = "python -m edgebreed.benchmarks.studies.flicker"
    assert f"{start} 'my photos' test data/test --clips 3" == command


def test_a_record_is_of_today() -> None:
    """UTC, as YYYY-MM-DD."""
    assert 10 == len(StudyRecord.of_this_run("soak", 1, {}).date)


@pytest.mark.parametrize(
    "path", [path for path in STUDIES.rglob("*.py") if "publish(" in path.read_text()], ids=lambda p: p.stem
)
def test_every_study_is_listed(path: Path) -> None:
    """In README, by the name that its record has."""
    name = ".".join(path.relative_to(STUDIES).with_suffix("").parts)
    if name != "study_record":
        assert f"| `{name}` |" in README
        assert f'publish("{name}"' in path.read_text()
        assert '"--json"' in path.read_text()


@pytest.mark.parametrize(
    ("name", "arguments"), re.findall(r"^\| `([\w.]+)` \| .* \| `(.*)` \|$", README, re.MULTILINE)
)
def test_a_listed_study_exists(name: str, arguments: str) -> None:
    """With the options that the list names."""
    source = STUDIES / f"{name.replace('.', '/')}.py"
    assert source.is_file()
    assert [] == unknown_options(source, arguments)
