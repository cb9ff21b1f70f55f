"""A data set that has nothing to do with the model that ships, through every command that its page shows."""

import ast
import json
import re
import runpy
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import cv2
import numpy as np
import pytest

from edgebreed.train.dataset import read_dataset
from edgebreed.train.multi_label_data import read_multi_label

from ..conftest import ROOT, Cli, Outcome

SCRIPT = ROOT / "examples" / "surfaces.py"
PAGE = (ast.get_docstring(ast.parse(SCRIPT.read_text())) or "").replace("\\\n", "")
SHOWN = {
    line.split()[1]: shlex.split(line)[1:] for line in PAGE.splitlines() if line.startswith("    edgebreed ")
}
"""The commands of the example's own page, by name."""
QUICK = {
    "train": ("--size", "96", "--cache", "cache", "--unknown-below", "0.96"),  # so that some are withheld
    "bench": ("--duration", "0.1"),
    "stream": ("--fps", "8", "--events", "events.jsonl"),  # three seconds to watch
}
"""What makes them quick to run, and long enough to look at."""
FOREIGN = re.compile(r"\b(dogs?|breeds?|persons?|people|faces?|humans?)\b", re.IGNORECASE)
"""Words of the model that ships, and of the search for people."""
KEYS = {"faces", "person", "people"}
"""Those that are keys of a JSON object whatever the model."""
COUNTS = {"train": 24, "valid": 8, "test": 8}
SHARES = ("right", "wrong", "withheld", "person")
Told = dict[str, Outcome]
"""What each command printed."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data set in it, as the script draws it."""
    folder = tmp_path_factory.mktemp("user")
    draw(folder, "surfaces")
    return folder


@pytest.fixture(scope="module")
def kept() -> Told:
    """Holds what was printed once, for all tests."""
    return {}


