import json
from pathlib import Path

import numpy as np
import pytest

from spinlib import sample
from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS
from spinlib.samplers.chains import choice
from spinlib.samplers.chains.choice import choose, cluster_sweeps, correlation_time
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.contract import method as method_of
from spinlib.statistics import integrated_autocorrelation_time

SIGNS = np.tile([1.0, -1.0], (2, 4, 2))


def chosen(model, temperatures, n_chains=1, n_samples=10_000, burn_in=200):
    return choose(model, np.atleast_1d(temperatures).astype(float), n_chains, n_samples, burn_in).methods


@pytest.mark.parametrize(
    ("model", "temperatures", "method"),
    [
        # Near the critical temperature clusters, far from it packed flips.
        (Ising((128, 128)), 2.27, "swendsen_wang"),
        (Ising((128, 128)), 4.0, "multispin"),
        (Ising((128, 128)), 1.0, "multispin"),
        (Ising((128, 128), coupling=-0.5), 1.134, "swendsen_wang"),
        (Ising((128, 128), boundary="free"), 50.0, "multispin"),
        (Ising((64, 65)), 2.27, "swendsen_wang"),
        (Ising((32, 32, 32)), 4.51, "swendsen_wang"),
        (Ising((63, 63)), 1.0, "metropolis"),
        (Ising((64, 64), neighborhood="triangular"), 30.0, "heat_bath"),
        (Potts((64, 64)), 0.995, "swendsen_wang"),
        (Potts((128, 128)), 3.0, "metropolis"),
        # Clusters are of no use in a field or with frustration.
        (Ising((4, 4), field=0.1), [1.0, 5.0], "metropolis"),
        (Ising((4, 4), field=0.1), [1.0, 6.0], "heat_bath"),
        (Ising((4, 4), coupling=2.0, field=0.1), [1.0, 6.0], "metropolis"),
        (Ising((4, 4), coupling=np.tile([1.0, -2.0], (2, 4, 2))), 2.0, "metropolis"),
        (Ising((4, 4), coupling=SIGNS), 2.0, "multispin"),
        (Ising((4, 6), coupling=-1.0, neighborhood="triangular"), 2.0, "metropolis"),
        (Potts((4, 4), coupling=-1.0), 2.0, "metropolis"),
        (XY((4, 4)), [0.1, 2.0], "wolff"),
        (XY((4, 4), coupling=-1.0), 2.0, "wolff"),
        (XY((4, 4)), [0.1, 0.4], "over_relaxation"),
        (XY((4, 6), coupling=-1.0, neighborhood="triangular"), 2.0, "over_relaxation"),
        (XY((4, 4), coupling=SIGNS), 2.0, "over_relaxation"),
    ],
    ids=repr,
)
def test_what_auto_becomes(model, temperatures, method):
    assert set(chosen(model, temperatures)) == {method}


def test_each_temperature_of_a_curve_has_its_own_method():
    temperatures = np.linspace(1.5, 3.5, 41)
    methods = np.array(chosen(Ising((128, 128)), temperatures))
    clusters = np.flatnonzero(methods == "swendsen_wang")
    assert set(methods) == {"swendsen_wang", "multispin"}
    assert np.all(np.diff(clusters) == 1)
    assert temperatures[clusters[0]] < 2.269 < temperatures[clusters[-1]]


def test_draws_far_apart_need_no_clusters():
    """Between them, single flips forget the draw before, too."""
    near = np.array([2.3])
    assert choose(Ising((64, 64)), near, 64, 1_000, 200).methods == ("swendsen_wang",)
    assert choose(Ising((64, 64)), near, 64, 1_000, 200, sweeps_between=400).methods == ("multispin",)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("model", [Ising((8, 8), coupling=0.0), Potts((8, 8), coupling=0.0), Ising((64,))], ids=repr)
def test_free_spins_and_chains_have_a_method(model):
    assert len(chosen(model, [1.0, 2.0])) == 2


def test_a_short_call_takes_what_is_compiled_soon():
    assert chosen(Ising((32, 32)), 2.3, n_samples=100) == ("wolff",)
    assert chosen(Ising((32, 32)), 3.0, n_chains=64, n_samples=10_000) == ("multispin",)


