"""What a trained autoencoder generates and reconstructs, on any lattice (paper vae, Secs. 2.2 and 3).

New configurations come from the prior of the latent variables; the encoder is not asked. The output of the decoder is
a mean of every spin. The paper does not say how it becomes a spin: by its sign, or drawn with probability
(1 + mean) / 2. Both are offered, and they differ: independent draws weaken the correlations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from spinlib.arguments import at_least
from spinlib.learning.configurations import angles_of, as_examples, drawn, signs
from spinlib.networks.autoencoder import Autoencoder
from spinlib.networks.evaluation_mode import evaluation_mode
from spinlib.samplers.random import streams, torch_generator

__all__ = ["DISCRETIZATIONS", "LATENTS", "generate", "reconstruct", "right_sites"]

DISCRETIZATIONS = ("sign", "drawn", "none")
LATENTS = ("mean", "sampled")


def generate(network: Autoencoder, n: int, seed: int, *, spins: str = "sign", batch: int = 10_000) -> np.ndarray:
    """Independent configurations of the model that a network has become.

    Parameters
    ----------
    network : Autoencoder
        Trained.
    n : int
        How many.
    seed : int
        Of the latent variables and of drawn spins. The latent variables are the same for every discretisation.
    spins : {"sign", "drawn", "none"}
        What becomes of the outputs: their signs, spins drawn by their means, or the outputs as they are. XY spins are
        angles by their vectors, whichever of the first two is named.
    batch : int
        How many are made at a time.

    Returns
    -------
    numpy.ndarray
        int8 (n, *shape) of -1 and +1; float64 (n, *shape) angles for XY; outputs (n, *spin_shape) for "none".

    Raises
    ------
    ValueError
        For another discretisation, and counts below 1.

    Examples
    --------
    >>> from spinlib.learning.generated import generate
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> generate(DenseVAE((6,), 4), 5, seed=1).shape
    (5, 6)
    """
    _check("spins", spins, DISCRETIZATIONS)
    rng, device = torch_generator(seed, "generate", 0, 0), network.sides.device
    # All at once: torch's normal numbers depend on how many are asked for at a time.
    latents = torch.randn((at_least(1, "n", n), network.n_latent), generator=rng)
    with evaluation_mode(network):
        parts = [network.decode(one.to(device)).cpu().numpy() for one in latents.split(at_least(1, "batch", batch))]
    return _discretized(network, np.concatenate(parts), spins, seed)


def reconstruct(network: Autoencoder, spins: Any, seed: int, *, latent: str = "mean", output: str = "sign") -> Any:
    """Configurations that have gone through encoder and decoder.

    Parameters
    ----------
    network : Autoencoder
        Trained.
    spins : array
        (n, *shape) of -1 and +1; for XY unit vectors (n, *shape, 2).
    seed : int
        Of the noise and of drawn spins.
    latent : {"mean", "sampled"}
        Without noise, which is z = mu for a variational autoencoder; or with it, as in training.
    output : {"sign", "drawn", "none"}
        As `spins` of `generate`.

    Returns
    -------
    numpy.ndarray
        As `generate` returns them, in the order of `spins`.

    Raises
    ------
    ValueError
        For another choice, and where `spinlib.learning.configurations.as_examples` does.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.learning.generated import reconstruct
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> reconstruct(DenseVAE((6,), 4), np.ones((5, 6)), seed=1, latent="sampled").shape
    (5, 6)
    """
    _check("latent", latent, LATENTS)
    _check("output", output, DISCRETIZATIONS)
    examples, rng = as_examples(network, spins), torch_generator(seed, "reconstruct", 0, 0)
    noise = torch.zeros((len(examples), network.n_noise))
    if latent == "sampled":
        noise.normal_(generator=rng)
    with evaluation_mode(network):
        outputs = network(examples, noise.to(examples)).cpu().numpy()
    return _discretized(network, outputs, output, seed)


def right_sites(spins: Any, reconstructed: Any) -> tuple[float, float]:
    """How good a reconstruction of Ising spins is.

    Parameters
    ----------
    spins, reconstructed : array
        (n, *shape) of -1 and +1.

    Returns
    -------
    sites : float
        Share of the sites that are right.
    configurations : float
        Share of the configurations without one wrong site.

    Raises
    ------
    ValueError
        For different shapes.

    Examples
    --------
    >>> from spinlib.learning.generated import right_sites
    >>> right_sites([[1, 1], [1, -1]], [[1, 1], [1, 1]])
    (0.75, 0.5)
    """
    given, found = np.asarray(spins), np.asarray(reconstructed)
    if given.shape != found.shape or given.ndim < 2:
        raise ValueError(f"spins {given.shape} and reconstructed {found.shape}: one shape (n, ...) is needed")
    right = (given == found).reshape(len(given), -1)
    return float(right.mean()), float(right.all(axis=1).mean())


def _check(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} {value!r}: allowed are {', '.join(map(repr, allowed))}")


def _discretized(network: Autoencoder, outputs: np.ndarray, how: str, seed: int) -> np.ndarray:
    if how == "none":
        return outputs
    if network.n_components == 2:
        return angles_of(outputs)
    if how == "sign":
        return signs(outputs)
    return drawn(outputs, np.random.default_rng(streams(seed, "drawn", 0, 1)[0].tolist()))
