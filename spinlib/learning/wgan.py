"""Wasserstein GANs of spin configurations, conditional on the temperature (paper fid, Sec. 2.4).

The critic's score is raised for configurations of the data and lowered for generated ones; the generator raises the
score of its own. Critic and data keep each other in bounds by clipped weights, as in the paper, or by a penalty on the
critic's gradient (I. Gulrajani et al., arXiv:1704.00028). "GAN, M in L" of the paper adds to the generator's loss the
squared distance of its magnetisations from those of the data.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike

from spinlib.arguments import at_least
from spinlib.learning.conditional import check_temperature, examples
from spinlib.learning.plan import Objective, Optimizer, Plan
from spinlib.learning.training import Batch, Curves, Shuffled, train
from spinlib.networks.evaluation_mode import evaluation_mode
from spinlib.networks.initialization import initialize
from spinlib.networks.wgan import Critic, Generator
from spinlib.samplers.random import torch_generator

__all__ = ["RMSPROP", "WassersteinTraining", "critic_loss", "fit", "generate", "generator_loss", "gradient_penalty"]

RMSPROP = Optimizer("rmsprop", 5e-5)


@dataclass(frozen=True)
class WassersteinTraining:
    """How to train. The paper gives none of the numbers; those here are of Arjovsky, Chintala and Bottou.

    Parameters
    ----------
    epochs : int
        Passes over the configurations.
    batch : int
        Configurations per step.
    critic_steps : int
        Steps of the critic to one of the generator.
    clip : float
        Weights of the critic are set into [-clip, clip] after every step, where there is no penalty.
    penalty : float
        Weight of the gradient penalty; 0 is none.
    magnetization : float
        Weight of the squared distance of magnetisations in the generator's loss; 1 is the paper's "GAN, M in L".
    generator, critic : Optimizer
        Which, at which rates.

    Raises
    ------
    ValueError
        For counts below 1 and negative weights.

    References
    ----------
    M. Arjovsky, S. Chintala and L. Bottou, arXiv:1701.07875, Algorithm 1.

    Examples
    --------
    >>> from spinlib.learning.wgan import WassersteinTraining
    >>> WassersteinTraining(epochs=100).of_critic().clip_weights
    0.01
    """

    epochs: int
    batch: int = 64
    critic_steps: int = 5
    clip: float = 0.01
    penalty: float = 0.0
    magnetization: float = 0.0
    generator: Optimizer = RMSPROP
    critic: Optimizer = RMSPROP

    def __post_init__(self) -> None:
        for name in ("batch", "critic_steps"):
            at_least(1, name, getattr(self, name))
        for name in ("penalty", "magnetization"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} {getattr(self, name)}: a number from 0 on is needed")
        self.of_critic()
        self.plan()

    def of_critic(self) -> Optimizer:
        """The critic's optimiser, which clips where there is no penalty."""
        return self.critic if self.penalty else replace(self.critic, clip_weights=self.clip)

    def plan(self) -> Plan:
        """How long."""
        return Plan(self.epochs)


def critic_loss(
    critic: Critic, real: torch.Tensor, generated: torch.Tensor, temperatures: torch.Tensor
) -> torch.Tensor:
    """The mean score of generated configurations less that of real ones.

    Parameters
    ----------
    critic : Critic
        D.
    real, generated : torch.Tensor
        (B, *shape).
    temperatures : torch.Tensor
        Of both, (B,).

    Returns
    -------
    torch.Tensor
        A scalar; minus the paper's V.

    References
    ----------
    Paper fid, Eq. 8.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.wgan import critic_loss
    >>> from spinlib.networks.wgan import Critic
    >>> ones = torch.ones(2, 16, 16)
    >>> float(critic_loss(Critic((16, 16), width=2), ones, ones, torch.ones(2)).detach())
    0.0
    """
    return critic(generated, temperatures).mean() - critic(real, temperatures).mean()


def gradient_penalty(
    critic: Critic, real: torch.Tensor, generated: torch.Tensor, temperatures: torch.Tensor, shares: torch.Tensor
) -> torch.Tensor:
    """The mean of (|gradient of the score| - 1)^2 at points between real and generated configurations.

    Parameters
    ----------
    critic : Critic
        Without batch norm.
    real, generated : torch.Tensor
        (B, *shape).
    temperatures, shares : torch.Tensor
        (B,): in J / k_B, and the share of the real configuration in [0, 1].

    Returns
    -------
    torch.Tensor
        A scalar.

    Raises
    ------
    ValueError
        For a critic with batch norm.

    References
    ----------
    I. Gulrajani et al., arXiv:1704.00028, Eq. 3.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.wgan import gradient_penalty
    >>> from spinlib.networks.wgan import Critic
    >>> critic, ones = Critic((16, 16), width=2, normalised=False), torch.ones(2, 16, 16)
    >>> bool(gradient_penalty(critic, ones, -ones, torch.ones(2), torch.tensor([0.2, 0.7])) >= 0)
    True
    """
    if critic.normalised:
        raise ValueError("critic: a gradient penalty is for critics without batch norm, normalised=False")
    weights = shares.view(-1, 1, 1).to(real)
    between = (weights * real + (1.0 - weights) * generated).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between, temperatures).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1.0) ** 2).mean()


