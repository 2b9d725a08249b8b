import numpy as np
import pytest

from spinlib.exact import kaufman, onsager

TEMPERATURE = 2.5


@pytest.fixture
def pilots(load):
    return load("pilots")


@pytest.fixture
def skipped(load):
    return load("measure").Skipped


def autoregressive(tau, n, seed):
    """A series of variance 1 with rho(t) = a^t, whose tau_int is (1 + a) / (1 - a) / 2."""
    a = (2 * tau - 1) / (2 * tau + 1)
    noise = np.random.default_rng(seed).normal(size=n)
    x = np.empty(n)
    x[0] = noise[0]
    for t in range(1, n):
        x[t] = a * x[t - 1] + np.sqrt(1 - a**2) * noise[t]
    return x


def pilot(pilots, *, tau=4.0, n=40_000, away=0.0, sigma=0.05, burn_in=1.0, drawing=2.0):
    energy = kaufman.energy(TEMPERATURE, (8, 8)) + away + sigma * autoregressive(tau, n, 1)
    magnetization = 0.5 + 0.05 * autoregressive(2 * tau, n, 2)
    return pilots.Pilot(TEMPERATURE, 64, burn_in, drawing, energy[None], magnetization[None])


def test_draws_that_an_energy_needs_are_those_of_its_variance_and_tau(pilots):
    needed = pilots.draws_for_energy(1e-3)(pilot(pilots))
    # tau_int of 10,000 tau_int in all is known to some 6 %.
    assert needed == pytest.approx(2 * 4.0 * 0.05**2 / 1e-3**2, rel=0.2)
    assert pilots.draws_for_energy(1e-2)(pilot(pilots)) == pytest.approx(needed / 100)


def test_a_pilot_that_remembers_its_start_is_refused(pilots, skipped):
    with pytest.raises(skipped, match=r"T=2\.5: its energy lies \d+\.\d errors from Kaufman's"):
        pilots.draws_for_energy(1e-3)(pilot(pilots, away=0.02))


@pytest.mark.parametrize("needed", ["draws_for_energy", "draws_for_susceptibility", "draws_for_independent"])
def test_a_short_pilot_has_no_valid_error(pilots, skipped, needed):
    with pytest.raises(skipped, match=r"at T=2\.5 has no valid error: chains of 150 draws"):
        getattr(pilots, needed)(0.01)(pilot(pilots, tau=40.0, n=150))


def test_independent_draws_are_two_tau_of_the_slower_observable_apart(pilots):
    # The magnetisation has twice the tau_int of the energy; m^2 of a small fluctuation is a linear function of it.
    assert pilots.draws_for_independent(100)(pilot(pilots)) == pytest.approx(100 * 2 * 8.0, rel=0.2)
    assert pilots.draws_for_independent(100)(pilot(pilots, tau=0.25)) == pytest.approx(100, rel=0.1)


def test_draws_for_a_susceptibility_of_gaussian_fluctuations(pilots):
    # A variance of n independent draws has the relative error sqrt(2 / n); its own rho(t) is squared, a^(2 t).
    a = (2 * 8.0 - 1) / (2 * 8.0 + 1)
    tau = (1 + a**2) / (1 - a**2) / 2
    needed = pilots.draws_for_susceptibility(0.01)(pilot(pilots))
    assert needed == pytest.approx(2 * 2 * tau / 0.01**2, rel=0.5)


def test_seconds_are_those_of_the_burn_in_and_of_the_draws_needed(pilots, load):
    total = load("everyday_errors").total_seconds
    two = [pilot(pilots, n=1000, burn_in=1.0, drawing=2.0), pilot(pilots, n=1000, burn_in=3.0, drawing=4.0)]
    draws = {id(two[0]): 500.0, id(two[1]): 3000.0}
    assert total(two, lambda one: draws[id(one)], together=False) == pytest.approx(1 + 2 * 0.5 + 3 + 4 * 3)
    assert total([two[0], two[0]._replace(n_sites=65)], lambda one: 500.0 * (one.n_sites - 63), together=True) == (
        pytest.approx(1 + 2 * 1.0)
    )