@pytest.fixture
def told(
    cli: Cli, folder: Path, kept: Told, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Told:
    """Every command up to the answers to the test photos, run once, in the folder where the test goes on."""
    monkeypatch.chdir(folder)
    if not kept:
        steps = [(name, *QUICK.get(name, ())) for name in ("train", "export", "evaluate", "predict")]
        steps += [("evaluate", "--json"), ("predict", "--json")]
        kept |= {" ".join(step): cli(*SHOWN[step[0]], *step[1:]) for step in steps}
        kept["log"] = Outcome(0, caplog.text, "")  # pytest takes it from standard error
    assert {0} == {outcome.code for outcome in kept.values()}, kept
    return kept


def draw(folder: Path, *words: str) -> None:
    """The script, as a user runs it."""
    subprocess.run((sys.executable, SCRIPT, *words), cwd=folder, check=True, capture_output=True)


def refuse(text: str, where: str) -> None:
    """Fails where a text speaks of dogs or of people."""
    assert [] == FOREIGN.findall(text), where
    assert "dog" not in text.lower(), where


def texts(data: Any) -> Iterator[str]:
    """Every string in JSON data, and every key that is not the same for all models."""
    if isinstance(data, dict):
        yield from set(data) - KEYS
        data = list(data.values())
    if isinstance(data, list):
        for value in data:
            yield from texts(value)
    elif isinstance(data, str):
        yield data


def refuse_json(lines: str, where: str) -> None:
    """Fails where a JSON document, or one of a document a line, speaks of dogs or of people."""
    text, decoder = lines.strip(), json.JSONDecoder()
    assert text, where
    while text:
        data, end = decoder.raw_decode(text)
        refuse("\n".join(texts(data)), where)
        text = text[end:].lstrip()


class PageText(HTMLParser):
    """What a page's visitor reads or is read: its text, and the attributes that hold some."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self._open = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remembers the element, for its text."""
        self._open = tag
        said = (value for name, value in attrs if name in ("alt", "title", "aria-label", "placeholder"))
        self.text += "".join(f" {value} " for value in said)

    def handle_endtag(self, tag: str) -> None:
        """What follows is no program and no style."""
        self._open = ""

    def handle_data(self, data: str) -> None:
        """Programs and styles are not read."""
        self.text += "" if self._open in ("script", "style") else f" {data} "


def files(root: Path) -> dict[str, bytes]:
    """The contents of all files below a folder."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.png")}


@pytest.mark.slow
def test_the_same_seed_draws_the_same_bytes(folder: Path) -> None:
    """And another seed others, under the same names."""
    for name, seed in (("again", "0"), ("other", "1")):
        draw(folder, name, "--seed", seed)
    first, again, other = (files(folder / name) for name in ("surfaces", "again", "other"))
    assert first == again
    assert set(first) == set(other)
    assert not set(first.values()) & set(other.values())


def test_it_is_a_whole_data_set(folder: Path) -> None:
    """Forty photos a class in three splits, and more than forty of other things."""
    data = read_dataset(folder / "surfaces")
    counts = Counter((split, photo.label) for split, photos in data.splits.items() for photo in photos)
    assert ("brick", "defect", "gravel") == data.classes
    assert {(split, label): n for split, n in COUNTS.items() for label in range(3)} == counts
    assert len(list((folder / "surfaces" / "negatives").iterdir())) > 40


def test_no_pixel_of_a_photograph_is_in_two_splits() -> None:
    """What is learnt from and what is measured on come from different parts."""
    covered = np.zeros((512, 512), int)
    for part in runpy.run_path(str(SCRIPT))["PARTS"].values():
        covered[part] += 1
    assert {1} == set(np.unique(covered))


def test_photos_are_in_colour_and_large_enough(folder: Path) -> None:
    """As a camera's."""
    for path in (folder / "surfaces").rglob("*.png"):
        photo = cv2.imread(str(path))
        assert photo is not None
        assert (160, 160, 3) == photo.shape


def test_what_is_there_stays(folder: Path) -> None:
    """The script writes into a folder of its own."""
    words = (sys.executable, SCRIPT, "surfaces")
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert "surfaces exists: name another" in done.stderr


@pytest.mark.keras
@pytest.mark.long
def test_training_exporting_and_answering_speak_of_surfaces(told: Told) -> None:
    """Whether people read it or programs."""
    for name, outcome in told.items():
        (refuse_json if "--json" in name else refuse)(outcome.out, name)
        refuse(outcome.err, name)
    assert ".png: brick (" in told["predict"].out
    for name in ("metrics.json", "run.json"):
        refuse_json(Path("runs/surfaces", name).read_text(), name)
    refuse(PageText(Path("runs/surfaces/report.html").read_text()).text, "report.html")


@pytest.mark.keras
@pytest.mark.long
@pytest.mark.usefixtures("told")
def test_the_model_file_speaks_of_surfaces(cli: Cli) -> None:
    """Its manifest has no words for answers that it does not give."""
    manifest = cli("inspect", SHOWN["predict"][3], "--json").json
    for encoded in ("golden", "learned", "dropped"):  # Base64 may spell anything
        manifest.pop(encoded)
    refuse_json(json.dumps(manifest), "manifest")
    refuse(cli("inspect", SHOWN["predict"][3]).out, "inspect")


@pytest.mark.keras
@pytest.mark.long
def test_the_surfaces_are_learnt(told: Told, cli: Cli) -> None:
    """Small pictures, and far above chance; other things are nearly always unknown."""
    outcome = cli("predict", "surfaces/negatives", *SHOWN["predict"][2:], "--json")
    kinds = Counter(json.loads(line)["kind"] for line in outcome.out.splitlines())
    assert told["evaluate --json"].json["top1"] > 0.7
    assert kinds["unknown"] >= 0.9 * kinds.total()


@pytest.mark.keras
@pytest.mark.long
def test_photos_are_delivered_as_the_evaluation_says(told: Told) -> None:
    """To the photo; the shares sum to 1, and a model without people delivers no person."""
    evaluation = told["evaluate --json"].json
    delivered, n = evaluation["delivered"], evaluation["n"]
    counts = Counter(fate(json.loads(line)) for line in told["predict --json"].out.splitlines())
    assert {name: counts[name] for name in SHARES} == {
        name: pytest.approx(delivered[name] * n, abs=1e-6) for name in SHARES
    }
    assert 1 == pytest.approx(sum(delivered[name] for name in SHARES))
    assert 0 == delivered["person"] < delivered["withheld"] < delivered["right"]


def fate(answer: dict[str, Any]) -> str:
    """What a user gets for a photo that lies in the folder of its class."""
    if answer["kind"] == "known":
        return "right" if answer["label"] == Path(answer["source"]).parent.name else "wrong"
    return {"unknown": "withheld", "person": "person"}[answer["kind"]]


@pytest.mark.keras
@pytest.mark.long
@pytest.mark.usefixtures("told")
def test_a_stream_and_its_page_speak_of_surfaces(folder: Path) -> None:
    """The page, what it is told while it is open, and the file of events."""
    words = ["0" if word == "8080" else word for word in (*SHOWN["stream"], *QUICK["stream"])]
    command, pipe = (sys.executable, "-m", "edgebreed", *words), subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True) as stream:
        assert stream.stderr is not None
        line = next(line for line in stream.stderr if "live page at" in line)
        url = line.split()[-1]
        with urlopen(f"{url}events") as events, urlopen(url) as page, urlopen(f"{url}metrics") as metrics:
            refuse(PageText(page.read().decode()).text, "page")
            refuse(metrics.read().decode(), "metrics")
            sent = re.findall(r"^data: (.*)$", events.read().decode(), re.MULTILINE)
        out, err = stream.communicate(timeout=60)
    refuse_json("\n".join(sent), "events of the page")
    refuse_json(Path("events.jsonl").read_text(), "events.jsonl")
    refuse(line + out + err, "stream")
    assert any('"label": "brick"' in one for one in sent)


