"""Trained networks as proposals of `spinlib.samplers.independence`.

An autoregressive network knows its likelihood. A variational autoencoder with a Bernoulli decoder knows that of spins
given its latent variables, p(x|z), and q(x), their mean over the prior, has to be estimated from k latent variables.
The estimate may draw them from the prior, or from the encoder q(z|x), whose latent variables explain x better:

    q(x) = (1/k) sum_j p(x|z_j) p(z_j) / r(z_j|x),   r the prior or the encoder.

In both cases x was drawn with z_1 of the prior, which is one of the k, and z_2 to z_k are drawn from r. Then the joint
law of x and all z is q(x) times prod_j r(z_j|x), whichever of the k generated x, and the chain is exact for any k.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from spinlib.arguments import at_least
from spinlib.networks.autoencoder import VariationalAutoencoder
from spinlib.networks.autoregressive import AutoregressiveNetwork
from spinlib.networks.autoregressive_xy import AutoregressiveXY
from spinlib.samplers.independence import Proposal, Proposed

__all__ = ["IMPORTANCE", "autoregressive", "bernoulli_decoder"]

IMPORTANCE = ("prior", "encoder")
# Latent variables that are decoded at a time.
_BATCH = 20_000


def autoregressive(network: AutoregressiveNetwork | AutoregressiveXY) -> Proposal:
    """The proposal of an autoregressive network, with its exact likelihood.

    Parameters
    ----------
    network : AutoregressiveNetwork or AutoregressiveXY
        Trained or not.

    Returns
    -------
    callable
        For `spinlib.samplers.independence.sample`.

    Examples
    --------
    >>> from spinlib.learning import proposals
    >>> from spinlib.models import Ising
    >>> from spinlib.networks.autoregressive import AutoregressiveNetwork
    >>> from spinlib.samplers import independence
    >>> proposal = proposals.autoregressive(AutoregressiveNetwork((6,)))
    >>> independence.sample(proposal, Ising((6,)), 2.0, 100, n_chains=5, seed=1).energy.shape
    (1, 5, 100)
    """

    def propose(n: int, rng: np.random.Generator) -> Proposed:
        with torch.inference_mode():
            spins = network.draw(n, _torch_generator(rng))
            log_q = torch.cat([network(part).double() for part in spins.split(_BATCH)])
        values = spins.double() if isinstance(network, AutoregressiveXY) else spins.to(torch.int8)
        return Proposed(values.cpu().numpy(), log_q.cpu().numpy())

    return propose


def bernoulli_decoder(
    network: VariationalAutoencoder, k: int, *, importance: str = "prior", keep_own: bool = True
) -> Proposal:
    """The proposal of a variational autoencoder that was trained with the decoder "bernoulli".

    Any autoencoder of Ising spins has such a decoder; one that was trained with the squared error proposes worse.

    Parameters
    ----------
    network : VariationalAutoencoder
        Of Ising spins, in evaluation mode.
    k : int
        Latent variables of every estimate.
    importance : {"prior", "encoder"}
        r, from which all but the own latent variable are drawn.
    keep_own : bool
        Whether the latent variable that generated a configuration is among the k. False is wrong, and is here to show
        how wrong it is: the chain then does not have the law of the model.

    Returns
    -------
    callable
        For `spinlib.samplers.independence.sample`.

    Raises
    ------
    ValueError
        For XY spins, k below 1, and another importance.

    References
    ----------
    C. Andrieu and G. Roberts, Ann. Stat. 37, 697 (2009).

    Examples
    --------
    >>> from spinlib.learning import proposals
    >>> from spinlib.models import Ising
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> from spinlib.samplers import independence
    >>> proposal = proposals.bernoulli_decoder(DenseVAE((6,), 4).eval(), k=4)
    >>> independence.sample(proposal, Ising((6,)), 2.0, 100, n_chains=5, seed=1).energy.shape
    (1, 5, 100)
    """
    if network.n_components != 1:
        raise ValueError("network: its spins are unit vectors, which have no Bernoulli likelihood")
    if importance not in IMPORTANCE:
        raise ValueError(f"importance {importance!r}: allowed are {' and '.join(map(repr, IMPORTANCE))}")
    k = at_least(1, "k", k)

    def one_part(n: int, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        own = _normal((n, network.n_latent), rng).to(network.sides.device)
        up = torch.sigmoid(2.0 * network.fields(own).double()).flatten(1).cpu()
        uniform = torch.rand(up.shape, generator=rng, dtype=torch.float64)
        spins = torch.where(uniform < up, 1.0, -1.0).unflatten(1, network.shape).to(own)
        n_new = k - 1 if keep_own else k
        noise = _normal((n, n_new, network.n_latent), rng).to(own)
        if importance == "prior":
            latent = torch.cat([own[:, None], noise], dim=1) if keep_own else noise
            log_ratio = torch.zeros(latent.shape[:2], dtype=torch.float64)
        else:
            mean, log_variance = (code[:, None].double() for code in network.encode(spins))
            drawn = mean + (0.5 * log_variance).exp() * noise
            latent = torch.cat([own[:, None].double(), drawn], dim=1) if keep_own else drawn
            log_prior = -0.5 * latent**2
            log_encoder = -0.5 * ((latent - mean) ** 2 / log_variance.exp() + log_variance)
            log_ratio = (log_prior - log_encoder).sum(dim=2).cpu()
        fields = network.fields(latent.to(own).flatten(0, 1)).double().unflatten(0, (n, k))
        log_p = functional.logsigmoid(2.0 * fields * spins[:, None]).flatten(2).sum(dim=2).cpu()
        return spins, torch.logsumexp(log_p + log_ratio, dim=1) - np.log(k)

    def propose(n: int, rng: np.random.Generator) -> Proposed:
        torch_rng, batch = _torch_generator(rng), max(1, _BATCH // k)
        with torch.inference_mode():
            parts = [one_part(min(batch, n - start), torch_rng) for start in range(0, n, batch)]
        spins, log_q = (torch.cat(each) for each in zip(*parts, strict=True))
        return Proposed(spins.to(torch.int8).cpu().numpy(), log_q.numpy())

    return propose


def _torch_generator(rng: np.random.Generator) -> torch.Generator:
    return torch.Generator().manual_seed(int(rng.integers(2**63)))


def _normal(shape: tuple[int, ...], rng: torch.Generator) -> torch.Tensor:
    return torch.randn(shape, generator=rng)
