"""The kernel's small files."""

from pathlib import Path

from edgebreed.benchmarks.machine.system_files import number, numbers, text


def test_what_is_there_is_read(tmp_path: Path) -> None:
    """Without line ends and the zero byte of a device tree."""
    (tmp_path / "a").write_bytes(b"Jetson\0")
    (tmp_path / "b").write_text("42\n")
    assert ("Jetson", 42.0) == (text(tmp_path / "a"), number(tmp_path / "b"))
    assert {"b": 42.0} == numbers(tmp_path, "*")


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    """No error: kernels differ."""
    (tmp_path / "empty").touch()
    assert (None, None) == (text(tmp_path / "gone"), text(tmp_path / "empty"))
    assert (None, {}) == (number(tmp_path / "gone"), numbers(tmp_path / "no", "*"))