@pytest.mark.keras
@pytest.mark.long
@pytest.mark.usefixtures("told")
def test_a_benchmarks_table_speaks_of_surfaces(cli: Cli) -> None:
    """And times no search for people."""
    outcome = cli(*SHOWN["bench"], *QUICK["bench"])
    refuse(outcome.out, "bench")
    assert "surfaces-int8" in outcome.out


@pytest.mark.keras
@pytest.mark.long
@pytest.mark.usefixtures("told")
def test_a_benchmarks_json_page_and_log_speak_of_surfaces(cli: Cli, caplog: pytest.LogCaptureFixture) -> None:
    """What the machine's speed is told by means nothing to somebody who has no dogs."""
    outcome = cli(*SHOWN["bench"], *QUICK["bench"], "--json", "--report", "bench.html")
    assert "never" == outcome.json["faces"]
    refuse(outcome.err + caplog.text, "bench --json")
    refuse(PageText(Path("bench.html").read_text()).text, "bench.html")
    refuse_json(outcome.out, "bench --json")


WITHOUT_CASCADES = (
    "import cv2, sys; del cv2.CascadeClassifier; import edgebreed.cli as cli; sys.exit(cli.main())"
)


@pytest.mark.keras
@pytest.mark.long
@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("predict", "surfaces/test", *SHOWN["predict"][2:]), 0),
        (("stream", "--source", "surfaces/test", *SHOWN["predict"][2:], "--headless"), 0),
        (("predict", "surfaces/test"), 2),
    ],
    ids=["predict", "stream", "the model that ships"],
)
def test_no_cascade_is_loaded(folder: Path, words: tuple[str, ...], code: int) -> None:
    """An OpenCV without cascades runs a model without people, and refuses the model that ships."""
    command = (sys.executable, "-c", WITHOUT_CASCADES, *words)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert code == done.returncode, done.stderr
    assert bool(code) == ("CascadeClassifier" in done.stderr)


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    """In one line, and nothing is written."""
    hide = (
        f"import sys; sys.modules['skimage'] = None; sys.argv = ['surfaces.py', {str(tmp_path / 'drawn')!r}]"
    )
    program = f"{hide}; import runpy; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (2, 1) == (done.returncode, done.stderr.count("\n"))
    assert "pip install scikit-image" in done.stderr
    assert not (tmp_path / "drawn").exists()


def test_photos_may_show_several_defects(several_data: Path) -> None:
    """None, one, and more; `labels.csv` has a line for each."""
    data = read_multi_label(several_data, several_data / "labels.csv")
    assert ("crack", "stain", "scratch") == data.classes
    assert {"train": 36, "valid": 12, "test": 12} == {name: len(one) for name, one in data.splits.items()}
    assert {0, 1, 2} <= {len(image.shown) for image in data.all_images}
    assert {} == data.left_out


def test_the_program_says_where_the_labels_are(tmp_path: Path) -> None:
    """And draws as many photos as it is asked for."""
    done = subprocess.run(
        [sys.executable, SCRIPT, "d", "--multi-label", "--photos", "10"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "10 photos in d, and their labels in d/labels.csv\n" == done.stdout
    assert 11 == len((tmp_path / "d" / "labels.csv").read_text().splitlines())
