import numpy as np
import pytest

from experiments.vae import six_spins, six_spins_distances
from spinlib.exact import enumeration

T = [0.75, 2.0]


@pytest.fixture(scope="module")
def record():
    """Independent configurations of the exact law in the place of a network's."""

    def asked(temperature, seed):
        return six_spins.of_spins(six_spins.independent_spins(temperature, 20_000, seed), temperature)

    rows = [[asked(temperature, 10 * k + i) for k in range(4)] for i, temperature in enumerate(T)]
    return {f"sign_{name}": np.array([[one[name] for one in row] for row in rows]) for name in rows[0][0]}


def test_the_exact_law_is_at_no_distance(record):
    found = six_spins_distances.distances(record, T)
    for name in ("energy", "correlation", "heat"):
        values = getattr(found, name)
        assert values.shape == (2, 4)
        error = values.std(axis=1, ddof=1) / 2
        assert (np.abs(values.mean(axis=1)) < 6 * error).all()
    assert found.energy_size.max() < 0.01
    assert found.correlation_size.max() < 0.02
    assert found.heat_size.max() < 0.05
    assert np.abs(found.kl).max() < 0.002


def test_another_law_is_at_its_distance(record):
    other = record | {"sign_energy": record["sign_energy"] + 0.1}
    assert six_spins_distances.distances(other, T).energy_size == pytest.approx(0.1, abs=0.01)


def test_pearson_adds_up_temperatures_and_seeds(record):
    chi2, dof = six_spins_distances.pearson(record["sign_states"], T)
    assert 300 < dof <= 2 * 4 * 63
    assert abs(chi2 - dof) < 5 * np.sqrt(2 * dof)


def test_shares_of_energies_are_those_of_the_states():
    law = enumeration.boltzmann(six_spins.MODEL, 1.0)
    levels, shares = six_spins_distances.by_energy(np.array([law, law]))
    assert levels.tolist() == [-5, -3, -1, 1, 3, 5]
    assert shares.shape == (2, 6)
    assert shares[0] @ levels == pytest.approx(law @ enumeration.energies(six_spins.MODEL))
