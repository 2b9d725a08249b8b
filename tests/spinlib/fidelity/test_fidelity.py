"""The fidelity report: exact configurations agree at the corrected level, broken samplers deviate where they are so.

Every sampler is judged with one fixed seed. That exact ones agree is tested together, at the level that a report has.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import bdtrc

from spinlib import sample
from spinlib.exact import enumeration, kaufman
from spinlib.fidelity import make_reference, report
from spinlib.fidelity.comparison import two_sided
from spinlib.models import Ising
from spinlib.observables import hamming_distance

SMALL, MIDDLE, SIDE = Ising((4, 4)), Ising((16, 16)), 16
N = 400
LEVEL = 0.01  # of a report


def exact_draws(model, temperature, shape, seed):
    """Independent configurations from the probabilities of all states."""
    law, states = enumeration.boltzmann(model, temperature), enumeration.states(model)
    return states[np.random.default_rng(seed).choice(len(states), size=shape, p=law)]


@pytest.fixture(scope="module")
def middle_reference():
    return make_reference(MIDDLE, 2.3)


@pytest.fixture(scope="module")
def middle_spins():
    """16 x 16 configurations at T = 2.3 that are nearly independent."""
    return sample(MIDDLE, 2.3, 2000, method="swendsen_wang", sweeps_between=20, seed=5, threads=1).spins.values[0, 0]


@pytest.mark.parametrize(
    ("model", "temperature"),
    [
        (SMALL, 1.0),
        (SMALL, 2.3),
        (SMALL, 5.0),
        (Ising((4, 4), boundary="free"), 2.0),
        (Ising((4, 4), boundary=("periodic", "antiperiodic")), 2.0),
        (Ising((3, 4), field=0.3), 2.0),
        (Ising((10,)), 1.0),
        (Ising((2, 3, 2), coupling=-1.0), 3.0),
    ],
)
def test_exact_configurations_deviate_no_more_often_than_the_level_says(model, temperature):
    sets, reference = 60, make_reference(model, temperature)
    draws = exact_draws(model, temperature, (sets, N), seed=3)
    found = [report(one, model, temperature, level=LEVEL, reference=reference).verdict for one in draws]
    assert "undecided" not in found
    # So many or more of the sets would deviate with a chance below 1e-3.
    assert bdtrc(found.count("deviates") - 1, sets, LEVEL) > 1e-3


def test_cluster_samples_agree_whose_reference_is_a_sample_too(middle_reference, middle_spins):
    found = [report(one, MIDDLE, 2.3, reference=middle_reference) for one in middle_spins.reshape(5, N, SIDE, SIDE)]
    assert [one.verdict for one in found] == ["agrees"] * 5
    known = {"energy", "heat_capacity"}
    assert {name for name, one in found[0].metrics.items() if one.source == "Kaufman"} == known
    assert found[0].metrics["energy"].reference == kaufman.energy(2.3, MIDDLE.shape)


def test_the_reference_sample_agrees_with_the_exact_density_of_states():
    model = Ising((6, 6))
    exact = make_reference(model, 2.3)
    draws = sample(model, 2.3, 1000, method="swendsen_wang", n_chains=20, seed=9, threads=1)
    m = np.abs(draws.magnetization.values)
    apart = m.mean() - exact.values["abs_magnetization"].value
    assert exact.values["abs_magnetization"].source == "density of states"
    assert abs(apart) < 3 * m.mean(axis=2).std(ddof=1) / np.sqrt(20)


def test_p_values_of_exact_configurations_are_uniform():
    reference = make_reference(SMALL, 2.3)
    draws = exact_draws(SMALL, 2.3, (200, N), seed=8)
    reports = [report(one, SMALL, 2.3, reference=reference) for one in draws]
    for name in ("energy", "heat_capacity", "susceptibility", "energy_distribution", "aligned_hamming_distance"):
        p = np.array([one.metrics[name].p for one in reports])
        assert abs(p.mean() - 0.5) < 4 * np.sqrt(1 / 12 / len(p)), name


def test_correlated_draws_count_for_what_they_are_worth():
    """Every configuration eight times: all still agrees, and the effective number is an eighth."""
    independent = exact_draws(SMALL, 2.3, 2000, seed=4)
    found = report(np.repeat(independent, 8, axis=0), SMALL, 2.3)
    assert found.verdict == "agrees"
    assert found.n_effective["e"] == pytest.approx(2000, rel=0.15)


def test_a_chain_that_is_too_short_is_undecided():
    frozen = np.repeat(exact_draws(SMALL, 2.3, 10, seed=4), 20, axis=0)
    found = report(frozen, SMALL, 2.3)
    assert found.verdict == "undecided"
    assert "tau_int" in found.metrics["energy"].reason


def test_many_short_independent_chains_agree_as_often_as_independent_draws():
    """Chains of five configurations that repeat their first one with probability 1/2."""
    reference, rng, sets = make_reference(SMALL, 2.3), np.random.default_rng(5), 40
    draws = exact_draws(SMALL, 2.3, (sets, 100, 5), seed=6)
    stays = rng.random((sets, 100, 5)) < 0.5
    for k in range(1, 5):
        draws[:, :, k] = np.where(stays[:, :, k, None, None], draws[:, :, k - 1], draws[:, :, k])
    found = [report(one, SMALL, 2.3, reference=reference).verdict for one in draws]
    assert "undecided" not in found
    assert bdtrc(found.count("deviates") - 1, sets, LEVEL) > 1e-3


class TestBrokenSamplers:
    def judged(self, spins, reference):
        return report(spins, MIDDLE, 2.3, reference=reference)

    def test_another_temperature(self, middle_reference):
        spins = sample(MIDDLE, 2.2, 1000, method="swendsen_wang", sweeps_between=20, seed=6, threads=1).spins
        found = self.judged(spins, middle_reference)
        assert {"energy", "abs_magnetization", "energy_distribution"} <= set(found.deviating())
        assert found.metrics["energy"].z < 0

    def test_one_sign_alone(self, middle_reference, middle_spins):
        """Below and near Tc a network may draw one sign only; nothing but what knows the sign sees it."""
        sign = np.sign(middle_spins.sum(axis=(1, 2), keepdims=True) + 0.5).astype(np.int8)
        found = self.judged(sign * middle_spins, middle_reference)
        assert set(found.deviating()) == {"magnetization", "magnetization_distribution", "hamming_distance"}
        assert found.abs_of_mean == pytest.approx(found.metrics["abs_magnetization"].value)

    def test_mode_collapse(self, middle_reference, middle_spins):
        """Thirty configurations again and again: the means of so few are off, and the set lacks diversity."""
        few = middle_spins[np.random.default_rng(1).integers(30, size=2000)]
        found = self.judged(few, middle_reference)
        assert found.distinct == pytest.approx(30 / 2000)
        assert {"energy_distribution", "magnetization_distribution"} <= set(found.deviating())
        assert found.metrics["hamming_distance"].verdict == "deviates"

    def test_one_configuration_alone(self, middle_reference, middle_spins):
        found = self.judged(np.repeat(middle_spins[:1], 200, axis=0), middle_reference)
        assert found.verdict == "deviates"
        assert {"heat_capacity", "hamming_distance", "aligned_hamming_distance"} <= set(found.deviating())
        assert np.isnan(found.tau["e"])

    def test_independent_spins_of_the_right_magnetisation(self, middle_reference, middle_spins):
        rng = np.random.default_rng(2)
        m = middle_spins.mean(axis=(1, 2), keepdims=True)
        found = self.judged(np.where(rng.random(middle_spins.shape) < (1 + m) / 2, 1, -1), middle_reference)
        assert {"energy", "correlation_function"} <= set(found.deviating())
        assert found.metrics["magnetization"].verdict == "agrees"

    def test_a_few_wrong_spins(self, middle_reference, middle_spins):
        """One spin in a hundred turned over, as by a noisy last layer."""
        noisy = np.where(np.random.default_rng(3).random(middle_spins.shape) < 0.01, -middle_spins, middle_spins)
        found = self.judged(noisy, middle_reference)
        assert "energy" in found.deviating()
        assert found.metrics["energy"].z > 0

    def test_too_wide_a_distribution_at_low_temperature(self):
        """Paper fid's finding: means nearly right at T = 1, heat capacity several times too large."""
        spins = np.concatenate(
            [sample(MIDDLE, T, 500, method="swendsen_wang", sweeps_between=10, seed=7, threads=1).spins.values[0, 0]
             for T in (0.9, 1.35)]
        )  # fmt: skip
        found = report(np.random.default_rng(1).permutation(spins), MIDDLE, 1.0)
        assert found.metrics["heat_capacity"].verdict == "deviates"
        assert found.metrics["heat_capacity"].value > 2 * found.metrics["heat_capacity"].reference