def generator_loss(
    generated: torch.Tensor, scores: torch.Tensor, real: torch.Tensor, magnetization: float = 0.0
) -> dict[str, torch.Tensor]:
    """What the generator makes small: minus the mean score, and the distance of magnetisations.

    Parameters
    ----------
    generated, real : torch.Tensor
        (B, *shape), of the same temperatures in the same order.
    scores : torch.Tensor
        The critic's, of the generated ones, (B,).
    magnetization : float
        Weight of the second term.

    Returns
    -------
    dict
        The scalar "score", and with a weight "magnetization", the mean of (m_generated - m_real)^2 times it.

    References
    ----------
    Paper fid, Sec. 3, "GAN, M in L".

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.wgan import generator_loss
    >>> ones = torch.ones(2, 4, 4)
    >>> {name: float(one) for name, one in generator_loss(ones, torch.tensor([1.0, 3.0]), -ones, 0.5).items()}
    {'score': -2.0, 'magnetization': 2.0}
    """
    parts = {"score": -scores.mean()}
    if magnetization:
        distance = generated.flatten(1).mean(dim=1) - real.flatten(1).mean(dim=1)
        parts["magnetization"] = magnetization * (distance**2).mean()
    return parts


def fit(
    generator: Generator,
    critic: Critic,
    spins: ArrayLike,
    temperatures: ArrayLike,
    how: WassersteinTraining,
    seed: int,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Curves:
    """Initialise generator and critic from a seed and train them in place, in turn.

    Parameters
    ----------
    generator, critic : Generator, Critic
        Of the same lattice; left in evaluation mode. The generator remembers the range of temperatures.
    spins : array_like
        (n, *shape) of -1 and +1.
    temperatures : array_like
        Of every configuration, (n,), in J / k_B.
    how : WassersteinTraining
        How.
    seed : int
        Of the first weights, the order of the configurations and the noise.
    checkpoint : path-like, optional
        As for `spinlib.learning.training.train`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Curves
        With the losses "critic" and "generator", and their parts where there are several.

    Raises
    ------
    ValueError
        For networks or configurations of another lattice, other values, temperatures that are not one positive number
        each, a penalty with batch norm, and a checkpoint of another training.
    NotFiniteError
        At a loss that is nan or infinite: it says where, and the networks have the weights of the epoch before.

    References
    ----------
    M. Arjovsky, S. Chintala and L. Bottou, arXiv:1701.07875, Algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning.wgan import WassersteinTraining, fit
    >>> from spinlib.networks.wgan import Critic, Generator
    >>> networks = Generator((16, 16), width=2), Critic((16, 16), width=2)
    >>> spins, temperatures = random_spins((16, 16), 60, seed=1), np.full(60, 3.0)
    >>> curves = fit(*networks, spins, temperatures, WassersteinTraining(5, 10), seed=2)
    >>> sorted(curves.losses)
    ['critic', 'generator']
    """
    if critic.shape != generator.shape:
        raise ValueError(f"critic of shape {critic.shape}: the generator's is {generator.shape}")
    if how.penalty and critic.normalised:
        raise ValueError("critic: a gradient penalty is for critics without batch norm, normalised=False")
    known = examples(generator, spins, temperatures)
    device, rng = generator.sides.device, torch_generator(seed, "wgan", 0, 0)
    for one in (generator, critic):
        initialize(one.cpu(), rng).to(device)

    def generated(at: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return generator(torch.randn((len(at), generator.n_noise), generator=rng).to(at), at)

    def of_critic(batch: Batch, rng: torch.Generator) -> dict[str, torch.Tensor] | torch.Tensor:
        real, at = batch
        with torch.no_grad():
            made = generated(at, rng)
        found = critic_loss(critic, real, made, at)
        if not how.penalty:
            return found
        shares = torch.rand(len(at), generator=rng).to(at)
        return {"score": found, "penalty": how.penalty * gradient_penalty(critic, real, made, at, shares)}

    def of_generator(batch: Batch, rng: torch.Generator) -> dict[str, torch.Tensor] | torch.Tensor:
        real, at = batch
        made = generated(at, rng)
        parts = generator_loss(made, critic(made, at), real, how.magnetization)
        return parts if how.magnetization else parts["score"]

    return train(
        {"generator": generator, "critic": critic},
        {
            "critic": Objective(of_critic, ("critic",), how.of_critic()),
            "generator": Objective(of_generator, ("generator",), how.generator, how.critic_steps),
        },
        Shuffled(*known, batch=how.batch),
        how.plan(),
        rng,
        checkpoint=checkpoint,
        about=f"lattice {generator.shape}, penalty {how.penalty}, magnetization {how.magnetization}",
        progress=progress,
    )


def generate(generator: Generator, temperature: float, n: int, seed: int, *, batch: int = 1000) -> np.ndarray:
    """Independent outputs of one temperature: numbers between -1 and 1, whose signs are spins.

    Parameters
    ----------
    generator : Generator
        Trained.
    temperature : float
        In J / k_B. Outside of the range that the network was trained for there is a warning: it extrapolates.
    n : int
        How many.
    seed : int
        Of the noise.
    batch : int
        Configurations at a time, which does not change the result.

    Returns
    -------
    numpy.ndarray
        float32 (n, *shape).

    Raises
    ------
    ValueError
        For a temperature that is not positive, and counts below 1.

    Examples
    --------
    >>> from spinlib.learning.wgan import generate
    >>> from spinlib.networks.wgan import Generator
    >>> generate(Generator((16, 16), width=2).eval(), 2.3, 3, seed=1).shape
    (3, 16, 16)
    """
    check_temperature(generator, temperature)
    noise = torch.randn((at_least(1, "n", n), generator.n_noise), generator=torch_generator(seed, "wgan", 0, 1)).to(
        generator.sides.device, generator.weights_dtype
    )
    with evaluation_mode(generator):
        parts = [
            generator(one, torch.full((len(one),), temperature).to(one)).float().cpu().numpy()
            for one in noise.split(at_least(1, "batch", batch))
        ]
    return np.concatenate(parts)
