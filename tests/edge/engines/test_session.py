"""How an ONNX Runtime session is set up."""

from pathlib import Path

import onnxruntime
import pytest

from edgebreed.edge.engines.session import SessionSettings, session_class


def test_settings_reach_the_session() -> None:
    """Threads, spinning, arena and memory pattern by ONNX Runtime's own names."""
    options = SessionSettings(threads=3, spin=False, arena=False, memory_pattern=False).session_options(
        onnxruntime
    )
    assert "0" == options.get_session_config_entry("session.intra_op.allow_spinning")
    assert 4 == options.log_severity_level
    assert (3, False, False) == (
        options.intra_op_num_threads,
        options.enable_cpu_mem_arena,
        options.enable_mem_pattern,
    )


def test_tensorrt_keeps_each_model_in_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By content: a changed file must not meet the engine of the old one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    settings = SessionSettings(trt_fp16=True, int8=True)
    folders = set()
    for content in (b"one", b"two"):
        told = settings.provider_options("TensorrtExecutionProvider", content)
        assert ("1", "1") == (told["trt_fp16_enable"], told["trt_int8_enable"])
        folders.add(told["trt_engine_cache_path"])
    assert 2 == len(folders)
    assert all(Path(folder).parent == tmp_path / "cache/edgebreed/tensorrt" for folder in folders)


def test_tensorrt_does_without_a_cache_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As in a read-only home; it still builds its engine, and says why it will do so each time."""
    (tmp_path / "file").write_bytes(b"model")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
    told = SessionSettings(trt_fp16=True).provider_options("TensorrtExecutionProvider", b"model")
    assert {"trt_fp16_enable": "1", "trt_int8_enable": "0"} == told
    assert "what tensorrt compiles is not kept, as" in caplog.text


def test_other_providers_are_told_nothing() -> None:
    """And no folder is made for them."""
    assert {} == SessionSettings().provider_options("CPUExecutionProvider", b"model")


def test_a_session_never_takes_another_provider(colours: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """ONNX Runtime's own one prints what failed on standard output, and tries the processor."""
    options = SessionSettings().session_options(onnxruntime)
    broken = [("CPUExecutionProvider", "no options")]
    with pytest.raises(ValueError, match="dict"):
        session_class(onnxruntime)(colours.read_bytes(), options, providers=broken)
    session = session_class(onnxruntime)(colours.read_bytes(), options, providers=["CPUExecutionProvider"])
    session.enable_fallback()
    assert not session._enable_fallback
    assert ("", "") == capfd.readouterr()
