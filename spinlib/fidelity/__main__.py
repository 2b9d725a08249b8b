"""`python -m spinlib.fidelity samples.npz --temperature 2.3`: the report of configurations in an npz file.

The exit code is 0 where they agree with the Boltzmann distribution, 1 where they deviate, 3 where that is undecided,
and 2 for bad input.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from spinlib.fidelity.configurations import from_file
from spinlib.fidelity.reporting import report
from spinlib.files import written_whole
from spinlib.models import Ising

CODES = {"agrees": 0, "deviates": 1, "undecided": 3}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report, and write it where that is asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m spinlib.fidelity", description=__doc__)
    parser.add_argument("file", help="npz file of -1 and +1, (draw, *lattice); with --chains (chain, draw, *lattice)")
    parser.add_argument("--temperature", type=float, required=True, help="in J / k_B")
    parser.add_argument("--array", help='name of the array in the file; not needed for one array, "spins" or "samples"')
    parser.add_argument("--chains", action="store_true", help="the first axis counts independent chains")
    parser.add_argument("--coupling", type=float, default=1.0, help="J of all bonds")
    parser.add_argument("--field", type=float, default=0.0, help="B")
    parser.add_argument("--boundary", default="periodic", choices=("periodic", "antiperiodic", "free"))
    parser.add_argument("--level", type=float, default=0.01, help="chance that exact configurations deviate")
    parser.add_argument("--seed", type=int, default=0, help="of the reference sample")
    parser.add_argument("--figure", help="picture to write, such as report.png; needs matplotlib")
    parser.add_argument("--json", help="file to write all numbers to")
    given = parser.parse_args(arguments)
    try:
        samples = from_file(given.file, given.array)
        leading = 2 if given.chains else 1
        if samples.ndim <= leading:
            raise ValueError(f"array of shape {samples.shape}: needed are {leading} axes in front of the lattice's")
        model = Ising(samples.shape[leading:], given.coupling, given.field, given.boundary)
        found = report(samples, model, given.temperature, level=given.level, seed=given.seed)
    except (OSError, TypeError, ValueError) as error:
        parser.error(str(error))
    print(found)
    if given.json:
        with written_whole(given.json) as file:
            file.write(found.to_json().encode())
    if given.figure:
        try:
            page = found.figure()
        except ModuleNotFoundError as error:
            parser.error(f"--figure needs matplotlib, which is not installed: {error}")
        page.savefig(given.figure, dpi=160)
    return CODES[found.verdict]


if __name__ == "__main__":
    sys.exit(main())
