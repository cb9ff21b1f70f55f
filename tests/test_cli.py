"""Errors become one line and an exit code, whatever the command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import edgebreed
from edgebreed.cli import exit_code_of
from edgebreed.edge.formats import write_model
from edgebreed.errors import InputError, ProofError

from .conftest import ROOT, Cli, Outcome, colour_manifest, colour_model
from .edge.engines.hanging_models import hanging, slow_tflite, slow_to_open


def assert_refused(outcome: Outcome, message: str) -> None:
    """Exit code 2, one line on standard error that contains the message, nothing on standard output."""
    assert 2 == outcome.code
    assert "" == outcome.out
    lines = outcome.err.splitlines()
    assert 1 == len(lines), outcome.err
    assert lines[0].startswith("edgebreed: ")
    assert message in lines[0]


@pytest.mark.parametrize("command", ["predict", "detect", "bench"])
def test_a_missing_image_is_named(cli: Cli, command: str, colours: Path) -> None:
    """As it was written."""
    options = () if command == "detect" else ("--model", colours)
    assert_refused(cli(command, "gone.jpg", "--json", *options), "no such file or folder: gone.jpg")


@pytest.mark.slow
def test_a_name_that_is_no_text_is_printed_all_the_same(tmp_path: Path, colours: Path, photo: Path) -> None:
    """Whatever a terminal's encoding does with bytes that are none."""
    name = os.fsdecode(b"b\xff.png")
    photo.rename(tmp_path / name)
    command = [sys.executable, "-m", "edgebreed", "predict", str(tmp_path / name), "--model", str(colours)]
    strict = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(command, env=strict, capture_output=True, text=True, check=False)
    assert (0, True) == (done.returncode, "b\\udcff.png: " in done.stdout), done.stderr


@pytest.mark.parametrize("command", ["predict", "detect", "bench"])
def test_a_text_file_named_jpg_is_refused(cli: Cli, tmp_path: Path, command: str) -> None:
    """The message says which formats decode."""
    (tmp_path / "note.jpg").write_text("hello")
    outcome = cli(command, "note.jpg")
    assert 2 == outcome.code
    assert "edgebreed: note.jpg does not decode as an image: give a JPEG" in outcome.err


@pytest.mark.parametrize("command", ["predict", "detect", "bench"])
def test_an_empty_folder_is_refused(cli: Cli, tmp_path: Path, command: str, colours: Path) -> None:
    """The message names it, and the expected file names."""
    (tmp_path / "empty").mkdir()
    options = () if command == "detect" else ("--model", colours)
    assert_refused(cli(command, "empty", "--json", *options), "no photo in empty: expected files named")


@pytest.mark.parametrize(
    "command", [("inspect",), ("verify",), ("predict", "x.png", "--model"), ("bench", "--model")]
)
def test_a_model_without_a_manifest_is_refused(
    cli: Cli, tmp_path: Path, photo: Path, command: tuple[str, ...]
) -> None:
    """The message says how to get one."""
    (tmp_path / "bare.onnx").write_bytes(colour_model())
    photo.rename(tmp_path / "x.png")
    assert_refused(
        cli(*command, "bare.onnx"),
        "bare.onnx: no manifest: `edgebreed import` takes in another program's model",
    )


@pytest.mark.parametrize("engine", ["cuda", "tensorrt", "CUDAExecutionProvider"])
def test_a_provider_that_is_not_installed_is_refused(
    cli: Cli, photo: Path, colours: Path, engine: str
) -> None:
    """The message names the alternatives."""
    assert_refused(
        cli("predict", photo, "--model", colours, "--engine", engine), "--engine cpu or --allow-fallback"
    )


def test_an_unknown_engine_is_refused(cli: Cli) -> None:
    """The message lists the known ones."""
    assert_refused(
        cli("bench", "--engine", "abacus"),
        "no engine 'abacus': choose one of auto, tensorrt, tensorrt-rtx, cuda, cpu",
    )