def test_reasons_name_what_was_compared():
    curve = choose(Ising((128, 128)), np.array([1.5, 2.27, 3.5]), 1, 1000, 200)
    assert curve.reason.count("ms per independent draw") == 3
    assert all(word in curve.reason for word in ("multispin, T = 1.5:", "swendsen_wang, T = 2.27:", "wolff"))
    assert choose(Ising((4, 4), field=1.0), np.array([1.0]), 1, 1, 1).reason == "metropolis: the field hinders clusters"
    assert "frustration" in choose(Potts((4, 4), coupling=-1.0), np.array([1.0]), 1, 1, 1).reason
    assert choose(XY((4, 4)), np.array([1.0]), 1, 1, 1).reason.startswith("wolff: ")


@pytest.mark.parametrize("method", ["metropolis", "swendsen_wang"])
@pytest.mark.parametrize(
    ("model", "temperatures"),
    [(Ising((32, 32)), (1.8, 2.269, 2.6)), (Ising((8, 8, 8)), (4.5115, 6.0)), (Potts((16, 16)), (0.995, 1.3))],
    ids=str,
)
def test_correlation_times_are_about_right(method, model, temperatures):
    """Within a factor of four; the methods differ by much more where the choice matters."""
    n_chains, n = 4, 8_000
    for temperature in temperatures:
        spins = np.stack([model.cold()] * n_chains).astype(np.int8)
        keys = [digest("choice", chain) for chain in range(n_chains)]
        chains = method_of(method, model).ensemble(model, spins, np.full(n_chains, temperature), 1, keys)
        chains.sweep(500)
        series = np.abs(chains.draw(n, 1, ["magnetization"], False)["magnetization"])
        measured = np.mean([integrated_autocorrelation_time(one) for one in series.T])
        assert 0.25 < correlation_time(method, model, temperature) / measured < 4.0


def test_clusters_prepare_where_single_flips_are_slow():
    model = Ising((64, 64))
    assert cluster_sweeps(model, [4.0, 5.0]) == 0
    assert cluster_sweeps(model, [1.0]) > 0
    assert cluster_sweeps(model, [4.0, 2.27]) > cluster_sweeps(model, [1.0])
    assert cluster_sweeps(Ising((64, 64), coupling=2.0), [4.54]) == cluster_sweeps(model, [2.27])


def test_the_table_of_costs_is_complete():
    table = json.loads(Path(choice.__file__).with_name("costs.json").read_text())
    models = [
        Ising((16, 16)),
        Ising((15, 15)),
        Potts((16, 16)),
        Potts((15, 15)),
        Ising((6, 6), neighborhood="triangular"),
    ]
    methods = ("metropolis", "heat_bath", "swendsen_wang", "wolff")
    kinds = {METHODS[method].cost_row(model) for model in models for method in methods} | {"multispin"}
    assert kinds == set(table["costs"])
    for cost in table["costs"].values():
        assert set(cost) == {"ns_per_site", "us_per_sweep", "seconds_to_compile"}
        assert all(number > 0.0 for number in cost.values())
    assert table["machine"]


@pytest.mark.parametrize(
    ("model", "temperature", "n_chains"),
    [
        (Ising((64, 64)), 1.5, 512),
        (Ising((33, 33)), 1.5, 128),
        (Ising((33, 33), field=0.01), 1.5, 128),
        (Ising((12, 12, 12)), 2.0, 128),
        (Potts((32, 32), 3), 0.5, 128),
        (Potts((32, 32), 10), 0.4, 128),
    ],
)
def test_no_chain_of_auto_stays_in_domains_of_its_random_start(model, temperature, n_chains):
    """Of single flips alone, one chain in ten to one in a hundred does, for longer than any run."""
    draws = sample(model, temperature, 20, n_chains=n_chains, sweeps_between=5, keep_spins=False)
    assert not draws.attrs["method"].startswith(("swendsen_wang", "wolff"))
    of_chains = np.abs(draws.magnetization.values[0].mean(axis=1))
    assert of_chains.min() > 0.8 * np.median(of_chains)
    if model.field:
        assert draws.magnetization.values.min() > 0.0
