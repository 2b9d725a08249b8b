"""The small networks of paper vit, their pre-training, and the best answers beside theirs."""

import numpy as np
import pytest
import torch

from experiments.vit import answers, networks, pretraining, published, systems
from spinlib.datasets.stratified_split import split
from spinlib.evaluation.classification_scores import scores
from spinlib.statistics import mean_of_few


class Record(dict):
    """Numbers with settings and what else a record has."""


@pytest.mark.parametrize("name", networks.NAMES)
def test_a_body_gives_the_same_features_under_a_new_last_layer(name):
    spins = torch.tensor(systems.model_of("ferromagnet", 20).random(1, (6,)))
    one, other = networks.small(name, 20, 32, 1), networks.small(name, 20, 4, 2)
    loaded = networks.with_body(other, networks.body_of(one))
    # Statistics of batches would change the weights in training mode.
    assert loaded.eval()(spins).shape == (6, 4)
    one.eval()
    for network in (one, loaded):
        network.model.classifier = torch.nn.Flatten()
    torch.testing.assert_close(loaded(spins), one(spins))


def test_weights_of_another_network_are_refused():
    with pytest.raises(ValueError, match="weights of another network"):
        networks.with_body(networks.small("ViT", 20, 4, 1), networks.body_of(networks.small("ResNet-18", 20, 4, 1)))
    with pytest.raises(ValueError, match="allowed are ViT, ResNet-18, ResNet-50"):
        networks.small("VGG", 20, 4, 1)


def test_the_transformer_starts_with_vectors_of_unit_size():
    """What a patch becomes has about the size of a spin, since its place is added to it."""
    network = networks.small("ViT", 100, 4, 3)
    spins = torch.tensor(systems.model_of("ferromagnet", 100).random(1, (4,)))
    patches = network.model.vit.embeddings.patch_embeddings(network.images(spins))
    assert patches.std().item() == pytest.approx(1.0, rel=0.1)


def test_halves_are_the_halves():
    spins = torch.arange(2 * 4 * 6).reshape(2, 4, 6)
    left, right = pretraining.halves(spins)
    assert torch.equal(left[:, :, :3], spins[:, :, :3])
    assert torch.equal(left[:, :, 3:], spins[:, :, :3])
    assert torch.equal(right[:, :, 3:], spins[:, :, 3:])


def test_contrast_is_least_for_partners_and_that_of_chance_for_equal_vectors():
    same = torch.ones(8, 5)
    assert pretraining.contrast(same).item() == pytest.approx(np.log(7), rel=1e-5)
    pairs = torch.eye(4).repeat(2, 1)
    apart = torch.eye(8)[:, :8]
    assert pretraining.contrast(pairs).item() < 0.1 < pretraining.contrast(apart).item()


def test_f1_of_each_class_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    label, told = np.concatenate([np.arange(4), rng.integers(0, 4, 96)]), rng.integers(0, 4, 100)
    found = answers.class_f1(label[None], told[None])[0]
    np.testing.assert_allclose(found, scores(label, told, 4).f1)


def test_wrong_answers_are_counted_by_distance_from_the_nearest_edge():
    T = np.array([1.055, 1.06, 2.0, 2.31, 3.9])
    wrong = np.array([[True, False, True, False, False], [True, True, False, False, True]])
    # Two systems, one trial; distances 0, 0.005, 0.119, 0.01 and 1.58.
    shares = answers.wrong_by_distance(np.stack([T, T])[:, None], wrong[:, None])
    np.testing.assert_allclose(shares, [[3 / 6, 0, 1 / 2, 1 / 2]])
    # Two trials of one system.
    shares = answers.wrong_by_distance(np.stack([T, T])[None], wrong[None])
    np.testing.assert_allclose(shares, [[1 / 3, 0, 1, 0], [2 / 3, 0, 0, 1]])


def test_welch_with_equal_deviations_has_twice_the_freedom():
    """Then it is the test of Student for two samples: 2 n - 2 degrees of freedom, 2.306 for n = 5."""
    value, error = answers.welch(0.9, 0.02, 0.8, 0.02, 5)
    assert value == pytest.approx(0.1)
    assert 2 * error == pytest.approx(2.306 * 0.02 * np.sqrt(2 / 5), rel=1e-3)


def test_the_spread_of_a_test_set_is_that_of_binomial_numbers():
    """Two classes of 200, a share p right in each: macro F1 is about the share of right answers."""
    counts = np.array([[[180, 20], [20, 180]]])
    assert answers.spread_of_one_test_set(counts, n=4000) == pytest.approx(np.sqrt(0.09 / 400), rel=0.06)


