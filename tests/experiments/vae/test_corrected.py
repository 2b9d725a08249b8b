"""Corrected sampling: tests of counts, exact probabilities of an autoencoder, and distances, against known answers."""

import numpy as np
import pytest
import torch

from experiments.vae import corrected_10x10, corrected_chain, corrected_distances
from spinlib.exact import enumeration
from spinlib.learning import proposals
from spinlib.models import Ising
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.dense_vae import DenseVAE
from spinlib.networks.initialization import initialize

RNG = np.random.default_rng(1)
LAW = np.array([0.5, 0.3, 0.15, 0.04, 0.01])


def counts(law, chains=400, draws=10, stay=0.0):
    """Of chains that keep their state with probability `stay`, which does not change the law."""
    states = RNG.choice(len(law), p=law, size=(chains, draws))
    for k in range(1, draws):
        stays = RNG.random(chains) < stay
        states[stays, k] = states[stays, k - 1]
    return np.array([np.bincount(row, minlength=len(law)) for row in states])


def test_chi_square_of_correlated_chains_has_its_mean_and_a_wrong_law_is_seen():
    found = [corrected_chain.fit_of_counts(counts(LAW, stay=0.8), LAW) for _ in range(60)]
    assert {dof for _, dof in found} == {3}
    assert np.mean([chi2 for chi2, _ in found]) == pytest.approx(3.0, abs=1.0)
    assert corrected_chain.fit_of_counts(counts(LAW), np.array([0.45, 0.35, 0.15, 0.04, 0.01]))[0] > 30


def test_rare_classes_count_as_one():
    rare = np.array([0.6, 0.399, 0.0005, 0.0005])
    assert corrected_chain.fit_of_counts(counts(rare), rare)[1] == 1
    with pytest.raises(ValueError, match="no class"):
        corrected_chain.fit_of_counts(counts(LAW, chains=4, draws=2), LAW)


def vae():
    network = initialize(DenseVAE((6,), 3), torch.Generator().manual_seed(1)).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0)
    return network


def test_probabilities_of_an_autoencoder_are_those_of_its_drawn_states():
    q = corrected_chain.probabilities(vae(), 100_000, 1)
    drawn = proposals.bernoulli_decoder(vae(), 1)(100_000, np.random.default_rng(2))
    seen = corrected_chain.counts_of_states(drawn.spins, corrected_chain.MODEL) / 100_000
    error = np.sqrt(q / 100_000)
    assert q.sum() == pytest.approx(1.0)
    assert q.max() / q.min() > 2
    assert (np.abs(seen - q) / error).max() < 5


def test_acceptance_of_the_exact_law_is_one_and_of_another_less():
    law = enumeration.boltzmann(corrected_chain.MODEL, 2.0)
    assert corrected_chain.ideal_acceptance(law, law) == pytest.approx(1.0)
    assert corrected_chain.ideal_acceptance(law, np.full(64, 1 / 64)) < 0.9


def test_estimates_bound_the_divergence_from_both_sides():
    """Estimates with the own latent variable are too large on average, those without too small."""
    network = initialize(ConvolutionalVAE((4, 4), 3, boundary="periodic"), torch.Generator().manual_seed(1)).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0)
    drawn = proposals.bernoulli_decoder(network, 1, importance="encoder")(2000, np.random.default_rng(1))
    assert corrected_10x10.of_estimates(network, drawn, 1, 2000, 2)["gap"] > 0.05
    many = proposals.bernoulli_decoder(network, 64, importance="encoder")(2000, np.random.default_rng(1))
    few, more = (corrected_10x10.of_estimates(network, one, k, 2000, 2) for one, k in ((drawn, 1), (many, 64)))
    assert abs(more["gap"]) < few["gap"] / 5
    assert more["noise"] < few["noise"] / 5


def test_exact_proposals_are_all_accepted_and_say_the_exact_answer():
    model, temperature = Ising((2, 2)), 3.0
    law, states = enumeration.boltzmann(model, temperature), enumeration.states(model)
    chosen = np.random.default_rng(1).choice(len(law), p=law, size=2000)
    drawn = corrected_10x10.independence.Proposed(states[chosen], np.log(law[chosen]))
    log_z = float(enumeration.log_partition(model, temperature))
    found = corrected_10x10.of_proposals(model, drawn, temperature, 20, 1, log_z)
    assert found["acceptance"] == 1.0
    assert found["effective"] == pytest.approx(1.0)
    assert found["kl"] == pytest.approx(0.0, abs=1e-9)
    assert found["variance"] == pytest.approx(0.0, abs=1e-9)
    assert found["weighted_energy"] == pytest.approx(found["proposed_energy"])


def test_a_distance_without_a_bias_is_zero_and_with_one_is_the_bias():
    exact, noise = np.array([1.0, 2.0, 3.0]), RNG.normal(size=(3, 400))
    without = corrected_distances.one_sided_distance(exact[:, None] + noise, exact)
    assert abs(without.value) < 3 * without.error
    biased = corrected_distances.one_sided_distance(exact[:, None] + [[1.0], [-2.0], [3.0]] + 0.1 * noise, exact)
    assert biased.value == pytest.approx(2.0, abs=0.05)


def test_the_farthest_value_is_named():
    values = np.array([[0.0, 0.1, -0.1], [1.0, 1.1, 0.9]])
    distance, error, at = corrected_distances.farthest(values, np.zeros(2))
    assert (at, error) == (1, 1.0)
    assert distance == pytest.approx(1.0 / corrected_distances.mean_of_few(values[1]).error)


def test_the_exponent_of_a_power_law():
    sites = np.array([16, 36, 64])
    found = corrected_distances.exponent(sites, np.outer(sites**1.5, [1.0, 2.0, 3.0]) * [1.0, 1.01, 0.99])
    assert found.value == pytest.approx(1.5)


def test_the_largest_and_the_smallest_mean():
    values = [[1.0, 2.0, 3.0], [0.0, 1.0, 2.0], [2.5, 2.6, 2.7]]
    assert corrected_distances.largest(values).value == pytest.approx(2.6)
    assert corrected_distances.smallest(values).value == pytest.approx(1.0)
