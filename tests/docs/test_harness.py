"""The harness finds what is wrong with a page."""

from pathlib import Path

import pytest

from .block_runner import PageFolder, run_page
from .expected_output import matches
from .page_blocks import PageError, read_page
from .page_names import check_names
from .prepared_folders import PreparedFolders
from .sentences import check_sentences
from .shell_calls import edgebreed_calls


@pytest.fixture
def folder(tmp_path: Path) -> PageFolder:
    """An empty folder."""
    (tmp_path / "page").mkdir()
    return PageFolder(tmp_path / "page", tmp_path / "home")


def block(language: str, text: str, above: str = "") -> str:
    """A page of one block."""
    return f"# Title\n\n{above}\n```{language}\n{text}\n```\n"


def run_text(text: str, folder: PageFolder) -> None:
    """Runs a page."""
    run_page(read_page("page.md", text), folder)


def test_a_right_page_passes(folder: PageFolder) -> None:
    """Blocks see what the ones before them wrote; digits and widths may differ."""
    pages = (
        block("sh", "echo one 1 > a.txt  # a comment\ntest -f a.txt"),
        block("python", "from pathlib import Path\nassert Path('a.txt').is_file()"),
        block("console", "$ cat a.txt\none   23\n$ echo \\\n  two\ntwo"),
        block("console", "$ edgebreed --version\nedgebreed 9.9.9"),
        block("json", '{"a": 1}') + block("toml", "a = 1") + block("yaml", "a: !secret b"),
        block("text", "anything"),
    )
    run_text("\n".join(pages), folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (block("sh", "true\nfalse\ntrue"), "page.md:4: exit code 1 in place of 0"),
        (block("sh", "false | true"), "exit code 1"),
        (block("python", "raise ValueError(5)"), "ValueError: 5"),
        (block("console", "$ echo one\ntwo"), "`echo one\n` prints another text"),
        (block("console", "$ echo one"), "prints another text"),
        (block("console", "$ true\n$ false"), "exit code 1 in place of 0"),
        (block("console", "one"), "begins with `\\$ `"),
        (block("console", "$ true", "<!-- exits 2 -->"), "exit code 0 in place of 2"),
        (block("console", "$ exit 2", "<!-- exits 0 or 1 -->"), "exit code 2 in place of 0 or 1"),
        (block("sh", "edgebreed nosuch 2> log ||\\\n  echo no"), "no command nosuch"),
        (block("sh", "edgebreed predict a ||\\\n  echo no"), r"`\|\|` hides the exit code"),
        (block("console", "$ false||true"), r"`\|\|` hides the exit code"),
        (block("json", "{"), "page.md:4: no json"),
        (block("yaml", "a: [1"), "no yaml"),
        (block("toml", "a ="), "no toml"),
        (block("ruby", "puts 1"), "a block of ruby: console, json, .* are allowed"),
        (block("", "a"), "a block of no language"),
        ("```sh\ntrue\n", "page.md:1: a block without an end"),
        ("~~~sh\ntrue\n~~~\n", "page.md:1: a fence of tildes: write a block"),
        ("1. one\n\n    ```sh\n    true\n    ```\n", "page.md:3: a fence that is indented too far"),
        ("\t```sh\n\ttrue\n\t```\n", "a fence that is indented too far"),
        ("> ```sh\n> true\n> ```\n", "or stands behind other text"),
        ("- ```sh\n  true\n  ```\n", "or stands behind other text"),
        ("One:\n\n    edgebreed nosuch\n", "page.md:3: an indented block"),
        ("One:\n\n\tedgebreed nosuch\n", "an indented block"),
        ("<pre>edgebreed nosuch</pre>\n", "<pre>: write a block"),
    ],
)
def test_a_wrong_page_is_found(text: str, message: str, folder: PageFolder) -> None:
    """With its place and what is wrong."""
    with pytest.raises(PageError, match=message):
        run_text(text, folder)


