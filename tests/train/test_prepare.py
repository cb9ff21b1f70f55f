"""A data set made ready to be learned."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.errors import DatasetError, InputError
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.dataset import NO_LABEL, Dataset, LabelledImage, read_dataset
from edgebreed.train.prepare import divide, prepare

from .test_negative_check import draw


def whole(count: int) -> Dataset:
    """Two classes of this many images each, not divided yet."""
    images = tuple(
        LabelledImage(Path(f"/d/{name}/{number}.jpg"), label)
        for label, name in enumerate("ab")
        for number in range(count)
    )
    return Dataset(Path("/d"), ("a", "b"), {"train": images, "valid": (), "test": ()}, divided=False)


def test_splits_are_stratified_disjoint_and_the_same_every_time() -> None:
    """By the seed."""
    first, again, other = (divide(whole(20), [], seed) for seed in (1, 1, 2))
    assert first == again != other
    assert {"train": 32, "valid": 4, "test": 4} == {
        name: len(images) for name, images in first.splits.items()
    }
    assert 40 == len({image.path for images in first.splits.values() for image in images})
    assert [2, 2] == [sum(image.label == label for image in first.images("test")) for label in (0, 1)]


def test_images_that_look_the_same_stay_in_one_split() -> None:
    """Whatever the seed."""
    similar = [
        [Path(f"/d/a/{number}.jpg") for number in range(6)],
        [Path(f"/d/b/{number}.jpg") for number in range(2)],
        [Path("/d/a/7.jpg"), Path("/d/a/8.jpg")],
    ]
    for seed in range(20):
        parts = divide(whole(20), similar, seed)
        split = {image.path: name for name, images in parts.splits.items() for image in images}
        assert [1, 1, 1] == [len({split[path] for path in group}) for group in similar]


def test_small_classes_stay_whole() -> None:
    """Two images are too few to divide."""
    assert (4, 0) == tuple(len(divide(whole(2), [], 0).splits[name]) for name in ("train", "test"))


def test_a_group_without_room_goes_where_nothing_is() -> None:
    """Six scenes of six frames: one to test on and one to validate; one scene of 20 stays whole."""
    scenes = [[Path(f"/d/a/{number}.jpg") for number in range(start, start + 6)] for start in range(0, 36, 6)]
    scene = [Path(f"/d/b/{number}.jpg") for number in range(36)]
    for seed in range(9):
        splits = divide(whole(36), [*scenes, scene], seed).splits
        counts = {name: [sum(i.label == label for i in splits[name]) for label in (0, 1)] for name in splits}
        assert {"train": [24, 36], "valid": [6, 0], "test": [6, 0]} == counts


def camera_frames(root: Path) -> Path:
    """90 frames of one fixed camera: three classes that differ in a detail, and slowly changing light."""
    base = cv2.resize(np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8), (96, 96))
    for number in range(90):
        frame = np.clip(base * (0.7 + number / 300), 0, 255).astype(np.uint8)
        label = number % 3
        frame[10 : 14 + label, 10 : 14 + label] = 255
        path = root / "abc"[label] / f"{number:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), frame)
    return root


def test_frames_of_one_camera_are_learned_on_request(tmp_path: Path) -> None:
    """Without, the refusal says how few differ, and the option."""
    config = TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, camera_frames(tmp_path / "d"))
    with pytest.raises(DatasetError, match=r"no valid images and .*: only \d of 90 differ; pass --keep-dup"):
        prepare(config)
    splits = prepare(replace(config, keep_duplicates=True)).data.splits
    assert {"train": 72, "valid": 9, "test": 9} == {name: len(images) for name, images in splits.items()}


def test_copies_of_test_images_are_never_learned(tmp_path: Path, small_data: Path) -> None:
    """`keep_duplicates` keeps what looks alike, not what is measured on byte for byte."""
    shutil.copytree(small_data, tmp_path / "d")
    tested = next((tmp_path / "d/test/star").iterdir())
    shutil.copy(tested, tmp_path / "d/train/star/copy.png")
    config = TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "d", keep_duplicates=True)
    prepared = prepare(config)
    names = {image.path.name for image in prepared.data.images("train")}
    assert (False, 1) == ("copy.png" in names, prepared.dropped["repeated"])
    assert tested in {image.path for image in prepared.data.images("test")}


def test_a_set_of_copies_is_refused_on_request_too(tmp_path: Path) -> None:
    """Without naming the option again, which does not help."""
    frames = camera_frames(tmp_path / "frames")
    for name, source in (("a", "00.png"), ("b", "01.png")):
        (tmp_path / "d" / name).mkdir(parents=True)
        for number in range(9):
            shutil.copy(frames / name / source, tmp_path / "d" / name / f"{number}.png")
    config = TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "d", keep_duplicates=True)
    with pytest.raises(
        DatasetError, match="no valid images and too few .*: each class needs three that differ"
    ):
        prepare(config)


def test_copies_stay_in_one_split_on_request_too(tmp_path: Path) -> None:
    """`keep_duplicates` is about looks; the same bytes in two splits would be no test."""
    root = camera_frames(tmp_path / "d")
    for path in sorted(root.rglob("*.png"))[::5]:
        shutil.copy(path, path.with_name(f"copy-{path.name}"))
    config = TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, root, keep_duplicates=True)
    splits = prepare(config).data.splits
    of_file = {image.path.name: name for name, images in splits.items() for image in images}
    assert 108 == len(of_file)
    assert all(of_file[name] == of_file[f"copy-{name}"] for name in of_file if f"copy-{name}" in of_file)


def test_images_of_two_labels_are_in_no_split(
    small_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They are counted and named; the other images of both classes stay."""
    root = tmp_path / "d"
    shutil.copytree(small_data, root)
    twin = sorted((root / "train" / "star").iterdir())[0]
    shutil.copy(twin, root / "test" / "disc" / "twin.png")
    prepared = prepare(TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, root))
    assert 2 == prepared.dropped["conflicting"]
    assert twin in prepared.dropped_files["conflicting"]
    paths = {image.path for image in prepared.data.all_images}
    assert twin not in paths
    assert root / "test/disc/twin.png" not in paths
    assert f"left out 2 that are also in another class: {root}/test/disc/twin.png, {twin}" in caplog.text


