"""ONNX Runtime and its execution providers."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.base import Answers, answers
from edgebreed.errors import EngineError, MissingExtraError

PROVIDERS = {
    "tensorrt": "TensorrtExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""Engine names and the provider of each, fastest first."""


class OnnxRuntimeEngine:
    """Runs an ONNX file.

    Args:
        path: the model.
        provider: an execution provider's full name; it is used or the constructor raises.
        classes: number of classes of the model.
        threads: threads of one inference; 0 lets ONNX Runtime choose.
        spin: whether threads that wait for work keep their processors busy.

    Raises:
        EngineError: the provider is not in this ONNX Runtime or did not start, or the model is refused.
        MissingExtraError: ONNX Runtime is not installed.
    """

    def __init__(self, path: Path, provider: str, classes: int, threads: int = 0, spin: bool = True) -> None:
        runtime = _import()
        if provider not in runtime.get_available_providers():
            raise EngineError(_absent(provider, runtime.get_available_providers()))
        try:
            self._session = runtime.InferenceSession(
                str(path), _options(runtime, threads, spin), providers=[provider]
            )
        except Exception as error:  # ONNX Runtime raises a dozen kinds of its own, none with a common base
            raise EngineError(f"ONNX Runtime refuses {path}: {str(error).splitlines()[0]}") from error
        used = self._session.get_providers()[0]
        if used != provider:
            raise EngineError(
                f"{provider} did not start, ONNX Runtime fell back to {used}: check its libraries"
            )
        self.name = f"onnxruntime/{provider}"
        self._classes = classes
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: NDArray[np.uint8]) -> Answers:
        """Answers a batch `(N, H, W, 3) uint8 RGB`."""
        return answers(self._session.run(None, {self._input: batch}), self._classes)


def available() -> tuple[str, ...]:
    """The execution providers of the ONNX Runtime that is installed; none without one."""
    try:
        return tuple(_import().get_available_providers())
    except MissingExtraError:
        return ()


def _options(runtime: Any, threads: int, spin: bool) -> Any:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spin)))
    options.log_severity_level = 3  # errors alone: its warnings are for the maker of a model, not its user
    return options


def _absent(provider: str, present: list[str]) -> str:
    remedy = "pass --engine cpu or --allow-fallback"
    if provider != "CPUExecutionProvider":
        remedy = f'replace onnxruntime by `pip install "edgebreed[gpu]"` or JetPack\'s build, or {remedy}'
    return f"{provider} is not in this ONNX Runtime (it has {', '.join(present)}): {remedy}"


def _import() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError("ONNX Runtime", "cpu") from error
    return onnxruntime