def test_a_user_may_take_the_best_method_at_each_temperature(pilots, load, skipped):
    best = load("everyday_errors").best_at_each_temperature
    fast, slow = pilot(pilots, n=100, burn_in=1.0, drawing=1.0), pilot(pilots, n=100, burn_in=0.0, drawing=5.0)

    def needed(one):
        if one.n_sites == 65:
            raise skipped("no valid error")
        return 100.0

    assert best([[fast, slow], [slow, slow]], needed) == pytest.approx(2.0 + 5.0)
    invalid = fast._replace(n_sites=65)
    assert best([[invalid, slow], [slow, fast]], needed) == pytest.approx(5.0 + 2.0)
    with pytest.raises(skipped, match="no valid error; no valid error"):
        best([[invalid, slow], [invalid, fast]], needed)


def test_pilots_grow_until_they_are_long_enough_and_valid(pilots, skipped):
    asked, burn_in = [], 1.0

    def run(length, temperatures, n):
        asked.append(n)
        return [pilot(pilots, n=n, burn_in=burn_in, drawing=n / 1000)]

    def needed(one):
        if one.energy.size < 1000:
            raise skipped("too short")
        return 1.0

    sampler = pilots.Sampler("made up", run, lambda *_: 1.0)
    grid = np.array([TEMPERATURE])
    assert pilots.pilots(sampler, 8, grid, [needed], 0.0, 100.0)[0].energy.size == 1000
    assert pilots.pilots(sampler, 8, grid, [needed], 3.0, 100.0)[0].energy.size == 4000
    assert asked == [250, 1000, 250, 1000, 4000]
    # 4000 draws would take longer than two seconds; what is missing is said by whoever needs it.
    assert pilots.pilots(sampler, 8, grid, [needed], 9.0, 2.0)[0].energy.size == 1000
    # A fifth of the burn-in's time is needed too, or the difference of two runs would not show the draws.
    burn_in = 10.0
    assert pilots.pilots(sampler, 8, grid, [needed], 0.5, 100.0)[0].energy.size == 4000


@pytest.mark.parametrize(("n_chains", "together"), [(1, False), (3, True)])
def test_ours_draws_what_sample_returns(pilots, monkeypatch, n_chains, together):
    # Begin, end of the call with one draw, end of the call with all: 1 and 3 seconds, then 2 and 6.
    monkeypatch.setattr(pilots, "perf_counter", iter([0.0, 1.0, 5.0, 10.0, 12.0, 20.0]).__next__)
    sampler = pilots.ours("multispin", n_chains, 2, together=together)
    found = sampler.run(8, np.array([4.0, 3.0]), 400)
    assert [one.temperature for one in found] == [4.0, 3.0]
    for one in found:
        assert one.energy.shape == one.magnetization.shape == (n_chains, 400)
        assert pilots.draws_for_energy(1e-2)(one) > 0
    times = [(one.burn_in, one.drawing) for one in found]
    assert times == ([(1.0, 3.0)] * 2 if together else [(1.0, 3.0), (2.0, 6.0)])
    assert sampler.subject == ("sample multispin, 3 chains, one call" if together else "sample multispin")


def test_the_crossing_of_two_sizes_lies_near_tc(pilots, load):
    critical = float(onsager.critical_temperature())
    sampler = pilots.ours("multispin", 64)
    two = [sampler.run(length, np.array([critical]), 2000)[0] for length in (8, 16)]
    place, reason = load("everyday_errors").crossing(two)
    assert reason == ""
    # L = 8 and 16 cross within 0.01 of Tc.
    assert abs(place.value - critical) < 0.01 + 4 * place.error
    nothing, reason = load("everyday_errors").crossing([two[0], two[0]])
    assert nothing is None
    assert "cross" in reason
