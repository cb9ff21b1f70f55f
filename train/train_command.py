"""The command lines that a run's report shows: to train it again, and to go on with it."""

import os
import shlex
from pathlib import Path
from typing import Any

from edgebreed.edge.text import printable
from edgebreed.train.config import Arch, TrainConfig

NOT_ASKED = {"out", "cache", "arch", "backbone", "resume", "fine_tune"}
"""Fields of a request that are no options of their own, or that a repetition needs no more."""


def train_command(config: dict[str, Any], out: str) -> str:
    """The command that trains a run again; empty for a run that did not record what was asked.

    Args:
        config: what `TrainConfig.to_dict` gave.
        out: folder for the new run.
    """
    if not config:
        return ""
    default = _default(config).to_dict()
    asked = {
        name: value for name, value in config.items() if name not in NOT_ASKED and value != default[name]
    }
    words = ["edgebreed", "train"]
    for name, value in asked.items():
        words += _option(name, value)
    words += [*_network(config), *_fine_tuning(config["fine_tune"]), "--out", out]
    return " ".join(map(quoted, words))


def next_commands(run: str, data: str) -> dict[str, str]:
    """What to do with a run, and the command for it."""
    look_for_labels = label_check_command(data)
    run, data = quoted(run), quoted(data)
    return {
        "Export it as one file for a device": f"edgebreed export --run {run} --format onnx --precision int8",
        "Measure it under blur, noise and darkness": f"edgebreed evaluate {data} --model {run} --corruptions",
        "Look for wrong labels in the data": look_for_labels,
    }


def multi_label_commands(run: str, data: str, labels: str) -> dict[str, str]:
    """What to do with a multi-label run, and the command for it; `labels` is the run's CSV file."""
    run, data, labels = quoted(run), quoted(data), quoted(labels)
    return {
        "Export it as one file for a device": f"edgebreed export --run {run} --format onnx --precision int8",
        "Measure it under blur, noise and darkness": f"edgebreed evaluate {data} --labels {labels} "
        f"--model {run} --corruptions",
    }


def label_check_command(data: str) -> str:
    """The command that lists labels which the other images of a data set contradict."""
    return f"edgebreed data check {quoted(data)} --labels --save findings"


def quoted(word: str) -> str:
    r"""A word for a shell, as in `$'two\nlines'` where it holds what cannot be printed.

    Bash, zsh and other shells read such quotes; POSIX has them since 2024.
    """
    if word == printable(word):
        return shlex.quote(word)
    return f"$'{''.join(map(_escaped, word))}'"


def _escaped(letter: str) -> str:
    if letter in "\\'":
        return f"\\{letter}"
    seen = letter == printable(letter)
    return letter if seen else "".join(f"\\x{byte:02x}" for byte in os.fsencode(letter))


def _default(config: dict[str, Any]) -> TrainConfig:
    """The same network with everything else as it is if nothing is said."""
    return TrainConfig(
        Path(config["out"]), Path(config["cache"]), Arch(config["arch"]), backbone=config["backbone"]
    )


def _option(name: str, value: Any) -> list[str]:
    option = f"--{name.replace('_', '-')}"
    return [option] if value is True else [option, str(value)]


def _network(config: dict[str, Any]) -> list[str]:
    if config["backbone"]:
        return ["--backbone", config["backbone"]]
    is_default = (config["arch"] == Arch.TRANSFER) == bool(config["data"])
    return [] if is_default else ["--arch", config["arch"]]


def _fine_tuning(passes: int) -> list[str]:
    return ["--fine-tune", "--fine-tune-epochs", str(passes)] if passes else []
