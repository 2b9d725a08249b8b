"""Configurations of mcising 1.1.0 for `spinlib.fidelity`: `draw_mcising.py FOLDER` writes the files of `../drawn`.

`IsingSimulation` by its defaults: Metropolis flips, sites in sequence, a random start. Each file has 1000
configurations, "spins" int8 (draw, L, L), ten sweeps apart after 10,000 sweeps, as paper fid keeps its own.
"""

import sys
from pathlib import Path

import numpy as np
from mcising._core import IsingSimulation

LENGTH, TEMPERATURES, BURN_IN, DRAWS, BETWEEN, SEED = 16, (2.3, 3.0), 10_000, 1000, 10, 1


def main(folder: Path) -> None:
    """Write `mcising_T<temperature>.npz` for each temperature."""
    folder.mkdir(parents=True, exist_ok=True)
    for temperature in TEMPERATURES:
        simulation = IsingSimulation(LENGTH, 1.0, 0.0, 0.0, 0.0, SEED)
        simulation.sweep(BURN_IN, temperature=temperature)
        drawn = simulation.production_sweeps(DRAWS, BETWEEN, temperature=temperature, store_configs=True)
        spins = np.asarray(drawn["configurations"], np.int8).reshape(DRAWS, LENGTH, LENGTH)
        np.savez_compressed(folder / f"mcising_T{temperature:g}.npz", spins=spins)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
