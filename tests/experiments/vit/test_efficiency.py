"""Training sets of all sizes, batches that go on through them, and classifiers without a trained network."""

import numpy as np
import pytest
import torch

from experiments.vit import efficiency, efficiency_networks, simple_classifiers, systems

HOW = {"side": 8, "burn_in": 20, "sweeps": 2}


@pytest.mark.parametrize("n", [20, 100, 601, 20_000])
def test_proportions_are_those_of_table_1(n):
    counts = np.array(efficiency.proportions(n, 0))
    assert counts.sum() == n
    assert (np.abs(counts - n * np.array(systems.COUNTS[0]) / 600) <= 1).all()


def test_the_paper_s_number_gives_the_paper_s_counts():
    assert efficiency.proportions(600, 0) == list(systems.COUNTS[0])
    assert efficiency.proportions(400, 2) == list(systems.COUNTS[2])


def test_a_smaller_training_set_is_part_of_a_larger_one():
    _, label = efficiency.simulated(efficiency.proportions(200, 0), HOW, 1)
    small, large = (efficiency.first(label, n) for n in (20, 100))
    assert set(small) < set(large)
    assert np.bincount(label[small]).tolist() == efficiency.proportions(20, 0)


def test_simulated_configurations_have_the_temperatures_of_their_classes():
    spins, label = efficiency.simulated([30, 0, 0, 30], HOW, 2)
    energies = simple_classifiers.energy_and_m("ferromagnet", spins)[:, 0] / 64
    assert energies[label == 0].mean() < -1.9
    assert energies[label == 3].mean() > -1.3


def test_batches_go_through_all_examples_again_and_again():
    batches = efficiency_networks.Repeated(torch.arange(5), torch.arange(5), 4, 5)
    rng = torch.Generator().manual_seed(1)
    seen = torch.cat([spins for _ in range(2) for spins, _ in batches(rng)])
    assert len(seen) == 40
    assert (seen.reshape(8, 5).sort(dim=1).values == torch.arange(5)).all()


def test_energy_and_m_of_an_antiferromagnet_are_the_ferromagnet_s():
    spins = systems.model_of("ferromagnet", 8).random(1, (6,))
    turned = spins * systems.checkerboard((8, 8))
    one = simple_classifiers.energy_and_m("ferromagnet", spins)
    assert np.array_equal(one, simple_classifiers.energy_and_m("antiferromagnet", turned))
    assert np.allclose(one[:, 1], np.abs(spins.mean(axis=(1, 2))))


@pytest.mark.parametrize("spread", [False, True])
def test_tokens_do_not_depend_on_the_batch(spread):
    spins = systems.model_of("ferromagnet", 8).random(1, (6,))
    network = simple_classifiers.frozen(8, 1)
    whole, parts = (simple_classifiers.tokens(network, spins, batch, spread=spread) for batch in (6, 4))
    assert whole.shape == (6, 64 if spread else 128)
    np.testing.assert_allclose(whole, parts, atol=1e-5)


def test_a_plain_network_has_the_library_s_weights():
    matrices = [one for one in simple_classifiers.frozen(8, 1).parameters() if one.ndim > 1]
    assert max(float(one.detach().std()) for one in matrices) < 0.025


@pytest.mark.parametrize("make", [simple_classifiers.tree, simple_classifiers.logistic, simple_classifiers.readout])
def test_classifiers_tell_what_a_number_tells(make):
    rng, label = np.random.default_rng(1), np.repeat(np.arange(4), 50)
    clear = label[:, None] + 0.01 * rng.normal(size=(200, 1))
    assert (make().fit(clear, label).predict(clear) == label).mean() > 0.9
