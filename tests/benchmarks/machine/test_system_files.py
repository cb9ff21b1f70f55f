"""The kernel's small files."""

from pathlib import Path

from edgebreed.benchmarks.machine.system_files import read_number, read_numbers, read_text


def test_a_file_is_read(tmp_path: Path) -> None:
    """Without line ends and the zero byte of a device tree."""
    (tmp_path / "a").write_bytes(b"Jetson\0")
    (tmp_path / "b").write_text("42\n")
    assert ("Jetson", 42.0) == (read_text(tmp_path / "a"), read_number(tmp_path / "b"))
    assert {"b": 42.0} == read_numbers(tmp_path, "*")


def test_a_missing_file_is_none(tmp_path: Path) -> None:
    """No error: kernels differ."""
    (tmp_path / "empty").touch()
    assert (None, None) == (read_text(tmp_path / "gone"), read_text(tmp_path / "empty"))
    assert (None, {}) == (read_number(tmp_path / "gone"), read_numbers(tmp_path / "no", "*"))
