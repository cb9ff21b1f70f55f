"""`edgebreed evaluate`."""

import json
import shutil
from pathlib import Path

import cv2
import pytest

from ..conftest import BLUE, GREY, RED, Cli, plain
from ..test_cli import assert_refused

pytestmark = pytest.mark.keras

ALMOST_BLUE = (250, 0, 0)  # BGR; the same bytes in two classes would be left out


def test_the_engine_that_ran_is_shown(small_run: Path, small_data: Path, cli: Cli, colours: Path) -> None:
    """For programs and for people."""
    assert "keras" == cli("evaluate", small_data, "--model", small_run, "--json").json["engine"]
    for name, colour in (("red", RED), ("blue", BLUE)):
        (colours.parent / "images" / name).mkdir(parents=True)
        cv2.imwrite(str(colours.parent / "images" / name / "1.png"), plain(colour))
    outcome = cli("evaluate", "images", "--model", colours, "--engine", "cpu", "--json")
    assert (1.0, "onnxruntime/CPUExecutionProvider") == (outcome.json["top1"], outcome.json["engine"])
    assert "onnxruntime/CPUExecutionProvider" in cli("evaluate", "images", "--model", colours).out


def test_a_run_has_no_engine_to_choose(small_run: Path, small_data: Path, cli: Cli) -> None:
    """Naming one is refused, as Keras runs it."""
    outcome = cli("evaluate", small_data, "--model", small_run, "--engine", "openvino")
    assert (2, 1) == (outcome.code, len(outcome.err.splitlines()))
    assert "--engine openvino is for exported files" in outcome.err


