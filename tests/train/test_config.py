"""What `train` may be asked for."""

from pathlib import Path
from typing import Any

import pytest

from edgebreed.edge.preprocess import DecodeRule
from edgebreed.errors import InputError
from edgebreed.train.config import Arch, TrainConfig


@pytest.mark.parametrize(
    ("name", "arch"), [("scratch", Arch.SCRATCH), ("transfer", Arch.TRANSFER), ("xception", Arch.TRANSFER)]
)
def test_xception_is_another_name_of_a_transfer(name: str, arch: Arch) -> None:
    """It is the backbone where none is named."""
    assert arch is Arch(name)


def test_a_backbone_has_its_own_input_size(tmp_path: Path) -> None:
    """The one that its weights were trained at, unless another is asked for; a run is called by it."""
    config = TrainConfig(tmp_path, tmp_path, Arch.TRANSFER)
    assert ("xception", 299, 20) == (config.network, config.size, config.epochs)
    config = TrainConfig(tmp_path, tmp_path, Arch.TRANSFER, backbone="EfficientNetB1")
    assert ("efficientnetb1", 240) == (config.network, config.size)
    assert 64 == TrainConfig(tmp_path, tmp_path, size=64).spec.height


def test_a_new_model_takes_large_jpegs_reduced(tmp_path: Path) -> None:
    """Its record says so, as does the file that is exported from it."""
    assert DecodeRule.REDUCED is TrainConfig(tmp_path, tmp_path).spec.decode


def test_negatives_need_features(tmp_path: Path) -> None:
    """The message says which architecture has them."""
    with pytest.raises(InputError, match="--negatives needs --arch transfer"):
        TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, negatives=tmp_path)


def test_a_scratch_network_has_no_backbone(tmp_path: Path) -> None:
    """The message says what to leave out."""
    with pytest.raises(InputError, match="--fine-tune is for a transfer: leave --arch scratch out"):
        TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, fine_tune=1)
    with pytest.raises(InputError, match="--backbone MobileNet is for a transfer"):
        TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, backbone="MobileNet")


def test_a_threshold_is_checked_before_anything_is_fitted(tmp_path: Path) -> None:
    """A score from 0 to 1, or off."""
    assert "off" == TrainConfig(tmp_path, tmp_path, unknown_below="off").unknown_below
    with pytest.raises(InputError, match="--unknown-below 2: give a score from 0 to 1"):
        TrainConfig(tmp_path, tmp_path, unknown_below="2")


@pytest.mark.parametrize("subject", ["", "  ", "a\nb", "x" * 101, "\ud800", "\x1b[2J", "\u202ea"])
def test_a_subject_is_a_noun(tmp_path: Path, subject: str) -> None:
    """It stands in every answer."""
    with pytest.raises(InputError, match="--subject .*: give a noun in one line"):
        TrainConfig(tmp_path, tmp_path, subject=subject)


def test_features_are_cached_not_resumed(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(InputError, match="features are cached, run the transfer again"):
        TrainConfig(tmp_path, tmp_path, Arch.TRANSFER, resume=True)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"people": True}, "--people is for one class an image: leave it out with --labels"),
        ({"negatives": Path("n"), "arch": Arch.TRANSFER}, "give them as rows without a label"),
        ({"data": None}, "pass --data with the folder of its images"),
        ({"unknown_below": "off"}, "--unknown-below off: an image may show none of the labels"),
    ],
)
def test_what_several_labels_an_image_do_not_go_with(
    tmp_path: Path, asked: dict[str, Any], fault: str
) -> None:
    """It is refused before any image is read."""
    fields = {"data": tmp_path, "labels": tmp_path / "labels.csv", **asked}
    with pytest.raises(InputError, match=fault):
        TrainConfig(tmp_path, tmp_path, **fields)


def test_a_csv_of_labels_asks_for_several_an_image(tmp_path: Path) -> None:
    """In the words of the task too."""
    task = TrainConfig(tmp_path, tmp_path, data=tmp_path, labels=tmp_path / "l.csv", subject="defect").task
    assert (True, "no defect") == (task.multi_label, task.words.unknown)
