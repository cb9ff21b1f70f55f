"""`edgebreed doctor`."""

from ..conftest import Cli


def test_doctor_shows_what_the_machine_has(cli: Cli) -> None:
    """Engines, providers, OpenCV's parts."""
    data = cli("doctor", "--json").json
    assert data["engines"]["cpu"]
    assert data["opencv"]["haar"]
    assert "CPUExecutionProvider" in data["providers"]
    assert "this machine" in cli("doctor").out
