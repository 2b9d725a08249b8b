"""Targeted sampling: Ising configurations of chosen energies, for an even histogram (paper dnn, Sec. III).

The paper walks towards a target energy E*: flips that come nearer are accepted, others "with a Gaussian
probability". We read that as Metropolis for the weight exp(-(E - E*)^2 / (2 w^2)), a harmonic umbrella (G. Torrie and
J. Valleau, J. Comput. Phys. 23, 187 (1977)): single spins at random sites are flipped with probability

    min(1, exp(((E - E*)^2 - (E' - E*)^2) / (2 w^2))),

so all states of one energy are equally likely in equilibrium. Our choices: a walk of its own for every example, from a
random configuration; w = 4 |J|; after 20 sweeps the walk is stopped at the end of the first sweep with E = E*; one that
has not found it within 1,000 sweeps begins again.
"""

from __future__ import annotations

from operator import index as as_integer
from typing import Any

import numpy as np
from numba import uint64
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from spinlib.compilation import njit
from spinlib.exact import density_of_states
from spinlib.models import Ising
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers.random import advance, choose, load, store, streams, to_float

LEAST_SWEEPS, MOST_SWEEPS, MOST_WALKS = 20, 1000, 100
# A call of the kernel cannot be interrupted.
_WALKS_PER_CALL = 256
# Up to here the levels of a torus are counted, in milliseconds, before anything is searched for.
_COUNTED_SITES = 256


def draw(
    model: Ising,
    energies: ArrayLike,
    n_samples: int,
    *,
    width: float | None = None,
    seed: int = 0,
    progress: bool = False,
) -> np.ndarray:
    """`n_samples` configurations of each energy, int8 (energy, sample, *shape) of -1 and +1.

    model: Ising on any lattice with any couplings. energies: total energies (n,), in the units of the coupling; they
    are met to 1e-9 of the largest |J| per site. width: w above, in the same units, by default 4 times the largest |J|.
    Every sample has a stream that follows from seed, the energy's place and its own number alone.

    Raises TypeError for other models; ValueError for numbers that are not positive, and for an energy that no state
    has (such as 28 on 4 x 4 sites) or that 100 walks have not found.
    """
    if not isinstance(model, Ising):
        raise TypeError(f"model {model!r}: targeted sampling is for Ising models")
    require_own_hamiltonian(model)
    targets = np.atleast_1d(np.asarray(energies, dtype=np.float64))
    if targets.ndim != 1 or not np.all(np.isfinite(targets)):
        raise ValueError(f"energies {energies!r}: a sequence of finite numbers is needed")
    n_samples = as_integer(n_samples)
    strongest = float(np.abs(model.bond_strengths).max())
    width = 4.0 * strongest if width is None else float(width)
    if n_samples < 1 or not (np.isfinite(width) and width > 0.0):
        raise ValueError(f"n_samples {n_samples} and width {width}: both have to be positive")
    _require_levels(model, targets)

    index, _ = model.lattice.neighbors
    spins = np.empty((len(targets), n_samples, model.n_sites), np.int8)
    with tqdm(total=spins[..., 0].size, unit="example", disable=not progress) as bar:
        for k, target in enumerate(targets):
            for low in range(0, n_samples, _WALKS_PER_CALL):
                block = range(low, min(low + _WALKS_PER_CALL, n_samples))
                rng = streams(seed, "targeted", k, block)
                rows = spins[k, block.start : block.stop]
                neighbors, couplings = index.view(np.uint32), model.neighbor_couplings
                if not _walk(rows, neighbors, couplings, model.field, target, width, 1e-9 * strongest, rng):
                    raise ValueError(
                        f"energy {target:g}: none of {MOST_WALKS} walks of {MOST_SWEEPS} sweeps on {model!r} found it"
                    )
                bar.update(len(block))
    return spins.reshape(len(targets), n_samples, *model.shape)


def _require_levels(model: Ising, targets: np.ndarray) -> None:
    """ValueError for an energy that is no level of a torus small enough to be counted."""
    lattice: Any = model.lattice
    torus = lattice.ndim == 2 and lattice.neighborhood == "nearest" and "free" not in lattice.boundary
    if not (torus and model.is_uniform and model.field == 0.0 and model.n_sites <= _COUNTED_SITES):
        return
    counted, _ = density_of_states.ising_torus(model.shape, lattice.boundary)
    levels = np.sort(model.coupling * np.array(counted, dtype=np.float64))
    for target in targets:
        place = np.searchsorted(levels, target)
        nearest = levels[max(place - 1, 0) : place + 1]
        if not np.any(np.isclose(nearest, target, rtol=0.0, atol=1e-9 * abs(model.coupling))):
            raise ValueError(
                f"energy {target:g}: no state of {model!r} has it; the nearest that exist: "
                f"{', '.join(f'{level:g}' for level in nearest)}"
            )


@njit(cache=True, nogil=True, error_model="numpy")
def _walk(spins, neighbors, couplings, field, target, width, tolerance, rng):
    """One walk per row of spins; whether all of them have found the target."""
    n_sites, z = neighbors.shape
    for c in range(spins.shape[0]):
        state = load(rng[c])
        row, found = spins[c], False
        for _ in range(MOST_WALKS):
            for x in range(n_sites):
                bits, state = advance(state)
                row[x] = 1 - 2 * np.int64(bits >> uint64(63))
            energy = _energy(row, neighbors, couplings, field)
            for sweep in range(1, MOST_SWEEPS + 1):
                for _ in range(n_sites):
                    bits, state = advance(state)
                    x, _ = choose(bits, n_sites)
                    total = field
                    for j in range(z):
                        total += couplings[x, j] * row[neighbors[x, j]]
                    after = energy + 2.0 * row[x] * total
                    exponent = ((energy - target) ** 2 - (after - target) ** 2) / (2.0 * width**2)
                    bits, state = advance(state)
                    if exponent >= 0.0 or to_float(bits) < np.exp(exponent):
                        row[x] = -row[x]
                        energy = after
                if sweep >= LEAST_SWEEPS and abs(energy - target) <= tolerance * n_sites:
                    # Summed again, because energies that are no whole numbers gather rounding errors on the way.
                    found = abs(_energy(row, neighbors, couplings, field) - target) <= tolerance * n_sites
                    if found:
                        break
            if found:
                break
        store(rng[c], state)
        if not found:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _energy(row, neighbors, couplings, field):
    """Every bond is met from both of its ends."""
    total = 0.0
    for x in range(neighbors.shape[0]):
        local = 2.0 * field
        for j in range(neighbors.shape[1]):
            local += couplings[x, j] * row[neighbors[x, j]]
        total -= 0.5 * row[x] * local
    return total