@pytest.mark.parametrize(
    "arguments", [("predict",), ("frobnicate",), ("bench", "--duration", "soon"), ("train", "--arch", "x")]
)
def test_a_wrong_command_line_is_refused(cli: Cli, arguments: tuple[str, ...]) -> None:
    """The message points to the help."""
    assert_refused(cli(*arguments), " --help`)")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError("no such file"), 2, "edgebreed: no such file"),
        (ProofError("accuracy was lost"), 1, "edgebreed: accuracy was lost"),
        (KeyboardInterrupt(), 130, "edgebreed: interrupted"),
        (
            FileNotFoundError("x"),
            70,
            "edgebreed: unexpected FileNotFoundError: x (EDGEBREED_DEBUG=1 shows where)",
        ),
        (KeyError("x"), 70, "edgebreed: unexpected KeyError: 'x' (EDGEBREED_DEBUG=1 shows where)"),
        (OSError(27, "File too large", "a"), 2, "edgebreed: cannot read or write a: File too large"),
        (OSError(36, "File name too long", "a"), 2, "edgebreed: cannot read or write a: File name too long"),
        (MemoryError("a\nb"), 70, "edgebreed: unexpected MemoryError: a b (EDGEBREED_DEBUG=1 shows where)"),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And is one line without a traceback; a bug of edgebreed is never taken for wrong input."""

    def fail() -> int:
        raise error

    assert code == exit_code_of(fail)
    assert f"{line}\n" == capsys.readouterr().err


def test_a_developer_can_ask_for_the_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code stays the same."""
    monkeypatch.setenv("EDGEBREED_DEBUG", "1")
    assert 70 == exit_code_of(lambda: 1 // 0)
    assert "Traceback" in capsys.readouterr().err


def test_a_wrong_command_line_is_quoted_without_a_password(cli: Cli) -> None:
    """An address whose option was forgotten is still one."""
    outcome = cli("stream", "--headless", "rtsp://u:s3 cret@cam/1")
    assert_refused(outcome, "unexpected extra argument(s) (rtsp://cam/1)")
    assert "cret" not in outcome.err
    words = ("rtspsrc", "location=rtsp://cam/1", "my-prop=s3", "cret", "!", "appsink")
    message = "unexpected extra argument(s) from rtspsrc on: quote what has spaces (see"
    for arguments in (words, [" ".join(words)]):
        assert_refused(cli("stream", "--headless", *arguments), message)


def test_a_fault_is_printed_without_a_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its traceback too."""
    monkeypatch.setenv("EDGEBREED_DEBUG", "1")
    password = "s3 cre" + "t"  # the traceback quotes the line of code below

    def fail() -> int:
        raise OSError(f"cannot open rtsp://u:{password}@cam/1")

    assert 70 == exit_code_of(fail)
    printed = capsys.readouterr().err
    assert (2, False) == (printed.count("OSError: cannot open rtsp://cam/1"), "cret" in printed)


def test_without_a_command_the_help_is_printed(cli: Cli) -> None:
    """And nothing on standard error, but it is no success."""
    outcome = cli()
    assert (2, "") == (outcome.code, outcome.err)
    assert "Usage: edgebreed" in outcome.out


def test_version(cli: Cli) -> None:
    """On standard output."""
    assert (0, f"edgebreed {edgebreed.__version__}\n") == (cli("--version").code, cli("--version").out)


@pytest.mark.parametrize(
    "command", [(), ("predict",), ("stream",), ("bench",), ("bench", "compare"), ("data", "check")]
)
def test_help_is_one_letter_away(cli: Cli, command: tuple[str, ...]) -> None:
    """`-h` works everywhere and is what `--help` is."""
    short, long = cli(*command, "-h"), cli(*command, "--help")
    assert (0, 0) == (short.code, long.code)
    assert short.out == long.out
    assert "Usage: edgebreed" in short.out


@pytest.mark.slow
def test_shells_can_complete_commands_and_options() -> None:
    """As bash asks for it, after `edgebreed --install-completion`."""
    environment = {"_EDGEBREED_COMPLETE": "complete_bash", "COMP_WORDS": "edgebreed pred", "COMP_CWORD": "1"}
    command = [sys.executable, "-c", "from edgebreed.cli import main; main()"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ["predict"] == done.stdout.split()


@pytest.mark.slow
def test_a_terminal_of_ascii_is_enough(photo: Path, colours: Path) -> None:
    """Names of other characters are escaped, whether they are text or not, also in an error."""
    names = ("🐶.png", os.fsdecode(b"caf\xe9.png"))
    for name in names:
        (photo.parent / name).write_bytes(photo.read_bytes())
    code = "import os, sys; os.chdir(sys.argv.pop(1)); from edgebreed.cli import main; main()"
    command = [sys.executable, "-c", code, str(photo.parent), "predict", "--model", str(colours)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*command, *names], env=environment, capture_output=True, text=True, check=True)
    assert [r"\U0001f436.png: colour: Red", r"caf\udce9.png: colour: Red"] == [
        line.partition(" (")[0] for line in done.stdout.splitlines()[:2]
    ]
    (photo.parent / names[1]).write_bytes(b"")
    done = subprocess.run([*command, names[1]], env=environment, capture_output=True, text=True, check=False)
    assert (2, True) == (done.returncode, done.stderr.startswith(r"edgebreed: caf\udce9.png does not decode"))


@pytest.mark.slow
def test_a_system_without_room_for_temporary_files_is_no_bug(colours: Path) -> None:
    """One line names the folders that were tried."""
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"
    program = f"{code}; from edgebreed.cli import main; main()"
    command = [sys.executable, "-c", program, "bench", "--model", str(colours)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert done.stderr.startswith("edgebreed: No usable temporary directory found in ['/tmp'")
    assert done.stderr.endswith("make room in one of them, or name another in TMPDIR\n")


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "code"), [(">&-", 0), ("> /dev/full", 2)])
def test_a_closed_or_full_output_is_no_bug(colours: Path, ending: str, code: int) -> None:
    """Closed, it is as /dev/null; full, it is one line."""
    command = f"{sys.executable} -m edgebreed inspect {colours} {ending}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    full = "edgebreed: cannot read or write the output: No space left on device\n"
    assert (code, full if code else "") == (done.returncode, done.stderr)


@pytest.mark.keras
@pytest.mark.parametrize("backend", ["nonsense", "torch"])
def test_a_backend_that_is_not_there_is_named(tmp_path: Path, small_data: Path, backend: str) -> None:
    """And not TensorFlow, which is."""
    command = [sys.executable, "-m", "edgebreed", "train", "--data", str(small_data), "--arch", "scratch"]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert f"KERAS_BACKEND is {backend}, which Keras cannot use here" in done.stderr


def ended(*arguments: object) -> Outcome:
    """A command in a process of its own, which must end by itself."""
    command = [sys.executable, "-m", "edgebreed", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["cpu", "openvino"])
@pytest.mark.parametrize(
    "command",
    [("predict",), ("bench",), ("stream", "--headless", "--source"), ("verify",)],
    ids=lambda c: c[0],
)
def test_a_model_that_never_answers_ends_every_command(
    command: tuple[str, ...], engine: str, tmp_path: Path, photo: Path
) -> None:
    """Whether its engine can be stopped or not, in one line; the rest is the stream's own states."""
    model, limit = hanging(tmp_path), ("--inference-timeout", 0.3, "--engine", engine)
    inputs = (model,) if command == ("verify",) else (photo, "--model", model)
    done = ended(*command, *inputs, *limit)
    lines = [line for line in done.err.splitlines() if "did not answer a batch of shape" in line]
    assert (2, 1) == (done.code, len(lines)), done.err
    assert "within 0.3 s: give --inference-timeout more seconds, or export the model again" in lines[-1]
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_an_inference_of_litert_ends_in_time(tmp_path: Path, photo: Path) -> None:
    """It cannot be stopped either, and lets Python's other threads run meanwhile."""
    options = ("--model", slow_tflite(tmp_path), "--inference-timeout", 0.3)
    done = ended("predict", photo, *options)
    assert (2, "") == (done.code, done.out), done.err
    assert "edgebreed: litert did not answer a batch of shape (1, 8, 8, 3) within 0.3 s: give" in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["openvino", "auto"])
def test_a_model_that_never_opens_ends_the_command(engine: str, tmp_path: Path, photo: Path) -> None:
    """Also with --allow-fallback; ONNX Runtime, which `auto` begins with, is cancelled."""
    model = hanging(tmp_path, at_open=True)
    if engine == "auto":
        write_model(model, slow_to_open(products=20, side=1700), colour_manifest(), overwrite=True)
    limit = ("--open-timeout", 0.3, "--engine", engine, "--allow-fallback")
    assert_refused(
        ended("predict", photo, "--model", model, *limit), "endless.onnx within 0.3 s: give --open-timeout"
    )
