"""Execution providers that come as plug-ins."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from edgebreed.edge.engines.plugins import Plugin
from edgebreed.errors import EngineError


class Runtime:
    """Stands for ONNX Runtime, with the devices that a plug-in finds, or the error that its library gives."""

    def __init__(self, devices: tuple[str, ...], error: str = "") -> None:
        self.registered: list[str] = []
        self._devices, self._error = devices, error

    def register_execution_provider_library(self, name: str, path: str) -> None:
        """Loads a library."""
        if self._error:
            raise RuntimeError(self._error)
        self.registered.append(f"{name} {path}")

    def get_ep_devices(self) -> list[SimpleNamespace]:
        """All devices of all providers."""
        return [SimpleNamespace(ep_name=name) for name in self._devices]


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Plugin:
    """A plug-in whose package is installed."""
    module = ModuleType("ep_of_a_test")
    module.__spec__ = SimpleNamespace()  # type: ignore[assignment]  # `find_spec` asks for no more
    module.get_library_path = lambda: "lib.so"  # type: ignore[attr-defined]  # as such packages have it
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return Plugin("TestExecutionProvider", module.__name__, "test", "test cards")


def test_the_devices_are_those_of_its_provider(plugin: Plugin) -> None:
    """The first of them; the library is loaded once."""
    runtime = Runtime(("CPUExecutionProvider", "TestExecutionProvider", "TestExecutionProvider"))
    for _ in range(2):
        assert ["TestExecutionProvider"] == [device.ep_name for device in plugin.found_devices(runtime)]
    assert ["ep_of_a_test lib.so"] == runtime.registered
    assert None is plugin.why_not_loading(runtime)


@pytest.mark.parametrize(
    ("runtime", "reason"),
    [
        (Runtime(("CPUExecutionProvider",)), "finds no device here: it computes on test cards"),
        (
            Runtime((), "libcuda.so.1: cannot open shared object file: No such file"),
            "does not load: libcuda.so.1 is missing: install the driver of the graphics card",
        ),
        (Runtime((), "another fault\nwith its trace"), "does not load: another fault"),
        (SimpleNamespace(), "needs ONNX Runtime 1.23: `pip install -U onnxruntime`"),
    ],
)
def test_what_it_lacks_is_named(plugin: Plugin, runtime: object, reason: str) -> None:
    """In one line."""
    assert f"TestExecutionProvider {reason}" == plugin.why_not_loading(runtime)
    with pytest.raises(EngineError, match="TestExecutionProvider"):
        plugin.found_devices(runtime)


def test_a_package_that_is_missing_is_named() -> None:
    """With the extra that installs it; nothing is loaded then."""
    absent = Plugin("TestExecutionProvider", "no_such_module", "test", "test cards")
    assert 'run `pip install "edgebreed[test]"`' in str(absent.why_unavailable())
    assert None is absent.why_not_loading(Runtime(()))
