"""Raises the messages of installation, photos, models and engines."""

import sys

import cv2

from edgebreed.edge.detectors import cascade
from edgebreed.edge.engines import onnx_runtime
from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import Manifest

from ..conftest import RED, colour_manifest, colour_model, golden, plain
from ..edge.engines.hanging_models import hanging
from ..test_opencv import with_broken_opencv
from .desk import Desk, message_of, shown_as


@shown_as(
    "OpenCV does not load, ...: cannot open shared object file: No such file or directory: run "
    "`apt-get install libgl1 libglib2.0-0`"
)
def no_library(desk: Desk) -> str:
    """A minimal Debian."""
    code = 'raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")'
    return with_broken_opencv(desk.folder, code, "predict x.jpg").stderr


@shown_as(
    'OpenCV is not installed: run `pip install "edgebreed[opencv]"`, or give the environment the '
    "system's own (python3 -m venv --system-site-packages)"
)
def no_opencv(desk: Desk) -> str:
    """An installation without an extra."""
    code = "raise ModuleNotFoundError(\"No module named 'cv2'\", name='cv2')"
    return with_broken_opencv(desk.folder, code, "predict x.jpg").stderr


@shown_as('OpenCV was built for another NumPy than is installed, ...: run `pip install "numpy<2"`')
def other_numpy(desk: Desk) -> str:
    """JetPack's OpenCV beside NumPy 2."""
    return with_broken_opencv(desk.folder, 'raise AttributeError("_ARRAY_API not found")', "verify").stderr


@shown_as('OpenCV ... has no CascadeClassifier: `pip install "opencv-python<5"`')
def opencv_5(desk: Desk) -> str:
    """It has no cascades."""
    desk.monkeypatch.delattr(cv2, "CascadeClassifier")
    return desk.said("detect", desk.photo)


@shown_as("no haarcascade files on this machine: run `...`")
def no_cascades(desk: Desk) -> str:
    """OpenCV without its data."""
    desk.monkeypatch.setattr(cascade, "_SYSTEM_FOLDERS", ())
    desk.monkeypatch.setattr("cv2.data.haarcascades", str(desk.folder))
    return desk.said("detect", desk.photo)


@shown_as('... is not installed: run `pip install "edgebreed[...]"`')
def no_extra(desk: Desk) -> str:
    """The live page without its packages."""
    desk.monkeypatch.setitem(sys.modules, "uvicorn", None)
    for name in [name for name in sys.modules if name.startswith("edgebreed.live.server")]:
        desk.monkeypatch.delitem(sys.modules, name)
    return desk.said("stream", "--source", desk.photo.parent, "--serve", "0", "--headless")


@shown_as("no such file or folder: ...")
def no_path(desk: Desk) -> str:
    """A path that is mistyped."""
    return desk.said("predict", "nowhere")


@shown_as("no photo in ...: expected files named ...")
def no_photo(desk: Desk) -> str:
    """A folder of other files."""
    desk.file("texts/a.txt")
    return desk.said("predict", "texts")


@shown_as("... is HEIC, which edgebreed does not read: convert it to JPEG")
def heic(desk: Desk) -> str:
    """A phone's photo."""
    return desk.said("predict", desk.file("IMG.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"))


@shown_as("... ends before its image does: copy or download it again")
def cut_off(desk: Desk) -> str:
    """A photo that was not copied whole."""
    data = cv2.imencode(".jpg", plain(RED, 400, 300))[1].tobytes()
    return desk.said("predict", desk.file("half.jpg", data[: len(data) // 2]))


@shown_as("... does not decode as an image: give a JPEG, PNG, WebP, BMP, TIFF, GIF or AVIF photo")
def no_image(desk: Desk) -> str:
    """A page of the web that bears a photo's name."""
    return desk.said("predict", desk.file("page.jpg", b"<html>"))


@shown_as(
    "... has ... pixels (...), at most ... Mpx are read of ...: shrink it, or raise --max-pixels "
    "(predict, detect, bench)"
)
def too_large(desk: Desk) -> str:
    """More pixels than a small device has memory for."""
    cv2.imwrite("large.png", plain(RED, 2600, 1200))
    return desk.said("predict", "large.png", "--model", desk.model, "--max-pixels", "1")


@shown_as("...: no manifest: `edgebreed import` takes in another program's model")
def no_manifest(desk: Desk) -> str:
    """A model of another program."""
    return desk.said("predict", desk.photo, "--model", desk.file("plain.onnx", colour_model()))


@shown_as("...: the file does not match its digest: copy or export it again")
def wrong_digest(desk: Desk) -> str:
    """A byte of the file is another one."""
    data = bytearray(desk.model.read_bytes())
    data[len(data) // 3] ^= 1
    return desk.said("predict", desk.photo, "--model", desk.file("other.onnx", bytes(data)))


@shown_as(
    "manifest schema ...: this edgebreed reads 1 to ...; export the model again or install the "
    "edgebreed that wrote it"
)
def newer_schema(desk: Desk) -> str:
    """Written by a later edgebreed."""
    return message_of(lambda: Manifest.from_dict({**colour_manifest().to_dict(), "schema": 99}))


@shown_as("FAILED: decoding, resizing or arithmetic differ on this machine")
def other_answers(desk: Desk) -> str:
    """The golden vector is of another model."""
    wrong = golden(plain(RED), "red.png", (0.0, 1.0, 0.0))
    write_model(desk.folder / "wrong.onnx", colour_model(), colour_manifest(golden=(wrong,)))
    return desk.said("verify", "wrong.onnx")


@shown_as("no engine '...': choose one of auto, ...")
def no_such_engine(desk: Desk) -> str:
    """A word that is none of the engines."""
    return desk.said("predict", desk.photo, "--engine", "gpu")


@shown_as(
    "CUDAExecutionProvider is not in this ONNX Runtime: `pip uninstall onnxruntime`, then "
    '`pip install "edgebreed[gpu]"` '
    "or NVIDIA's for Jetson, or pass --engine cpu or --allow-fallback"
)
def no_cuda(desk: Desk) -> str:
    """ONNX Runtime for the processor."""
    return desk.said("predict", desk.photo, "--engine", "cuda", "--model", desk.model)


@shown_as("cuda was not used: ...")
def gpu_not_used(desk: Desk) -> str:
    """The next engine is taken, on request."""
    return desk.said("predict", desk.photo, "--engine", "cuda", "--allow-fallback", "--model", desk.model)


@shown_as(
    "... of ... nodes on the processor: export it in fp16 or fp32, of which a GPU runs every node, "
    "or pass --engine cpu or --allow-fallback"
)
def not_all_on_the_gpu(desk: Desk) -> str:
    """A model with nodes that the GPU does not run; here the processor is taken for one."""
    desk.monkeypatch.setattr(onnx_runtime, "_ON_GPU", ("CPUExecutionProvider",))
    return desk.said("predict", desk.photo, "--engine", "cpu", "--model", desk.model)


@shown_as(
    "... did not answer a batch of shape ... within ... s: give --inference-timeout more seconds, or "
    "export the model again"
)
def no_answer(desk: Desk) -> str:
    """A model that never ends."""
    return desk.said("predict", desk.photo, "--model", hanging(desk.folder), "--inference-timeout", "0.5")
