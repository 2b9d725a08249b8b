import numpy as np
import pytest

from experiments.vae import xy_chain_variants, xy_energies, xy_spins
from experiments.vae import xy_spins_distances as off
from spinlib.exact import one_dimensional

T = [0.3, 2.0]


def exact_record(n=50_000):
    """What exact configurations give in the place of networks, (temperature, seed, ...)."""
    rows = [
        [xy_spins.of_spins(xy_spins.independent_spins(t, n, 10 * k + at), t) for k in range(3)]
        for at, t in enumerate(T)
    ]
    return {f"bare_{name}": np.array([[one[name] for one in row] for row in rows]) for name in rows[0][0]}


def test_exact_configurations_are_nowhere_off():
    record = exact_record()
    found = off.distances(record, T)
    assert found.energy.shape == found.correlation.shape == found.heat.shape == (2, 3)
    assert (np.abs(found.energy) < 4.5 * record["bare_energy_error"]).all()
    assert found.energy_size.max() < 0.005
    assert found.correlation_size.max() < 0.01
    assert found.heat_size.max() < 0.05
    assert found.total_variation.max() < 0.02
    chi2, dof = off.pearson(record["bare_counts"], T)
    assert abs(chi2 - dof) < 4 * np.sqrt(2 * dof)
    assert off.coarse_variation(record["bare_counts"], T).max() < 0.01


def test_a_variant_is_found_by_its_name():
    record = exact_record(2000)
    renamed = {f"vae.{name}".replace("bare", "noisy"): values for name, values in record.items()}
    found, variant = vars(off.distances(record, T)), vars(off.distances(renamed, T, "noisy", "vae"))
    assert found.keys() == variant.keys()
    for name, values in found.items():
        np.testing.assert_array_equal(values, variant[name])


def test_noise_lowers_correlations_as_it_says():
    angles = xy_spins.independent_spins(0.5, 100_000, seed=1)
    noisy = xy_spins.with_noise(angles, 1.0, seed=2)
    energies = xy_spins.MODEL.energy(noisy) / 6
    expected = off.highest_correlation() * one_dimensional.xy_energy(0.5, 6)
    assert abs(energies.mean() - expected) < 4 * energies.std() / np.sqrt(len(energies))


def test_parallel_outputs_have_the_energy_at_the_border():
    border = np.linspace(0.5, 2.0, 2000)
    last = border[~off.allowed(border)].max()
    noisy = xy_spins.MODEL.energy(xy_spins.with_noise(np.zeros((200_000, 6)), 1.0, seed=3)) / 6
    assert abs(noisy.mean() - off.exact_energy(last)) < 4 * noisy.std() / np.sqrt(len(noisy)) + 0.001
    assert off.smooth_energy(0.3) == pytest.approx(-5 / 6)
    assert off.smooth_energy(2.0) == pytest.approx(off.exact_energy(2.0) / off.highest_correlation())
    assert off.allowed(0.3, weight=0.1)


def test_bins_are_joined_without_loss():
    law = xy_energies.shares(1.0, 5, xy_spins.EDGES)
    middles, shares = off.in_bins(law, 5)
    assert middles.tolist() == [-4, -2, 0, 2, 4]
    np.testing.assert_allclose(shares, xy_energies.shares(1.0, 5, [-5, -3, -1, 1, 3, 5]), atol=1e-12)
    with pytest.raises(ValueError, match="7 bins"):
        off.in_bins(law, 7)


def test_coarse_variation_of_parallel_spins_is_what_the_first_bin_lacks():
    counts = np.zeros((1, 2, 40), int)
    counts[..., 0] = 100
    first = xy_energies.shares(1.0, 5, [-5, -3, 5])[0]
    np.testing.assert_allclose(off.coarse_variation(counts, [1.0]), 1 - first)


def test_spread_and_its_error_are_those_of_normal_numbers():
    values = np.random.default_rng(1).normal(scale=[[1.0], [3.0]], size=(2000, 2, 5))
    found = np.array([off.spread(one) for one in values])
    # The standard deviation of 5 normal numbers is 0.940 of the true one on average.
    assert abs(found[:, 0].mean() - 0.93999 * 2) < 4 * found[:, 0].std() / np.sqrt(2000)
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.1)


def test_every_variant_has_a_label_and_its_energies():
    assert off.LABELS.keys() == xy_chain_variants.VARIANTS.keys()
    record = exact_record(500)
    variants = {f"{name}.{key}": values for name in off.LABELS for key, values in record.items()}
    found = off.of_variants(variants, T, "bare")
    assert list(found) == list(off.LABELS.values())
    np.testing.assert_array_equal(found["VAE"], off.distances(record, T).energy)


def test_histograms_are_shares_of_each_seed():
    record = exact_record(20_000)
    record |= {f"{output}_few_counts": record["bare_counts"] for output in ("bare", "noisy")}
    middles, panels = off.histograms({"one": record, "two": record}, T, [1], 20)
    assert len(middles) == 20
    ((title, exact, shares),) = panels
    assert title == "T = 2"
    assert list(shares) == ["one", "two", "one, with the noise"]
    assert shares["one"].shape == (3, 20)
    np.testing.assert_allclose(shares["one"].mean(axis=0), exact, atol=0.01)
