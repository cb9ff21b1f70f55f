"""`edgebreed predict`."""

import json
from pathlib import Path

import cv2

from ..conftest import BLUE, RED, Cli, plain


def test_predict_prints_an_object_a_line_in_order(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """The images of a folder by name."""
    for name, colour in (("b", BLUE), ("a", RED)):
        (tmp_path / "p").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "p" / f"{name}.png"), plain(colour))
    outcome = cli("predict", "p", "--model", colours, "--json", "--save", "out")
    results = [json.loads(line) for line in outcome.out.splitlines()]
    assert [("p/a.png", "known", "Red"), ("p/b.png", "known", "Blue")] == [
        (r["source"], r["kind"], r["label"]) for r in results
    ]
    assert {"source", "kind", "label", "probability", "top", "summary", "faces", "stages_ms"} == set(
        results[0]
    )
    assert ["a.jpg", "b.jpg"] == sorted(path.name for path in (tmp_path / "out").glob("*.jpg"))


def test_predict_without_json_prints_sentences(cli: Cli, photo: Path, colours: Path) -> None:
    """One an image, and what ran."""
    outcome = cli("predict", photo, "--model", colours)
    assert "red.png: colour: Red (100%); then" in outcome.out
    assert "1 image, colours in onnxruntime/CPUExecutionProvider" in outcome.out


def test_annotated_images_are_not_overwritten(cli: Cli, photo: Path, colours: Path) -> None:
    """Unless on request."""
    arguments = ("predict", photo, "--model", colours, "--save", "out")
    assert [0, 2, 0] == [cli(*arguments).code, cli(*arguments).code, cli(*arguments, "--overwrite").code]


def test_one_bad_image_does_not_stop_the_others(cli: Cli, tmp_path: Path, photo: Path, colours: Path) -> None:
    """They are classified; the exit code reports the bad one."""
    (tmp_path / "note.jpg").write_text("hello")
    outcome = cli("predict", photo, "note.jpg", photo, "--model", colours, "--json")
    assert 2 == outcome.code
    assert 2 == len(outcome.out.splitlines())
    assert 1 == len(outcome.err.splitlines())
