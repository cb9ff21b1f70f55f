"""The command lines that a run's report shows: to train it again, and to go on with it."""

import shlex
from pathlib import Path
from typing import Any

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
    return shlex.join([*words, *_network(config), *_fine_tuning(config["fine_tune"]), "--out", out])


def next_commands(run: str, data: str) -> dict[str, str]:
    """What to do with a run, and the command for it."""
    run, data = shlex.quote(run), shlex.quote(data)
    return {
        "Export it as one file for a device": f"edgebreed export --run {run} --format onnx --precision int8",
        "Measure it under blur, noise and darkness": f"edgebreed evaluate {data} --model {run} --corruptions",
        "Look for wrong labels in the data": f"edgebreed data check {data} --labels --save findings",
    }


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