def test_corruptions_go_into_the_report_of_the_run(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """Top-1 under each, beside that of the images as they are."""
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    found = cli("evaluate", small_data, "--model", run, "--corruptions", "--json").json
    assert {"crop", "wide", "blur", "noise", "dark", "rotation", "jpeg"} == set(found["corruptions"])
    page = (run / "report.html").read_text()
    assert "Top-1 under corruptions" in page
    assert f"12 images of <code>{small_data}</code>" in page


def test_the_report_names_the_images_of_another_folder(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """The table would else seem to be of the run's test images."""
    run, other = tmp_path / "run", tmp_path / "other"
    shutil.copytree(small_run, run)
    shutil.copytree(small_data / "test", other)
    next((other / "star").iterdir()).unlink()
    assert 0 == cli("evaluate", other, "--model", run, "--corruptions").code
    assert f"11 images of <code>{other}</code>" in (run / "report.html").read_text()


def test_a_report_without_a_run_beside_it_is_left_alone(colours: Path, cli: Cli) -> None:
    """It is not of the model, whatever its name and content are."""
    for name, colour in (("red", RED), ("blue", BLUE)):
        (colours.parent / "images" / name).mkdir(parents=True)
        cv2.imwrite(str(colours.parent / "images" / name / "1.png"), plain(colour))
    report = colours.parent / "report.html"
    report.write_text("mine<!-- corruptions -->")
    assert 0 == cli("evaluate", "images", "--model", colours, "--corruptions").code
    assert "mine<!-- corruptions -->" == report.read_text()


def test_evaluate_measures_a_file_on_a_folder_of_classes(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Top-1 over all images, and of each class."""
    for name, colour in (("red", RED), ("blue", BLUE), ("green", ALMOST_BLUE)):
        (tmp_path / "data" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "data" / name / "1.png"), plain(colour))
    measured = cli("evaluate", "data", "--model", colours, "--json").json
    assert 3 == measured["n"]
    assert abs(measured["top1"] - 2 / 3) < 1e-9


def test_negatives_show_how_often_a_class_is_wrongly_answered(
    cli: Cli, tmp_path: Path, colours: Path
) -> None:
    """They may lie beside the classes, which they are none of; a broken file is left out."""
    pictures = {"red/1": RED, "blue/1": BLUE, "negatives/1": GREY, "negatives/2": RED}
    for name, colour in pictures.items():
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / "data" / f"{name}.png"), plain(colour))
    (tmp_path / "data/negatives/3.png").write_bytes(b"no image")
    command = ("evaluate", "data", "--model", colours, "--unknown-below", 0.9, "--negatives")
    found = cli(*command, "data/negatives", "--json").json
    assert (2, {"n": 2, "known": 1, "share": 0.5}) == (
        found["n"],
        {name: found["negatives"][name] for name in ("n", "known", "share")},
    )
    assert [0.0945, 0.9055] == pytest.approx(found["negatives"]["interval"], abs=1e-4)
    shown = cli(*command, "data/negatives")
    assert "answered with a class: 50.0% of 2" in shown.out
    assert "1 of the 3 negatives do not decode" in shown.err


def test_a_class_without_images_is_warned_of(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Thirty images of one class say nothing of the two others: no line claims 100 %."""
    (tmp_path / "data" / "red").mkdir(parents=True)
    for number in range(30):
        cv2.imwrite(str(tmp_path / "data" / "red" / f"{number}.png"), plain(RED))
    found = cli("evaluate", "data", "--model", colours, "--json").json
    assert (1.0, ["green", "blue"]) == (found["top1"], found["untested_classes"])
    assert (None, None, None) == (found["top5"], found["balanced_accuracy"], found["macro_f1"])
    lines = cli("evaluate", "data", "--model", colours).out.partition("by class")[0]
    text = " ".join(lines.replace("\u2502", " ").split())
    assert "30 of 30, which show 1 of 3 classes (88.6% or more with 95% confidence)" in text
    assert "no image shows green, blue: nothing is known of their accuracy" in text
    assert "100" not in text
    assert "top-5" not in text


def test_classes_and_confusions_are_shown(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """In JSON in the order of `classes`, rows by label; in text as tables."""
    for name, colour in (("red", RED), ("blue", BLUE), ("green", ALMOST_BLUE)):
        (tmp_path / "data" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "data" / name / "1.png"), plain(colour))
    found = cli("evaluate", "data", "--model", colours, "--json").json
    assert ["red", "green", "blue"] == found["classes"]
    assert [[1, 0, 0], [0, 0, 1], [0, 0, 1]] == found["confusion"]
    assert {"n": 1, "recall": 1.0, "precision": 0.5, "f1": 2 / 3} == found["by_class"]["blue"]
    assert [0.2076, 0.9385] == pytest.approx(found["top1_interval"], abs=1e-4)
    text = " ".join(cli("evaluate", "data", "--model", colours).out.replace("\u2502", " ").split())
    assert "66.7% of 3 (20.8% to 93.9% with 95% confidence)" in text
    assert "largest confusions green as blue (1)" in text
    assert "2 green . . 1" in text


def test_a_folder_of_another_class_is_refused(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """By its name, with the names that the model knows and what to do."""
    for name in ("red", "grey"):
        (tmp_path / "data" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "data" / name / "1.png"), plain(RED))
    refused = cli("evaluate", "data", "--model", colours)
    assert_refused(refused, "data/grey is none of the 3 classes (red, green, blue): rename the folder to one")
    assert "or move it out of data" in refused.err


def test_without_a_model_or_a_run_the_message_says_how_to_make_one(cli: Cli) -> None:
    """Instead of a missing file."""
    assert_refused(cli("evaluate", "."), "no run under runs/: make one with `edgebreed train`")


def test_several_labels_an_image_are_measured(several_run: Path, several_data: Path, cli: Cli) -> None:
    """With the CSV file in the folder, or another one; the run's own test images, as in its metrics."""
    found = cli("evaluate", several_data, "--model", several_run, "--json").json
    trained = json.loads((several_run / "metrics.json").read_text())["test"]
    assert trained == {key: found[key] for key in trained}
    assert {"crack", "stain", "scratch"} == set(found["by_label"])
    assert "delivered" not in found
    labels = ("--labels", several_run / "labels.csv", "--unknown-below", "0.9")
    table = " ".join(cli("evaluate", several_data, "--model", several_run, *labels).out.split())
    assert "mean average precision" in table
    assert "'no defect' where every label is below 0.900" in table.replace(" │ │ │", "")


def test_corruptions_of_a_multi_label_run_go_into_its_report(
    several_run: Path, several_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """As subset accuracy."""
    run = tmp_path / "run"
    shutil.copytree(several_run, run)
    assert 0 == cli("evaluate", several_data, "--model", run, "--corruptions").code
    assert "Subset accuracy under corruptions" in (run / "report.html").read_text()


@pytest.mark.long
def test_folders_and_csv_files_do_not_go_with_the_other_kind_of_model(
    several_run: Path, small_data: Path, small_run: Path, several_data: Path, cli: Cli
) -> None:
    """The message says what to give."""
    outcome = cli("evaluate", small_data, "--model", several_run)
    assert_refused(outcome, "labels.csv is no file: pass --labels CSV")
    labels = ("--labels", several_data / "labels.csv")
    outcome = cli("evaluate", small_data, "--model", small_run, *labels)
    assert_refused(outcome, "answers each image with one class, so leave it out and give folders")
