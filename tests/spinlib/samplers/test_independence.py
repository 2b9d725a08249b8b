"""Independence Metropolis against enumeration: exact likelihoods, estimated ones, and the careless variant's law."""

from itertools import product

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.special import logsumexp

from spinlib.evaluation.importance_weights import log_partition
from spinlib.exact import enumeration
from spinlib.learning import proposals, variational
from spinlib.learning.plan import Optimizer
from spinlib.models import XY, Ising, Potts
from spinlib.networks.autoregressive import AutoregressiveNetwork
from spinlib.networks.autoregressive_xy import AutoregressiveXY
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.dense_vae import DenseVAE
from spinlib.samplers import independence
from spinlib.samplers.independence import Proposed

CHAIN, LATTICE = Ising((4,), boundary="free"), Ising((2, 3), field=0.2, boundary=("free", "periodic"))
T = 1.5
PRIOR = np.array([0.4, 0.35, 0.25])
# Probabilities of +1 at four sites, given each of three latent values. No state is so rare that a chain would stay in
# it for longer than some 30 proposals: burn-ins are ten times that.
UP = np.array([[0.7, 0.75, 0.7, 0.65], [0.3, 0.35, 0.3, 0.25], [0.6, 0.4, 0.6, 0.4]])


def likelihood(states):
    """p(x|z), (n, 3)."""
    up = (np.asarray(states)[:, None] > 0)[:, 0, None, :]
    return np.where(up, UP, 1 - UP).prod(axis=-1)


def mixture(k, keep_own):
    """A proposal with a latent variable of three values, all of which can be enumerated."""

    def propose(n, rng):
        latent = rng.choice(3, size=(n, k), p=PRIOR)
        own = latent[:, 0] if keep_own else rng.choice(3, size=n, p=PRIOR)
        spins = np.where(rng.random((n, 4)) < UP[own], 1, -1)
        estimate = np.take_along_axis(likelihood(spins), latent, axis=1).mean(axis=1)
        return Proposed(spins, np.log(estimate))

    return propose


def last_states(proposal, model, temperature=T, n_chains=10_000, burn_in=300):
    draws = independence.sample(proposal, model, temperature, 1, n_chains=n_chains, burn_in=burn_in, seed=1)
    return draws.spins.values[0, :, 0]


def wide(network, scale, seed=1):
    """Random weights that make a law far from uniform."""
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, scale, generator=rng)
    return network.eval()


@pytest.mark.parametrize("z2", [False, True])
def test_an_exact_likelihood_gives_the_models_law(z2, law):
    proposal = proposals.autoregressive(wide(AutoregressiveNetwork((2, 3), hidden=4, z2=z2), 0.2))
    spins = last_states(proposal, LATTICE, temperature=3.0)
    assert law.p_value(LATTICE, spins, enumeration.boltzmann(LATTICE, 3.0)) > law.LEVEL
    # The proposal itself is another law.
    raw = proposal(10_000, np.random.default_rng(1)).spins
    assert law.p_value(LATTICE, raw, enumeration.boltzmann(LATTICE, 3.0)) < 1e-12


def test_planar_proposals_give_the_models_law():
    """Bonds of an open chain are independent von Mises angles in equilibrium, and others as the network proposes."""
    model, proposal = XY((3,), boundary="free"), proposals.autoregressive(wide(AutoregressiveXY((3,), hidden=4), 0.3))
    angles = last_states(proposal, model, burn_in=100)
    raw = proposal(10_000, np.random.default_rng(1)).spins
    for bond in range(2):
        law = stats.vonmises(1 / T).cdf
        steps, proposed = ((np.diff(one)[:, bond] + np.pi) % (2 * np.pi) - np.pi for one in (angles, raw))
        assert stats.kstest(steps, law).pvalue > 1e-3
        assert stats.kstest(proposed, law).pvalue < 1e-12


@pytest.mark.parametrize("k", [1, 4, 16])
def test_an_estimate_with_the_own_latent_value_gives_the_models_law(k, law):
    spins = last_states(mixture(k, keep_own=True), CHAIN)
    assert law.p_value(CHAIN, spins, enumeration.boltzmann(CHAIN, T)) > law.LEVEL


def careless_law(k):
    """Stationary law with k fresh latent values: pi(x) q(x) E[1 / estimate(x)], over all 3^k of them."""
    states, boltzmann = enumeration.states(CHAIN), enumeration.boltzmann(CHAIN, T)
    p = likelihood(states)
    inverse = sum(
        np.prod(PRIOR[list(latent)]) / p[:, list(latent)].mean(axis=1) for latent in product(range(3), repeat=k)
    )
    weights = boltzmann * (p @ PRIOR) * inverse
    return weights / weights.sum()


