"""The autoregressive network of XY spins: a normalised density, drawn as it says, that no common angle changes."""

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from spinlib.exact import one_dimensional
from spinlib.networks.autoregressive_xy import AutoregressiveXY, von_mises
from spinlib.networks.weights import load_weights, weights
from spinlib.statistics import chi_square_of_counts


def random_network(shape, seed=1):
    """Weights far larger than the first ones, so that the law is far from uniform."""
    network, rng = AutoregressiveXY(shape, hidden=4).double(), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, 0.7, generator=rng)
    return network.eval()


def grid_of(n, sites):
    """All points of a grid of n equidistant angles on every site, (n^sites, sites)."""
    one = np.arange(n) * 2 * np.pi / n
    return torch.from_numpy(np.stack(np.meshgrid(*[one] * sites, indexing="ij"), axis=-1).reshape(-1, sites))


def test_the_density_of_two_spins_integrates_to_1():
    """The trapezoidal rule, which converges exponentially for a smooth periodic function."""
    network = random_network((2,))
    with torch.no_grad():
        q = network(grid_of(64, 2)).exp()
    assert q.max() / q.min() > 2
    assert float(q.sum() * (2 * np.pi / 64) ** 2) == pytest.approx(1.0, abs=1e-12)


def test_the_density_of_a_lattice_integrates_to_1():
    """Over all angles: uniform ones times (2 pi)^N, to the error of their mean."""
    network, rng = random_network((2, 2)), torch.Generator().manual_seed(3)
    angles = 2 * np.pi * torch.rand((400_000, 2, 2), generator=rng, dtype=torch.float64)
    with torch.no_grad():
        values = (network(angles) + 4 * np.log(2 * np.pi)).exp()
    error = float(values.std()) / len(values) ** 0.5
    assert error < 0.02
    assert abs(float(values.mean()) - 1.0) < 4 * error


def test_the_last_conditional_is_a_density():
    network = random_network((3,))

    def density(angle):
        with torch.no_grad():
            return float(network(torch.tensor([[0.4, -1.3, angle]], dtype=torch.float64)).exp())

    with torch.no_grad():
        field = network.fields(torch.tensor([[0.4, -1.3, 0.0]], dtype=torch.float64))[0, 1]
    k, mean = float(field.norm()), float(torch.atan2(field[1], field[0]))
    before = stats.vonmises(k).pdf(-1.3 - mean) / (2 * np.pi)
    assert integrate.quad(density, -np.pi, np.pi)[0] == pytest.approx(before, rel=1e-9)


def test_a_common_angle_changes_nothing():
    network = random_network((2, 3))
    angles = network.draw(20, torch.Generator().manual_seed(1))
    with torch.no_grad():
        for turn in (0.3, 2.0, -7.0):
            torch.testing.assert_close(network(angles + turn), network(angles), rtol=0, atol=1e-12)
        assert network(angles).std() > 0.1


def test_a_common_angle_turns_the_fields():
    network, turn = random_network((2, 3)), 0.8
    angles = network.draw(20, torch.Generator().manual_seed(1))
    with torch.no_grad():
        x, y = network.fields(angles).unbind(dim=-1)
        expected = torch.stack([np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y], dim=-1)
        torch.testing.assert_close(network.fields(angles + turn), expected, rtol=0, atol=1e-12)


def test_a_site_feels_the_sites_before_it_alone():
    network = random_network((2, 3))
    angles = network.draw(50, torch.Generator().manual_seed(1))
    with torch.no_grad():
        fields = network.fields(angles).flatten(1, 2)
        assert bool((fields[:, 0] == 0).all())
        for site in range(6):
            turned = angles.flatten(1).clone()
            turned[:, site] += 1.0
            changed = (network.fields(turned.unflatten(1, (2, 3))).flatten(1, 2) - fields).abs().amax(dim=(0, 2))
            assert bool((changed[: site + 1] == 0).all())
            assert bool((changed[site + 1 :] > 0).all())


def test_configurations_come_as_often_as_their_likelihood_says():
    """Of three spins, the two differences to the first: cells of a grid against the integral over each."""
    network, cells, fine = random_network((3,)), 8, 8
    with torch.no_grad():
        one = (np.arange(cells * fine) + 0.5) * 2 * np.pi / (cells * fine)
        points = np.stack(np.meshgrid([0.0], one, one, indexing="ij"), axis=-1).reshape(-1, 3)
        q = network(torch.from_numpy(points)).exp().numpy().reshape(cells, fine, cells, fine).sum(axis=(1, 3))
    drawn = network.draw(40_000, torch.Generator().manual_seed(2)).numpy()
    assert drawn.min() >= -np.pi
    assert drawn.max() < np.pi
    places = np.floor((drawn[:, 1:] - drawn[:, :1]) % (2 * np.pi) / (2 * np.pi / cells)).astype(int) % cells
    observed = np.bincount(places @ [cells, 1], minlength=cells**2)
    assert chi_square_of_counts(observed, (q / q.sum()).ravel())[2] > 1e-4
    assert stats.kstest(drawn[:, 0], stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-4


def test_an_open_chain_is_represented_exactly():
    """Each spin feels its neighbour before it alone: a field s / T, and ln Z = ln 2 pi + (N - 1) ln 2 pi I_0(1 / T)."""
    network, temperature = AutoregressiveXY((5,), hidden=1).double(), 0.7
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        for site in range(1, 5):
            for component in range(2):
                network.linear[site, component, site - 1, component] = 1 / temperature
        angles = network.draw(20_000, torch.Generator().manual_seed(1))
        bonds = torch.cos(angles[:, 1:] - angles[:, :-1]).sum(dim=1)
        i0 = float(torch.special.i0(torch.tensor(1 / temperature, dtype=torch.float64)))
        expected = bonds / temperature - 5 * np.log(2 * np.pi) - 4 * np.log(i0)
        torch.testing.assert_close(network(angles), expected, rtol=0, atol=1e-12)
    error = float(bonds.std()) / 5 / len(bonds) ** 0.5
    assert abs(-float(bonds.mean()) / 5 - one_dimensional.xy_energy(temperature, 5)) < 4 * error


@pytest.mark.parametrize("k", [0.0, 1e-12, 3e-5, 0.2, 3.0, 1e3, 1e8])
def test_von_mises_angles_have_their_law(k):
    found = von_mises(torch.full((20_000,), k, dtype=torch.float64), torch.Generator().manual_seed(1)).numpy()
    law = stats.vonmises(k).cdf if 1e-3 < k < 1e5 else stats.norm(0, k**-0.5).cdf if k > 1 else None
    flat = stats.uniform(-np.pi, 2 * np.pi).cdf
    assert stats.kstest(found, law or flat).pvalue > 1e-3


def test_concentrations_that_are_none_are_refused():
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="concentration"):
            von_mises(torch.tensor([1.0, wrong], dtype=torch.float64), torch.Generator())


def test_a_seed_gives_the_same_configurations():
    network = random_network((3, 3))
    first, again, other = (network.draw(50, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_one_site_is_too_few():
    with pytest.raises(ValueError, match=r"shape \(1,\): at least two sites"):
        AutoregressiveXY((1,))


def test_weights_of_another_lattice_with_as_many_sites_are_refused():
    with pytest.raises(RuntimeError, match=r"lattice of shape \(3, 2\), not \(2, 3\)"):
        load_weights(AutoregressiveXY((2, 3)), weights(AutoregressiveXY((3, 2))))
