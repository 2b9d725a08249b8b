"""The Monte Carlo data of paper fid (Sec. 2.1): its protocol, and what is asked of one data set.

Each data set is one run at one temperature: 10,000 sweeps to thermalise, then 1000 configurations, 10 sweeps (40,960
attempts on 64 x 64) apart. The paper does not say where runs start, nor in which order sites are visited. Here they
start with all spins up ("cold") or at random, and visit sites colour by colour, in 64 packed copies that are
independent; a third kind starts cold and draws its sites at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.vae import random_flips
from spinlib import sample
from spinlib.exact import onsager
from spinlib.models import Ising
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.random import keyed_streams
from spinlib.statistics import integrated_autocorrelation_time

CRITICAL = onsager.critical_temperature()
TEMPERATURES = [round(1.0 + 0.1 * k, 1) for k in range(31)]  # of Fig. 3
RUNS = 64  # copies in one word
GROUPS = 4  # of runs, for errors of autocorrelation times
STRIPED = 0.7  # |m| below it, far below Tc, where a single domain has |m| above .95
STARTS = ("cold", "random")


def data_sets(
    size: int, temperature: float, start: str, settings: Mapping[str, Any], seed: int, *, keep_spins: bool = False
) -> Any:
    """Draws of `RUNS` data sets of one temperature, as `spinlib.sample` returns them: (chain, draw)."""
    return sample(
        Ising((size, size)),
        temperature,
        settings["configurations"],
        method="multispin",
        start=start,
        sweeps_between=settings["sweeps_between"],
        burn_in=settings["burn_in"],
        n_chains=RUNS,
        keep_spins=keep_spins,
        seed=seed,
        threads=1,
    ).isel(temperature=0)


def random_site_series(
    size: int, temperature: float, settings: Mapping[str, Any], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Energies and magnetisations per site (run, configuration) of data sets whose sites are drawn at random."""
    model = Ising((size, size))
    runs = settings["random_site_runs"]
    spins = np.ones((runs, size, size), np.int8)
    rng = keyed_streams(seed, [digest("random sites", model, temperature, k) for k in range(runs)])
    random_flips.sweep(model, spins, temperature, rng, settings["burn_in"])
    every = settings["sweeps_between"]
    energy, m = random_flips.series(model, temperature, spins, every * settings["configurations"], seed)
    return energy[:, every - 1 :: every], m[:, every - 1 :: every]


def asked(energy: np.ndarray, m: np.ndarray, size: int, temperature: float) -> dict[str, np.ndarray]:
    """Of series (run, configuration): means and fluctuations of each run, per site, as the paper takes them.

    abs_of_mean: |<m>|, the paper's first definition; order: <|m|>, its second. one_sided: share of configurations on
    the side of the run's own mean. first_order: |m| of the first configuration. tau_...: autocorrelation times in
    configurations, (group of runs,); of runs without variance NaN.
    """
    n_sites = size**2
    groups = [np.array_split(np.arange(len(m)), GROUPS)] * 2
    times = {
        name: np.array([integrated_autocorrelation_time(series[rows]) for rows in parts])
        for name, series, parts in zip(("tau_energy", "tau_order"), (energy, np.abs(m)), groups, strict=True)
    }
    side = np.sign(m.mean(axis=1, keepdims=True))
    return {
        "energy": energy.mean(axis=1),
        "deviation": energy.std(axis=1),
        "heat": n_sites * energy.var(axis=1) / temperature**2,
        "order": np.abs(m).mean(axis=1),
        "abs_of_mean": np.abs(m.mean(axis=1)),
        "chi": n_sites * np.abs(m).var(axis=1) / temperature,
        "one_sided": (side * m > 0).mean(axis=1),
        "first_order": np.abs(m[:, 0]),
        **times,
    }
