"""Raises the messages of training, export and measuring."""

import shutil

import cv2
import numpy as np

from edgebreed.benchmarks.machine.conditions import Contention
from edgebreed.benchmarks.stats.verdict import Evidence, judge
from edgebreed.export.parity import ParityReport, require
from edgebreed.export.recipe import FLOAT_BUDGET
from edgebreed.train.rejection import NO_NEGATIVES, measured_rejection, no_rejection

from .desk import Desk, message_of, shown_as


def draw_classes(desk: Desk, photos: int, *names: str) -> None:
    """A folder of photos for each class, all different."""
    for name in names:
        for number in range(photos):
            random = np.random.default_rng([number, *name.encode()])
            small = random.integers(0, 255, (4, 4, 3), np.uint8)
            picture = cv2.resize(small, (64, 64), interpolation=cv2.INTER_NEAREST)
            path = desk.file(f"data/{name}/{number}.png")
            cv2.imwrite(str(path), picture)


@shown_as("... holds ...: a classifier needs two or more folders of images, one a class")
def one_class(desk: Desk) -> str:
    """A folder of photos alone."""
    draw_classes(desk, 3, "cup")
    return desk.said("train", "--data", "data", "--arch", "scratch")


@shown_as(
    "... has no valid images and too few to set some aside: each class needs three that differ, or "
    "... a valid folder"
)
def too_few(desk: Desk) -> str:
    """Nothing can be set aside to measure on."""
    draw_classes(desk, 1, "cup", "fork")
    return desk.said("train", "--data", "data", "--arch", "scratch")


@shown_as(
    "class folder ... has no image that is read, its files are left out: ...; give it images, or "
    "move it out of ..."
)
def unreadable_class(desk: Desk) -> str:
    """All photos of a class are HEIC, as phones write them."""
    draw_classes(desk, 3, "cup", "fork")
    desk.file("data/plate/IMG.heic")
    return desk.said("train", "--data", "data", "--arch", "scratch")


@shown_as("class ... of ... has no training image left of ...: ...; add images, or remove the folder")
def vanished_class(desk: Desk) -> str:
    """Its photos are those of another class."""
    draw_classes(desk, 6, "cup", "fork")
    for path in sorted((desk.folder / "data" / "cup").iterdir()):
        shutil.copy(path, desk.folder / "data" / "fork" / path.name)
    return desk.said("train", "--data", "data", "--arch", "scratch")


@shown_as("--negatives ... holds ... images: the threshold of 'unknown' takes 5 or more")
def few_negatives(desk: Desk) -> str:
    """The threshold is fitted in five folds."""
    draw_classes(desk, 6, "cup", "fork")
    shutil.copytree(desk.folder / "data" / "cup", desk.folder / "others")
    for path in sorted((desk.folder / "others").iterdir())[4:]:
        path.unlink()
    return desk.said("train", "--data", "data", "--negatives", "others", "--arch", "transfer")


@shown_as(
    "never answered: no negatives were given, and without them no threshold can be measured: pass --negatives"
)
def no_negatives(desk: Desk) -> str:
    """Nothing shows what the classes are not."""
    return no_rejection(NO_NEGATIVES).describe("unknown")


@shown_as(
    "never answered: ... validation images cannot measure a threshold: it takes 60; --unknown-below "
    "0.5 sets one unmeasured"
)
def too_few_for_a_threshold(desk: Desk) -> str:
    """A share of so few photos is no measurement."""
    inside, outside = np.ones(24, np.float32), -np.ones(48, np.float32)
    return measured_rejection(inside, outside).describe("unknown")


@shown_as("repeats an image of a later split: ...")
def repeated_photo(desk: Desk) -> str:
    """A photo of train is in test too."""
    draw_classes(desk, 6, "train/cup", "train/fork", "test/cup", "test/fork")
    shutil.copy("data/test/cup/0.png", "data/train/cup/copy.png")
    return desk.said("data", "check", "data")


@shown_as("in two classes: ...")
def two_labels(desk: Desk) -> str:
    """A photo is in two classes."""
    draw_classes(desk, 6, "cup", "fork")
    shutil.copy("data/cup/0.png", "data/fork/copy.png")
    return desk.said("data", "check", "data")


@shown_as("... holds a run: pass --overwrite or another --out")
def a_run_is_there(desk: Desk) -> str:
    """Of an earlier training."""
    desk.file("runs/cups/metrics.json", b"{}")
    desk.file("runs/cups/model.keras")
    desk.file("runs/cups/run.json", b"{}")
    draw_classes(desk, 6, "cup", "fork")
    return desk.said("train", "--data", "data", "--arch", "scratch", "--out", "runs/cups")


@shown_as("no run under runs/: make one with `edgebreed train`, or name a run or a model")
def no_run(desk: Desk) -> str:
    """Nothing was trained in this folder."""
    return desk.said("export", "--format", "onnx")


@shown_as("...: ... is ... on ... images, the bound is ...; nothing was written (--force writes it anyway)")
def missed_bound(desk: Desk) -> str:
    """The exported model is less accurate."""
    worse = ParityReport("valid", 200, 1.0, 0.0, 0.96, 0.86)
    return message_of(lambda: require(worse, FLOAT_BUDGET, "onnx-int8"))


@shown_as("... exists: pass --overwrite or another ...")
def file_is_there(desk: Desk) -> str:
    """Of an earlier command."""
    desk.said("predict", desk.photo, "--model", desk.model, "--save", "out")
    return desk.said("predict", desk.photo, "--model", desk.model, "--save", "out")


@shown_as("... s measured, at least 10 s are needed: raise --duration")
def short_bench(desk: Desk) -> str:
    """A second is too short to tell anything."""
    return desk.said("bench", desk.photo, "--model", desk.model, "--duration", "0.5")


@shown_as("other programs took ... of the processors' time, at most 10% is allowed: end them")
def shared_machine(desk: Desk) -> str:
    """Another program computes meanwhile."""
    return judge(Evidence(10.0, 101, contention=Contention(0.4, 0.0))).why[0]


@shown_as(
    "unstable: the medians of 10 blocks vary by ..., at most 5% is allowed: end other programs, fix "
    "the clock, or measure longer"
)
def unstable_machine(desk: Desk) -> str:
    """The clock changes."""
    return judge(Evidence(10.0, 101, block_variation=0.2)).why[0]


@shown_as("throttled: ...: cool the machine or fix its clock")
def throttled(desk: Desk) -> str:
    """The board gets too hot."""
    return judge(Evidence(10.0, 101, throttled=("under-voltage",))).why[0]
