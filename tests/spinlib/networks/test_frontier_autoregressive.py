"""The frontier network: a normalised law, symmetric, drawn as it says, whose inputs hold all that a spin depends on."""

import numpy as np
import pytest
import torch
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
from spinlib.networks.weights import load_weights, weights
from spinlib.samplers.learned_energy import numbers_of, states_of

SHAPES = pytest.mark.parametrize("shape", [(2, 2), (2, 4), (4, 2), (3, 4), (4, 4)])


def random_network(shape, seed=1):
    """Weights far larger than the first ones, so that the law is far from uniform."""
    network, rng = FrontierAutoregressive(shape, width=6).double(), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, 0.3, generator=rng)
    return network.eval()


def all_states(shape):
    return torch.from_numpy(states_of(np.arange(2 ** int(np.prod(shape))), shape))


def log_q(network, states, temperature):
    with torch.no_grad():
        return network(states, torch.full((len(states),), temperature, dtype=torch.float64))


@SHAPES
def test_the_probabilities_of_all_states_add_up_to_1_at_every_temperature(shape):
    states, network = all_states(shape), random_network(shape)
    for temperature in (1.0, 2.3, 4.0):
        p = log_q(network, states, temperature).exp()
        assert p.max() / p.min() > 2
        assert float(p.sum()) == pytest.approx(1.0, abs=1e-12)


def test_the_temperature_changes_the_law():
    states, network = all_states((2, 3)), random_network((2, 3))
    assert (log_q(network, states, 2.0) - log_q(network, states, 2.5)).abs().max() > 0.1


@SHAPES
def test_turning_all_spins_changes_nothing(shape):
    states, network = all_states(shape), random_network(shape)
    torch.testing.assert_close(log_q(network, states, 2.3), log_q(network, -states, 2.3), rtol=0, atol=1e-12)


def test_a_site_feels_the_sites_before_it_alone():
    network, spins = random_network((3, 3)), all_states((3, 3))
    at = torch.full((len(spins),), 2.3, dtype=torch.float64)
    with torch.no_grad():
        fields = network.fields(spins, at).flatten(1)
        assert bool((fields[:, 0] == 0).all())
        for site in range(9):
            turned = spins.flatten(1).clone()
            turned[:, site] *= -1
            changed = (network.fields(turned.unflatten(1, (3, 3)), at).flatten(1) - fields).abs().amax(dim=0)
            assert bool((changed[: site + 1] == 0).all())
            # The site after it sees it as the spin before.
            assert bool((changed[site + 1 : site + 2] > 0).all())


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4), (2, 4)])
def test_the_exact_law_of_a_spin_follows_from_what_the_network_sees(shape):
    """By enumeration of the torus: states that look alike from a site have the same conditional there."""
    model = Ising(shape)
    states, p = enumeration.states(model), enumeration.boltzmann(model, 1.7)
    flat = states.reshape(len(states), -1)
    seen = FrontierAutoregressive(shape, width=1).seen.numpy()
    shown = np.concatenate([flat, np.zeros((len(flat), 1), flat.dtype)], axis=1)
    for site in range(flat.shape[1]):
        _, past = np.unique(flat[:, :site], axis=0, return_inverse=True)
        _, look = np.unique(shown[:, seen[site]], axis=0, return_inverse=True)
        up = flat[:, site] > 0
        past_up = np.bincount(past.ravel(), p * up) / np.bincount(past.ravel(), p)
        look_up = np.bincount(look.ravel(), p * up) / np.bincount(look.ravel(), p)
        np.testing.assert_allclose(past_up[past.ravel()], look_up[look.ravel()], rtol=1e-10)


def test_configurations_come_as_often_as_their_likelihood_says():
    network, states = random_network((2, 3)), all_states((2, 3))
    expected = log_q(network, states, 1.8).exp().numpy() * 40_000
    drawn, told = network.draw(40_000, 1.8, torch.Generator().manual_seed(2))
    assert set(drawn.unique().tolist()) == {-1.0, 1.0}
    torch.testing.assert_close(told, log_q(network, drawn, 1.8), rtol=0, atol=1e-10)
    counts = np.bincount(numbers_of(drawn.numpy()), minlength=64)
    enough = expected > 5
    observed, wanted = counts[enough], expected[enough]
    if not enough.all():
        observed, wanted = [*observed, counts[~enough].sum()], [*wanted, expected[~enough].sum()]
    assert stats.chisquare(observed, wanted).pvalue > 1e-4


def test_a_seed_gives_the_same_configurations():
    network = random_network((3, 3))
    first, again, other = (network.draw(50, 2.0, torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("shape", [(6,), (1, 4), (4, 1), (2, 2, 2)])
def test_other_lattices_are_refused(shape):
    with pytest.raises(ValueError, match="two sides of at least 2"):
        FrontierAutoregressive(shape)


@pytest.mark.parametrize(("named", "words"), [({"width": 0}, "width 0"), ({"layers": 0}, "layers 0")])
def test_bad_settings(named, words):
    with pytest.raises(ValueError, match=words):
        FrontierAutoregressive((4, 4), **named)


def test_a_raster_order_belongs_to_its_lattice():
    network = FrontierAutoregressive((4, 4), width=4)
    with pytest.raises(ValueError, match=r"\(batch, 4, 4\) is needed"):
        network(torch.ones(2, 4, 5), torch.ones(2))
    with pytest.raises(RuntimeError, match=r"lattice of shape \(8, 8\), not \(4, 4\)"):
        load_weights(network, weights(FrontierAutoregressive((8, 8), width=4)))
