"""Independence Metropolis: whole configurations proposed by a generative model, accepted by the exact law.

The proposal does not look at the present state x. It gives a new x' with ln q(x'), and the chain moves with probability
min(1, w(x') / w(x)), w = exp(-E / T) / q (W. Hastings, Biometrika 57, 97 (1970)).

q may be an estimate, as it has to be where latent variables are integrated over. The chain is then still exact on two
conditions (pseudo-marginal; C. Andrieu and G. Roberts, Ann. Stat. 37, 697 (2009)):

1. What is estimated with is part of the proposal. For q(x) = sum over z of p(z) p(x|z), the z that x was drawn with has
   to be among the k of the estimate (1/k) sum_j p(x|z_j); with k new ones the chain is biased.
2. The estimate of the present state is kept with the state, and never made again.

The second is done here; the first is the proposal's (`spinlib.learning.proposals`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from tqdm.auto import tqdm

from spinlib.arguments import at_least
from spinlib.models.lattice_model import LatticeModel
from spinlib.observables import magnetization
from spinlib.samplers.chains.arguments import checked_temperatures
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.dataset import DIMS, empty_dataset
from spinlib.samplers.chains.measurements import Measurement
from spinlib.samplers.chains.memory import check_memory
from spinlib.samplers.random import keyed_streams

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Proposal", "Proposed", "sample"]

# Proposals that are asked for at a time, at least one for each chain.
_BLOCK = 10_000


class Proposed(NamedTuple):
    """Independent configurations of a proposal.

    Attributes
    ----------
    spins : numpy.ndarray
        (n, *shape), in the model's values.
    log_probability : numpy.ndarray
        ln q of each, or of its estimate, (n,). An error common to all, such as a missing norm, does not matter.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.samplers.independence import Proposed
    >>> Proposed(np.ones((2, 6), np.int8), np.zeros(2)).spins.shape
    (2, 6)
    """

    spins: np.ndarray
    log_probability: np.ndarray


# Of how many are wanted and a generator that draws them.
Proposal = Callable[[int, np.random.Generator], Proposed]


def sample(
    proposal: Proposal,
    model: LatticeModel,
    temperature: float,
    n_samples: int,
    *,
    n_chains: int = 1,
    steps_between: int = 1,
    burn_in: int = 100,
    keep_spins: bool = True,
    seed: int = 0,
    progress: bool = False,
) -> xr.Dataset:
    """Draw configurations from exp(-E / T) by proposals of a generative model.

    Each chain starts with a proposal of its own.

    Parameters
    ----------
    proposal : callable
        Of n and a numpy generator: `Proposed`, n independent configurations with their ln q. It has to reach every
        possible state.
    model : Ising, Potts or any other with an energy
        The lattice and the exact energy.
    temperature : float
        One, in J / k_B, positive.
    n_samples : int
        Draws of each chain.
    n_chains : int
        Independent chains.
    steps_between, burn_in : int
        Proposals from draw to draw, and before them.
    keep_spins : bool
        Whether the configurations are returned.
    seed : int
        With the model and the temperature it determines the random numbers; the proposal does not count.
    progress : bool
        Show a progress bar, which counts proposals.

    Returns
    -------
    xarray.Dataset
        With the dimensions (temperature, chain, draw): `energy` per site, `magnetization`, `acceptance` (the share of
        proposals that were accepted since the draw before), `log_weight` (of the state, -E / T - ln q, with the
        estimate that is kept), and `spins`, if kept.

    Raises
    ------
    TypeError
        For a proposal that cannot be called.
    ValueError
        For arguments that are not as above, answers of the proposal that are not as above, and where more than 2 GiB
        would be returned.

    References
    ----------
    W. Hastings, Biometrika 57, 97 (1970).
    C. Andrieu and G. Roberts, Ann. Stat. 37, 697 (2009).

    Examples
    --------
    All states alike as the proposal:

    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import independence
    >>> def coins(n, rng):
    ...     return independence.Proposed(2 * rng.integers(2, size=(n, 6)) - 1, np.full(n, -6 * np.log(2)))
    >>> draws = independence.sample(coins, Ising((6,), boundary="free"), 2.0, 1000, n_chains=20, seed=1)
    >>> draws.energy.shape, bool(abs(draws.energy.mean() - -0.385) < 0.01)
    ((1, 20, 1000), True)
    """
    if not callable(proposal):
        raise TypeError(f"proposal {proposal!r}: a function of n and a generator is needed")
    grid = checked_temperatures(temperature)
    if len(grid) != 1:
        raise ValueError(f"temperature {temperature}: one is needed, since a proposal is for one")
    n_samples, n_chains = at_least(1, "n_samples", n_samples), at_least(1, "n_chains", n_chains)
    steps_between, burn_in = at_least(1, "steps_between", steps_between), at_least(0, "burn_in", burn_in)
    n_draws = n_chains * n_samples
    check_memory(
        model,
        sys.modules[__name__],
        n_values=4 * n_draws,
        n_kept=n_draws if keep_spins else 0,
        n_chains=n_chains,
        chains_at_a_time=n_chains,
    )
    about = {"method": "independence", "seed": at_least(0, "seed", seed)}
    about |= {"steps_between": steps_between, "burn_in": burn_in}
    measured = (Measurement("energy"), Measurement("magnetization"))
    draws = empty_dataset(model, grid, n_chains, n_samples, measured, keep_spins, about)
    for name, meaning in (("acceptance", "share of accepted proposals"), ("log_weight", "-E / T - ln q")):
        draws[name] = (DIMS, np.empty((1, n_chains, n_samples)), {"long_name": meaning})
    (words,) = keyed_streams(seed, [digest("independence", model, grid.tolist()[0])])
    chains = _Chains(proposal, model, grid[0], n_chains, np.random.default_rng(words.tolist()))
    # Of these arrays (chain, draw, ...) and not of the Dataset: to look one up there takes as long as a step.
    into = {name: draws[name].values[0] for name in draws.data_vars}
    with tqdm(total=burn_in + n_samples * steps_between, unit="proposal", disable=not progress) as bar:
        chains.advance(burn_in)
        bar.update(burn_in)
        for k in range(n_samples):
            into["acceptance"][:, k] = chains.advance(steps_between) / steps_between
            into["energy"][:, k] = chains.energies / model.n_sites
            into["magnetization"][:, k] = chains.magnetizations
            into["log_weight"][:, k] = chains.log_weights
            if keep_spins:
                into["spins"][:, k] = chains.spins
            bar.update(steps_between)
    return draws


class _Chains:
    """The present states, each with the weight that it came with, and proposals that wait."""

    def __init__(
        self, proposal: Proposal, model: LatticeModel, temperature: float, n_chains: int, rng: np.random.Generator
    ) -> None:
        self._proposal, self._model, self._temperature, self._rng = proposal, model, temperature, rng
        self._n, self._waiting, self._next = n_chains, max(1, _BLOCK // n_chains), 0
        self._ask()
        first = self._following()
        self.spins, self.energies, self.magnetizations, self.log_weights = (array.copy() for array in first)

    def advance(self, n: int) -> np.ndarray:
        """`n` proposals to each chain; how many each accepted."""
        accepted = np.zeros(self._n, np.int64)
        for _ in range(n):
            following = self._following()
            moves = self._rng.random(self._n) < np.exp(np.minimum(following[-1] - self.log_weights, 0.0))
            present = (self.spins, self.energies, self.magnetizations, self.log_weights)
            for now, new in zip(present, following, strict=True):
                now[moves] = new[moves]
            accepted += moves
        return accepted

    def _following(self) -> tuple[np.ndarray, ...]:
        """The next proposal of every chain: spins, energies, magnetisations and weights."""
        if self._next == self._waiting:
            self._ask()
        k, self._next = self._next, self._next + 1
        return tuple(array[k] for array in self._proposed)

    def _ask(self) -> None:
        n, shape = self._waiting * self._n, self._model.shape
        answer = self._proposal(n, self._rng)
        spins, log_q = np.asarray(answer[0]), np.asarray(answer[1], np.float64)
        if spins.shape != (n, *shape) or log_q.shape != (n,):
            needed = ", ".join(map(str, (n, *shape)))
            raise ValueError(
                f"proposal: spins {spins.shape} and log_probability {log_q.shape}, ({needed}) and ({n},) are needed"
            )
        if not np.isfinite(log_q).all():
            raise ValueError(f"proposal: ln q is {log_q[~np.isfinite(log_q)][0]} for a configuration that it proposed")
        energies = np.asarray(self._model.energy(spins), np.float64)  # which refuses other values than the model's
        spins = spins.astype(self._model.spin_dtype)
        values = (spins, energies, magnetization(self._model, spins), -energies / self._temperature - log_q)
        self._proposed = tuple(array.reshape(self._waiting, self._n, *array.shape[1:]) for array in values)
        self._next = 0
