"""Vector instructions of the compiled packed kernel: `python assembly.py` prints {"instructions": ..., "bits": ...}.

The process has to find no compiled kernel in its cache: numba shows the assembly of what it has just compiled only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

# Registers of x86-64 (xmm, ymm, zmm) and of 64-bit Arm (v0.2d), with their bits.
REGISTERS = {"zmm": 512, "ymm": 256, "xmm": 128, "v": 128}
VECTOR = re.compile(r"%([xyz]mm)\d+|\b(v)\d+\.(?:2d|16b)\b")
LABEL = re.compile(r"^(\.?LBB\w+):")
JUMP = re.compile(r"^\s+(?:j\w+|b|b\.\w+|cbn?z|tbn?z)\s.*?(\.?LBB\w+)$")


class Loop(NamedTuple):
    """Vector instructions of a loop and the bits of the widest register in them."""

    instructions: int
    bits: int


def busiest_loop(assembly: str) -> Loop:
    """The innermost loop around the stretch without label or jump that has most vector instructions.

    ValueError where there is none.
    """
    lines = assembly.splitlines()
    labels = {found[1]: number for number, line in enumerate(lines) if (found := LABEL.match(line))}
    jumps = {number: found[1] for number, line in enumerate(lines) if (found := JUMP.match(line))}
    vector = [bool(VECTOR.search(line)) for line in lines]
    best, length, end = 0, 0, 0
    for number in range(len(lines)):
        length = 0 if number in jumps or LABEL.match(lines[number]) else length + vector[number]
        if length > best:
            best, end = length, number
    loops = [(labels[to], at) for at, to in jumps.items() if to in labels and labels[to] <= end <= at]
    if not loops:
        raise ValueError("no loop with vector instructions in this assembly")
    first, last = min(loops, key=lambda loop: loop[1] - loop[0])
    names = {name for line in lines[first:last] for pair in VECTOR.findall(line) for name in pair if name}
    return Loop(sum(vector[first:last]), max(REGISTERS[name] for name in names))


def of_packed_kernel() -> Loop:
    """The loop of the packed Metropolis kernel, from a process of its own with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        done = subprocess.run([sys.executable, Path(__file__)], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError(done.stderr.strip().splitlines()[-1])
    return Loop(**json.loads(done.stdout))


def main() -> None:
    import numpy as np

    from spinlib.models import Ising
    from spinlib.samplers import multispin
    from spinlib.samplers.multispin import draws
    from spinlib.samplers.random import streams

    spins = np.ones((1, 128, 128), np.int8)
    multispin.sweep(Ising((128, 128)), spins, np.array([2.269]), streams(0, "assembly", 0, 1), 1)
    (assembly,) = draws.draw.inspect_asm().values()
    print(json.dumps(busiest_loop(assembly)._asdict()))


if __name__ == "__main__":
    main()