@pytest.mark.parametrize("k", [1, 4])
def test_the_careless_variant_has_another_law_which_is_known(k, law):
    biased, exact = careless_law(k), enumeration.boltzmann(CHAIN, T)
    spins = last_states(mixture(k, keep_own=False), CHAIN)
    assert np.abs(biased - exact).sum() / 2 > 0.02
    assert law.p_value(CHAIN, spins, biased) > law.LEVEL
    assert law.p_value(CHAIN, spins, exact) < 1e-12


@pytest.fixture(scope="module")
def trained():
    """A small variational autoencoder that knows the chain's law, roughly."""
    p, states = enumeration.boltzmann(CHAIN, T), enumeration.states(CHAIN)
    spins = states[np.random.default_rng(1).choice(len(p), size=2000, p=p)]
    network = DenseVAE((4,), 2, hidden=(16,))
    how = variational.VariationalTraining(20, "bernoulli", batch=100, optimizer=Optimizer("adam", 0.01))
    variational.fit(network, spins, how, seed=1)
    return network


# With few latent variables of the prior, weights of rare ones are so large that a chain would take too long.
@pytest.mark.parametrize(("k", "importance"), [(1, "encoder"), (4, "encoder"), (16, "encoder"), (16, "prior")])
def test_a_variational_autoencoder_gives_the_models_law(k, importance, trained, law):
    proposal = proposals.bernoulli_decoder(trained, k, importance=importance)
    spins = last_states(proposal, CHAIN, n_chains=4000, burn_in=150)
    assert law.p_value(CHAIN, spins, enumeration.boltzmann(CHAIN, T)) > law.LEVEL


def test_the_careless_autoencoder_is_biased(trained, law):
    proposal = proposals.bernoulli_decoder(trained, 4, keep_own=False)
    spins = last_states(proposal, CHAIN, n_chains=4000, burn_in=150)
    assert law.p_value(CHAIN, spins, enumeration.boltzmann(CHAIN, T)) < 1e-12


@pytest.mark.parametrize("importance", ["prior", "encoder"])
@pytest.mark.parametrize("k", [1, 4, 16])
def test_the_mean_weight_is_the_partition_function(k, importance):
    """E[exp(-E / T) / estimate] = Z for every k, where the own latent variable is among them."""
    network = wide(ConvolutionalVAE((6,), 2, filters=(3, 4)), 0.4)
    model = Ising((6,), boundary="free")
    found = proposals.bernoulli_decoder(network, k, importance=importance)(40_000, np.random.default_rng(3))
    estimate = log_partition(-model.energy(found.spins) / T - found.log_probability)
    assert abs(estimate.value - enumeration.log_partition(model, T)) < 4 * estimate.error
    assert estimate.error < 0.05


def test_more_latent_variables_bring_the_estimate_to_the_likelihood():
    network = wide(DenseVAE((4,), 2, hidden=(6,)), 0.6)
    latent = torch.randn((200_000, 2), generator=torch.Generator().manual_seed(4))
    states = torch.from_numpy(enumeration.states(CHAIN)).float()
    with torch.no_grad():
        fields = network.fields(latent)
        log_p = -torch.nn.functional.softplus(-2.0 * fields[:, None] * states).sum(dim=2).double()
    exact = logsumexp(log_p.numpy(), axis=0) - np.log(len(latent))
    off = {}
    for k in (1, 16, 256):
        found = proposals.bernoulli_decoder(network, k)(2000, np.random.default_rng(5))
        numbers = (found.spins > 0) @ (1 << np.arange(4))
        off[k] = np.sqrt(np.mean((found.log_probability - exact[numbers]) ** 2))
    assert off[256] < 0.3 * off[16] < 0.3 * off[1]


def test_the_estimate_is_kept_with_the_state():
    draws = independence.sample(mixture(4, keep_own=True), CHAIN, T, 400, n_chains=8, seed=2)
    stayed = draws.acceptance.values[0, :, 1:] == 0.0
    weights, spins = draws.log_weight.values[0], draws.spins.values[0]
    assert 100 < stayed.sum() < stayed.size - 100
    np.testing.assert_array_equal(weights[:, 1:][stayed], weights[:, :-1][stayed])
    np.testing.assert_array_equal(spins[:, 1:][stayed], spins[:, :-1][stayed])
    # The same state comes with many different estimates.
    ground = np.all(spins == 1, axis=-1)
    assert len(np.unique(weights[ground])) > 5


