import numpy as np
import pytest
from scipy import stats
from scipy.signal import fftconvolve

from experiments.vae import xy_energies
from spinlib.exact import one_dimensional
from spinlib.models import XY

EDGES = np.linspace(-5, 5, 41)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_moments_are_those_of_the_transfer_matrix(temperature):
    fine = np.linspace(-5, 5, 4001)
    law, middles = xy_energies.shares(temperature, 5, fine), (fine[1:] + fine[:-1]) / 2
    mean = law @ middles
    assert mean / 6 == pytest.approx(one_dimensional.xy_energy(temperature, 6), abs=1e-6)
    heat = law @ (middles - mean) ** 2 / temperature**2 / 6
    assert heat == pytest.approx(one_dimensional.xy_specific_heat(temperature, 6), rel=1e-4)


@pytest.mark.parametrize("temperature", [0.3, 1.5])
def test_bins_are_those_of_a_convolution(temperature):
    # One bond's energies on a fine grid by their exact shares, and the sum of five of them by convolution.
    n = 2000
    ends = np.linspace(-1, 1, n + 1)
    # Between two energies: the angles between them, of the density exp(cos a / T).
    angles = np.arccos(-ends)
    law = stats.vonmises(1 / temperature)
    one = 2 * np.diff(law.cdf(angles))
    total = one
    for _ in range(4):
        total = fftconvolve(total, one)
    energies = -5 + 5 / n + 2 / n * np.arange(len(total))
    found = np.histogram(energies, EDGES, weights=total)[0]
    np.testing.assert_allclose(xy_energies.shares(temperature, 5, EDGES), found, atol=1e-3)


def test_independent_configurations_follow_the_law():
    model = XY((6,), boundary="free")
    energies = model.energy(one_dimensional.xy_sample(0.8, 6, 100_000, np.random.default_rng(3)))
    law = xy_energies.shares(0.8, 5, EDGES)
    expected = len(energies) * law
    often = expected > 10
    chi2 = ((np.histogram(energies, EDGES)[0] - expected) ** 2 / expected)[often].sum()
    assert stats.chi2.sf(chi2, often.sum()) > 0.001
    distance = xy_energies.kolmogorov(energies, 0.8, 5)
    assert stats.kstwo.sf(distance, len(energies)) > 0.001
    assert distance == pytest.approx(
        stats.kstest(energies, lambda e: xy_energies.distribution(0.8, 5, e)).statistic, abs=1e-12
    )
    assert xy_energies.kolmogorov(energies, 0.9, 5) > 3 * distance


def test_rare_energies_have_their_boltzmann_weight():
    # The density of states is even: bins of e and -e differ by the weight of the energies in them alone.
    edges = np.linspace(-5, 5, 1001)
    law, middles = xy_energies.shares(0.4, 5, edges), (edges[1:] + edges[:-1]) / 2
    np.testing.assert_allclose(np.log(law[::-1] / law), -2 * middles[::-1] / 0.4, atol=0.05)
    assert law.sum() == pytest.approx(1, abs=1e-12)


def test_distribution_rises_from_0_to_1():
    found = xy_energies.distribution(1.0, 5, np.linspace(-5, 5, 333))
    assert found[0] == 0.0
    assert found[-1] == pytest.approx(1.0)
    assert (np.diff(found) >= 0).all()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="rising numbers from -5 to 5"):
        xy_energies.shares(1.0, 5, [-4, 5])
    with pytest.raises(ValueError, match="rising numbers"):
        xy_energies.shares(1.0, 5, [-5, 1, 0, 5])
    with pytest.raises(ValueError, match="temperature -1"):
        xy_energies.shares(-1.0, 5, [-5, 5])
    with pytest.raises(ValueError, match="3 bonds"):
        xy_energies.shares(1.0, 3, [-3, 3])
