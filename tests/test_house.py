"""How the tree is kept: a test for each module, one meaning a name, and no model's words in the toolchain."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from .conftest import ROOT

FOLDERS = ("edge", "train", "export", "benchmarks", "edgebreed", "examples", "docs/tools")
TESTS_OF = {"edgebreed/commands": "cli", "edgebreed": "", "docs/tools": "docs"}
"""Folders whose tests lie elsewhere below `tests/` than under the folder's own path."""
PEOPLE, DOGS = {"person", "persons", "people", "human", "face", "faces"}, {"dog", "dogs", "breed", "breeds"}
PLACES: dict[str, tuple[set[str], str]] = {
    "edge/task.py": ({*PEOPLE, "dog", "neither"}, "words of a task with people; what a subject is"),
    "edge/manifest.py": ({*PEOPLE, "dog", "dogs"}, "which detector; what models of schema 1 were asked"),
    "edge/prediction.py": (PEOPLE, "answers of a task with people"),
    "edge/decision.py": (PEOPLE, "when an answer is a person"),
    "edge/pipeline.py": (PEOPLE, "when faces are searched"),
    "edge/detectors": (PEOPLE, "find faces"),
    "edge/boxes.py": (PEOPLE, "what a detector returns"),
    "edge/tracking.py": (PEOPLE, "tracks what the detector finds"),
    "edge/annotate.py": (PEOPLE, "draws what the detector finds, and kinds in colours"),
    "edge/stream/stage_threads.py": (PEOPLE, "runs the face search"),
    "edge/stream/lane.py": (PEOPLE, "tracks faces in each source"),
    "edge/preprocess.py": ({"face"}, "a company's name"),
    "edge/models": ({*PEOPLE, *DOGS, "neither"}, "the model that ships"),
    "train/config.py": (PEOPLE, "--people"),
    "train/delivered.py": (PEOPLE, "a share of the answers is persons, where the task has people"),
    "train/run_record.py": (PEOPLE, "which detector a task with people needs"),
    "export/exporter.py": (PEOPLE, "writes the task and its detector into the manifest"),
    "export/importer/dialects/hugging_face.py": ({"face"}, "a company's name"),
    "benchmarks/report/bench_result.py": (PEOPLE, "records when faces were searched"),
    "benchmarks/scenarios/system_under_test.py": (PEOPLE, "opens a pipeline with --faces"),
    "benchmarks/tune": (PEOPLE, "tunes the face detector"),
    "benchmarks/studies": ({*PEOPLE, *DOGS, "neither"}, "measure the model that ships and its detector"),
    "edgebreed/__init__.py": (PEOPLE, "the public names"),
    "edgebreed/commands": (PEOPLE, "--faces, --people, `detect`, and what a manifest says"),
    "edgebreed/commands/train.py": (DOGS, "the example of --subject"),
    "edgebreed/pages": (PEOPLE, "the colour of each kind, and boxes where there are any"),
    "edgebreed/live/shared_output.py": (PEOPLE, "scales the boxes"),
    "docs/tools": ({*PEOPLE, *DOGS}, "show the model that ships and its photos"),
    "examples/demo_photos.py": ({*PEOPLE, *DOGS}, "photos for the model that ships"),
    "examples/mqtt_dashboard/dashboard.html": (PEOPLE, "the kind `person`"),
    "examples/notebook.ipynb": ({*PEOPLE, *DOGS}, "a first look at the model that ships"),
}
"""Where words of the model that ships, or of the search for people, may stand, and why."""
WORDS = re.compile(rf"\b({'|'.join(sorted({*PEOPLE, *DOGS, 'neither', 'paw', 'paws'}))})\b", re.IGNORECASE)
SUFFIXES = {".py", ".ipynb", ".html", ".service", ".md", ".json"}
WHOLE = {"house", "layers", "network_cameras", "packaging", "readme", "realdata"}
"""Tests of the project as a whole."""
WITHOUT_CODE = (Path("examples/container"), Path("examples/grafana"))
"""Folders of files for other programs; each has one test, of its name."""
PAGES = {"pages", "harness", "troubleshooting"}
"""Tests of what the documentation shows, and of what runs it."""


def sources() -> list[Path]:
    """Every text of the source tree, each once: the links inside `edgebreed/` are not followed."""
    found = [path.relative_to(ROOT) for folder in FOLDERS for path in _files_below(ROOT / folder)]
    return [path for path in found if path.suffix in SUFFIXES]


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _files_below(path)
        elif path.is_file():
            yield path


def modules() -> list[Path]:
    """Every module of the source tree."""
    return [path for path in sources() if path.suffix == ".py"]


def home_of_test(module: Path) -> Path:
    """Where the test of a module belongs; that of an `__init__.py` bears the name of its package."""
    moved = next((prefix for prefix in TESTS_OF if module.is_relative_to(prefix)), None)
    folder = module.parent if moved is None else TESTS_OF[moved] / module.parent.relative_to(moved)
    name = module.parent.name if module.name == "__init__.py" else module.stem
    return Path("tests") / folder / f"test_{name}.py"


def twice(places: Iterable[tuple[str, Path]]) -> dict[str, list[Path]]:
    """Names that stand in several places, with these places."""
    found = defaultdict(list)
    for name, path in places:
        found[name].append(path)
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def test_every_module_has_its_test() -> None:
    """In the folder of the same name; packages may do without where they have no code."""
    named = [path for path in modules() if path.name not in ("__init__.py", "__main__.py")]
    assert [] == [path for path in named if not (ROOT / home_of_test(path)).is_file()]


def test_every_test_has_its_module() -> None:
    """But those of the project as a whole, of files for other programs, and of whole commands."""
    homes = {home_of_test(path) for path in sources() if path.suffix in (".py", ".ipynb")}
    homes |= {Path("tests") / f"test_{name}.py" for name in WHOLE}
    homes |= {Path("tests") / "docs" / f"test_{name}.py" for name in PAGES}
    homes |= {Path("tests") / place / f"test_{place.name}.py" for place in WITHOUT_CODE}
    tests = (path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
    commands = ("tests/hostile", "tests/foreign")
    assert set() == {test for test in tests if not any(map(test.is_relative_to, commands))} - homes


def test_no_class_name_stands_twice() -> None:
    """Not even a private one: a reader finds a thing by its name."""
    classes = (
        (node.name, path)
        for path in modules()
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.ClassDef)
    )
    assert {} == twice(classes)


def test_no_module_name_has_two_meanings() -> None:
    """A traceback or an editor's tab that shows the file's name alone is enough."""
    names = ((path.name, path) for path in modules())
    assert {} == twice(one for one in names if one[0] not in ("__init__.py", "__main__.py"))


def test_the_toolchain_speaks_of_no_model_of_its_own() -> None:
    """Dogs and people are the business of the model that ships, and of tasks with people."""
    found = defaultdict(set)
    for path in sources():
        for word in WORDS.findall((ROOT / path).read_text()):
            found[path].add(word.lower())
    allowed = {
        path: [words for place, (words, _) in PLACES.items() if path.is_relative_to(place)] for path in found
    }
    assert {} == {
        path: extra for path, words in found.items() if (extra := words - set().union(*allowed[path]))
    }
    assert [] == [place for place in PLACES if not any(path.is_relative_to(place) for path in found)]
