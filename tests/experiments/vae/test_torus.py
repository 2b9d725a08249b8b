import numpy as np
import pytest

from experiments.vae import torus, torus_distances
from spinlib.exact import enumeration, kaufman, onsager
from spinlib.models import Ising
from spinlib.observables.structure_factors import structure_factor


@pytest.fixture(scope="module")
def spins():
    """Independent configurations at a temperature above the critical one."""
    return torus.independent_spins(3.0, 4000, seed=1)


def test_configurations_of_the_exact_law_say_what_is_exact(spins):
    found = torus.of_spins(spins, 3.0)
    assert abs(found["energy"] - kaufman.energy(3.0, (10, 10))) < 4 * found["energy_error"]
    assert abs(found["heat"] - kaufman.specific_heat(3.0, (10, 10))) < 4 * found["heat_error"]
    assert abs(found["energy_kl"]) < 0.01
    assert found["energy_total_variation"] < 2 * found["energy_total_variation_floor"]
    # Nearest neighbours are the energy.
    assert found["correlation"][0] == pytest.approx(-found["energy"] / 2, abs=1e-6)


def test_independent_configurations_are_independent(spins):
    energies = torus.MODEL.energy(spins) - torus.MODEL.energy(spins).mean()
    following = (energies[1:] * energies[:-1]).mean() / energies.var()
    assert abs(following) < 4 / np.sqrt(len(spins))


def test_the_law_of_energies_is_that_of_all_states():
    small = Ising((4, 4))
    levels, places = np.unique(enumeration.energies(small), return_inverse=True)
    law = np.bincount(places, enumeration.boltzmann(small, 2.0))
    spins = enumeration.states(small)
    found_levels, found = torus.density_of_states.energy_distribution(2.0, (4, 4))
    assert (found_levels == levels).all()
    np.testing.assert_allclose(found, law, rtol=1e-10)
    assert len(spins) == 2**16


def test_correlations_are_means_over_sites(spins):
    spectrum = np.asarray(structure_factor(torus.MODEL, spins[:50])).mean(axis=0)
    some = spins[:50].astype(float)
    direct = [np.mean([(some * np.roll(some, r, axis)).mean() for axis in (1, 2)]) for r in range(1, 6)]
    np.testing.assert_allclose(torus.correlations(spectrum), direct, atol=1e-12)


def test_configurations_with_the_mean_energy_have_it(spins):
    found = torus.at_mean_energy(spins)
    energies = torus.MODEL.energy(found)
    assert len(set(energies)) == 1
    # Energies of the torus are four apart.
    assert abs(energies[0] - torus.MODEL.energy(spins).mean()) <= 2
    assert (found[0] == spins[torus.MODEL.energy(spins) == energies[0]][0]).all()


@pytest.mark.parametrize("kind", torus.KINDS)
def test_every_kind_is_trained_and_asked(kind, spins):
    settings = {**torus.SMOKE_SIZES, "n_latent": 4, "epochs": 1}
    found, network, training = torus.one_model(3.0, settings, 1, kind=kind, weight=0.5)
    assert training.shape == (settings["chains"] * settings["kept"], 10, 10)
    assert network.n_latent == 4
    assert 0 <= found["active"] <= 4
    shares = [value for name, value in found.items() if name.endswith(("_sites", "_whole"))]
    assert len(shares) == 8
    assert all(0 <= share <= 1 for share in shares)
    assert torus.counts(spins, 3.0).sum() == len(spins)


def test_independent_training_configurations_replace_the_papers():
    settings = {**torus.SMOKE_SIZES, "n_latent": 4, "epochs": 1}
    papers, independent = (torus.one_model(1.0, settings, 1, kind="dense", independent=one)[2] for one in (False, True))
    assert papers.shape == independent.shape
    assert (papers != independent).any()


def test_unknown_kinds_are_refused(spins):
    with pytest.raises(ValueError, match="allowed are convolutional, dense"):
        torus.trained("adversarial", spins, 1, n_latent=4, epochs=1)


def test_pictures_and_their_reconstructions_belong_together(spins):
    network, _ = torus.trained("dense", spins[:500], 1, n_latent=4, epochs=1)
    found = torus.of_pictures(network, spins, spins[:100], seed=2)
    assert found["monte_carlo_pictures"].shape == found["rebuilt_pictures"].shape == (torus.SHOWN, 10, 10)
    assert found["pictures_number"] == len(torus.at_mean_energy(spins))
    assert 0 <= found["pictures_whole"] <= found["pictures_sites"] <= 1


@pytest.fixture(scope="module")
def record():
    """Exact configurations in the place of a network's, at two temperatures by three seeds."""
    T = [torus.CRITICAL, 3.0]
    rows = [[torus.of_spins(torus.independent_spins(t, 2000, 5 + k), t) for k in range(3)] for t in T]
    found = {f"sign_{name}": np.array([[one[name] for one in row] for row in rows]) for name in rows[0][0]}
    law = [torus.exact(t, 4000, 9) for t in T]
    return found | {name: np.array([one[name] for one in law]) for name in law[0]}


def test_the_exact_law_is_at_no_distance(record):
    found = torus_distances.distances(record)
    assert found.energy.shape == found.correlation.shape == (2, 3)
    assert found.energy_size.max() < 0.02
    assert found.order_size.max() < 0.02
    assert found.correlation_size.max() < 0.02
    assert found.heat_size.max() < 0.15
    sizes = torus_distances.energy_sizes(record["sign_energy"], [torus.CRITICAL, 3.0])
    np.testing.assert_allclose(sizes, found.energy_size)


def test_another_law_is_at_its_distance(record):
    other = record | {"sign_energy": record["exact_energy"][:, None] - [[0.1, 0.2, 0.3]]}
    np.testing.assert_allclose(torus_distances.distances(other).energy_size, [0.1, 0.2, 0.3])


def test_counts_of_the_law_pass_and_others_do_not(spins):
    draws = np.array([[torus.counts(spins[:2000], 3.0), torus.counts(spins[2000:], 3.0)]])
    chi2, dof = torus_distances.pearson(draws, [3.0])
    assert chi2 < dof + 5 * np.sqrt(2 * dof)
    chi2, dof = torus_distances.pearson(draws, [2.8])
    assert chi2 > dof + 20 * np.sqrt(2 * dof)


def test_unlike_pairs_are_counted(spins):
    some = spins[:20]
    pairs = [(some != np.roll(some, 1, axis)).mean() for axis in (1, 2)]
    energy = torus.MODEL.energy(some).mean() / 100
    assert torus_distances.unlike(energy) == pytest.approx(np.mean(pairs))


def test_modes_are_the_eigenvalues_of_the_covariance(spins):
    spectrum = np.asarray(structure_factor(torus.MODEL, spins)).mean(axis=0)
    # All translations of all configurations.
    shifted = np.concatenate([np.roll(spins, (i, j), (1, 2)) for i in range(10) for j in range(10)])
    rows = shifted[::7].reshape(-1, 100).astype(np.float64)
    rows = np.concatenate([rows, -rows])
    eigenvalues = np.linalg.eigvalsh(rows.T @ rows / len(rows))
    np.testing.assert_allclose(eigenvalues, np.sort(spectrum.ravel()), rtol=0.05)
    assert torus_distances.linear_number(np.full((10, 10), 0.6)) == 100
    assert torus_distances.linear_number(np.full((10, 10), 0.4)) == 0
    assert onsager.critical_temperature() == torus.CRITICAL
