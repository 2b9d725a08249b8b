"""Masked diffusion in a hierarchical order: a normalised law, symmetric, drawn as it says, blind to what is hidden."""

import numpy as np
import pytest
import torch
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.networks.masked_diffusion import MaskedDiffusion
from spinlib.networks.weights import load_weights, weights
from spinlib.samplers.learned_energy import numbers_of, states_of

BLOCKS = (1, 1, 1, 1, 1)


def random_network(shape=(4, 4), seed=1):
    """Weights far larger than the first ones, so that the law is far from uniform."""
    network, rng = MaskedDiffusion(shape, width=3, blocks=BLOCKS).double(), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, 0.2, generator=rng)
    return network.eval()


def random_spins(shape, n, seed=1):
    return torch.from_numpy(np.random.default_rng(seed).choice([-1.0, 1.0], (n, *shape)))


def log_q(network, spins, temperature=2.3):
    with torch.no_grad():
        return network(spins, torch.full((len(spins),), temperature, dtype=torch.float64))


@pytest.fixture(scope="module")
def states():
    return torch.from_numpy(states_of(np.arange(2**16), (4, 4)).astype(np.float64))


@pytest.mark.parametrize("temperature", [1.0, 2.3, 4.0])
def test_the_probabilities_of_all_states_add_up_to_1_at_every_temperature(states, temperature):
    p = log_q(random_network(), states, temperature).exp()
    assert p.max() / p.min() > 10
    assert float(p.sum()) == pytest.approx(1.0, abs=1e-10)


@pytest.mark.parametrize("shape", [(4, 4), (4, 8), (16, 16)])
def test_turning_all_spins_changes_nothing_and_the_temperature_does(shape):
    network, spins = random_network(shape), random_spins(shape, 20)
    torch.testing.assert_close(log_q(network, spins), log_q(network, -spins), rtol=0, atol=1e-10)
    assert (log_q(network, spins, 2.0) - log_q(network, spins, 2.6)).abs().max() > 0.1


@pytest.mark.parametrize("shape", [(4, 4), (8, 4), (16, 16), (20, 16)])
def test_every_site_belongs_to_one_group_and_the_last_level_is_one_colour(shape):
    network = MaskedDiffusion(shape, width=1, blocks=BLOCKS)
    assert sum(network._groups_of(depth).numel() for depth in range(5)) == np.prod(shape)
    assert network._groups_of(0).unique().numel() == np.prod(shape) // 16  # one by one
    assert network._groups_of(4).unique().tolist() == [0]  # at once
    assert network._groups_of(4).numel() == np.prod(shape) // 2


def test_sites_of_a_group_are_as_far_apart_as_the_module_says():
    sites, cells = [((0, 0),), ((2, 2),), ((0, 2), (2, 0)), ((1, 1),)], [4, 4, 4, 2]
    for side, apart in ((16, (16, 16, 8, 8)), (32, (32, 16, 8, 8))):
        network = MaskedDiffusion((side, side), width=1, blocks=BLOCKS)
        for depth, (of_cell, cell) in enumerate(zip(sites, cells, strict=True)):
            groups = network._groups_of(depth).numpy()
            places = [
                (cell * r + row, cell * c + column)
                for k, (row, column) in enumerate(of_cell)
                for r, c in np.argwhere(groups[k] == 1)
            ]
            steps = [max(min((a - b) % side, (b - a) % side) for a, b in zip(p, q, strict=True))
                     for p in places for q in places if p != q]  # fmt: skip
            assert min(steps, default=side) == apart[depth]


@pytest.mark.parametrize("depth", range(5))
def test_hidden_spins_are_not_seen_nor_those_of_later_levels(depth):
    network, spins = random_network((16, 16)), random_spins((16, 16), 8)
    condition = network._condition(torch.full((8,), 2.0, dtype=torch.float64))
    groups = network._groups_of(depth)
    hidden = (groups >= groups.max() / 2).expand(8, *groups.shape)
    reference = spins[:, 0, 0]
    later = spins.clone()
    for step in range(depth, 5):
        cell = 4 if step < 3 else 2
        of_cell = [((0, 0),), ((2, 2),), ((0, 2), (2, 0)), ((1, 1),), ((0, 1), (1, 0))][step]
        for k, (row, column) in enumerate(of_cell):
            part = later[:, row::cell, column::cell]
            turned = hidden[:, k] if step == depth else torch.ones_like(part, dtype=torch.bool)
            part[turned] *= -1
    assert not torch.equal(later, spins)
    with torch.no_grad():
        seen = network._fields(depth, spins, hidden, condition, reference)
        torch.testing.assert_close(network._fields(depth, later, hidden, condition, reference), seen, rtol=0, atol=0)
        shown = network._fields(depth, -spins, hidden, condition, reference)
    if depth or hidden.logical_not().any():
        assert not torch.equal(shown, seen)


