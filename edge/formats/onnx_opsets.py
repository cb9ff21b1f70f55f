"""Bounds the versions of the operator sets that an ONNX file imports."""

from collections.abc import Iterator, Mapping

from edgebreed.edge.formats.protobuf import fields, messages
from edgebreed.errors import ModelFileError

OPSETS = (7, 30)
"""Of ONNX's own operators: from the oldest that ONNX Runtime runs to somewhat beyond the newest, 28."""
OTHER_OPSETS = (1, 100)
"""Of other domains, and of functions within the file."""
_IMPORTS, _FUNCTIONS, _IMPORTS_OF_FUNCTION = 8, 25, 9
_DOMAIN, _VERSION = 1, 2


def check_opsets(model: Mapping[int, list[memoryview]]) -> None:
    """Refuses a model whose operators are of versions that no engine knows.

    Each engine does something else with them, so that the next one might take a file that the first refuses.

    Args:
        model: the messages of a ModelProto by the number of their field.

    Raises:
        ModelFileError: with the version and what is allowed.
    """
    for imported in _imports(model):
        values = {field.number: field.value for field in fields(imported)}  # of several, the last one counts
        domain, version = values.get(_DOMAIN, b""), values.get(_VERSION, 0)
        own = domain in (b"", b"ai.onnx")
        least, most = OPSETS if own else OTHER_OPSETS
        if version not in range(least, most + 1):
            raise ModelFileError(
                f"opset {version} of {'ONNX' if own else 'another domain'} is refused, {least} to {most} are "
                "allowed: export it with `edgebreed export`"
            )


def _imports(model: Mapping[int, list[memoryview]]) -> Iterator[memoryview]:
    """Those of the graph and of each function."""
    yield from model.get(_IMPORTS, [])
    for function in model.get(_FUNCTIONS, []):
        yield from messages(function)[_IMPORTS_OF_FUNCTION]