def test_a_class_without_training_images_is_named(small_data: Path, tmp_path: Path) -> None:
    """Its images are broken: the network would have an output that it never learned."""
    data = tmp_path / "data"
    shutil.copytree(small_data, data)
    for path in (data / "train" / "star").iterdir():
        path.write_bytes(b"")
    with pytest.raises(
        DatasetError, match="class star of .* has no training image left of 12: 12 that do not"
    ):
        prepare(TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, data))


def test_too_few_negatives_are_refused(small_data: Path, tmp_path: Path) -> None:
    """Each of five folds needs one."""
    negatives = tmp_path / "few"
    negatives.mkdir()
    for path in list((small_data / "test" / "disc").iterdir())[:4]:
        shutil.copy(path, negatives)
    config = TrainConfig(tmp_path, tmp_path, Arch.TRANSFER, small_data, negatives=negatives)
    with pytest.raises(InputError, match="few holds 4 images: the threshold of 'unknown' takes 5 or more"):
        prepare(config)


def test_a_missing_test_split_is_set_aside_from_train() -> None:
    """A tenth of each class, the same every time; the validation split stays as it is."""
    images = whole(40).splits["train"]
    valid = tuple(replace(image, path=image.path.with_suffix(".png")) for image in images[:10])
    data = Dataset(Path("/d"), ("a", "b"), {"train": images, "valid": valid, "test": ()})
    first, again = divide(data, [], 1), divide(data, [], 1)
    assert first == again
    assert [72, 10, 8] == [len(first.splits[name]) for name in ("train", "valid", "test")]
    assert valid == first.splits["valid"]
    assert [4, 4] == [sum(image.label == label for image in first.images("test")) for label in (0, 1)]
    assert set(images) == {*first.images("train"), *first.images("test")}


def test_what_looks_like_another_split_is_not_set_aside() -> None:
    """The model learns validation's images too, so it would be tested on what it knows."""
    images = whole(20).splits["train"]
    valid = (LabelledImage(Path("/d/v.jpg"), 0),)
    data = Dataset(Path("/d"), ("a", "b"), {"train": images, "valid": valid, "test": ()})
    similar = [[Path("/d/a/1.jpg"), Path("/d/a/2.jpg"), Path("/d/v.jpg")]]
    for seed in range(20):
        assert not {*similar[0]} & {image.path for image in divide(data, similar, seed).images("test")}


def test_a_set_without_a_test_folder_is_prepared(small_data: Path, tmp_path: Path) -> None:
    """It says how many images were set aside; with all folders, none are and no image moves."""
    shutil.copytree(small_data, tmp_path / "data")
    config = TrainConfig(
        tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "data", keep_duplicates=True
    )
    assert {} == prepare(config).set_aside
    assert read_dataset(tmp_path / "data").splits == prepare(config).data.splits
    shutil.rmtree(tmp_path / "data" / "test")
    prepared = prepare(config)
    assert ({"test": 3}, 3, 12) == (prepared.set_aside, *(len(prepared.files[s]) for s in ("test", "valid")))


def test_too_few_images_to_set_aside_are_refused(small_data: Path, tmp_path: Path) -> None:
    """Before anything is fitted."""
    for path in [
        path for name in ("disc", "star") for path in sorted((small_data / "train" / name).iterdir())[:2]
    ]:
        (tmp_path / "data" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "data" / path.parent.name)
    with pytest.raises(DatasetError, match="no valid images.* valid folder"):
        prepare(TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "data"))


