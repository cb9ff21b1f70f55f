"""How the tree is kept: a test for each module, and one meaning a name."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from .conftest import ROOT

FOLDERS = ("edge", "train", "export", "benchmarks", "edgebreed", "examples")
LEFT_OUT = frozenset({"train"})
"""Folders whose modules are still being merged."""
TESTS_OF = {"edgebreed/commands": "cli", "edgebreed": ""}
"""Folders whose tests lie elsewhere below `tests/` than under the folder's own path."""
WHOLE = {"house", "layers", "network_cameras", "packaging", "readme", "realdata"}
"""Tests of the project as a whole."""


def modules() -> list[Path]:
    """Every module of the source tree, each once: the links inside `edgebreed/` are not followed."""
    found = [path.relative_to(ROOT) for folder in FOLDERS for path in _modules_below(ROOT / folder)]
    return [path for path in found if path.parts[0] not in LEFT_OUT]


def _modules_below(folder: Path) -> list[Path]:
    inner = [below for below in sorted(folder.iterdir()) if below.is_dir() and not below.is_symlink()]
    return [*sorted(folder.glob("*.py")), *(path for below in inner for path in _modules_below(below))]


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
    """But those of the project as a whole."""
    homes = {home_of_test(path) for path in modules()}
    homes |= {Path("tests") / f"test_{name}.py" for name in WHOLE}
    tests = (path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
    assert set() == {path for path in tests if path.parts[1] not in LEFT_OUT} - homes


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