def test_a_claim_on_all_holds_only_if_each_decides_it():
    sure, unsure, low = (mean_of_few(one) for one in ([0.10, 0.11, 0.12], [0.0, 0.3, 0.6], [-0.5, -0.4, -0.6]))
    # The smallest value decides, unless it satisfies and another one is not decided.
    assert answers.extreme([sure, unsure, low], 0.0) == (low.value, low.error)
    assert answers.extreme([sure, unsure], 0.0) == (unsure.value, unsure.error)
    assert answers.extreme([sure, unsure], 0.2, largest=True) == (unsure.value, unsure.error)
    assert answers.extreme([sure, low], 0.2, largest=True) == (sure.value, sure.error)
    assert answers.mean([0.5, 0.5, 0.5]).error > 0


def test_a_margin_is_above_zero_where_the_interval_of_a_lead_is():
    for other in (0.89, 0.87, 0.85):
        given = (0.9, 0.02, other, 0.03, 5)
        value, error = answers.welch(*given)
        assert (answers.welch_margin(*given) > 0) == (value > 2 * error)
    # Equal deviations: 8 degrees of freedom, a quantile of 2.306.
    expected = 0.1 / (0.02 * np.sqrt(2 / 5)) - 2.306
    assert answers.welch_margin(0.9, 0.02, 0.8, 0.02, 5) == pytest.approx(expected, abs=1e-3)


def test_distances_from_the_paper_have_the_errors_of_both():
    """A standard deviation of 0.008 over 5 trials; 2.776 is the quantile for 4 degrees of freedom."""
    value, error = published.less_published(0.95, 0.003, "ferromagnet")
    assert value == pytest.approx(0.016)
    assert error == pytest.approx(np.hypot(0.003, 0.008 / np.sqrt(5) * 2.776 / 2), rel=1e-3)


def test_gaps_are_those_of_the_same_configurations():
    label = np.tile(np.repeat(np.arange(4), 5), (2, 3, 1))
    best, told = label.copy(), label.copy()
    told[:, :, 5:7] = 0  # two of class 1 are taken for class 0
    gaps = answers.gap_by_class(label, told, best)
    np.testing.assert_allclose(gaps, np.tile([1 - 10 / 12, 1 - 6 / 8, 0, 0], (3, 1)))
    assert answers.is_largest(gaps, 1)
    assert not answers.is_largest(gaps, 0)
    T = np.where(label == 1, 1.06, 1.5)
    # Near the edge at 1.055 are the five of class 1; the others are 0.445 from it.
    near, _, _, far = answers.gap_by_distance(T, told != label, best != label)
    assert near.value == pytest.approx(2 / 5)
    assert far.value == 0


def test_early_stopping_is_counted_over_all_systems_and_networks():
    record = Record({f"{system}_ViT_paper_rate_kept": np.array([9, 9, 3]) for system in systems.BOUNDARIES})
    record["skewed_ViT_paper_rate_kept"] = np.array([9, 2, 3])
    record.settings = {"epochs": 10}
    share = answers.stopped_early(record, ["ViT"])
    assert share.value == pytest.approx((0 + 1 / 4 + 1) / 3)
    assert share.error > 0.3


def test_small_deviations_are_as_frequent_as_drawn_ones():
    rng = np.random.default_rng(6)
    drawn = rng.normal(0, 0.02, (4000, 5)).std(axis=1, ddof=1)
    assert answers.chance_of_smaller(0.01, 0.02, 5) == pytest.approx((drawn < 0.01).mean(), abs=0.015)
    assert answers.shown([0.5]) == "0.500"
    assert answers.shown([0.4, 0.5, 0.6]).startswith("0.500 ± 0.1")


def test_the_energy_alone_is_asked_about_the_test_sets_of_a_record():
    """A record of the sets that `classification.one_trial` makes: one class a level of energy."""
    settings, seed = {"share": 0.05}, 31
    counts = systems.counts_of(settings["share"])
    found = {"skewed_all_energies": [], "skewed_energies": [], "skewed_label": []}
    for trial in range(3):
        label = np.repeat(np.arange(4), counts.sum(axis=0))
        energies = label + np.random.default_rng(trial).uniform(-0.2, 0.2, len(label))
        sets = split(label, counts, systems.seed_of_trial(seed, trial))
        for name, values in (
            ("all_energies", energies),
            ("energies", energies[sets.test]),
            ("label", label[sets.test]),
        ):
            found[f"skewed_{name}"].append(values)
    record = Record({name: np.array(values) for name, values in found.items()})
    record.settings, record.meta = settings, {"seed": seed}
    np.testing.assert_allclose(answers.energy_alone(record, "skewed"), 1.0)
    record.meta = {"seed": seed + 1}
    with pytest.raises(ValueError, match="gives another test set"):
        answers.energy_alone(record, "skewed")
