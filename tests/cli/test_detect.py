"""`edgebreed detect`."""

from pathlib import Path

from ..conftest import Cli
from ..edge import bombs


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


def test_the_largest_photo_can_be_set(cli: Cli, tmp_path: Path) -> None:
    """In millions of pixels; a larger one is named and left out."""
    (tmp_path / "a.bmp").write_bytes(bombs.bmp(2000, 1000))
    outcomes = [cli("detect", "a.bmp", "--json", "--max-pixels", megapixels) for megapixels in (1, 2)]
    assert [(2, 0), (0, 1)] == [(outcome.code, outcome.json["images"]) for outcome in outcomes]
    assert "a.bmp has 2,000x1,000 pixels" in outcomes[0].err