def test_the_last_level_is_independent_given_the_rest():
    """By enumeration: the law of half of the sites, given the others, is the product of its marginals."""
    model = Ising((4, 4))
    states, p = enumeration.states(model).reshape(-1, 16), enumeration.boltzmann(model, 1.9)
    odd = np.add.outer(np.arange(4), np.arange(4)).ravel() % 2 == 1
    _, given = np.unique(states[:, ~odd], axis=0, return_inverse=True)
    given = given.ravel()
    marginals = np.ones(len(p))
    total = np.bincount(given, p)
    for site in np.flatnonzero(odd):
        up = np.bincount(given, p * (states[:, site] > 0)) / total
        marginals *= np.where(states[:, site] > 0, up[given], 1 - up[given])
    np.testing.assert_allclose(p / total[given], marginals, rtol=1e-9)


def test_configurations_come_as_often_as_their_likelihood_says(states):
    network = random_network()
    expected = log_q(network, states, 1.8).exp().numpy() * 40_000
    drawn, told = network.draw(40_000, 1.8, torch.Generator().manual_seed(2))
    torch.testing.assert_close(told, log_q(network, drawn, 1.8), rtol=0, atol=1e-9)
    counts = np.bincount(numbers_of(drawn.numpy()), minlength=2**16)
    enough = expected > 5
    observed, wanted = [*counts[enough], counts[~enough].sum()], [*expected[enough], expected[~enough].sum()]
    assert enough.sum() > 50
    assert stats.chisquare(observed, wanted).pvalue > 1e-4


@pytest.mark.parametrize("shape", [(4, 4), (8, 8)])
def test_the_loss_is_minus_the_log_likelihood_on_average_over_masks(shape):
    """Exactly so where no level has an order: fields that follow from the levels before alone."""
    network = random_network(shape)
    with torch.no_grad():  # nothing of a level's own sites is seen, so all orders have one law
        for level, n_before in zip(network.levels, (0, 1, 2, 1, 2), strict=True):
            for layer in (level.linear, level.first):
                layer.weight[:, n_before:] = 0.0
            if not n_before:
                level.last.bias.zero_(), level.last.weight.zero_()
    spins = random_spins(shape, 1)
    spins[:, ::4, ::4] = 1.0  # whichever is revealed first, it is the same reference
    spins = spins.expand(4000, *shape)
    at = torch.full((4000,), 2.3, dtype=torch.float64)
    with torch.no_grad():
        estimates = network.surprise(spins, at, torch.Generator().manual_seed(1))
    error = float(estimates.std()) / np.sqrt(4000)
    assert abs(float(estimates.mean() + log_q(network, spins[:1])[0])) < 4 * error
    assert error < 0.5


def test_another_torus_gets_the_same_weights_and_the_same_fields_far_from_its_edges():
    network = random_network((8, 8))
    larger = network.on((16, 16))
    assert larger.shape == (16, 16)
    assert all(np.array_equal(a, weights(larger)[name]) for name, a in weights(network).items() if name != "sides")
    spins = random_spins((8, 8), 5)
    tiled = spins.tile(1, 2, 2)
    at = torch.full((5,), 2.0, dtype=torch.float64)
    with torch.no_grad():
        small = network._fields(
            4, spins, torch.ones(5, 2, 4, 4, dtype=torch.bool), network._condition(at), spins[:, 0, 0]
        )
        large = larger._fields(
            4, tiled, torch.ones(5, 2, 8, 8, dtype=torch.bool), larger._condition(at), spins[:, 0, 0]
        )
    torch.testing.assert_close(small.tile(1, 1, 2, 2), large, rtol=0, atol=1e-12)
    with pytest.raises(RuntimeError, match=r"lattice of shape \(8, 8\), not \(16, 16\)"):
        load_weights(MaskedDiffusion((16, 16), width=3, blocks=BLOCKS), weights(network))


@pytest.mark.parametrize("shape", [(8,), (6, 8), (8, 2), (4, 4, 4)])
def test_other_lattices_are_refused(shape):
    with pytest.raises(ValueError, match="two sides divisible by 4"):
        MaskedDiffusion(shape)


@pytest.mark.parametrize(
    ("named", "words"),
    [({"width": 0}, "width 0"), ({"blocks": (1, 1)}, "5 numbers"), ({"blocks": (1, 1, 1, 1, 0)}, "blocks 0")],
)
def test_bad_settings(named, words):
    with pytest.raises(ValueError, match=words):
        MaskedDiffusion((8, 8), **named)


def test_spins_of_another_lattice_are_refused():
    with pytest.raises(ValueError, match=r"\(batch, 8, 8\) is needed"):
        MaskedDiffusion((8, 8), width=1)(torch.ones(2, 8, 4), torch.ones(2))
