"""The autoregressive network: a normalised law, drawn as it says, in which no site sees those behind it."""

import numpy as np
import pytest
import torch
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.networks.autoregressive import AutoregressiveNetwork
from spinlib.networks.weights import load_weights, weights
from spinlib.samplers.learned_energy import numbers_of, states_of

both = pytest.mark.parametrize("z2", [False, True])


def random_network(shape, z2, seed=1):
    """Weights far larger than the first ones, so that the law is far from uniform."""
    network, rng = AutoregressiveNetwork(shape, hidden=4, z2=z2).double(), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, 0.7, generator=rng)
    return network.eval()


def all_states(shape):
    return torch.from_numpy(states_of(np.arange(2 ** int(np.prod(shape))), shape))


@both
@pytest.mark.parametrize("shape", [(2,), (7,), (3, 3)])
def test_the_probabilities_of_all_states_add_up_to_1(shape, z2):
    with torch.no_grad():
        p = random_network(shape, z2)(all_states(shape)).exp()
    assert p.max() / p.min() > 2
    assert float(p.sum()) == pytest.approx(1.0, abs=1e-12)


@both
def test_a_site_feels_the_sites_before_it_alone(z2):
    network, spins = random_network((2, 3), z2), all_states((2, 3))
    with torch.no_grad():
        fields = network.fields(spins).flatten(1)
        for site in range(6):
            turned = spins.flatten(1).clone()
            turned[:, site] *= -1
            changed = (network.fields(turned.unflatten(1, (2, 3))).flatten(1) - fields).abs().amax(dim=0)
            assert bool((changed[: site + 1] == 0).all())
            assert bool((changed[site + 1 :] > 0).all())


@both
def test_configurations_come_as_often_as_their_likelihood_says(z2):
    network = random_network((2, 3), z2)
    with torch.no_grad():
        expected = network(all_states((2, 3))).exp().numpy() * 40_000
    drawn = network.draw(40_000, torch.Generator().manual_seed(2))
    assert set(drawn.unique().tolist()) == {-1.0, 1.0}
    counts = np.bincount(numbers_of(drawn.numpy()), minlength=64)
    enough = expected > 5
    observed = [*counts[enough], counts[~enough].sum()]
    assert stats.chisquare(observed, [*expected[enough], expected[~enough].sum()]).pvalue > 1e-4


def test_turning_all_spins_changes_nothing_with_the_symmetry_and_something_without():
    spins = all_states((2, 3))
    with torch.no_grad():
        symmetric, free = random_network((2, 3), True), random_network((2, 3), False)
        torch.testing.assert_close(symmetric(spins), symmetric(-spins), rtol=0, atol=1e-12)
        assert (free(spins) - free(-spins)).abs().max() > 0.1


@both
def test_a_chain_is_represented_exactly(z2):
    """Each spin of an open chain feels its neighbour before it alone: a field s J / T."""
    network = AutoregressiveNetwork((5,), hidden=1, z2=z2).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        network.linear.copy_(torch.diag(torch.full((4,), 1 / 1.3, dtype=torch.float64), -1))
        found = network(torch.from_numpy(enumeration.states(Ising((5,), boundary="free")))).exp().numpy()
    np.testing.assert_allclose(found, enumeration.boltzmann(Ising((5,), boundary="free"), 1.3), rtol=1e-12)


def test_a_seed_gives_the_same_configurations():
    network = random_network((3, 3), True)
    first, again, other = (network.draw(50, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_one_site_is_too_few():
    with pytest.raises(ValueError, match=r"shape \(1,\): at least two sites"):
        AutoregressiveNetwork((1,))


def test_weights_of_another_lattice_with_as_many_sites_are_refused():
    with pytest.raises(RuntimeError, match=r"lattice of shape \(3, 2\), not \(2, 3\)"):
        load_weights(AutoregressiveNetwork((2, 3)), weights(AutoregressiveNetwork((3, 2))))
