"""How many latent variables of a variational autoencoder carry something, and how many a linear theory lets.

A latent variable that the decoder does not need falls back to the prior: its mean is zero and its divergence vanishes
for every configuration. For a linear autoencoder with the loss w KL + |x - y|^2, a Gaussian decoder with variance
w / 2, that is probabilistic principal component analysis: a direction is kept where an eigenvalue of the covariance
of the spins exceeds w / 2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spinlib.learning.configurations import as_examples
from spinlib.learning.variational import divergence
from spinlib.networks.autoencoder import VariationalAutoencoder
from spinlib.networks.evaluation_mode import evaluation_mode

__all__ = ["ACTIVE_VARIANCE", "Activity", "activity", "covariance", "linear_number"]

# Of the means over the data, in units of the prior's variance (Y. Burda, R. Grosse and R. Salakhutdinov, ICLR 2016).
ACTIVE_VARIANCE = 0.01


class Activity(NamedTuple):
    """What the latent variables carry, each an array (n_latent,) but the number.

    Attributes
    ----------
    variance : numpy.ndarray
        Of the encoder's means over the configurations.
    divergence : numpy.ndarray
        From the prior, averaged over the configurations, in nats.
    n_active : int
        How many variances exceed `ACTIVE_VARIANCE`.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.evaluation.latent_variables import Activity
    >>> Activity(np.array([1.0, 0.0]), np.array([2.0, 0.0]), 1).n_active
    1
    """

    variance: np.ndarray
    divergence: np.ndarray
    n_active: int


def activity(network: VariationalAutoencoder, spins: Any) -> Activity:
    """What the latent variables carry of some configurations.

    Parameters
    ----------
    network : VariationalAutoencoder
        Trained.
    spins : array
        (n, *shape) of -1 and +1, n at least 2; for XY unit vectors (n, *shape, 2).

    Returns
    -------
    Activity
        Of each latent variable.

    Raises
    ------
    ValueError
        For one configuration, and where `spinlib.learning.configurations.as_examples` does.

    References
    ----------
    Y. Burda, R. Grosse and R. Salakhutdinov, arXiv:1509.00519, Sec. 5.2.

    Examples
    --------
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.evaluation.latent_variables import activity
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> activity(DenseVAE((6,), 4), random_spins((6,), 100, seed=1)).variance.shape
    (4,)
    """
    examples = as_examples(network, spins)
    if len(examples) < 2:
        raise ValueError("spins: one configuration has no variance, at least two are needed")
    with evaluation_mode(network):
        mean, log_variance = network.encode(examples)
        variance = mean.double().var(dim=0).cpu().numpy()
        divergences = divergence(mean.double(), log_variance.double()).mean(dim=0).cpu().numpy()
    return Activity(variance, divergences, int((variance > ACTIVE_VARIANCE).sum()))


def covariance(states: ArrayLike, probabilities: ArrayLike | None = None) -> np.ndarray:
    """The covariance of all numbers of a configuration, exact where all states are given with their probabilities.

    Parameters
    ----------
    states : array
        (n, ...): configurations.
    probabilities : array, optional
        (n,), which add up to 1; None: all alike.

    Returns
    -------
    numpy.ndarray
        float64 (N, N), of the flattened configurations.

    Raises
    ------
    ValueError
        For probabilities of another number, outside [0, 1], or that do not add up to 1.

    Examples
    --------
    >>> from spinlib.evaluation.latent_variables import covariance
    >>> covariance([[1, 1], [-1, -1], [1, -1], [-1, 1]], [0.4, 0.4, 0.1, 0.1]).round(6).tolist()
    [[1.0, 0.6], [0.6, 1.0]]
    """
    rows = np.asarray(states, np.float64)
    rows = rows.reshape(len(rows), -1)
    p = np.full(len(rows), 1.0 / len(rows)) if probabilities is None else np.asarray(probabilities, np.float64)
    if p.shape != (len(rows),) or not np.all((p >= 0) & (p <= 1)) or abs(p.sum() - 1.0) > 1e-9:
        raise ValueError(f"probabilities {p.shape}: {len(rows)} numbers in [0, 1] that add up to 1 are needed")
    off = rows - p @ rows
    return (off * p[:, None]).T @ off


def linear_number(covariance: ArrayLike, weight: float = 1.0) -> int:
    """How many latent variables a linear autoencoder keeps.

    Parameters
    ----------
    covariance : array
        (N, N), of the numbers of a configuration.
    weight : float
        w, of the divergence.

    Returns
    -------
    int
        The number of eigenvalues above w / 2.

    Raises
    ------
    ValueError
        For a matrix that is not square, symmetric and finite, and a weight that is not positive.

    References
    ----------
    M. Tipping and C. Bishop, J. R. Stat. Soc. B 61, 611 (1999).
    J. Lucas, G. Tucker, R. Grosse and M. Norouzi, NeurIPS 2019, arXiv:1911.02469.

    Examples
    --------
    >>> from spinlib.evaluation.latent_variables import linear_number
    >>> linear_number([[1.0, 0.6], [0.6, 1.0]]), linear_number([[1.0, 0.6], [0.6, 1.0]], weight=0.5)
    (1, 2)
    """
    given = np.asarray(covariance, np.float64)
    square = given.ndim == 2 and given.shape[0] == given.shape[1]
    if not square or not np.isfinite(given).all() or not np.allclose(given, given.T):
        raise ValueError(f"covariance of shape {given.shape}: a symmetric matrix of finite numbers is needed")
    if not weight > 0.0:
        raise ValueError(f"weight {weight}: it has to be positive")
    return int((np.linalg.eigvalsh(given) > weight / 2).sum())