def test_a_class_name_that_no_model_holds_is_refused(small_data: Path, tmp_path: Path) -> None:
    """At the start; a file of such a name is learned."""
    shutil.copytree(small_data, tmp_path / "data")
    disc = tmp_path / "data" / "train" / "disc"
    next(disc.iterdir()).rename(disc / os.fsdecode(b"caf\xe9.png"))
    config = TrainConfig(
        tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "data", keep_duplicates=True
    )
    assert 36 == len(prepare(config).files["train"])
    for split in ("train", "valid", "test"):
        (tmp_path / "data" / split / "disc").rename(tmp_path / "data" / split / os.fsdecode(b"caf\xe9"))
    with pytest.raises(
        DatasetError, match=r"class folder 'caf\\udce9' of .*: its name is no UTF-8, .*rename"
    ):
        prepare(config)


def test_excluded_images_are_of_the_data_set_or_negatives(small_data: Path, tmp_path: Path) -> None:
    """Of both where both have the name; one of neither is an error."""
    shutil.copytree(small_data, tmp_path / "data")
    for split in ("train", "valid", "test"):
        (tmp_path / "data" / split / "disc").rename(tmp_path / "data" / split / "#1 disc")
    (tmp_path / "none" / "train").mkdir(parents=True)
    draw(tmp_path / "none" / "train" / "#1 disc", 6, seed=1)
    for folder in (tmp_path / "data", tmp_path / "none"):
        shutil.copy(
            next((small_data / "valid" / "star").iterdir()), folder / "train" / "#1 disc" / "both.png"
        )
    (tmp_path / "list.txt").write_text("# both\ntrain/#1 disc/both.png\n")
    config = TrainConfig(
        tmp_path / "r",
        tmp_path / "c",
        Arch.TRANSFER,
        tmp_path / "data",
        negatives=tmp_path / "none",
        exclude=tmp_path / "list.txt",
        keep_duplicates=True,
    )
    files = prepare(config).files
    assert "both.png" not in {path.name for split in ("train", "negatives") for path in files[split]}
    (tmp_path / "list.txt").write_text("train/#1 disc/gone.png\n#2 disc\n")
    with pytest.raises(DatasetError, match="train/#1 disc/gone.png is no image of"):
        prepare(config)


def test_negatives_beside_the_classes_are_no_class(
    small_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the data set has no splits; without `--negatives`, a class of this name is warned of."""
    root = tmp_path / "d"
    shutil.copytree(small_data / "train", root)
    draw(root / "negatives", 8, seed=0)
    config = TrainConfig(tmp_path / "r", tmp_path / "c", Arch.TRANSFER, root)
    prepared = prepare(replace(config, negatives=root / "negatives"))
    assert (("disc", "square", "star"), 8) == (prepared.data.classes, len(prepared.negatives.images))
    assert [f"{root / 'negatives'} holds the negatives, so it is no class"] == caplog.messages
    assert "negatives" in prepare(config).data.classes
    assert "negatives is read as a class: if it shows none" in caplog.messages[-1]


def test_negatives_beside_the_splits_are_not_listed_as_left_out(small_data: Path, tmp_path: Path) -> None:
    """They are learned; a text among them and another folder are not."""
    root = tmp_path / "d"
    shutil.copytree(small_data, root)
    draw(root / "negatives", 8, seed=0)
    (root / "negatives" / "notes.txt").touch()
    (root / "extra").mkdir()
    cv2.imwrite(str(root / "extra" / "1.png"), np.zeros((8, 8, 3), np.uint8))
    config = TrainConfig(tmp_path / "r", tmp_path / "c", Arch.TRANSFER, root)
    asked = prepare(replace(config, negatives=root / "negatives")).data.left_out
    assert {"1.png", "notes.txt"} == {path.name for paths in asked.values() for path in paths}
    assert 10 == sum(map(len, prepare(config).data.left_out.values()))


def several(count: int, rare: int) -> Dataset:
    """Images of a common label, the last of which show a rare one too, and as many without any label."""
    shown = [(0, (0,))] * (count - rare) + [(1, (0, 1))] * rare + [(NO_LABEL, ())] * count
    images = tuple(LabelledImage(Path(f"/d/{n}.jpg"), *one) for n, one in enumerate(shown))
    return Dataset(Path("/d"), ("a", "b"), {"train": images, "valid": (), "test": ()}, divided=False)


def test_a_rare_label_is_in_every_split() -> None:
    """As are images without a label; none is lost."""
    for seed in range(10):
        parts = divide(several(40, 5), [], seed)
        assert 80 == len({image.path for images in parts.splits.values() for image in images})
        for images in parts.splits.values():
            assert {(0,), (0, 1), ()} == {image.labels for image in images}
