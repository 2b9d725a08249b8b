import numpy as np
import pytest
import torch
from scipy.special import i0, i1

from experiments.vae import xy_chain_variants, xy_spins
from spinlib.exact import one_dimensional
from spinlib.networks.autoencoder import Autoencoder


def test_exact_configurations_say_what_is_exact():
    found = xy_spins.of_spins(xy_spins.independent_spins(1.5, 200_000, seed=1), 1.5)
    assert abs(found["energy"] - one_dimensional.xy_energy(1.5, 6)) < 4 * found["energy_error"]
    assert abs(found["heat"] - one_dimensional.xy_specific_heat(1.5, 6)) < 4 * found["heat_error"]
    exact = one_dimensional.xy_correlation(1.5, np.arange(1, 6))
    assert (np.abs(found["correlation"] - exact) < 4.5 * found["correlation_error"]).all()
    assert abs(found["kl"]) < 1e-3
    assert found["total_variation"] < 2 * found["total_variation_floor"] < 0.05
    assert found["counts"].sum() == 200_000
    assert (found["direction"] < 4 / np.sqrt(200_000)).all()
    assert (found["site_direction"] < 4 / np.sqrt(200_000)).all()


def test_errors_are_those_of_repetitions():
    found = [xy_spins.of_spins(xy_spins.independent_spins(1.0, 500, seed), 1.0) for seed in range(300)]
    for name in ("energy", "heat", "correlation"):
        values, errors = (np.array([one[key] for one in found]) for key in (name, f"{name}_error"))
        np.testing.assert_allclose(errors.mean(axis=0), values.std(axis=0), rtol=0.2)


def test_parallel_spins_lie_in_the_first_bin_and_point_somewhere():
    found = xy_spins.of_spins(np.full((100, 6), 0.3), 1.0)
    assert found["counts"][0] == 100
    np.testing.assert_allclose(found["correlation"], 1.0)
    np.testing.assert_allclose(found["direction"], 1.0)
    np.testing.assert_allclose(found["site_direction"], 1.0)


@pytest.mark.parametrize("weight", [1.0, 0.1])
def test_noise_is_that_of_the_loss(weight):
    turns = xy_spins.with_noise(np.zeros((50_000, 6)), weight, seed=1)
    kappa = 2 / weight
    expected = i1(kappa) / i0(kappa)
    assert abs(np.cos(turns).mean() - expected) < 4 * np.cos(turns).std() / np.sqrt(turns.size)
    # -ln p of a turn is |x - y|^2 / weight up to a constant.
    bins = np.linspace(-1.2, 1.2, 13) * np.sqrt(weight / 2)
    counts, edges = np.histogram((turns + np.pi) % (2 * np.pi) - np.pi, bins)
    middles = (edges[1:] + edges[:-1]) / 2
    slope = np.polyfit((2 - 2 * np.cos(middles)) / weight, -np.log(counts), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("kind", xy_spins.KINDS)
def test_every_kind_is_trained_and_asked(kind):
    angles = xy_spins.independent_spins(2.0, 600, seed=1)
    network, losses = xy_spins.trained(kind, angles, 1, n_latent=3, epochs=2, batch=100, weight=0.5)
    assert all(len(curve) == 2 and np.isfinite(curve).all() for curve in losses.values())
    assert {"autoencoder", "autoencoder/divergence", "autoencoder/reconstruction"} <= losses.keys()
    asked = xy_spins.of_network(network, 2.0, 0.5, 500, 300, seed=2)
    assert asked["bare_counts"].sum() == asked["noisy_counts"].sum() == 500
    assert asked["bare_few_counts"].sum() == asked["noisy_few_counts"].sum() == 300
    assert 0 < asked["bare_few_kolmogorov"] <= 1
    rebuilt = xy_spins.of_reconstructions(network, angles, angles[:50], seed=3)
    assert len(rebuilt) == 8
    assert all(-1 <= value <= 1 for value in rebuilt.values())


def test_a_perfect_autoencoder_is_reported_as_one():
    class Copy(Autoencoder):
        def __init__(self):
            super().__init__((6,), 12, 1, 2)
            self.unused = torch.nn.Parameter(torch.zeros(1))  # its dtype is that of the network

        def latent(self, spins, noise):
            return self.of_lattice(spins).flatten(1)

        def fields(self, latent):
            return latent.unflatten(1, self.spin_shape)

    angles = xy_spins.independent_spins(1.0, 2000, seed=1)
    rebuilt = xy_spins.of_reconstructions(Copy(), angles, angles, seed=1)
    assert rebuilt["mean_training_cosine"] == pytest.approx(1.0)
    energy = xy_spins.MODEL.energy(angles).mean() / 6
    assert rebuilt["sampled_held_out_energy"] == pytest.approx(energy, abs=1e-5)


def test_variants_name_kinds_and_arguments_that_exist():
    for kind, how in xy_chain_variants.VARIANTS.values():
        assert kind in xy_spins.KINDS
        assert how.keys() <= {"independent", "weight"}


def test_bad_kinds_are_refused():
    with pytest.raises(ValueError, match="kind 'gan'"):
        xy_spins.trained("gan", np.zeros((10, 6)), 1, n_latent=3, epochs=1)