def test_the_hamming_distance_of_the_reference_is_that_of_exact_configurations():
    """Turned to m >= 0, its value and its spread, against sets of exact draws."""
    law, states = enumeration.boltzmann(SMALL, 2.3), enumeration.states(SMALL).reshape(-1, 16)
    turned = states * np.where(states.sum(axis=1, keepdims=True) < 0, -1, 1)
    mean = law @ turned
    reference = make_reference(SMALL, 2.3).aligned
    sets = [turned[np.random.default_rng(k).choice(len(law), size=100, p=law)] for k in range(300)]
    distances = np.array([hamming_distance(one) for one in sets])
    sigma = reference.spread(100, 16)[0] / 2
    assert reference.distance == pytest.approx((1 - mean @ mean / 16) / 2, abs=0.005)
    assert distances.std() == pytest.approx(sigma, rel=0.15)
    assert abs(distances.mean() - reference.distance) < 4 * sigma / np.sqrt(300) + 0.005


def test_tails_of_a_skewed_number_are_those_of_the_gamma_distribution():
    from scipy.stats import pearson3

    for z, skew in ((2.5, 0.8), (-1.4, 0.8), (2.0, -0.5)):
        law = pearson3(skew)
        assert two_sided(z, skew) == pytest.approx(2 * min(law.sf(z), law.cdf(z)), rel=1e-6)
    assert two_sided(2.0) == pytest.approx(0.0455, abs=1e-4)


