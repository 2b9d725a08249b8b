import numpy as np
import pytest

from experiments.vae import six_spins
from spinlib.exact import enumeration, one_dimensional
from spinlib.networks.weights import weights
from spinlib.statistics import mean_and_error


def test_exact_configurations_say_what_is_exact():
    found = six_spins.of_spins(six_spins.independent_spins(1.5, 200_000, seed=1), 1.5)
    exact = enumeration.thermodynamics(six_spins.MODEL, 1.5)
    assert abs(found["energy"] - exact.energy) < 4 * found["energy_error"]
    assert abs(found["heat"] - exact.specific_heat) < 4 * found["heat_error"]
    correlations = np.tanh(1 / 1.5) ** np.arange(1, 6)
    assert (np.abs(found["correlation"] - correlations) < 4.5 * found["correlation_error"]).all()
    assert abs(found["kl"]) < 1e-3
    assert abs(found["energy_kl"]) < 1e-3
    assert found["total_variation"] < 2 * found["total_variation_floor"] < 0.05
    assert found["states"].sum() == 200_000


def test_errors_are_those_of_repetitions():
    found = [six_spins.of_spins(six_spins.independent_spins(1.0, 500, seed), 1.0) for seed in range(300)]
    for name in ("energy", "heat"):
        values, errors = (np.array([one[key] for one in found]) for key in (name, f"{name}_error"))
        assert errors.mean() == pytest.approx(values.std(), rel=0.15)
    values, errors = (np.array([one[key] for one in found]) for key in ("correlation", "correlation_error"))
    np.testing.assert_allclose(errors.mean(axis=0), values.std(axis=0), rtol=0.2)


def test_the_papers_training_set_has_its_size_and_the_exact_energy():
    spins = six_spins.paper_spins(1.0, seed=1)
    assert spins.shape == (10_000, 6)
    energy = mean_and_error(six_spins.MODEL.energy(spins).reshape(20, 500) / 6)
    assert abs(energy.value - one_dimensional.ising_energy(1.0, 6)) < 4 * energy.error


@pytest.mark.parametrize("kind", six_spins.KINDS)
def test_every_kind_is_trained_and_asked(kind):
    spins = six_spins.independent_spins(2.0, 600, seed=1)
    network, losses = six_spins.trained(kind, spins, 1, n_latent=3, epochs=2, batch=100)
    assert all(len(curve) == 2 and np.isfinite(curve).all() for curve in losses.values())
    asked = six_spins.of_network(network, 2.0, 500, seed=2)
    assert asked["sign_states"].sum() == asked["drawn_states"].sum() == 500
    rebuilt = six_spins.of_reconstructions(network, spins, spins[:50], seed=3)
    shares = [value for name, value in rebuilt.items() if not name.endswith("energy")]
    assert len(shares) == 8
    assert all(0 <= share <= 1 for share in shares)
    assert all(-5 / 6 <= rebuilt[f"{latent}_held_out_energy"] <= 5 / 6 for latent in ("mean", "sampled"))


def test_regularisation_reaches_the_network():
    spins = six_spins.independent_spins(2.0, 600, seed=1)

    def size(**named):
        network, _ = six_spins.trained("dense", spins, 1, n_latent=3, epochs=3, batch=100, **named)
        return network, np.sqrt(sum((values**2).sum() for values in weights(network).values()))

    plain, large = size()
    assert size(decay=1.0)[1] < 0.95 * large  # in 18 steps
    normed, _ = size(network={"batch_norm": True})
    assert len(weights(normed)) > len(weights(plain))


def test_bad_kinds_are_refused():
    with pytest.raises(ValueError, match="kind 'gan'"):
        six_spins.network_of("gan", 3)
    with pytest.raises(ValueError, match="dropout for 'dense' alone"):
        six_spins.network_of("convolutional", 3, dropout=0.1)
    with pytest.raises(ValueError, match=r"decay 0\.1: for the variational kinds only"):
        six_spins.trained("adversarial", np.ones((10, 6)), 1, n_latent=3, epochs=1, decay=0.1)
