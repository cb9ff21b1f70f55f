"""Usage telemetry of dependencies: nothing is looked up, connected to, or written where nobody asked."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from .conftest import GREY, RED, ROOT, fresh_python, plain

QUIET_ONLY = {"onnxruntime", "openvino", "nncf"}
"""Packages that send statistics unless told not to."""
TRACED = "connect,sendto,sendmsg,sendmmsg,openat,mkdir,mkdirat,rename,renameat2"
LOOKS_UP = re.compile(r'AF_INET|"/etc/(resolv\.conf|hosts)"')
OPENS_TO_WRITE = re.compile(r'openat\(\w+, "([^"]*)", \S*(?:O_WRONLY|O_RDWR|O_CREAT)')
MAKES = re.compile(r'(?:mkdir|rename)\w*\((?:AT_FDCWD, )?"([^"]*)"')


def test_openvino_telemetry_cannot_be_imported_afterwards() -> None:
    """Its users fall back to sending nothing."""
    code = """if True:
        from edgebreed import telemetry

        telemetry.disable()
        try:
            import openvino_telemetry
        except ImportError:
            print("disabled")
    """
    assert "disabled" == fresh_python(code).strip()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["onnxruntime", "nncf"])
def test_a_package_is_imported_with_its_statistics_off(name: str) -> None:
    """The variable that ONNX Runtime reads is set before."""
    code = f"""if True:
        import os
        from edgebreed import telemetry
        module = telemetry.import_quietly({name!r})
        print(module.__name__, os.environ["ORT_DISABLE_TELEMETRY"])
    """
    assert f"{name} 1" == fresh_python(code).strip()


def test_no_module_imports_such_a_package_by_itself() -> None:
    """But through the one function that switches the statistics off."""
    found = set()
    for path in [*ROOT.glob("*/**/*.py")]:
        if path.relative_to(ROOT).parts[0] in (
            "edge",
            "train",
            "export",
            "benchmarks",
            "edgebreed",
            "examples",
        ):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                found |= {(path, name) for name in names if name.split(".")[0] in QUIET_ONLY}
    assert set() == found


def traced(folder: Path, *command: object) -> list[str]:
    """What a command asked of the system, in an empty home and an empty folder; `CI` is unset.

    ONNX Runtime sends nothing where `CI` is set.
    """
    kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("XDG_")}
    places = {name: str(folder / name.lower()) for name in ("HOME", "TMPDIR", "WORK")}
    for place in places.values():
        Path(place).mkdir(exist_ok=True)
    done = subprocess.run(
        [
            "strace",
            "-f",
            "--seccomp-bpf",  # only the calls that are traced are slowed down
            "-qq",
            "-e",
            f"trace={TRACED}",
            "-o",
            folder / "trace",
            sys.executable,
            *map(str, command),
        ],
        env={**kept, **places, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=places["WORK"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return (folder / "trace").read_text(errors="replace").splitlines()


def strangers(lines: list[str], folder: Path) -> list[str]:
    """Look-ups, connections, and what was written outside of the folder or into its home."""
    found = [line for line in lines if LOOKS_UP.search(line) or not is_written_within(folder, line)]
    cache = folder / "home" / ".cache"
    in_home = (folder / "home").rglob("*")
    return found + [
        str(path) for path in in_home if path != cache and cache / "edgebreed" not in (path, *path.parents)
    ]


def is_written_within(folder: Path, line: str) -> bool:
    """Whether a call writes below a folder, or not at all."""
    call = OPENS_TO_WRITE.search(line) or MAKES.search(line)
    if call is None or "ENOENT" in line or "EEXIST" in line:
        return True
    return call[1].startswith((str(folder), "/dev/", "/proc/self/")) or not call[1].startswith("/")


@pytest.mark.strace
def test_the_trace_shows_a_look_up_and_a_file(tmp_path: Path) -> None:
    """So that the other tests could fail."""
    name = f"/tmp/{tmp_path.parent.name}-{tmp_path.name}"
    code = f"""if True:
        import contextlib, os, pathlib, socket
        with contextlib.suppress(OSError):
            socket.getaddrinfo("example.org", 80)
        pathlib.Path({name!r}).write_text("x")
        os.remove({name!r})
        (pathlib.Path.home() / ".device").write_text("x")
    """
    seen = "\n".join(strangers(traced(tmp_path, "-c", code), tmp_path))
    assert "/etc/" in seen
    assert f'"{name}", O_WRONLY' in seen
    assert "home/.device" in seen


@pytest.mark.strace
@pytest.mark.parametrize("engine", ["cpu", "openvino"])
def test_predict_asks_for_nothing(tmp_path: Path, engine: str) -> None:
    """In either engine that shows statistics, with annotated pictures."""
    cv2.imwrite(str(tmp_path / "red.png"), plain(RED))
    command = (
        "-m",
        "edgebreed",
        "predict",
        tmp_path / "red.png",
        "--engine",
        engine,
        "--save",
        "out",
        "--json",
    )
    assert [] == strangers(traced(tmp_path, *command), tmp_path)


@pytest.mark.strace
def test_stream_asks_for_nothing(tmp_path: Path) -> None:
    """With a recording and events."""
    video = cv2.VideoWriter(str(tmp_path / "in.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for colour in (RED, GREY, RED):
        video.write(plain(colour, 64, 48))
    video.release()
    asked = ("--source", tmp_path / "in.avi", "--headless", "--record", "out.mp4", "--events", "events.jsonl")
    assert [] == strangers(traced(tmp_path, "-m", "edgebreed", "stream", *asked), tmp_path)
    assert (tmp_path / "work" / "out.mp4").is_file()


@pytest.mark.strace
def test_the_library_asks_for_nothing(tmp_path: Path) -> None:
    """A program that opens a pipeline, with nothing of the command line."""
    code = "from edgebreed import Pipeline; Pipeline.open()"
    assert [] == strangers(traced(tmp_path, "-c", code), tmp_path)


@pytest.mark.long
@pytest.mark.keras
@pytest.mark.strace
@pytest.mark.parametrize("format_", ["onnx", "tflite"])
def test_export_asks_for_nothing(small_run: Path, tmp_path: Path, format_: str) -> None:
    """Whichever packages convert and quantize; --force, as two epochs do not make a model that is right."""
    asked = ("--run", small_run, "--format", format_, "--precision", "int8", "--out", f"m.{format_}")
    lines = traced(tmp_path, "-m", "edgebreed", "export", *asked, "--force")
    assert [] == [one for one in strangers(lines, tmp_path) if str(small_run) not in one]
