"""Raises the messages about models of other programs."""

from collections.abc import Sequence

import cv2
import numpy as np
from onnx import TensorProto, helper, numpy_helper

from edgebreed.edge.images import Frame

from .desk import Desk, shown_as

LABELS = ("red", "green", "blue")
_PHOTOS = 16
_SIDE = 8


def foreign_bytes(*outputs: str, sides: Sequence[int | str] = (_SIDE, _SIDE)) -> bytes:
    """A network of PyTorch's style: logits that are the mean of each channel.

    Args:
        outputs: name of each.
        sides: height and width of the input; a word is an open one.
    """
    gain = numpy_helper.from_array(np.array([3], np.float32), "gain")
    nodes = [helper.make_node("ReduceMean", ["input"], ["mean"], axes=[2, 3], keepdims=0)]
    nodes += [helper.make_node("Mul", ["mean", "gain"], [name]) for name in outputs]
    taken = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, *sides])
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 3]) for name in outputs]
    graph = helper.make_graph(nodes, "foreign", [taken], given, [gain])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def foreign(desk: Desk, *outputs: str, sides: Sequence[int | str] = (_SIDE, _SIDE)) -> list[object]:
    """Arguments that import a network with its labels."""
    data = foreign_bytes(*(outputs or ["logits"]), sides=sides)
    labels = desk.file("labels.txt", "\n".join(LABELS).encode())
    return ["import", desk.file("theirs.onnx", data), "--labels", labels, "--out", "ours.onnx"]


def reference(desk: Desk, photos: int = _PHOTOS) -> list[object]:
    """The argument that names photos and answers: those of grey levels divided by 255, red first."""
    lines = [",".join(("image", *LABELS))]
    for number in range(photos):
        photo = _photo(number)
        cv2.imwrite(str(desk.file(f"{number}.png")), photo)
        powers = np.exp(photo[0, 0, ::-1] / 85.0)
        lines.append(",".join((f"{number}.png", *(f"{value:.6f}" for value in powers / powers.sum()))))
    return ["--reference", desk.file("reference.csv", "\n".join(lines).encode())]


def _photo(number: int) -> Frame:
    """A photo of one colour, of another shape than the one before."""
    colour = np.random.default_rng(number).integers(0, 255, 3, np.uint8)
    return np.full((12 + number % 3 * 4, 16, 3), colour, np.uint8)


GIVEN = ("--scale", "1/255", "--mean", "0", "--std", "1")


@shown_as(
    "... does not name its classes: pass --labels with a file of one a line, in the order of the output"
)
def no_labels(desk: Desk) -> str:
    """A file without a word on it."""
    return desk.said(*foreign(desk)[:2])


@shown_as("... labels for a model of ... classes: pass --labels with a file of ..., one a line in ...")
def other_count(desk: Desk) -> str:
    """A label too many."""
    return desk.said(*foreign(desk)[:2], "--labels", desk.file("four.txt", b"a\nb\nc\nd"))


@shown_as("the model takes ..., whose sides are open: pass --size N, or HxW")
def open_sides(desk: Desk) -> str:
    """A network that takes photos of any size."""
    return desk.said(*foreign(desk, sides=("H", "W")))


@shown_as("... gives ...: pass --output-name with the one that holds the classes")
def two_outputs(desk: Desk) -> str:
    """Either may be the classes."""
    return desk.said(*foreign(desk, "logits", "features"))


@shown_as("... and a classifier gives `(N, classes)`: detectors, segmenters and backbones are not taken")
def no_classifier(desk: Desk) -> str:
    """A network that gives a picture."""
    node = helper.make_node("Relu", ["input"], ["maps"])
    taken, given = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, _SIDE, _SIDE])
        for name in ("input", "maps")
    )
    model = helper.make_model(helper.make_graph([node], "maps", [taken], [given]))
    return desk.said("import", desk.file("maps.onnx", model.SerializeToString()))


@shown_as("... is no model that is read here, or is encrypted, damaged or truncated: give ...")
def no_model(desk: Desk) -> str:
    """Half of a file."""
    data = foreign_bytes("logits")
    return desk.said("import", desk.file("half.onnx", data[: len(data) // 2]))


@shown_as("... is a PyTorch file: where the model's class is, call `model.eval()` and `torch.onnx.export(...")
def pytorch(desk: Desk) -> str:
    """What `torch.save` wrote before version 1.6."""
    return desk.said("import", desk.file("model.pth", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.torch"))


@shown_as("the model's output is from ... to ...: pass --output logits")
def logits(desk: Desk) -> str:
    """A network without a softmax at its end."""
    return desk.said(*foreign(desk), "--output", "probabilities")


@shown_as("... answers ... photos: at least 16 different ones are needed")
def few_answers(desk: Desk) -> str:
    """Which could fit by chance."""
    return desk.said(*foreign(desk), *reference(desk, photos=3))


@shown_as("... is no probability: give 0 to 1, after the softmax, and no percentages")
def logits_as_answers(desk: Desk) -> str:
    """The outputs of the network itself."""
    desk.file("0.png")
    file = desk.file("reference.csv", b"image,red,green,blue\n0.png,7.1,-2.0,0.3")
    return desk.said(*foreign(desk), "--reference", file)


@shown_as("no photo ...: pass --photos with the folder that its paths begin in")
def lost_photos(desk: Desk) -> str:
    """The reference was copied without its photos."""
    arguments = reference(desk)
    (desk.folder / "5.png").unlink()
    return desk.said(*foreign(desk), *arguments)


@shown_as("the reference answers are those of ..., not of ... (given); nothing was written")
def wrong_option(desk: Desk) -> str:
    """Grey levels as they are, and the program has divided them by 255."""
    return desk.said(*foreign(desk), *reference(desk), "--channels", "rgb", "--scale", "1", *GIVEN[2:])


@shown_as(
    "the labels are in another order than the outputs: the reference answers fit the order ...; "
    "pass --labels so"
)
def other_order(desk: Desk) -> str:
    """Sorted by hand."""
    arguments = foreign(desk)
    arguments[3] = desk.file("sorted.txt", b"blue\nred\ngreen")
    return desk.said(*arguments, *reference(desk), *GIVEN, "--channels", "rgb")


@shown_as("no recipe gives the reference answers, the closest is off by ...; nothing was written")
def no_recipe(desk: Desk) -> str:
    """The answers are those of another model."""
    return desk.said(*foreign(desk), *_of_another_model(desk))


def _of_another_model(desk: Desk) -> list[object]:
    arguments = reference(desk)
    path = desk.folder / "reference.csv"
    first, *lines = path.read_text().splitlines()
    path.write_text("\n".join([first, *(f"{line.split(',')[0]},0.1,0.2,0.7" for line in lines)]))
    return arguments


@shown_as("recipes that differ in ... fit about as well: pass ..., or answers for more photos")
def alike(desk: Desk) -> str:
    """Grey photos, to which the model gives the same answer however they are scaled."""
    arguments = foreign(desk)
    path = reference(desk)[1]
    lines = ["image,red,green,blue"]
    for number in range(_PHOTOS):
        cv2.imwrite(str(desk.file(f"{number}.png")), np.full((12, 16, 3), 10 * number, np.uint8))
        lines.append(f"{number}.png,0.333333,0.333333,0.333333")
    desk.file("reference.csv", "\n".join(lines).encode())
    return desk.said(*arguments, "--reference", path)


@shown_as("...: unproved")
def unproved(desk: Desk) -> str:
    """Any command that opens such a file."""
    desk.said(*foreign(desk))
    return desk.said("predict", desk.photo, "--model", "ours.onnx")
