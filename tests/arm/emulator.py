"""Runs the Python of an ARM system, as `setup.sh` lays it into a folder, on an emulated core."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ARMV8, DOT_PRODUCTS = (
    "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid",
    "atomics fphp asimdhp asimdrdm asimddp",
)
CORES = {
    "cortex-a53": ("0xd03", ARMV8),  # Raspberry Pi 3
    "cortex-a72": ("0xd08", ARMV8),  # Raspberry Pi 4
    "cortex-a76": ("0xd0b", f"{ARMV8} {DOT_PRODUCTS}"),  # Raspberry Pi 5; the instructions of Jetson Orin
    "neoverse-n1": ("0xd0c", f"{ARMV8} {DOT_PRODUCTS}"),  # servers
}
"""Each core's part number and instructions, as Linux shows them."""


@dataclass(frozen=True)
class Machine:
    """A command line of edgebreed, here or on an emulated core.

    Attributes:
        python: the interpreter.
        environment: variables beside this process's own.
    """

    python: str
    environment: dict[str, str]

    def run(self, *arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Runs Python with arguments."""
        command = [self.python, *map(str, arguments)]
        environment = {**os.environ, **self.environment}
        return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)

    def edgebreed(self, *arguments: object) -> list[Any]:
        """The lines of JSON of a command.

        Raises:
            RuntimeError: it was refused.
        """
        done = self.run("-m", "edgebreed", *arguments, "--json")
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        text = done.stdout.strip()
        return (
            [json.loads(text)] if text.startswith("{\n") else [json.loads(line) for line in text.splitlines()]
        )


def arm_machine(folder: Path, core: str, packages: str = "wheels") -> Machine:
    """An emulated core.

    Up to version 8.1 the emulator shows this machine's `/proc/cpuinfo`, on which ONNX Runtime crashes: the
    core's is laid into the ARM system, where the emulator looks first.

    Args:
        folder: that of `setup.sh`.
        core: a name in `CORES`.
        packages: the folder of Python packages in it: `wheels`, or `system` for those beside Debian's OpenCV.
    """
    root = folder / "root"
    (root / "proc").mkdir(exist_ok=True)
    (root / "proc/cpuinfo").write_text("".join(_processor(number, *CORES[core]) for number in range(2)))
    variables = {"QEMU_CPU": core, "PYTHONPATH": str(folder / packages)}
    return Machine(str(root / "usr/bin/arm-python"), variables)


def _processor(number: int, part: str, features: str) -> str:
    fields = {
        "processor": number,
        "BogoMIPS": "108.00",
        "Features": features,
        "CPU implementer": "0x41",
        "CPU architecture": 8,
        "CPU variant": "0x0",
        "CPU part": part,
        "CPU revision": 3,
    }
    return "".join(f"{name}\t: {value}\n" for name, value in fields.items()) + "\n"
