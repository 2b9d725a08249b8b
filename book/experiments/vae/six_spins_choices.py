"""Dense autoencoders of the six-spin chain that are trained otherwise, one choice at a time (paper vae, Sec. 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from experiments.vae.six_spins import MODEL, of_network, one_training, over_temperatures
from spinlib.evaluation.latent_variables import activity, covariance, linear_number
from spinlib.exact import enumeration
from spinlib.learning.configurations import as_examples
from spinlib.learning.variational import divergence, reconstruction
from spinlib.networks.autoencoder import VariationalAutoencoder
from spinlib.samplers.random import torch_generator
from spinlib.statistics import Estimate, mean_of_few

if TYPE_CHECKING:
    from spinbook import Run

SCALARS = tuple(f"{how}_{name}" for how in ("sign", "drawn") for name in ("kl", "energy", "heat"))
COMPARE: dict[Any, Any] = {(*SCALARS, "active"): ("seeds", 2), "minus_elbo": ("seeds", 1)}


def minus_elbo(network: VariationalAutoencoder, temperature: float, n_noises: int, seed: int) -> float:
    """Minus the evidence lower bound of a Bernoulli decoder, averaged over the exact law of the states, in nats.

    The divergence is exact, the reconstruction an average over n_noises latent variables of each state.
    """
    states = as_examples(network, enumeration.states(MODEL))
    rng, terms = torch_generator(seed, "minus_elbo", 0, 0), []
    with torch.inference_mode():
        mean, log_variance = network.encode(states)
        for _ in range(n_noises):
            latent = mean + (0.5 * log_variance).exp() * torch.randn(mean.shape, generator=rng).to(mean)
            terms.append(reconstruction(network, states, latent, "bernoulli").double())
        each = divergence(mean, log_variance).double().sum(dim=1) + torch.stack(terms).mean(dim=0)
    return float(enumeration.boltzmann(MODEL, temperature) @ each.numpy())


def one_choice(temperature: float, settings: Mapping[str, Any], seed: int, **how: Any) -> dict[str, float]:
    """Divergences, energies and heat capacities of one network, and its number of active latent variables.

    how: as for `six_spins.one_training`. With the decoder "bernoulli" also minus its evidence lower bound.
    """
    network, spins, _ = one_training("dense", temperature, settings, seed, **how)
    assert isinstance(network, VariationalAutoencoder)
    asked = of_network(network, temperature, settings["counted"], seed)
    found = {name: asked[name] for name in SCALARS} | {"active": activity(network, spins).n_active}
    if how.get("decoder") == "bernoulli":
        found["minus_elbo"] = minus_elbo(network, temperature, settings["noises"], seed)
    return found


def by_choice(record: Mapping[str, Any], names: Iterable[str], quantity: str = "sign_kl") -> dict[str, np.ndarray]:
    """One quantity of a record of `choices`, (temperature, seed) by name; names in the order of that record."""
    return dict(zip(names, record[quantity], strict=True))


def difference(one: np.ndarray, other: np.ndarray) -> Estimate:
    """One choice less another, each (temperature, seed), mean over temperatures; the error is that of paired seeds."""
    return mean_of_few((one - other).mean(axis=0))


def eigenvalues(temperatures: Iterable[float]) -> np.ndarray:
    """Of the exact covariance of the six spins, largest first, (temperature, 6)."""
    states = enumeration.states(MODEL)
    spreads = [covariance(states, enumeration.boltzmann(MODEL, t)) for t in temperatures]
    return np.array([np.linalg.eigvalsh(spread)[::-1] for spread in spreads])


def linear_numbers(temperatures: Iterable[float], weight: float = 1.0) -> np.ndarray:
    """How many latent variables a linear autoencoder keeps at each temperature, `latent_variables.linear_number`."""
    states = enumeration.states(MODEL)
    return np.array([linear_number(covariance(states, enumeration.boltzmann(MODEL, t)), weight) for t in temperatures])


def exact_entropies(temperatures: Iterable[float]) -> np.ndarray:
    """Of the exact law of the states, in nats (temperature,)."""
    laws = [enumeration.boltzmann(MODEL, t) for t in temperatures]
    return np.array([-(law * np.log(law)).sum() for law in laws])


def choices(names: Iterable[str], settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (choice, temperature, seed) in the order of names of `settings["choices"]`, arguments of `one_training`.

    A seed trains all choices on the same configurations, so that they can be compared seed by seed. `minus_elbo`
    (temperature, seed) is that of the choice with a Bernoulli decoder, where there is one.
    """
    found = {}
    for name in names:
        how = settings["choices"][name]

        def one(temperature: float, settings: Mapping[str, Any], seed: int, how: Any = how) -> dict[str, float]:
            return one_choice(temperature, settings, seed, **how)

        # The table of choices is no setting of a single training.
        every = {key: value for key, value in settings.items() if key != "choices"}
        found[name] = over_temperatures(one, every, run, f"{name}: ")
    together = {name: np.array([each[name] for each in found.values()]) for name in (*SCALARS, "active")}
    bounds = [each["minus_elbo"] for each in found.values() if "minus_elbo" in each]
    return together | ({"minus_elbo": bounds[0]} if bounds else {})
