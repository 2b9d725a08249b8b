"""Maximum likelihood training of networks with an explicit likelihood on configurations of several temperatures.

Both kinds of networks reveal a configuration by a product of conditional probabilities: site by site
(`spinlib.networks.frontier_autoregressive`), or group by group (`spinlib.networks.masked_diffusion`). The loss is the
mean of -ln q(s | T) over the configurations, for masked diffusion an unbiased estimate of its mean over orders: no
energy is told to the network. What it draws comes with
its probability, so that importance weights exp(-E / T) / q or an independence chain can correct it afterwards, at
temperatures between those of the training and outside as well.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike

from spinlib.arguments import at_least
from spinlib.learning.augmentation import Symmetries
from spinlib.learning.conditional import check_temperature, checked_examples, examples
from spinlib.learning.plan import Optimizer, Plan
from spinlib.learning.training import Batch, Curves, Objective, Shuffled, train
from spinlib.models import Ising
from spinlib.networks.evaluation_mode import evaluation_mode
from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
from spinlib.networks.initialization import initialize
from spinlib.networks.masked_diffusion import MaskedDiffusion
from spinlib.samplers.independence import Proposal, Proposed
from spinlib.samplers.random import torch_generator

__all__ = ["ADAMW", "Conditional", "LikelihoodTraining", "fit", "generate", "log_probability", "proposal"]

Conditional = FrontierAutoregressive | MaskedDiffusion
ADAMW = Optimizer("adamw", 2e-3, "cosine", options={"weight_decay": 1e-3}, clip_gradient=10.0)


@dataclass(frozen=True)
class LikelihoodTraining:
    """How to train.

    Parameters
    ----------
    epochs : int
        Passes over the configurations.
    batch : int
        Configurations per step.
    optimizer : Optimizer
        Which, at which rate.
    averaging : float, optional
        Of the weights, as for `spinlib.learning.plan.Plan`.
    symmetries : bool
        Whether each configuration is moved by a random symmetry of the torus whenever it is seen: shifts, reflections
        and, where the sides are equal, exchange of the axes. The network itself knows of the turn of all spins alone.
    bfloat16 : bool, optional
        As for `spinlib.learning.plan.Plan`. What is drawn, and its likelihood, are in the precision of the weights.

    Raises
    ------
    ValueError
        For counts below 1, and where `Plan` does.

    Examples
    --------
    >>> from spinlib.learning.conditional_autoregressive import LikelihoodTraining
    >>> LikelihoodTraining(epochs=3).plan().epochs
    3
    """

    epochs: int = 40
    batch: int = 64
    optimizer: Optimizer = ADAMW
    averaging: float | None = 0.999
    symmetries: bool = True
    bfloat16: bool | None = None

    def __post_init__(self) -> None:
        at_least(1, "batch", self.batch)
        self.plan()

    def plan(self) -> Plan:
        """How long, and which weights are kept."""
        return Plan(self.epochs, averaging=self.averaging, bfloat16=self.bfloat16)


def fit(
    network: Conditional,
    spins: ArrayLike,
    temperatures: ArrayLike,
    how: LikelihoodTraining,
    seed: int,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Curves:
    """Initialise a network from a seed and train it in place on configurations of several temperatures.

    Parameters
    ----------
    network : FrontierAutoregressive or MaskedDiffusion
        Left in evaluation mode. It remembers the lowest and the highest temperature.
    spins : array_like
        (n, H, W) of -1 and +1.
    temperatures : array_like
        Of every configuration, (n,), in J / k_B.
    how : LikelihoodTraining
        How.
    seed : int
        Of the first weights, the order of the configurations and their symmetries.
    checkpoint : path-like, optional
        As for `spinlib.learning.training.train`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Curves
        With the loss "per_site" of every epoch: the mean of -ln q over the number of sites.

    Raises
    ------
    ValueError
        For configurations of another lattice or with other values, temperatures that are not one positive number each,
        and a checkpoint of another training.
    NotFiniteError
        At a loss that is nan or infinite: it says where, and the network has the weights of the epoch before.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning.conditional_autoregressive import LikelihoodTraining, fit
    >>> from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
    >>> network = FrontierAutoregressive((4, 4), width=8)
    >>> curves = fit(network, random_spins((4, 4), 50, seed=1), np.full(50, 3.0), LikelihoodTraining(2, 25), seed=2)
    >>> curves.losses["per_site"].shape
    (2,)
    """
    known, device = examples(network, spins, temperatures), network.sides.device
    rng = torch_generator(seed, "conditional autoregressive", 0, 0)
    initialize(network.cpu(), rng).to(device)
    moved = Symmetries(Ising(network.shape)) if how.symmetries else None

    def of_batch(batch: Batch, rng: torch.Generator) -> torch.Tensor:
        seen, at = batch
        if moved is not None:
            seen, _ = moved(seen, at, rng)
        return network.surprise(seen, at, rng).mean() / network.n_sites

    return train(
        {"network": network},
        {"per_site": Objective(of_batch, ("network",), how.optimizer)},
        Shuffled(*known, batch=how.batch),
        how.plan(),
        rng,
        checkpoint=checkpoint,
        about=f"lattice {network.shape}, symmetries {how.symmetries}",
        progress=progress,
    )


def generate(network: Conditional, temperature: float, n: int, seed: int, *, batch: int = 1000) -> Proposed:
    """Independent configurations of one temperature, each with its ln q.

    Parameters
    ----------
    network : FrontierAutoregressive or MaskedDiffusion
        Trained or not.
    temperature : float
        In J / k_B. Outside of the range that the network was trained for there is a warning: it extrapolates.
    n : int
        How many.
    seed : int
        Of all random numbers.
    batch : int
        Configurations at a time; the result depends on it through the order of the random numbers.

    Returns
    -------
    Proposed
        `spins`, int8 (n, H, W), and `log_probability`, float64 (n,).

    Raises
    ------
    ValueError
        For a temperature that is not positive, and counts below 1.

    Examples
    --------
    >>> from spinlib.learning.conditional_autoregressive import generate
    >>> from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
    >>> generate(FrontierAutoregressive((4, 4), width=8), 2.3, 10, seed=1).spins.shape
    (10, 4, 4)
    """
    check_temperature(network, temperature)
    rng = torch_generator(seed, "conditional autoregressive", 0, 1)
    return _drawn(network, temperature, at_least(1, "n", n), rng, at_least(1, "batch", batch))


def log_probability(network: Conditional, spins: ArrayLike, temperature: float) -> np.ndarray:
    """ln q of given configurations at one temperature.

    Parameters
    ----------
    network : FrontierAutoregressive or MaskedDiffusion
        Trained or not.
    spins : array_like
        (n, H, W) of -1 and +1.
    temperature : float
        As for `generate`.

    Returns
    -------
    numpy.ndarray
        float64 (n,), of whole configurations, in nats.

    Raises
    ------
    ValueError
        For another lattice, other values, and a temperature that is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.learning.conditional_autoregressive import log_probability
    >>> from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
    >>> log_probability(FrontierAutoregressive((4, 4), width=8), np.ones((3, 4, 4)), 2.3).shape
    (3,)
    """
    check_temperature(network, temperature)
    checked, _ = checked_examples(spins, np.full(len(np.asarray(spins)), temperature), network.shape)
    given = torch.as_tensor(checked, dtype=network.weights_dtype, device=network.sides.device)
    with evaluation_mode(network):
        parts = [
            network(part, torch.full((len(part),), temperature).to(part)).double().cpu().numpy()
            for part in given.split(200)
        ]
    return np.concatenate(parts)


def proposal(network: Conditional, temperature: float) -> Proposal:
    """The network at one temperature as a proposal of `spinlib.samplers.independence`.

    Parameters
    ----------
    network : FrontierAutoregressive or MaskedDiffusion
        Trained or not.
    temperature : float
        As for `generate`.

    Returns
    -------
    callable
        For `spinlib.samplers.independence.sample`.

    Raises
    ------
    ValueError
        For a temperature that is not positive.

    Examples
    --------
    >>> from spinlib.learning.conditional_autoregressive import proposal
    >>> from spinlib.models import Ising
    >>> from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
    >>> from spinlib.samplers import independence
    >>> proposed = proposal(FrontierAutoregressive((4, 4), width=8), 3.0)
    >>> independence.sample(proposed, Ising((4, 4)), 3.0, 10, n_chains=5, seed=1).energy.shape
    (1, 5, 10)
    """
    check_temperature(network, temperature)

    def propose(n: int, rng: np.random.Generator) -> Proposed:
        own = torch.Generator().manual_seed(int(rng.integers(2**63)))
        return _drawn(network, temperature, n, own, 1000)

    return propose


def _drawn(network: Conditional, temperature: float, n: int, rng: torch.Generator, batch: int) -> Proposed:
    parts = []
    with evaluation_mode(network):
        for first in range(0, n, batch):
            spins, log_q = network.draw(min(batch, n - first), temperature, rng)
            parts.append((spins.to(torch.int8).cpu().numpy(), log_q.cpu().numpy()))
    return Proposed(np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts]))