class TestInput:
    spins = exact_draws(SMALL, 2.3, N, seed=1)

    def test_labelled_chains_and_tensors_are_taken(self):
        torch = pytest.importorskip("torch")
        draws = sample(SMALL, [2.3], 100, n_chains=4, method="swendsen_wang", seed=3)
        labelled = report(draws.spins.transpose("x0", "draw", "x1", "chain", "temperature"), SMALL, 2.3)
        plain = report(draws.spins.values[0], SMALL, 2.3)
        tensor = report(torch.tensor(draws.spins.values[0], dtype=torch.float32), SMALL, 2.3)
        assert labelled.to_json() == plain.to_json() == tensor.to_json()

    @pytest.mark.parametrize(
        ("samples", "message"),
        [
            (np.where(spins > 0, 0.7, -1.0), r"spin value 0\.7: allowed are -1 and \+1; outputs of a network"),
            ((spins > 0).astype(int), r"spin value 0: allowed are -1 and \+1; these look like bits"),
            (np.full(spins.shape, np.nan), r"spin value nan"),
            (spins[:99], "99 configurations: too few, at least 100"),
            (spins[:, :3], r"samples of shape \(400, 3, 4\): the lattice of the model has the shape \(4, 4\)"),
            (spins[0], r"samples of shape \(4, 4\)"),
            (spins[:, None], "a chain needs 2 draws"),
        ],
    )
    def test_what_are_no_configurations_of_the_model_is_refused(self, samples, message):
        with pytest.raises(ValueError, match=message):
            report(samples, SMALL, 2.3)

    def test_text_other_models_and_other_numbers_are_refused(self):
        from spinlib.models import Potts

        with pytest.raises(TypeError, match="allowed are numbers"):
            report(np.full((200, 4, 4), "up"), SMALL, 2.3)
        with pytest.raises(TypeError, match="has to be an Ising model"):
            report(self.spins, Potts((4, 4), q=2), 2.3)
        with pytest.raises(ValueError, match="level 0"):
            report(self.spins, SMALL, 2.3, level=0)
        with pytest.raises(ValueError, match="T -1"):
            report(self.spins, SMALL, -1.0)

    def test_a_reference_of_another_temperature_is_refused(self):
        with pytest.raises(ValueError, match="the samples are of"):
            report(self.spins, SMALL, 2.3, reference=make_reference(SMALL, 2.2))

    def test_several_temperatures_at_once_are_refused(self):
        draws = sample(SMALL, [2.0, 2.3], 100, method="swendsen_wang", seed=3)
        with pytest.raises(ValueError, match="at one temperature"):
            report(draws.spins, SMALL, 2.3)

    def test_too_small_a_reference_is_refused(self):
        with pytest.raises(ValueError, match=r"n_draws 10: has to be at least 1000"):
            make_reference(SMALL, 2.3, n_draws=10)