def test_a_longer_fence_ends_a_block() -> None:
    """So that the next block is not taken for a part of it."""
    page = read_page("page.md", "```sh\ntrue\n`````\n\n- one\n\n  ````text\n  ```\n  ````\n")
    assert [("sh", "true\n"), ("text", "```\n")] == [(one.language, one.text) for one in page.blocks]


def test_an_expected_failure_passes(folder: PageFolder) -> None:
    """Where the page says which exit code, and shows the message."""
    shown = "$ edgebreed predict nowhere\nedgebreed: no such file or folder: nowhere"
    run_text(block("console", shown, "<!-- exits 2 -->"), folder)
    for code in (0, 1):
        run_text(block("sh", f"(exit {code})", "<!-- exits 0 or 1 -->"), folder)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("edgebreed predict photos --nosuch", "no option --nosuch in `edgebreed predict photos --nosuch`"),
        ("sudo env/bin/edgebreed stream --source 0 --nosuch=1", "no option --nosuch=1"),
        ("edgebreed predikt photos", "no command predikt"),
        ("edgebreed predict 'photos", "No closing quotation"),
        ("edgebreed bench compare a b --nosuch", "no option --nosuch"),
        ("A=1 python3 -m edgebreed train \\\n  --nosuch", "no option --nosuch"),
        ("edgebreed service | sudo tee f && edgebreed nosuch", "no command nosuch"),
        ("for one in a b; do edgebreed nosuch $one; done", "no command nosuch"),
        ("if ! edgebreed nosuch; then echo no; fi", "no command nosuch"),
        ("sudo -u edgebreed env/bin/edgebreed nosuch", "no command nosuch"),
        ("ls | xargs -n 1 edgebreed nosuch", "no command nosuch"),
        ("ssh pi@raspberrypi env/bin/edgebreed nosuch", "no command nosuch"),
        ("ssh pi 'cd photos && edgebreed nosuch'", "no command nosuch"),
        ('echo "$(edgebreed nosuch)"', "no command nosuch"),
        ("timeout 5 python -m edgebreed nosuch", "no command nosuch"),
        ("edgebreed export --precision int3", "no --precision int3: it is one of fp32, fp16, .*int8"),
        ("edgebreed bench --scenario=nosuch", "no --scenario nosuch"),
        ("edgebreed stream --engine nosuch", "no --engine nosuch: it is one of auto, .*cpu"),
    ],
)
def test_a_block_that_is_not_run_has_commands_that_exist(line: str, message: str, folder: PageFolder) -> None:
    """With their options, whatever stands round them."""
    with pytest.raises(PageError, match=message):
        run_text(block("sh", line, "<!-- not run: needs a camera -->"), folder)


def test_a_dialogue_that_is_shown_has_commands_that_exist(folder: PageFolder) -> None:
    """Also where it is not run: as text, and without a prompt."""
    with pytest.raises(PageError, match="page.md:4: no command nosuch"):
        run_text(block("text", "$ edgebreed nosuch\nan output"), folder)
    with pytest.raises(PageError, match="begins with"):
        run_text(block("console", "edgebreed nosuch", "<!-- not run: needs a camera -->"), folder)


def test_a_block_that_is_not_run_is_not_run(folder: PageFolder) -> None:
    """Its commands exist, and need what is not on every machine."""
    lines = "sudo false\nedgebreed stream --source 0 --headless\npip install 'edgebreed[cpu]' --upgrade"
    run_text(block("sh", lines, "<!-- not run: needs a camera -->"), folder)
    with pytest.raises(PageError, match="no python"):
        run_text(block("python", "a = (", "<!-- not run: needs a camera -->"), folder)


