"""Targeted sampling: Ising configurations of chosen energies, for an even histogram (paper dnn, Sec. III).

The paper walks towards a target energy E*: flips that come nearer are accepted, others "with a Gaussian
probability". We read that as Metropolis for the weight exp(-(E - E*)^2 / (2 w^2)), a harmonic umbrella (G. Torrie and
J. Valleau, J. Comput. Phys. 23, 187 (1977)): single spins at random sites are flipped with probability

    min(1, exp(((E - E*)^2 - (E' - E*)^2) / (2 w^2))),

so all states of one energy are equally likely in equilibrium. Our choices: a walk of its own for every example, from a
random configuration; w = 4 |J|; from sweep 20 on, the walk stops after the first sweep with E = E*. A walk that has not
found it within 1,000 sweeps starts again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numba import uint64
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from spinlib.arguments import at_least
from spinlib.compilation import njit
from spinlib.exact import density_of_states
from spinlib.models import Ising
from spinlib.samplers.chains import batch
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.pace import Pace
from spinlib.samplers.random import advance, choose, keyed_streams, load, store, to_float

LEAST_SWEEPS, MOST_SWEEPS, MOST_WALKS = 20, 1000, 100
# Up to so many sites the levels of a torus are counted before the search, which takes milliseconds.
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
    """Configurations of given energies, all states of an energy equally likely.

    Every sample has a stream that follows from seed, model, width, energy (and how often it stands before in the list)
    and its own number alone; calls with one seed that differ in any of these are independent.

    Parameters
    ----------
    model : Ising
        On any lattice, with any couplings.
    energies : sequence of float
        Total energies, (n,), in the units of the coupling; they are met to 1e-9 of the largest |J| per site.
    n_samples : int
        Configurations of each energy.
    width : float, optional
        w of the module, in the units of the coupling; by default 4 times the largest |J|.
    seed : int
        See above.
    progress : bool
        Show a progress bar, which counts examples.

    Returns
    -------
    numpy.ndarray
        int8 (energy, sample, *shape) of -1 and +1.

    Raises
    ------
    TypeError
        For other models.
    ValueError
        For numbers that are not positive, and for an energy that no state has (such as 28 on 4 x 4 sites) or that 100
        walks have not found.

    References
    ----------
    .. [1] K. Mills and I. Tamblyn, Phys. Rev. E 97, 032119 (2018), Sec. III.
    .. [2] G. Torrie and J. Valleau, J. Comput. Phys. 23, 187 (1977).

    Examples
    --------
    >>> from spinlib.datasets import targeted
    >>> from spinlib.models import Ising
    >>> model = Ising((4, 4))
    >>> spins = targeted.draw(model, [-16.0, 8.0], 3, seed=1)
    >>> model.energy(spins).tolist()
    [[-16.0, -16.0, -16.0], [8.0, 8.0, 8.0]]
    """
    batch.require_kind(model, ("Ising",), "targeted sampling")
    targets = np.atleast_1d(np.asarray(energies, dtype=np.float64)) + 0.0  # -0.0 is 0.0
    if targets.ndim != 1 or not np.all(np.isfinite(targets)):
        raise ValueError(f"energies {energies!r}: a sequence of finite numbers is needed")
    n_samples = at_least(1, "n_samples", n_samples)
    strongest = float(np.abs(model.bond_strengths).max())
    width = 4.0 * strongest if width is None else float(width)
    if not (np.isfinite(width) and width > 0.0):
        raise ValueError(f"width {width}: has to be positive and finite")
    _require_levels(model, targets)

    index, _ = model.lattice.neighbors
    system = (index.view(np.uint32), model.neighbor_couplings, model.field)
    spins = np.empty((len(targets), n_samples, model.n_sites), np.int8)
    call, before = digest("targeted", model, width), Counter[float]()
    with tqdm(total=spins[..., 0].size, unit="example", disable=not progress) as bar:
        for rows, target in zip(spins, targets.tolist(), strict=True):
            keys = [digest(call, target, before[target], k) for k in range(n_samples)]
            before[target] += 1
            rest = (target, width, 1e-9 * strongest, keyed_streams(seed, keys))
            if not _search(partial(_walk, rows, *system, *rest), n_samples, bar.update):
                raise ValueError(
                    f"energy {target:g}: none of {MOST_WALKS} walks of {MOST_SWEEPS} sweeps on {model!r} found it"
                )
    return spins.reshape(len(targets), n_samples, *model.shape)


def _search(walk: Callable[[np.ndarray, np.ndarray], Any], n_samples: int, report: Callable[[int], Any]) -> bool:
    """Whether all samples have found the target within MOST_WALKS walks.

    walk(chosen, found): one walk of each of these samples. report is called with numbers of samples that have found it.
    """
    found, pace = np.zeros(n_samples, np.bool_), Pace()

    def walk_all(chosen: np.ndarray) -> None:
        first = 0
        while first < len(chosen):
            rest = chosen[first:]
            first += pace.sweep(partial(_on_first, walk, rest, found), len(rest))

    for _ in range(MOST_WALKS):
        left = np.flatnonzero(~found)
        walk_all(left)
        report(int(np.count_nonzero(found[left])))
        if found.all():
            return True
    return False


def _on_first(walk: Callable[[np.ndarray, np.ndarray], Any], chosen: np.ndarray, found: np.ndarray, n: int) -> None:
    walk(chosen[:n], found)


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
def _walk(
    spins: Any,
    neighbors: Any,
    couplings: Any,
    field: float,
    target: float,
    width: float,
    tolerance: float,
    rng: Any,
    chosen: Any,
    found: Any,
) -> None:
    """One walk of each chosen row of spins; found tells of each row whether it has the target at its end."""
    n_sites, z = neighbors.shape
    for c in chosen:
        state = load(rng[c])
        row = spins[c]
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
                # Summed again, because energies that are not whole numbers accumulate rounding errors.
                found[c] = abs(_energy(row, neighbors, couplings, field) - target) <= tolerance * n_sites
                if found[c]:
                    break
        store(rng[c], state)


@njit(cache=True, nogil=True, error_model="numpy")
def _energy(row: Any, neighbors: Any, couplings: Any, field: float) -> float:
    """Every bond is counted from both ends."""
    total = 0.0
    for x in range(neighbors.shape[0]):
        local = 2.0 * field
        for j in range(neighbors.shape[1]):
            local += couplings[x, j] * row[neighbors[x, j]]
        total -= 0.5 * row[x] * local
    return total
