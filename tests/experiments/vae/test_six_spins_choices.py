import numpy as np
import pytest

from experiments.vae import ising_chain_choices, ising_chain_regularisation, six_spins, six_spins_choices
from spinlib.exact import enumeration
from spinlib.learning.variational import VariationalTraining, fit
from spinlib.networks.dense_vae import DenseVAE

FEW = {"T": [2.0], "seeds": 3, "chains": 2, "burn_in": 20, "kept": 50, "n_latent": 2, "epochs": 1, "counted": 500}


def test_a_decoder_without_weights_bounds_the_entropy_by_that_of_free_spins():
    network = DenseVAE((6,), 2)
    for parameter in network.parameters():
        parameter.data.zero_()
    found = six_spins_choices.minus_elbo(network, 1.0, 3, seed=1)
    assert found == pytest.approx(6 * np.log(2))


def test_the_bound_lies_above_the_exact_entropy_and_training_lowers_it():
    spins, network = six_spins.independent_spins(1.0, 2000, seed=1), DenseVAE((6,), 4)
    bounds = []
    for epochs in (1, 60):
        fit(network, spins, VariationalTraining(epochs, "bernoulli", batch=50), seed=2)
        bounds.append(six_spins_choices.minus_elbo(network, 1.0, 500, seed=3))
    (entropy,) = six_spins_choices.exact_entropies([1.0])
    assert entropy < bounds[1] < bounds[0] - 0.3


def test_entropies_follow_from_free_energies():
    for temperature, entropy in zip((0.5, 2.0), six_spins_choices.exact_entropies([0.5, 2.0]), strict=True):
        thermal = enumeration.thermodynamics(six_spins.MODEL, temperature)
        assert entropy == pytest.approx(6 * (thermal.energy - thermal.free_energy) / temperature)


def test_eigenvalues_add_up_to_the_spins_and_count_for_linear_theory():
    temperatures = [0.3, 1.0, 4.0]
    found = six_spins_choices.eigenvalues(temperatures)
    np.testing.assert_allclose(found.sum(axis=1), 6.0)
    for weight in (0.25, 1.0, 6.0):
        np.testing.assert_array_equal(
            six_spins_choices.linear_numbers(temperatures, weight), (found > weight / 2).sum(axis=1)
        )


def test_differences_are_taken_seed_by_seed():
    hard = np.array([[0.0, 10.0, 20.0]])  # seeds that differ much
    found = six_spins_choices.difference(hard + np.array([[1.0, 1.1, 0.9]]), hard)
    assert found.value == pytest.approx(1.0)
    assert found.error < 0.2


def test_choices_stand_in_the_order_of_their_names():
    choices = {"many": {"n_latent": 4}, "bernoulli": {"decoder": "bernoulli"}, "few": {"n_latent": 1}}
    # As a stored record has them.
    settings = FEW | {"noises": 5, "choices": dict(sorted(choices.items()))}

    class Run:
        seed = 1

        @staticmethod
        def progress(values, label):
            return values

        @staticmethod
        def part(name, function, *args):
            return function(*args)

    found = six_spins_choices.choices(choices, settings, Run())
    assert found["sign_kl"].shape == found["active"].shape == (3, 1, 3)
    assert found["minus_elbo"].shape == (1, 3)
    alone = six_spins_choices.choices(["few"], settings, Run())
    by_name = six_spins_choices.by_choice(found, choices)
    np.testing.assert_array_equal(by_name["few"], alone["sign_kl"][0])
    assert "minus_elbo" not in alone


def test_equal_steps_are_equal():
    n = six_spins.PAPER_SCALE["chains"] * six_spins.PAPER_SCALE["kept"]
    base = n // 500 * ising_chain_choices.EPOCHS
    for size in (100, 2500):
        how = ising_chain_choices.CHOICES[f"batch {size}, equal steps"]
        assert n // how["batch"] * how["epochs"] == base


def test_the_first_choice_is_the_one_to_compare_with():
    for module in (ising_chain_choices, ising_chain_regularisation):
        assert next(iter(module.CHOICES.values())) == {}
        for scale in ("smoke", "paper"):
            assert list(module.SETTINGS[scale]["choices"]) == list(module.CHOICES)