@pytest.mark.parametrize(
    "command",
    [
        "edgebreed doctor --nosuch",
        "edgebreed\ndoctor --nosuch",
        "edgebreed doctor\n  --nosuch",
        "python -m edgebreed doctor --nosuch",
        ".venv/bin/edgebreed doctor --nosuch",
        "sudo env/bin/edgebreed doctor --nosuch",
    ],
)
def test_a_command_in_a_sentence_exists(command: str) -> None:
    """Pages name commands in their text too; a block above is no part of it."""
    above = "Run `edgebreed bench compare a.json b.json`, see `edgebreed`'s help.\n```sh\necho `\n```\n"
    check_sentences("page.md", f"{above}`edgebreed-stream` `edgebreed[cpu]` ``` `/opt/edgebreed`")
    with pytest.raises(PageError, match=r"page\.md:5: no option --nosuch"):
        check_sentences("page.md", f"{above}Now `{command}`.")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('pip install "edgebreed[cpu,nosuch]"', "page.md:2: no extra nosuch"),
        ('pip install -e ".[nosuch]"', "no extra nosuch"),
        ("python examples/nosuch.py photos", "no examples/nosuch.py"),
        ("See [it](../examples/nosuch/).", "no examples/nosuch"),
        ("python -m edgebreed.nosuch a", "no module edgebreed.nosuch"),
        ("python -m edgebreed.benchmarks.studies.flicker a --nosuch", "no option --nosuch"),
        ("python examples/surfaces_walkthrough.py a --quick --nosuch", "no option --nosuch"),
        ("Run `make nosuch`.", "no target nosuch"),
        ("make nosuch  # a comment", "no target nosuch"),
    ],
)
def test_names_of_a_page_exist(line: str, message: str) -> None:
    """Extras, examples and modules, wherever the page names them."""
    check_names("page.md", "edgebreed[cpu,litert] edgebreed[...] examples/surfaces.py a.[b] -m edgebreed.cli")
    with pytest.raises(PageError, match=message):
        check_names("page.md", f"\n{line}\n")


def test_what_the_shell_leaves_running_is_ended(folder: PageFolder) -> None:
    """A stream in the background does not outlive its block, nor hold it."""
    run_text(block("sh", "sleep 1000 &\necho $! > pid"), folder)
    pid = (folder.folder / "pid").read_text().strip()
    run_text(block("sh", f"! grep -s 'State:.*sleeping' /proc/{pid}/status"), folder)


def test_a_line_of_dots_stands_for_any_lines() -> None:
    """And dots in a line for any text; what stands between must be there."""
    assert matches("a 1.5 ms\n...\nend", "a 20 ms\nb\nc\nend\n")
    assert matches("in /tmp/... done", "in /tmp/xyz/abc done")
    assert not matches("a\n...\nend", "a\nb\n")
    assert not matches("a\nend", "a\nb\nend\n")


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("model-int8.onnx 1.5 ms", "model-int8.onnx 20 ms", True),
        ("24 read, 1,024 processed, 0 failed", "8 read, 9 processed, 0 failed", True),
        ("off by 1e-05 of 12px", "off by 0.3 of 8px", True),
        ("model-int8.onnx", "model-int4.onnx", False),
        ("resnet50", "resnet18", False),
        ("0 failed", "3 failed", False),
        ("0 failed", "10 failed", False),
    ],
)
def test_digits_of_words_and_failures_are_compared(shown: str, printed: str, same: bool) -> None:
    """Times, sizes and counts differ from machine to machine; these do not."""
    assert same == matches(shown, printed)


def test_calls_are_found_where_they_are_commands() -> None:
    """Not where the word is an argument."""
    line = "pip install edgebreed && edgebreed predict a --json | tee edgebreed.txt  # edgebreed x"
    assert [["predict", "a", "--json"]] == list(edgebreed_calls(line))
    assert [] == list(edgebreed_calls("sudo mosquitto_passwd -c /etc/passwd edgebreed"))
    assert [["predict", "b"]] == list(edgebreed_calls("sudo -u edgebreed edgebreed predict b"))


def test_a_page_that_needs_what_nobody_prepares_is_found(tmp_path: Path) -> None:
    """The names of what there is are in the message."""
    prepared, page = PreparedFolders(tmp_path, tmp_path), read_page("page.md", "<!-- needs: photos, cats -->")
    assert ("photos", "cats") == page.needs
    with pytest.raises(PageError, match="needs cats: photos, surfaces"):
        prepared.copy_to(read_page("page.md", "<!-- needs: cats -->"), tmp_path)