def test_what_is_measured_belongs_to_the_spins():
    draws = independence.sample(mixture(1, True), CHAIN, T, 50, n_chains=3, steps_between=4, seed=3)
    spins = draws.spins.values
    np.testing.assert_allclose(draws.energy.values * 4, CHAIN.energy(spins), atol=1e-12)
    np.testing.assert_allclose(draws.magnetization.values, spins.mean(axis=-1), atol=1e-12)
    assert set(np.unique(draws.acceptance.values * 4)) <= {0.0, 1.0, 2.0, 3.0, 4.0}
    assert draws.attrs["method"] == "independence"
    assert draws.temperature.values.tolist() == [T]


def test_the_law_itself_as_the_proposal_is_always_accepted():
    p, states = enumeration.boltzmann(CHAIN, T), enumeration.states(CHAIN)

    def propose(n, rng):
        numbers = rng.choice(len(p), size=n, p=p)
        return Proposed(states[numbers], np.log(p[numbers]))

    draws = independence.sample(propose, CHAIN, T, 500, n_chains=4, seed=1)
    assert draws.acceptance.values.min() == 1.0
    assert float(draws.log_weight.std()) < 1e-12


def test_other_models_are_sampled_too(law):
    model = Potts((4,), q=3)

    def propose(n, rng):
        return Proposed(rng.integers(3, size=(n, 4)), np.zeros(n))

    spins = independence.sample(propose, model, T, 1, n_chains=20_000, burn_in=100, seed=1).spins.values[0, :, 0]
    assert law.p_value(model, spins, enumeration.boltzmann(model, T)) > law.LEVEL

    def angles(n, rng):
        return Proposed(rng.uniform(-np.pi, np.pi, size=(n, 3)), np.zeros(n))

    draws = independence.sample(angles, XY((3,), boundary="free"), 2.0, 1, n_chains=20_000, burn_in=60, seed=2)
    # Two bonds of mean -I_1(1/2) / I_0(1/2) each, over three sites.
    error = float(draws.energy.std()) / np.sqrt(20_000)
    assert abs(float(draws.energy.mean()) + 2 / 3 * 0.24250) < 4 * error


def test_a_seed_gives_the_same_draws_and_another_one_others():
    calls = [independence.sample(mixture(4, True), CHAIN, T, 30, n_chains=5, seed=seed) for seed in (1, 1, 2)]
    assert calls[0].identical(calls[1])
    assert not np.array_equal(calls[0].energy, calls[2].energy)


def test_spins_are_left_out_where_they_are_not_wanted():
    assert "spins" not in independence.sample(mixture(1, True), CHAIN, T, 3, keep_spins=False)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"temperature": 0.0}, ValueError, "temperature 0.0: has to be positive and finite"),
        ({"temperature": [1.0, 2.0]}, ValueError, "one is needed, since a proposal is for one"),
        ({"n_samples": 0}, ValueError, "n_samples 0"),
        ({"n_chains": 0}, ValueError, "n_chains 0"),
        ({"steps_between": 0}, ValueError, "steps_between 0"),
        ({"burn_in": -1}, ValueError, "burn_in -1"),
        ({"seed": -1}, ValueError, "seed -1"),
        ({"n_samples": 10**10}, ValueError, "allowed are 2 GiB"),
        ({"proposal": "coins"}, TypeError, "proposal 'coins': a function"),
        ({"proposal": lambda n, rng: (np.ones((n, 5)), np.zeros(n))}, ValueError, r"spins \(10000, 5\)"),
        ({"proposal": lambda n, rng: (np.ones((n, 4)), np.zeros(3))}, ValueError, r"log_probability \(3,\)"),
        ({"proposal": lambda n, rng: (np.ones((n, 4)), np.full(n, np.nan))}, ValueError, "ln q is nan"),
        ({"proposal": lambda n, rng: (np.full((n, 4), 0.5), np.zeros(n))}, ValueError, "0.5"),
    ],
)
def test_bad_input(change, error, words):
    arguments = {"proposal": mixture(1, True), "model": CHAIN, "temperature": T, "n_samples": 3} | change
    with pytest.raises(error, match=words):
        independence.sample(**arguments)


def test_bad_proposals():
    with pytest.raises(ValueError, match="unit vectors, which have no Bernoulli likelihood"):
        proposals.bernoulli_decoder(DenseVAE((4,), n_components=2), 4)
    with pytest.raises(ValueError, match="k 0: has to be at least 1"):
        proposals.bernoulli_decoder(DenseVAE((4,)), 0)
    with pytest.raises(ValueError, match="importance 'posterior': allowed are 'prior' and 'encoder'"):
        proposals.bernoulli_decoder(DenseVAE((4,)), 4, importance="posterior")
