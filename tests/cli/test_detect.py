"""`edgebreed detect`."""

from pathlib import Path

from ..conftest import Cli


def test_a_file_in_place_of_the_output_folder_is_refused(cli: Cli, photo: Path) -> None:
    """In one line that names it."""
    outcome = cli("detect", photo, "--save", photo)
    assert (2, 1) == (outcome.code, len(outcome.err.splitlines()))
    assert f"cannot write {photo}" in outcome.err


def test_detect_counts(cli: Cli, photo: Path) -> None:
    """Images, images with a face, faces, and the latency."""
    data = cli("detect", photo, photo, "--json").json
    assert (2, 0, 0) == (data["images"], data["with_face"], data["faces"])
    assert {"p50", "p90", "p95", "p99", "mean", "max"} == set(data["latency_ms"])
