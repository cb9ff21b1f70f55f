"""The notebook runs from its first cell to its last, and is kept without outputs."""

import os
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from edgebreed.edge.formats import write_model

from ..conftest import ROOT, colour_manifest, colour_model

NOTEBOOK = ROOT / "examples" / "notebook.ipynb"


def stored_notebook() -> Any:
    """The notebook as it is in the repository."""
    read: Any = nbformat.read  # which has no types
    return read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The cells after a run in a folder beside `runs`, where another model lies."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("examples", "runs/colours"):
        (folder / name).mkdir(parents=True)
    write_model(folder / "runs/colours/colours-fp32.onnx", colour_model(), colour_manifest())
    notebook = stored_notebook()
    paths = [str(ROOT), str(ROOT / "examples"), os.environ.get("PYTHONPATH", "")]
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder / "examples")}})
    client.execute(env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))})
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text(cells: list[Any]) -> str:
    """What the cells print."""
    return "".join(
        output["text"] for cell in cells for output in cell.outputs if output.output_type == "stream"
    )


def test_it_answers_the_photos(cells: list[Any]) -> None:
    """Each by the model that ships."""
    printed = text(cells)
    assert "dogs64 in onnxruntime/CPUExecutionProvider" in printed
    assert "dog-2.jpg    known    dog: Dalmatian" in printed
    assert "person.png   person   person, resembles" in printed


def test_it_shows_a_picture_of_each_photo(cells: list[Any]) -> None:
    """As JPEG, with its answer below."""
    kinds = [kind for cell in cells for output in cell.outputs for kind in output.get("data", {})]
    assert 6 == kinds.count("image/jpeg")


@pytest.mark.long
def test_it_compares_precisions(cells: list[Any]) -> None:
    """Of the model that ships and of what lies below `runs`."""
    rows = [line.split()[:3] for line in text(cells).splitlines()]
    assert ["dogs64.onnx", "int8", "cpu"] in rows
    assert ["colours-fp32.onnx", "fp32", "cpu"] in rows


def test_it_is_kept_without_outputs() -> None:
    """They are large, and differ from machine to machine."""
    cells = [cell for cell in stored_notebook().cells if cell.cell_type == "code"]
    assert [] == [cell for cell in cells if cell.outputs or cell.execution_count]
