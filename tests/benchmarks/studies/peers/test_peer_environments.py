"""Virtual environments of the peers."""

from pathlib import Path

from edgebreed.benchmarks.studies.peers.peer_environments import PACKAGES, interpreter, make_environments


def test_an_environment_that_exists_is_left_alone(tmp_path: Path) -> None:
    """Nothing is installed again."""
    for name in PACKAGES:
        python = interpreter(tmp_path, name)
        python.parent.mkdir(parents=True)
        python.touch()
    make_environments(tmp_path)
    assert {"bin"} == {path.name for name in PACKAGES for path in (tmp_path / name).iterdir()}
