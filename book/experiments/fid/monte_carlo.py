"""The paper's Monte Carlo data (Sec. 2.1), 64 data sets at each temperature, and a cluster sample to compare them with.

`experiments.fid.protocol` has the protocol. On 64 x 64 as in the paper, and on 16 x 16, where the book's own networks
are trained. Correlations G(r) along both axes are averaged over the configurations of a run, at the paper's T = 2.3 and
at the critical temperature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import protocol
from experiments.fid.protocol import CRITICAL, TEMPERATURES
from spinlib import sample
from spinlib.models import Ising
from spinlib.observables import correlation_function
from spinlib.statistics import jackknife, mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

PAPER = {
    "T": TEMPERATURES, "correlated": [2.3, CRITICAL], "burn_in": 10_000, "configurations": 1000, "sweeps_between": 10,
    "random_sites": [1.6, 2.0, 2.2, CRITICAL, 2.3, 2.4, 2.6, 3.0], "random_site_runs": 16, "cluster_draws": 500,
    "correlation_runs": 32,
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "sizes": [8], "T": [1.0, 1.2, 1.6, 2.0, 2.2, 2.3, 2.6, 3.0], "correlated": [2.3, CRITICAL], "burn_in": 100,
        "configurations": 100, "sweeps_between": 2, "random_sites": [2.3, 3.0], "random_site_runs": 16,
        "cluster_draws": 50, "correlation_runs": 8,
    },
    "laptop": {"sizes": [16], **PAPER},
    "paper": {"sizes": [16, 64], **PAPER},
}  # fmt: skip
MEANS = ("energy", "deviation", "heat", "order", "abs_of_mean", "chi", "one_sided", "first_order")
TIMES = ("tau_energy", "tau_order")
COMPARE: dict[Any, Any] = {
    **dict.fromkeys(MEANS, ("seeds", 3)),
    **dict.fromkeys(TIMES, "kept"),
    **{f"random_sites_{name}": ("seeds", 2) for name in MEANS},
    **{f"random_sites_{name}": "kept" for name in TIMES},
    "correlations_*": ("seeds", 1),
    ("T", "random_sites", "correlated", "sizes"): "exact",
    ("first_*_series", "critical_tau_*"): "kept",
    "pictures": "pictures",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Numbers of every data set (size, start, temperature, run) and of cluster samples (size, temperature).

    tau_...: (size, start, temperature, group); critical_tau_...: (size, group), of cold starts at the critical
    temperature. random_sites_...: (size, temperature, run or group). correlations_SIZE: (temperature, run, r), r = 1 ..
    L/2, cold starts. first_energy_series, first_m_series: of the first run of each kind on the largest lattice (start,
    temperature, configuration); pictures: its last configuration (start, temperature).
    """
    sizes, T = settings["sizes"], settings["T"]
    found: dict[str, Any] = {name: np.array(settings[name]) for name in ("sizes", "T", "random_sites", "correlated")}
    sets = [
        [
            [run.part(f"{size}, {start}, T={t:g}", one_set, size, t, start, settings, run.seed) for t in T]
            for start in run.progress(protocol.STARTS, f"{size} x {size}")
        ]
        for size in sizes
    ]
    for name in (*MEANS, *TIMES):
        found[name] = np.array([[[one[name] for one in row] for row in rows] for rows in sets])
    for name in ("first_energy_series", "first_m_series", "pictures"):
        found[name] = np.array([[one[name] for one in row] for row in sets[-1]])
    at_random = [
        [
            run.part(f"{size}, random sites, T={t:g}", random_sites, size, t, settings, run.seed)
            for t in run.progress(settings["random_sites"], f"{size} x {size}, random sites")
        ]
        for size in sizes
    ]
    for name in (*MEANS, *TIMES):
        found[f"random_sites_{name}"] = np.array([[one[name] for one in row] for row in at_random])
    critical = [run.part(f"{size}, critical", one_set, size, CRITICAL, "cold", settings, run.seed) for size in sizes]
    for name in TIMES:
        found[f"critical_{name}"] = np.array([one[name] for one in critical])
    clusters = [
        [run.part(f"{size}, clusters, T={t:g}", cluster_sample, size, t, settings, run.seed) for t in run.progress(T)]
        for size in sizes
    ]
    for name in clusters[0][0]:
        found[f"cluster_{name}"] = np.array([[one[name] for one in row] for row in clusters])
    for size in sizes:
        found[f"correlations_{size}"] = np.array(
            [
                run.part(f"{size}, correlations, T={t:.4f}", correlations, size, t, settings, run.seed)
                for t in run.progress(settings["correlated"], "correlations")
            ]
        )
    return found


def one_set(size: int, temperature: float, start: str, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """All data sets of one temperature and start."""
    draws = protocol.data_sets(size, temperature, start, settings, seed)
    energy, m = draws.energy.values, draws.magnetization.values
    last = dict(settings) | {"burn_in": settings["burn_in"] * 2, "configurations": 1}
    picture = protocol.data_sets(size, temperature, start, last, seed, keep_spins=True).spins.values[0, 0]
    return protocol.asked(energy, m, size, temperature) | {
        "first_energy_series": energy[0].astype(np.float32),
        "first_m_series": m[0].astype(np.float32),
        "pictures": picture,
    }


def random_sites(size: int, temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Data sets whose sites are drawn at random."""
    return protocol.asked(*protocol.random_site_series(size, temperature, settings, seed), size, temperature)


def cluster_sample(size: int, temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """<|m|> and the susceptibility of Swendsen-Wang chains, with errors."""
    draws = sample(
        Ising((size, size)), temperature, settings["cluster_draws"], method="swendsen_wang", n_chains=16,
        keep_spins=False, seed=seed, threads=1,
    ).isel(temperature=0)  # fmt: skip
    m = np.abs(draws.magnetization.values)
    order = mean_and_error(m)
    chi = jackknife(lambda first, second: size**2 * (second - first**2) / temperature, m, m**2)
    return {"order": order.value, "order_error": order.error, "chi": chi.value, "chi_error": chi.error}


def correlations(size: int, temperature: float, settings: Mapping[str, Any], seed: int) -> np.ndarray:
    """G(r) of every run (run, r), r = 1 .. L/2, averaged over both axes and the configurations; nothing subtracted."""
    model = Ising((size, size))
    draws = protocol.data_sets(size, temperature, "cold", settings, seed, keep_spins=True)
    rows = []
    for spins in draws.spins.values[: settings["correlation_runs"]]:
        rows.append(np.mean([correlation_function(model, spins, axis).mean(axis=0) for axis in (0, 1)], axis=0)[1:])
    return np.array(rows)
