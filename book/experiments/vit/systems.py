"""The four systems of paper vit, its classes of temperatures, and three ways to prepare configurations of them.

The paper has the periodic ferromagnet and antiferromagnet, and the ferromagnet with antiperiodic and with "skewed"
boundaries: +1 in the top row, -1 in the bottom row, periodic sideways. It draws temperatures at random between 0 and 4,
in steps of 0.01, and collects after 500 or 750 sweeps. Whether each configuration begins at random spins or with the
one of the temperature before is left open: `quenched` and `annealed` are the two readings. `equilibrium` is ours.

A sweep is one of packed spins: Metropolis, colour by colour.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spinlib.exact import onsager
from spinlib.models import Ising
from spinlib.samplers.multispin import PackedSpins
from spinlib.samplers.random import streams

Spins = NDArray[np.int8]

BOUNDARIES: dict[str, tuple[str, str]] = {
    "ferromagnet": ("periodic", "periodic"),
    "antiferromagnet": ("periodic", "periodic"),
    "skewed": ("plus_minus", "periodic"),
    "antiperiodic": ("antiperiodic", "antiperiodic"),
}
CLASSES = ("FSbCR", "SbCR", "CR", "SpCR")
EDGES = (0.0, 1.055, 2.119, 2.320, 4.0)
# Table 1: training, validation and test sets, by class.
COUNTS = ((220, 80, 90, 210), (100, 50, 60, 90), (150, 50, 70, 130))
STEP = 0.01
# Below, all configurations are ground states.
LOWEST = 0.1
CRITICAL = float(onsager.critical_temperature())
CHAINS = 64


def model_of(system: str, side: int) -> Ising:
    """The Hamiltonian of a system of side x side spins."""
    return Ising((side, side), -1.0 if system == "antiferromagnet" else 1.0, boundary=BOUNDARIES[system])


def counts_of(share: float) -> np.ndarray:
    """Table 1, or a share of it: (set, class)."""
    return np.maximum(2, np.round(share * np.array(COUNTS))).astype(int)


def seed_of_trial(first: int, trial: int) -> int:
    """The seed of a trial, which its systems and classifiers share."""
    return (first + 1000 * trial) % 2**62


def temperatures(counts: Sequence[int], seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Random temperatures of the grid, so many in each class, and their classes: both (n,), class after class."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0x7E3]))
    grid = np.round(np.arange(LOWEST, EDGES[-1] + STEP / 2, STEP), 2)
    drawn = [
        rng.choice(grid[(grid >= low) & (grid < high + (high == EDGES[-1]))], size=n)
        for low, high, n in zip(EDGES[:-1], EDGES[1:], counts, strict=True)
    ]
    return np.concatenate(drawn), np.repeat(np.arange(len(counts)), counts)


def ground_states(model: Ising, n: int, seed: int) -> Spins:
    """Ground states (n, side, side), domain walls at random places, and of a random sign where both signs are alike."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0x65]))
    rows, columns = model.shape
    spins = np.ones((n, rows, columns), np.int8)
    places = np.arange(rows)[:, None], np.arange(columns)[None, :]
    if model.fixed is not None:
        above = rng.integers(1, rows, size=(n, 1, 1))
        return np.where(places[0] < above, spins, -spins)
    for axis, boundary in enumerate(model.lattice.boundary):
        if boundary == "antiperiodic":
            spins *= np.where(places[axis] < rng.integers(model.shape[axis], size=(n, 1, 1)), 1, -1).astype(np.int8)
    spins *= rng.choice(np.array([-1, 1], np.int8), (n, 1, 1))
    return spins if np.min(model.coupling) > 0 else spins * checkerboard(model.shape)


def checkerboard(shape: tuple[int, ...]) -> Spins:
    """+1 and -1 in turn: it turns an antiferromagnet into a ferromagnet."""
    return (1 - 2 * (np.indices(shape).sum(axis=0) % 2)).astype(np.int8)


def quenched(model: Ising, T: NDArray[np.float64], sweeps: int, seed: int, dynamics: str = "metropolis") -> Spins:
    """A configuration (n, side, side) for each temperature, so many sweeps after random spins."""
    return _swept(model, T, model.random(np.random.SeedSequence([seed, 0x71]), (len(T),)), sweeps, seed, dynamics)


def equilibrium(model: Ising, T: NDArray[np.float64], sweeps: int, seed: int) -> Spins:
    """The same, from ground states below the critical temperature of the infinite lattice."""
    start = model.random(np.random.SeedSequence([seed, 0xE9]), (len(T),))
    start[T < CRITICAL] = ground_states(model, int((T < CRITICAL).sum()), seed)
    return _swept(model, T, start, sweeps, seed)


def annealed(model: Ising, T: NDArray[np.float64], sweeps: int, seed: int) -> Spins:
    """The same, from chains cooled from 4 in steps of 0.01 with so many sweeps in each; T is on this grid.

    Each configuration comes from one of 64 chains, those of one temperature from different ones.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0xA2]))
    chain, step = np.empty(len(T), int), np.round((EDGES[-1] - T) / STEP).astype(int)
    for k in np.unique(step):
        here = np.flatnonzero(step == k)
        chain[here] = rng.choice(CHAINS, size=len(here), replace=False)
    first = np.full(CHAINS, EDGES[-1])
    packed = PackedSpins(model, model.random(rng, (CHAINS,)), first, streams(seed, "annealed", 0, CHAINS))
    spins = np.empty((len(T), *model.shape), np.int8)
    for k in range(step.max() + 1):
        packed.set_temperatures(np.full(CHAINS, EDGES[-1] - k * STEP))
        packed.sweep(sweeps)
        here = step == k
        if here.any():
            spins[here] = packed.unpack()[chain[here]]
    return spins


def has_stripes(spins: Spins) -> NDArray[np.bool_]:
    """Whether lines of up and lines of down spins cross a configuration: (n, side, side) to (n,).

    Two lines along one axis, whose mean spins are above 1/2 and below -1/2: below the critical temperature of a
    periodic lattice these are domains that single flips hardly remove.
    """
    found = np.zeros(len(spins), bool)
    for axis in (1, 2):
        lines = spins.mean(axis=axis)
        found |= (lines.max(axis=1) > 0.5) & (lines.min(axis=1) < -0.5)
    return found


def _swept(
    model: Ising, T: NDArray[np.float64], start: Spins, sweeps: int, seed: int, dynamics: str = "metropolis"
) -> Spins:
    # Chains of neighbouring temperatures share random words; each has its own bits.
    packed = PackedSpins(
        model, np.ascontiguousarray(start), T, streams(seed, "sweeps", sweeps, len(T)), dynamics=dynamics
    )
    packed.sweep(sweeps)
    return packed.unpack()
