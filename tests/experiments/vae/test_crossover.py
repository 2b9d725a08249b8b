from types import SimpleNamespace

import numpy as np
import pytest

from experiments.vae import autocorrelation, crossover, exact_times, generated_samples, sweep_costs
from spinlib.exact import enumeration, kaufman
from spinlib.models import XY, Ising

CHAIN = Ising((6,), boundary="free")


def test_times_of_single_flips_are_those_of_the_transition_matrix():
    found = autocorrelation.one_case("random flips", CHAIN, 1.0, 8, 2**16, 2**16, 5, seed=1)
    exact = exact_times.single_flips(CHAIN, 1.0)
    np.testing.assert_allclose(found["tau"].mean(axis=0), exact, rtol=0.03)
    np.testing.assert_allclose(
        found["kept_tau"].mean(axis=0), exact_times.single_flips(CHAIN, 1.0, sweeps=20), rtol=0.03
    )


def test_the_first_repetition_decides_how_long_all_are():
    found = autocorrelation.one_case("random flips", CHAIN, 0.75, 2, 2**16, 256, 3, seed=1)
    assert found["sweeps"] >= autocorrelation.WANTED * found["tau"][0].max()
    assert found["sweeps"] < 2**16
    assert found["tau"].shape == found["kept_tau"].shape == (3, 3)


def test_exact_times_of_two_spins():
    # Two free sites: m decays by attempts at 00 and 11 alone. With p = exp(-2 / T) the energy's eigenvalue is known:
    # each attempt leaves an aligned pair with p and always mends a broken one.
    p = np.exp(-2.0 / 1.5)
    energy = exact_times.single_flips(Ising((2,), boundary="free"), 1.5)[0]
    eigenvalue = (-p) ** 2
    assert energy == pytest.approx(0.5 + eigenvalue / (1 - eigenvalue))


@pytest.mark.parametrize(
    ("model", "methods"),
    [(CHAIN, autocorrelation.CHAIN_METHODS), (XY((6,), boundary="free"), autocorrelation.XY_METHODS)],
)
def test_every_method_samples_the_same_law(model, methods):
    means = []
    for method in methods:
        series = autocorrelation.observed(method, model, 1.5, 2000, 4, seed=2)
        assert all(values.shape == (4, 2000) for values in series.values())
        means.append([values.mean() for values in series.values()])
    assert np.ptp(means, axis=0).max() < 0.08


def test_packed_bits_need_less_than_half_of_the_time_per_chain():
    found = autocorrelation.one_case("multispin", Ising((4, 4)), 3.0, 2, 1024, 256, 3, seed=1)
    assert found["sweeps"] <= 512
    assert np.isfinite(found["tau"][:, 0]).all()


def test_a_chain_that_is_too_short_has_no_time():
    slow = np.cumsum(np.random.default_rng(1).normal(size=(2, 400)), axis=1)
    fast = np.random.default_rng(2).normal(size=(2, 400))
    found = autocorrelation.times({"slow": slow, "fast": fast})
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(0.5, abs=0.1)


def test_the_slowest_observable_counts_and_unknown_times_are_bounds():
    tau = np.array([[[[1.0, 5.0], [1.2, 6.0], [0.8, 7.0]], [[1.0, np.nan], [1.0, 9.0], [1.0, 8.0]]]])
    found = crossover.slowest(tau, np.array([[1000, 2000]]))
    assert found.value[0, 0] == 6.0
    assert found.error[0, 0] > 1 / np.sqrt(3)  # few repetitions
    assert np.isnan(found.value[0, 1])
    assert found.bound[0, 1] == found.least[0, 1] == 2000 / autocorrelation.FEWEST
    assert found.least[0, 0] == 6.0


def test_seconds_of_a_configuration():
    times = crossover.Times(
        np.array([[10.0, 0.2, np.nan]]), np.array([[1.0, 0.01, np.nan]]), np.array([[np.nan, np.nan, 50.0]])
    )
    each = crossover.seconds_each(times, np.full((1, 3, 5), 2.0))
    np.testing.assert_allclose(each.least, [[40.0, 2.0, 200.0]])  # never less than one sweep
    np.testing.assert_allclose(each.error[0, :2], [4.0, 0.1])
    np.testing.assert_array_equal(np.isnan(each.value), [[False, False, True]])
    np.testing.assert_array_equal(np.isnan(each.bound), [[True, True, False]])


def test_long_and_largest_times():
    times = crossover.Times(
        np.array([[9.9, 30.0, np.nan, 2.0]]),
        np.array([[0.2, 1.0, np.nan, 0.1]]),
        np.array([[np.nan] * 2 + [50.0, np.nan]]),
    )
    assert times.long() == (2, 1)  # 9.9 is within two errors of the limit
    assert times.largest() == (30.0, 1.0)


