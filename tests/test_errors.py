"""Every error: something that raises it, what its message says, and the exit code it leads to."""

import pickle
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from edgebreed import errors
from edgebreed.cli import exit_code_of
from edgebreed.edge.engines.openvino import OpenVINOEngine
from edgebreed.edge.engines.registry import known_engine
from edgebreed.edge.engines.time_limit import TimeLimit
from edgebreed.edge.formats import ModelFile, read_manifest
from edgebreed.edge.images import decode, find_photos
from edgebreed.edge.stream import open_source
from edgebreed.export.parity import ParityReport, require
from edgebreed.export.recipe import FLOAT_BUDGET
from edgebreed.opencv import MissingOpenCV
from edgebreed.train.dataset import read_dataset

from .conftest import colour_manifest, colour_model
from .edge.stream.videos import cut, write_video

CLASSES = {one for one in vars(errors).values() if isinstance(one, type)}


def model_without_manifest(folder: Path) -> object:
    """An ONNX file that edgebreed did not write."""
    (folder / "bare.onnx").write_bytes(colour_model())
    return read_manifest(folder / "bare.onnx")


def engine_without_package(folder: Path) -> object:
    """OpenVINO where it is not installed."""
    with pytest.MonkeyPatch.context() as python:
        python.setitem(sys.modules, "openvino", None)
        return OpenVINOEngine(ModelFile(folder / "any.onnx", b"", colour_manifest()))


def late_engine(folder: Path) -> object:
    """A call that has not ended when its time is over."""
    del folder
    return TimeLimit().run(lambda: time.sleep(0.1), 0.001, "it was late: give it more time")


def opencv_without_libraries(folder: Path) -> object:
    """OpenCV's wheel on a system without OpenGL."""
    del folder
    return MissingOpenCV(
        "OpenCV does not load, libGL.so.1: no such file: run `apt-get install libgl1 ...`"
    ).imread


def cut_video(folder: Path) -> None:
    """The first part of a video."""
    source = open_source(str(cut(write_video(folder / "v.avi", 50), 0.6)))
    assert len(list(source.frames())) > 15
    if source.counters.incomplete:
        raise source.counters.incomplete


def lossy_export(folder: Path) -> None:
    """An export that answers otherwise than the model."""
    del folder
    require(ParityReport("valid", 10, 0.9, 0.5, 1.0, 0.9), FLOAT_BUDGET, "onnx-fp32")


RAISED_BY: dict[type[errors.EdgebreedError], tuple[Callable[[Path], object], str]] = {
    errors.InputError: (lambda folder: find_photos([folder / "gone"]), "no such file or folder: .*gone"),
    errors.ImageError: (lambda _: decode(b"hello", "note.jpg"), "note.jpg does not decode .*: give a JPEG"),
    errors.DatasetError: (lambda folder: read_dataset(folder / "gone"), "gone"),
    errors.ModelFileError: (model_without_manifest, "bare.onnx: no manifest: `edgebreed import` takes"),
    errors.EngineError: (lambda _: known_engine("abacus"), "no engine 'abacus': choose one of auto, "),
    errors.EngineTimeoutError: (late_engine, "it was late: give it more time"),
    errors.MissingExtraError: (engine_without_package, r'run `pip install "edgebreed\[openvino\]"`'),
    errors.SourceError: (lambda folder: open_source(f"{folder}/gone.avi"), "gone.avi"),
    errors.IncompleteVideoError: (cut_video, "of 50 frames of .*v.avi came, .*: copy it again"),
    errors.OpenCVError: (opencv_without_libraries, r"libGL.so.1: .*: run `apt-get install libgl1 "),
    errors.ProofError: (lossy_export, r"on 10 valid images, the bound is .*\(--force"),
}


def test_each_class_but_the_base_is_raised_here() -> None:
    """A class without a cause would be a promise that nothing keeps."""
    assert CLASSES - {errors.EdgebreedError} == set(RAISED_BY)


@pytest.mark.parametrize("error", RAISED_BY, ids=lambda error: error.__name__)
def test_an_error_is_one_line_and_an_exit_code(
    error: type[errors.EdgebreedError], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line says what came and what to do."""
    cause, message = RAISED_BY[error]
    with pytest.raises(errors.EdgebreedError) as raised:
        cause(tmp_path)
    copy = pickle.loads(pickle.dumps(raised.value))  # as it comes back from a pool of processes
    assert [(error, str(raised.value))] * 2 == [(type(one), str(one)) for one in (raised.value, copy)]

    def command() -> int:
        raise raised.value

    assert error.exit_code == exit_code_of(command)
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(f"^edgebreed: .*{message}", line)


def test_the_docstring_draws_the_tree() -> None:
    """Every class below its parent, with its exit code."""
    drawn = re.findall(r"^(│?[ ]*)[├└]── (\w+) .*?(?:\(exit (\d)\))?$", errors.__doc__ or "", re.MULTILINE)
    assert CLASSES - {errors.EdgebreedError} == {getattr(errors, name) for _, name, _ in drawn}
    parent = errors.EdgebreedError
    for indent, name, code in drawn:
        one = getattr(errors, name)
        assert (parent if indent else errors.EdgebreedError) in one.__bases__
        assert not code or int(code) == one.exit_code
        parent = parent if indent else one


def test_what_was_measured_travels_with_a_missed_bound() -> None:
    """So that the command can show it."""
    assert {"top-1": "0.9"} == errors.ProofError("lost", {"top-1": "0.9"}).rows
    assert {} == errors.ProofError("lost").rows