def test_an_autoencoder_pays_where_both_lines_cross():
    network = crossover.Autoencoder(np.array([9.0, 10.0, 11.0]), np.array([0.1, 0.1, 0.1]))
    n = crossover.pays_from(network, [0.3, 0.05])
    assert n[0] == pytest.approx(50.0)
    assert np.isinf(n[1])
    found, error = crossover.ratio(network, 50, 0.3, 0.0)
    assert found == pytest.approx(1.0)
    assert error == pytest.approx(network.total(50).error / 15.0)


def test_times_of_different_machines_are_told_apart():
    one, other = (SimpleNamespace(device=name) for name in ("fast, 1 thread", "slow, 1 thread"))
    assert "the same kind of machine: fast, 1 thread." in crossover.machines(one, one)
    told = crossover.machines(one, other)
    assert "another machine (fast, 1 thread) than autoencoders (slow, 1 thread)" in told


def test_networks_are_timed_and_asked(compute):
    few = {"T": [1.0], "n_latent": 4, "epochs": 1, "generated": 2000, "n_kept": 20}
    torus = few | {"T": [3.0], "generated": 300}
    found = compute("vae/generated_samples", {"chain": few, "torus": torus, "reference": 4000, "repetitions": 3})
    for name, model in generated_samples.MODELS.items():
        assert found[f"{name}_sign_tau"].shape == (1, 3, 3)
        for what in ("set", "training", "generating"):
            assert (found[f"{name}_{what}_seconds"] > 0).all()
        near = crossover.off(found, name)[0].value
        assert crossover.enough(found, name)[0] == pytest.approx((found[f"{name}_spread"][0] / near) ** 2)
        assert len(crossover.autoencoder(found, name).once) == 3
        assert model.n_sites in (6, 100)
    law = enumeration.boltzmann(CHAIN, 1.0)
    energies = enumeration.energies(CHAIN) / 6
    assert found["chain_spread"][0] == pytest.approx(np.sqrt(law @ energies**2 - (law @ energies) ** 2))
    assert found["torus_exact_energy"][0] == pytest.approx(kaufman.energy(3.0, (10, 10)))
    assert 0 < found["torus_exact_order_error"][0] < 0.02


def test_independent_configurations_are_near_the_exact_values():
    law, states = enumeration.boltzmann(CHAIN, 1.0), enumeration.states(CHAIN)
    found = generated_samples.of_spins("chain", states[np.random.default_rng(1).choice(64, 100_000, p=law)])
    truth = generated_samples.exact("chain", 1.0, 0, 0)
    assert found["energy"] == pytest.approx(truth["exact_energy"], abs=4 * truth["spread"] / np.sqrt(100_000))
    assert found["order"] == pytest.approx(truth["exact_order"], abs=0.005)
    np.testing.assert_allclose(found["tau"], 0.5, atol=0.03)


def test_repeated_configurations_are_seen():
    """The test of independence can fail: every configuration twice gives tau_int = 1."""
    states = enumeration.states(CHAIN)[np.random.default_rng(1).integers(64, size=20_000)]
    np.testing.assert_allclose(generated_samples.of_spins("chain", np.repeat(states, 2, axis=0))["tau"], 1.0, atol=0.08)


def test_seconds_of_a_sweep_are_measured(compute):
    settings = {"chain": [1.0], "torus": [3.0], "xy": [1.0], "sizes": [4], "repeats": 3, "seconds": 0.01}
    found = compute("vae/sweep_costs", settings)
    for name, methods in crossover.METHODS.items():
        assert found[f"{name}_seconds"].shape == (len(methods), 1, 3)
        median = np.median(found[f"{name}_seconds"], axis=-1)
        assert (median > 1e-10).all()
        assert (median < 1e-3).all()


def test_a_pause_of_the_machine_makes_no_sweep_faster(monkeypatch):
    """A sweep takes 1 us, a call 1 ms more; some calls are paused for a second, those without sweeps among them."""
    pauses = np.random.default_rng(1)

    def timed(method, model, temperature, n, seed):
        return 1e-3 + 1e-6 * n + (pauses.random() if pauses.random() < 0.5 else 0.0)

    monkeypatch.setattr(sweep_costs, "timed", timed)
    found = np.array([sweep_costs.sweep_seconds("wolff", CHAIN, 1.0, 1e-3, 5, 0) for _ in range(100)])
    assert (found > 0).all()
    assert np.quantile(found.min(axis=1), 0.1) == pytest.approx(1e-6)
